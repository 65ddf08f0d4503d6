"""Statements that look at the routes of an object while they are executed.

``n: int = len(app.routes)`` and ``url: str = app.url_path_for("items")`` find what is registered
by then. A new module runs its definitions first and registers afterwards. Only defaults,
annotations and arguments of decorators are read here: what else uses an object is taken for a
registration on it (see ``registrations``).
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TypeGuard

from aurum_refactor.analysis.foreign_modules import Function, Modules, Table, dotted
from aurum_refactor.analysis.nodes import children_of, nodes_of
from aurum_refactor.analysis.scopes import evaluated_outside, parameters
from aurum_refactor.model import Statement

#: Attributes of apps and routers that depend on what is registered on them.
ROUTE_ATTRIBUTES = frozenset({"routes", "url_path_for", "openapi", "openapi_schema"})
#: How deep calls are followed.
_DEPTH = 6


def with_route_looks(
    statements: Sequence[Statement],
    body: Sequence[ast.stmt],
    home: Table,
    modules: Modules,
    receivers: Collection[str],
) -> tuple[Statement, ...]:
    """The same statements: what looks at routes as it is executed is tied to its place.

    Args:
        statements: Those of the monolith.
        body: Their trees.
        home: The monolith's table.
        modules: The modules of the project.
        receivers: Names of the objects that it registers endpoints on.
    """
    found = list(statements)
    aliases = frozenset(_aliases(body, receivers))
    for row, node in zip(statements, body, strict=True):
        line = next(
            (
                inner.lineno
                for part in _parts(node)
                for inner in _executed(part)
                if _looks(inner, home, modules, receivers, aliases)
            ),
            0,
        )
        if line:
            tie = (line, "looks, as it is defined, at the routes that are there by then")
            found[row.ordinal] = replace(row, route_look=line, ties=(*row.ties, tie))
    return tuple(found)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """What runs as functions are defined, without the decorators themselves."""
    if isinstance(node, ast.ClassDef):
        for child in node.body:
            yield from _parts(child)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        for part in evaluated_outside(node):
            if part not in node.decorator_list:
                yield part
            elif isinstance(part, ast.Call):
                yield from (*part.args, *part.keywords)


def _aliases(body: Sequence[ast.stmt], receivers: Collection[str]) -> Iterator[str]:
    """Names for what changes as endpoints are registered: ``table = app.routes``."""
    for node in body:
        match node:
            case ast.Assign(targets=targets, value=value) if _is_of_routes(value, receivers):
                yield from (row.id for row in targets if isinstance(row, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if _is_of_routes(
                value, receivers
            ):
                yield name
            case _:
                pass


def _is_of_routes(node: ast.AST | None, receivers: Collection[str]) -> bool:
    """``app.routes``, ``app.router.routes`` and the like."""
    if not isinstance(node, ast.Attribute) or node.attr not in ROUTE_ATTRIBUTES:
        return False
    names = dotted(node.value)
    return any(".".join(names[:end]) in receivers for end in range(1, len(names) + 1))


def _looks(
    node: ast.AST,
    home: Table,
    modules: Modules,
    receivers: Collection[str],
    aliases: frozenset[str],
) -> TypeGuard[ast.expr]:
    match node:
        case ast.Attribute():
            return _is_of_routes(node, receivers)
        case ast.Name(id=name):
            return name in aliases
        case ast.Call(func=func):
            return _run(dotted(func), home, modules, aliases, 0)
        case _:
            return False


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """What runs with a statement: bodies of functions do not."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        for part in evaluated_outside(node):
            yield from _executed(part)
        return
    yield node
    for child in children_of(node):
        yield from _executed(child)


def _run(
    names: Sequence[str], table: Table, modules: Modules, aliases: frozenset[str], depth: int
) -> bool:
    """True if calling a function of the project may look at the routes of something."""
    found = modules.find(table, names) if names and depth < _DEPTH else None
    if found is None or found.rest or found.name not in found.table.functions:
        return False
    function = modules.whole(found.table, found.table.functions[found.name])
    return _body_looks(function, found.table, modules, aliases, depth)


def _body_looks(
    function: Function, table: Table, modules: Modules, aliases: frozenset[str], depth: int
) -> bool:
    given = {argument.arg for argument in parameters(function)}
    for inner in nodes_of(function, (ast.Attribute, ast.Call, ast.Name)):
        match inner:
            case ast.Attribute(attr=name) if name in ROUTE_ATTRIBUTES:
                root = (dotted(inner.value) or [""])[0]
                # What a request is asked it is asked later.
                if root not in ("request", "self", "cls") or root not in given:
                    return True
            case ast.Call(func=func) if _run(dotted(func), table, modules, aliases, depth + 1):
                return True
            case ast.Name(id=name) if name in aliases - given:
                return True
            case _:
                pass
    return False
