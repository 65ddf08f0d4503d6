"""Finds routers and endpoints the plain way: enough to scale a module and to count."""

from __future__ import annotations

import ast
from collections.abc import Collection

_METHODS = frozenset(
    {"get", "put", "post", "delete", "options", "head", "patch", "trace", "api_route", "websocket"}
)
_CLASSES = frozenset({"APIRouter", "FastAPI"})


def receivers_in(tree: ast.Module) -> set[str]:
    """Module-level names bound to a router or an app."""
    found: set[str] = set()
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=func)):
                pass
            case _:
                continue
        if _last(func) in _CLASSES:
            found.add(name)
    return found


def is_route(call: ast.Call, receivers: Collection[str]) -> bool:
    """True for ``router.get(...)`` with *router* one of *receivers*."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=owner), attr=method):
            return owner in receivers and method in _METHODS
        case _:
            return False


def endpoints_in(text: str) -> int:
    """How many functions of a module are decorated as routes."""
    tree = ast.parse(text)
    receivers = receivers_in(tree)
    return sum(
        any(isinstance(d, ast.Call) and is_route(d, receivers) for d in node.decorator_list)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def _last(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""
