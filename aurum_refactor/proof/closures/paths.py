"""Whether a name is bound on every path to a place."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from aurum_refactor.proof.closures.names_bound import bindings_of, stores

_LEAVES = (ast.Raise, ast.Return, ast.Continue, ast.Break)


def is_bound_on(way: Sequence[tuple[ast.AST, Sequence[ast.stmt]]], name: str) -> bool:
    """True if a name is bound on every path to the end of a way."""
    bound = False
    for holder, above in way:
        match holder:
            case ast.For(target=target) | ast.AsyncFor(target=target):
                bound |= any(stores(n, name) for n in ast.walk(target))
            case ast.With(items=items) | ast.AsyncWith(items=items):
                bound |= any(stores(n, name) for i in items for n in ast.walk(i))
            case _:
                pass
        for node in above:
            bound = (bound or _always(node, name)) and not _deletes(node, name)
    return bound


def _always(node: ast.stmt, name: str) -> bool:
    """True if a statement that ends normally has bound a name."""
    match node:
        case ast.If(body=body, orelse=orelse):
            return all(_ends_bound(arm, name) for arm in (body, orelse))
        case ast.With(body=body) | ast.AsyncWith(body=body):
            here = any(stores(n, name) for i in node.items for n in ast.walk(i))
            return here or any(_always(inner, name) for inner in body)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            paths = [[*body, *orelse], *(handler.body for handler in handlers)]
            surely = any(_always(inner, name) for inner in final)
            return surely or all(_ends_bound(path, name) for path in paths)
        case ast.For() | ast.AsyncFor() | ast.While() | ast.Match() | ast.Delete():
            return False
        case ast.AnnAssign(value=None):
            return False
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name == name
        case _:
            return any(True for _ in bindings_of([node], name)) and not hasattr(node, "body")


def _ends_bound(path: Sequence[ast.stmt], name: str) -> bool:
    if path and isinstance(path[-1], _LEAVES):
        return True
    return any(_always(node, name) for node in path)


def _deletes(node: ast.AST, name: str) -> bool:
    """True if a statement may unbind a name; that of an exception goes with its handler."""
    return any(
        (isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Del))
        or (isinstance(n, ast.ExceptHandler) and n.name == name)
        for n in ast.walk(node)
    )
