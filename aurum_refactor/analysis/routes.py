"""How FastAPI spells registrations: verbs, adders, and the path of a route decorator."""

from __future__ import annotations

import ast

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
        case ast.Call(func=ast.Attribute(value=ast.Name(id=receiver), attr=verb)) if verb in VERBS:
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


def literal_strings(node: ast.expr | None) -> tuple[str, ...]:
    """The strings of a literal list or tuple; empty for anything else."""
    if not isinstance(node, ast.List | ast.Tuple):
        return ()
    return tuple(
        element.value
        for element in node.elts
        if isinstance(element, ast.Constant) and isinstance(element.value, str)
    )
