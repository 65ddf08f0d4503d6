"""Adds to a file that people wrote: imports below theirs, all else at the end.

No line of theirs changes; only a last line without an ending gets one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from aurum_refactor.source.text import SourceText, split_lines

_ENDING = re.compile("\r\n|\r|\n")
#: Above what is added, as PEP 8 has it.
_GAP = 2


def extended(there: SourceText, imports: str, added: str) -> str:
    """The text of a file with further imports and statements, with its own line endings.

    Args:
        there: The file.
        imports: Whole lines; may be empty.
        added: Whole lines.
    """
    newline = there.newline
    imports, added = (_ENDING.sub(lambda _: newline, part) for part in (imports, added))
    lines = split_lines(there.text)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += newline
    body = ast.parse(there.text).body
    count = _head(body)
    line = (body[count - 1].end_lineno or 0) if count else 0
    shares = count < len(body) and body[count].lineno <= line
    if imports and count and not shares:
        last = body[count - 1]
        is_remark = not isinstance(last, ast.Import | ast.ImportFrom) or _is_future(last)
        lines.insert(line, f"{newline if is_remark else ''}{imports}")
    elif imports:
        added = f"{imports}{newline}{added}"
    text = "".join(lines)
    ending = next((n for n, row in enumerate(reversed(lines)) if row.strip()), len(lines))
    blank = max(0, _GAP - ending) if text.strip() else 0
    return f"{text}{newline * blank}{added}"


def _head(body: Sequence[ast.stmt]) -> int:
    """How many statements a file begins with that are its docstring and imports."""
    count = 0
    for node in body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not (is_docstring and not count) and not isinstance(node, ast.Import | ast.ImportFrom):
            break
        count += 1
    return count


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"
