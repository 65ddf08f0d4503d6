"""The monolith's text by statement: what is cut out, what stays, and the lines around it."""

from __future__ import annotations

import re

from aurum_refactor.model import Statement
from aurum_refactor.source.text import split_lines

_BLANK = re.compile(r"(?:[ \t\f]*(?:\r\n|\r|\n))*")


def piece(text: str, statement: Statement) -> str:
    """A statement with the comments and blank lines above it; always ends its line."""
    return text[statement.start : statement.end]


def _blank(text: str) -> int:
    """Characters of the blank lines that *text* begins with."""
    match = _BLANK.match(text)
    return 0 if match is None else match.end()


def without_outer_blanks(text: str) -> str:
    """*text* without blank lines at its beginning."""
    return text[_blank(text) :]


def leading_blank_lines(text: str) -> int:
    """Number of blank lines that *text* begins with."""
    return len(split_lines(text[: _blank(text)]))


def trailing_comment(text: str, statement: Statement) -> str:
    """``"  # noqa: E402"`` behind a one-line statement, with its blanks; "" if there is none."""
    lines = split_lines(without_outer_blanks(piece(text, statement)))
    if statement.span.lines != 1 or not lines:
        return ""
    last = lines[-1].rstrip("\r\n")
    position = last.find("#")
    # An import holds no string literal, so the first # begins the comment.
    return "" if position < 0 else last[len(last[:position].rstrip()) :]
