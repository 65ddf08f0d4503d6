"""Cuts a module's text into one segment per top-level statement; joined, they are the text.

A segment holds the comments and blank lines above its statement, so that a
banner goes with what it heads, and the comment behind it.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from aurum_refactor.source.text import split_lines


@dataclass(frozen=True, slots=True)
class Segment:
    """Where one top-level statement stands in the text of its module."""

    # Lines of the statement with its decorators; 1-based, inclusive.
    first: int
    last: int
    # Character offsets of the whole segment; end is exclusive.
    start: int
    end: int
    # True if another statement stands on one of its lines.
    shares_line: bool


def first_line(node: ast.stmt) -> int:
    """First line of a statement, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def last_line(node: ast.stmt) -> int:
    """Last line of a statement, without the comments after it."""
    return node.end_lineno or node.lineno


def segments_of(text: str, body: Sequence[ast.stmt]) -> tuple[Segment, ...]:
    """Cut *text* at its top-level statements.

    Segments follow each other without gaps; the first starts at 0. What
    stands after the last statement belongs to no segment.
    """
    lines = split_lines(text)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    spans = [(first_line(node), last_line(node)) for node in body]
    found: list[Segment] = []
    begin = 0
    for index, (first, last) in enumerate(spans):
        following = spans[index + 1][0] if index + 1 < len(spans) else len(lines) + 1
        shares = following <= last or (index > 0 and first <= spans[index - 1][1])
        if following <= last:
            # Statements on one line: all but the last get an empty segment.
            end = begin
        else:
            end_line = _with_trailing_comments(lines, last, following, body[index])
            end = starts[end_line]
        found.append(Segment(first, last, begin, end, shares))
        begin = end
    return tuple(found)


def _with_trailing_comments(lines: Sequence[str], last: int, following: int, node: ast.stmt) -> int:
    """Last line (1-based) of a statement with the indented comments that end its block."""
    if not hasattr(node, "body"):
        return last
    end = last
    for number in range(last + 1, following):
        line = lines[number - 1]
        stripped = line.strip()
        if not stripped:
            continue
        if stripped.startswith("#") and line[:1] in " \t":
            end = number
        else:
            break
    return end
