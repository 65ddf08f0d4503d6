"""What is executed with some statements."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from aurum_refactor.analysis.scopes import evaluated_outside


def executed(body: Collection[ast.AST]) -> Iterator[ast.AST]:
    """What is executed with some statements: not the bodies of functions."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += evaluated_outside(node)
        else:
            waiting += ast.iter_child_nodes(node)
