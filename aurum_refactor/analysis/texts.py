"""Texts that are put together of literals and constants: ``f"{MODULE}.helper"``."""

from __future__ import annotations

import ast
from collections.abc import Mapping


def constants_of(tree: ast.Module) -> Mapping[str, str]:
    """Names that a module binds to one literal text, and that nothing in the file binds again."""
    found = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }
    if not found:
        return found
    counts: dict[str, int] = {}
    for node in ast.walk(tree):
        for name in _bound_by(node):
            counts[name] = counts.get(name, 0) + 1
    return {name: text for name, text in found.items() if counts[name] == 1}


def text_of(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    """What an expression is, where it is a text put together of literals and *constants*."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return constants.get(name)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = [text_of(left, constants), text_of(right, constants)]
        case ast.JoinedStr(values=values):
            parts = [_field(value, constants) for value in values]
        case _:
            return None
    return None if None in parts else "".join(part for part in parts if part is not None)


def _field(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    if isinstance(node, ast.FormattedValue):
        plain = node.conversion == -1 and node.format_spec is None
        return text_of(node.value, constants) if plain else None
    return text_of(node, constants)


def _bound_by(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.arg(arg=name) | ast.ClassDef(name=name):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.alias(name=name, asname=asname):
            return [asname or name.partition(".")[0]]
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            return list(names)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            return [name]
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return [name]
        case _:
            return []
