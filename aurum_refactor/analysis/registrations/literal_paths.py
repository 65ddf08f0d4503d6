"""Paths that are written out, in literals and in constants of the module."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from aurum_refactor.model import Statement


def constants_of(body: Sequence[ast.stmt], statements: Sequence[Statement]) -> dict[str, str]:
    """Module-level names that are bound once, to a string literal."""
    times: dict[str, int] = {}
    for statement in statements:
        for binding in statement.binds:
            times[binding.name] = times.get(binding.name, 0) + 1
        for name in statement.rebinds:
            times[name] = times.get(name, 0) + 2
    found: dict[str, str] = {}
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if times[name] == 1:
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if (
                times[name] == 1
            ):
                pass
            case _:
                continue
        literal = literal_path(value, found)
        if literal is not None:
            found[name] = literal
    return found


def literal_path(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    """The string that a path expression gives, or None where only running it would tell."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return constants.get(name)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = literal_path(left, constants), literal_path(right, constants)
            return None if first is None or second is None else first + second
        case ast.JoinedStr(values=values):
            parts = [_literal_piece(value, constants) for value in values]
            return None if None in parts else "".join(part or "" for part in parts)
        case _:
            return None


def _literal_piece(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    if isinstance(node, ast.FormattedValue):
        if node.conversion != -1 or node.format_spec is not None:
            return None
        return literal_path(node.value, constants)
    return literal_path(node, constants)
