"""What runs with an expression or a definition, and what of that stands outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def outside(method: Any, *, lazy: bool) -> list[ast.AST]:
    """What of a method is looked up in the scope around it."""
    found: list[ast.AST] = [*method.decorator_list, *method.args.defaults]
    found += [default for default in method.args.kw_defaults if default is not None]
    if not lazy:
        found += [
            a.annotation for a in ast.walk(method.args) if isinstance(a, ast.arg) and a.annotation
        ]
        found += [method.returns] if method.returns is not None else []
    return found


def run(node: ast.AST) -> Iterator[ast.AST]:
    """What runs with an expression or statement: no bodies of functions."""
    yield node
    inside: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Lambda):
        inside = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
    elif isinstance(node, FUNCTIONS):
        inside = outside(node, lazy=False)
    for child in inside:
        yield from run(child)
