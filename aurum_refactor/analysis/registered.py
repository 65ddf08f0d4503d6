"""Finds the endpoints of a router module: functions that are registered, however it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from aurum_refactor.analysis.registrations.calls import handler_of
from aurum_refactor.analysis.routes import ADDERS, literal_strings, path_argument, route_call
from aurum_refactor.analysis.views import view_routes

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Found:
    """One registered function."""

    node: FunctionNode
    # Calls that register it, in source order.
    registrations: tuple[ast.Call, ...]
    routes: tuple[str, ...]
    # Function around it; None at the top level.
    outer: FunctionNode | None = None
    # True for a method of a class that another one inherits: its first parameter is the object.
    is_method: bool = False
    # The class-based view that a method is a route of; "" for everything else.
    view: str = ""


@dataclass(slots=True)
class _Seen:
    functions: list[tuple[FunctionNode, FunctionNode | None]] = field(default_factory=list)
    # Methods of the module's classes, by name.
    methods: dict[str, list[FunctionNode]] = field(default_factory=dict)
    # Name of the handler, ``self.f`` for a method, to (call, route).
    calls: dict[str, list[tuple[ast.Call, str]]] = field(default_factory=dict)
    # Ids of functions that register others.
    registering: set[int] = field(default_factory=set)


def endpoints_in(tree: ast.Module, known: frozenset[str] = frozenset()) -> tuple[Found, ...]:
    """Every registered function of a module, nested ones included, in source order.

    Args:
        tree: The module.
        known: Names of functions that are endpoints although they are registered elsewhere.
    """
    seen = _Seen()
    _walk(tree.body, None, seen)
    found = []
    for node, outer in seen.functions:
        rows = [row for d in reversed(node.decorator_list) if (row := _decorated(d)) is not None]
        # Functions of one name: what is called by name is the last, as Python sees it.
        if node is _last(seen, node.name):
            rows += seen.calls.get(node.name, [])
        registers = id(node) in seen.registering
        if rows or (outer is None and node.name in known and not registers):
            found.append(Found(node, tuple(c for c, _ in rows), tuple(r for _, r in rows), outer))
    for name, methods in seen.methods.items():
        me = methods[0].args.args[0].arg if methods[0].args.args else ""
        rows = seen.calls.get(f"{me}.{name}", [])
        if rows and len(methods) == 1:
            calls, routes = tuple(c for c, _ in rows), tuple(r for _, r in rows)
            found.append(Found(methods[0], calls, routes, is_method=True))
    return tuple(sorted(found, key=lambda row: row.node.lineno))


def registering_functions(tree: ast.Module) -> frozenset[str]:
    """Names of functions that register endpoints; the monolith calls them while it is imported."""
    seen = _Seen()
    _walk(tree.body, None, seen)
    return frozenset(node.name for node, _outer in seen.functions if id(node) in seen.registering)


def views_in(tree: ast.Module) -> frozenset[str]:
    """Names of classes whose methods are decorated as routes."""
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.ClassDef) and any(view_routes(node))
    )


def view_methods_in(tree: ast.Module) -> Iterator[Found]:
    """Every method of a module's classes that is decorated as a route, in source order."""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        rows = list(view_routes(node))
        for inner in node.body:
            own = [row for row in rows if row.call in getattr(inner, "decorator_list", ())]
            if own and isinstance(inner, FunctionNode):
                calls = tuple(row.call for row in own)
                routes = tuple(_route(row.verb, row.call) for row in own)
                yield Found(inner, calls, routes, is_method=True, view=node.name)


def _last(seen: _Seen, name: str) -> FunctionNode:
    return [node for node, _outer in seen.functions if node.name == name][-1]


def _walk(body: list[ast.stmt], outer: FunctionNode | None, seen: _Seen) -> None:
    for node in body:
        if isinstance(node, FunctionNode):
            seen.functions.append((node, outer))
            if outer is not None and any(map(_decorated, node.decorator_list)):
                seen.registering.add(id(outer))
            _walk(node.body, node, seen)
        elif isinstance(node, ast.ClassDef):
            for inner in node.body if outer is None else ():
                if isinstance(inner, FunctionNode):
                    seen.methods.setdefault(inner.name, []).append(inner)
        else:
            for handler, call, route in _registered(node):
                seen.calls.setdefault(handler, []).append((call, route))
                seen.registering.add(id(outer))
            for suite in ("body", "orelse", "finalbody"):
                _walk(getattr(node, suite, []), outer, seen)
            for handler_node in getattr(node, "handlers", []):
                _walk(handler_node.body, outer, seen)


def _registered(node: ast.stmt) -> Iterator[tuple[str, ast.Call, str]]:
    """``router.get(path)(handler)`` and ``router.add_api_route(path, handler)``."""
    if not isinstance(node, ast.Expr | ast.Assign) or not isinstance(node.value, ast.Call):
        return
    call = node.value
    inner = _decorated(call.func) if isinstance(call.func, ast.Call) else None
    if inner is not None and len(call.args) == 1:
        handler = _named(ast.unparse(call.args[0]))
        if handler:
            yield handler, *inner
    elif isinstance(call.func, ast.Attribute) and call.func.attr in ADDERS:
        handler = _named(handler_of(call))
        if handler:
            verb = "websocket" if "websocket" in call.func.attr else "get"
            yield handler, call, _route(verb, call)


def _named(handler: str) -> str:
    """``f`` for a function, ``self.f`` for a method; "" for anything else."""
    parts = handler.split(".")
    return handler if all(part.isidentifier() for part in parts) else ""


def _decorated(node: ast.expr) -> tuple[ast.Call, str] | None:
    called = route_call(node)
    if called is None and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        # ``_routes.router.get(path)``: the object is read through a module.
        flat = ast.Attribute(ast.Name("router", ast.Load()), node.func.attr, ast.Load())
        called = route_call(ast.Call(flat, node.args, node.keywords))
        called = None if called is None else (called[0], called[1], node)
    return None if called is None else (called[2], _route(called[1], called[2]))


def _route(verb: str, call: ast.Call) -> str:
    given = next((k.value for k in call.keywords if k.arg == "methods"), None)
    methods = ",".join(text.upper() for text in literal_strings(given)) or verb.upper()
    path = path_argument(call)
    is_literal = isinstance(path, ast.Constant) and isinstance(path.value, str)
    return f"{methods} {path.value if is_literal else '?'}"  # type: ignore[union-attr]
