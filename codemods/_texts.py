"""Texts that are put together of literals and constants of a module."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cached_property

import libcst as cst


class Texts:
    """What expressions of one module are, where they are such a text."""

    def __init__(self, module: cst.Module) -> None:
        self.module = module

    def of(self, node: cst.BaseExpression) -> str | None:
        """The text of an expression; None where it is none, or depends on more."""
        match node:
            case cst.SimpleString() | cst.ConcatenatedString():
                value = node.evaluated_value
                return value if isinstance(value, str) else None
            case cst.Name(value=name):
                return self._constants.get(name)
            case cst.BinaryOperation(left=left, operator=cst.Add(), right=right):
                parts = [self.of(left), self.of(right)]
            case cst.FormattedString(parts=fields):
                parts = [self._field(field) for field in fields]
            case _:
                return None
        return None if None in parts else "".join(part for part in parts if part is not None)

    def _field(self, node: cst.BaseFormattedStringContent) -> str | None:
        match node:
            case cst.FormattedStringText(value=text):
                return None if set(text) & set("{}\\") else text
            case cst.FormattedStringExpression(
                expression=value, conversion=None, format_spec=None, equal=None
            ):
                return self.of(value)
            case _:
                return None

    @cached_property
    def _constants(self) -> dict[str, str]:
        """Names that the module binds to one literal, and that nothing in it binds again."""
        tree = ast.parse(self.module.code)
        bound = Counter(name for node in ast.walk(tree) for name in _bound_by(node))
        found: dict[str, str] = {}
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                    if bound[name] == 1:
                        found[name] = text
                case _:
                    pass
        return found


def _bound_by(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
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
