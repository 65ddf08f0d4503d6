"""What is executed with a statement, and what a function is given."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from aurum_refactor.analysis.nodes import children_of

LOOPS = (ast.For, ast.AsyncFor, ast.While)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def first_line(node: ast.stmt) -> int:
    """Where a statement begins, its decorators among it."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])


def parameters_of(function: Any) -> set[str]:
    """Names of all arguments of a function."""
    return {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}


def immediate(node: ast.AST) -> Iterator[ast.AST]:
    """What is executed with a statement: not what stands in the functions in it."""
    yield node
    if isinstance(node, (*FUNCTIONS, ast.Lambda)):
        inside: list[ast.AST | None] = [*node.args.defaults, *node.args.kw_defaults]
        inside += getattr(node, "decorator_list", [])
        inside += [a.annotation for a in ast.walk(node.args) if isinstance(a, ast.arg)]
        inside.append(getattr(node, "returns", None))
    else:
        inside = [*children_of(node)]
    for child in inside:
        if child is not None:
            yield from immediate(child)


def names_loaded(body: Iterable[ast.AST]) -> Iterator[Any]:
    """Names that a function loads itself."""
    for node in body:
        for inner in immediate(node):
            if isinstance(inner, ast.Name):
                yield inner
