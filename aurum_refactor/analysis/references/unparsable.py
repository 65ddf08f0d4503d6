"""Files that do not parse: what they do with the monolith is not seen, and that is said."""

from __future__ import annotations

import ast

from aurum_refactor.model import Finding, Severity


def broken(path: str, data: bytes) -> Finding | None:
    """The warning for a file that does not parse, of which an outline may well have parsed."""
    try:
        ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _unparsable(path, getattr(error, "lineno", None) or 1, error)
    return None


def _words_of(error: BaseException) -> str:
    """The parser's own words for what is wrong."""
    return getattr(error, "msg", None) or str(error) or type(error).__name__


def _unparsable(path: str, line: int, error: BaseException) -> Finding:
    return Finding(
        code="AR201",
        severity=Severity.WARNING,
        message=f"cannot be parsed and may use the monolith: {_words_of(error)}",
        advice="its imports and patches are not seen; nothing in it is changed",
        path=path,
        line=line,
    )
