"""Paths that end in the file of a module: ``ROOT / "app" / "main.py"``."""

from __future__ import annotations

import ast
from collections.abc import Iterable


def mentions_file(node: ast.AST, spellings: Iterable[str]) -> bool:
    """True for a path that ends in the file of a module: ``ROOT / "app" / "main.py"``."""
    folders: set[str] = set()
    match node:
        case ast.BinOp(op=ast.Div(), right=ast.Constant(value=str(last)), left=left):
            parts = [*_last_parts(left), *last.split("/")]
            folders = _folders(left)
        case ast.Call(args=[*_, ast.Constant(value=str(last))] as arguments):
            parts = []
            for argument in arguments:
                text = argument.value if isinstance(argument, ast.Constant) else None
                parts = [*parts, *text.split("/")] if isinstance(text, str) else []
        case ast.Assign(value=ast.Constant(value=str(last))):
            parts = last.split("/")
        case _:
            return False
    if not parts[-1].endswith(".py"):
        return False
    given = [part for part in parts if part not in ("", ".", "..")]
    for spelling in spellings:
        own = f"{spelling.replace('.', '/')}.py".split("/")
        length = min(len(own), len(given))
        # ``ROOT / "plugins" / name / "main.py"`` lies below a folder that is not above it.
        elsewhere = length == 1 < len(own) and not folders <= set(own)
        if given[-length:] == own[-length:] and not elsewhere:
            return True
    return False


def _folders(node: ast.expr) -> set[str]:
    """Names of folders that are written out in a path joined with ``/``."""
    found: set[str] = set()
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        if isinstance(node.right, ast.Constant) and isinstance(node.right.value, str):
            found |= set(node.right.value.split("/")) - {"", ".", ".."}
        node = node.left
    return found


def _last_parts(node: ast.expr) -> list[str]:
    match node:
        case ast.BinOp(op=ast.Div(), right=ast.Constant(value=str(last)), left=left):
            return [*_last_parts(left), *last.split("/")]
        case _:
            return []
