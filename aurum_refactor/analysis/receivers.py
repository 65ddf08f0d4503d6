"""The objects of a module that endpoints are registered on: FastAPI apps and routers."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from aurum_refactor.analysis.scopes import target_names
from aurum_refactor.model import Receiver, ReceiverKind, Statement

#: Decorators that register one endpoint, with the methods they stand for.
VERBS: dict[str, tuple[str, ...]] = {
    "get": ("GET",),
    "put": ("PUT",),
    "post": ("POST",),
    "delete": ("DELETE",),
    "options": ("OPTIONS",),
    "head": ("HEAD",),
    "patch": ("PATCH",),
    "trace": ("TRACE",),
    "api_route": ("GET",),
    "websocket": (),
    "websocket_route": (),
    "route": ("GET",),
}
#: Methods that add routes by a call, with the handler as an argument.
ADDERS = frozenset({"add_api_route", "add_api_websocket_route"})
#: Methods that register something whose order matters and that never moves (R-7).
INCLUDERS = frozenset(
    {"include_router", "mount", "host", "add_route", "add_websocket_route", "frontend"}
)
#: Attributes of a receiver whose use registers no route and changes none.
HARMLESS = frozenset(
    {
        "add_middleware",
        "middleware",
        "exception_handler",
        "add_exception_handler",
        "on_event",
        "add_event_handler",
        "state",
        "dependency_overrides",
        "title",
        "version",
        "description",
        "debug",
        "extra",
        "user_middleware",
        "logger",
    }
)
#: Attributes whose assignment changes how later registrations behave (R-5).
ROUTING_ATTRIBUTES = frozenset(
    {
        "route_class",
        "default_response_class",
        "prefix",
        "tags",
        "dependencies",
        "responses",
        "callbacks",
        "generate_unique_id_function",
        "include_in_schema",
        "deprecated",
        "router",
    }
)

_MAKERS = {"FastAPI": ReceiverKind.APP, "APIRouter": ReceiverKind.ROUTER}
_MAKER_MODULES = frozenset({"fastapi", "fastapi.applications", "fastapi.routing"})


def receivers_of(
    body: Sequence[ast.stmt], statements: Sequence[Statement]
) -> tuple[Receiver, ...]:
    """Find every object that a top-level function of the module is registered on.

    One receiver is one binding: a name bound twice gives two. Objects that are
    not made here by ``FastAPI(...)`` or ``APIRouter(...)`` are ``FOREIGN``;
    they count only if a decorator of the module uses them as receivers.
    """
    makers = _maker_names(statements)
    used = _decorating_names(body)
    found: list[Receiver] = []
    for node, statement in zip(body, statements, strict=True):
        made = _made_here(node, makers)
        for binding in statement.binds:
            if binding.name in made:
                found.append(_receiver(binding.name, made[binding.name], statement, makers))
            elif binding.name in used and not binding.deletes:
                found.append(
                    Receiver(
                        name=binding.name,
                        kind=ReceiverKind.FOREIGN,
                        ordinal=statement.ordinal,
                        line=binding.line,
                        route_class=None,
                        has_default_response_class=False,
                        has_arguments=True,
                    )
                )
    mutated = _mutations(body)
    return tuple(_with_mutation(receiver, mutated) for receiver in found)


def is_path(node: ast.expr) -> bool:
    """True for an expression that a route decorator may have as its path."""
    match node:
        case ast.Constant(value=str(text)):
            return text == "" or text.startswith("/")
        case ast.JoinedStr() | ast.BinOp() | ast.Name() | ast.Attribute():
            return True
        case _:
            return False


def route_call(node: ast.expr) -> tuple[str, str, ast.Call] | None:
    """``(receiver, verb, call)`` if *node* is ``receiver.verb(path, ...)`` on a plain name."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=receiver), attr=verb)) if (
            verb in VERBS
        ):
            path = path_argument(node)
            if path is not None and is_path(path):
                return receiver, verb, node
    return None


def path_argument(call: ast.Call) -> ast.expr | None:
    """The path of a route decorator or ``add_api_route`` call: first argument or ``path=``."""
    if call.args and not isinstance(call.args[0], ast.Starred):
        return call.args[0]
    for keyword in call.keywords:
        if keyword.arg == "path":
            return keyword.value
    return None


def _maker_names(statements: Sequence[Statement]) -> dict[str, ReceiverKind]:
    """Spellings of FastAPI and APIRouter in this module: ``FastAPI``, ``fastapi.APIRouter``."""
    names: dict[str, ReceiverKind] = {}
    for statement in statements:
        for imported in statement.imports:
            if imported.attribute is None:
                if imported.module in _MAKER_MODULES:
                    prefix = imported.alias or imported.module
                    names |= {f"{prefix}.{maker}": kind for maker, kind in _MAKERS.items()}
            elif imported.module in _MAKER_MODULES and imported.attribute in _MAKERS:
                names[imported.bound] = _MAKERS[imported.attribute]
    # A class of that name defined here is not FastAPI's.
    for statement in statements:
        if not statement.imports:
            for binding in statement.binds:
                names.pop(binding.name, None)
    return names


def _decorating_names(body: Sequence[ast.stmt]) -> frozenset[str]:
    return frozenset(
        call[0]
        for node in body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in node.decorator_list
        if (call := route_call(decorator)) is not None
    )


def _made_here(node: ast.stmt, makers: dict[str, ReceiverKind]) -> dict[str, ast.Call]:
    match node:
        case ast.Assign(targets=targets, value=ast.Call() as call):
            pass
        case ast.AnnAssign(target=target, value=ast.Call() as call):
            targets = [target]
        case _:
            return {}
    if ast.unparse(call.func) not in makers:
        return {}
    return {
        name.id: call
        for target in targets
        if isinstance(target, ast.Name)
        for name in target_names(target)
    }


def _receiver(
    name: str, call: ast.Call, statement: Statement, makers: dict[str, ReceiverKind]
) -> Receiver:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    unpacked = any(keyword.arg is None for keyword in call.keywords)
    route_class = keywords.get("route_class")
    prefix = keywords.get("prefix")
    return Receiver(
        name=name,
        # ``APIRouter(**options)`` may set anything, route_class included.
        kind=ReceiverKind.FOREIGN if unpacked else makers[ast.unparse(call.func)],
        ordinal=statement.ordinal,
        line=statement.span.first,
        route_class=None if route_class is None else ast.unparse(route_class),
        has_default_response_class="default_response_class" in keywords,
        has_arguments=bool(call.args or call.keywords),
        tags=literal_strings(keywords.get("tags")),
        prefix=prefix.value
        if isinstance(prefix, ast.Constant) and isinstance(prefix.value, str)
        else "",
    )


def literal_strings(node: ast.expr | None) -> tuple[str, ...]:
    """The strings of a literal list or tuple; empty for anything else."""
    if not isinstance(node, ast.List | ast.Tuple):
        return ()
    return tuple(
        element.value
        for element in node.elts
        if isinstance(element, ast.Constant) and isinstance(element.value, str)
    )


def _mutations(body: Sequence[ast.stmt]) -> dict[str, int]:
    """Line of the first assignment to a routing attribute, by receiver name."""
    found: dict[str, int] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for inner in ast.walk(node):
            name = _mutated_name(inner)
            if name is not None:
                found.setdefault(name, inner.lineno)  # type: ignore[attr-defined]
    return found


def _mutated_name(node: ast.AST) -> str | None:
    match node:
        case ast.Attribute(attr=attribute, ctx=ast.Store()) if attribute in ROUTING_ATTRIBUTES:
            owner = node.value
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=attribute) as inner)) if (
            attribute in ROUTING_ATTRIBUTES - {"router"}
        ):
            owner = inner.value
        case _:
            return None
    if isinstance(owner, ast.Attribute) and owner.attr == "router":
        owner = owner.value
    return owner.id if isinstance(owner, ast.Name) else None


def _with_mutation(receiver: Receiver, mutated: dict[str, int]) -> Receiver:
    line = mutated.get(receiver.name)
    if line is None:
        return receiver
    return replace(receiver, mutated_at=line)
