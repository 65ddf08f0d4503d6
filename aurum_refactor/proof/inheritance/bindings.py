"""Which statements bind a name in the scope they stand in."""

from __future__ import annotations

import ast


def bound_name(alias: ast.alias) -> str:
    """What an import binds."""
    return alias.asname or alias.name.split(".")[0]


def binds(node: ast.AST, name: str) -> bool:
    """True if a statement binds a name in the scope it stands in, itself or in a block of it."""
    match node:
        case ast.FunctionDef(name=other) | ast.AsyncFunctionDef(name=other):
            return other == name
        case ast.ClassDef(name=other):
            return other == name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return any(bound_name(alias) == name for alias in names)
        case ast.Name(id=other, ctx=ast.Store() | ast.Del()):
            return other == name
        case ast.Lambda() | ast.Module():
            return False
        case ast.expr():
            return any(binds(child, name) for child in ast.iter_child_nodes(node))
        case ast.stmt() | ast.ExceptHandler() | ast.match_case() | ast.withitem():
            return any(binds(child, name) for child in ast.iter_child_nodes(node))
        case _:
            return False


def is_star(node: ast.AST) -> bool:
    """True for an import of whatever there is."""
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
