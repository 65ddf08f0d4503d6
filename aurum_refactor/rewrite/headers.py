"""Functions without what they do: LibCST need not parse it where only decorators are asked for."""

from __future__ import annotations

import ast
from itertools import accumulate


def headers_of(code: str) -> str:
    """Text of some statements, with ``pass`` for the body of each function among them."""
    data = code.encode()
    try:
        body = ast.parse(data).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code
    if b"\r" in data:
        return code
    starts = [0, *accumulate(len(line) + 1 for line in data.split(b"\n"))]
    for node in reversed(body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            line, column = _start(node.body[0])
            end = starts[(node.end_lineno or line) - 1] + (node.end_col_offset or 0)
            data = data[: starts[line - 1] + column] + b"pass" + data[end:]
    return data.decode()


def _start(node: ast.stmt) -> tuple[int, int]:
    """Line (from 1) and column (in bytes) at which a statement begins."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    # The sign is on the line of the statement's own column.
    return (decorators[0].lineno, node.col_offset) if decorators else (node.lineno, node.col_offset)
