"""Decorators that define functions and give one of them back, no more."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from aurum_refactor.proof.inheritance.looks import asks_for_place, last_part
from aurum_refactor.proof.inheritance.running import FUNCTIONS, outside, run

_HARMLESS = frozenset(
    {"wraps", "iscoroutinefunction", "isasyncgenfunction", "isgeneratorfunction", "signature"}
    | {"isinstance", "callable", "cast", "getattr", "hasattr"}
)


def is_wrapper(node: Any, *, deeper: bool) -> bool:
    """True for a decorator that defines functions and gives one of them back, no more."""
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return False
    if any(asks_for_place(n) for n in ast.walk(node)):
        return False
    inner = [n for n in node.body if isinstance(n, ast.FunctionDef)] if deeper else []
    return all(_only_defines(level.body) for level in (node, *inner))


def _only_defines(body: Sequence[ast.stmt]) -> bool:
    for node in body:
        match node:
            case ast.If(body=yes, orelse=no):
                if not (_only_defines(yes) and _only_defines(no)):
                    return False
                parts: list[ast.AST] = [node.test]
            case ast.Assign(targets=[ast.Name()], value=value):
                parts = [value]
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name))], value=value):
                if not any(isinstance(n, FUNCTIONS) and n.name == name for n in body):
                    return False
                parts = [value]
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                parts = outside(node, lazy=False)
            case ast.Return(value=value):
                parts = [] if value is None else [value]
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                parts = []
            case _:
                return False
        for inner in (n for part in parts for n in run(part)):
            if isinstance(inner, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
                return False
            if isinstance(inner, ast.Call) and last_part(inner.func) not in _HARMLESS:
                return False
    return True
