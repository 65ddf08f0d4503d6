"""The surface of a file, without the bodies of its functions: parsing it takes a third.

Many questions are about what a module imports and defines, and most of a file stands in
bodies. What is left has the same lines at the same places. A file that is not understood
here is given back whole.

Sources: https://docs.python.org/3/reference/lexical_analysis.html (strings, indentation)
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from aurum_refactor.analysis.nodes import tree_of

_SINGLE = rb"\"(?!\"\")(?:[^\"\\\n]++|\\[^\n])*+\"|'(?!'')(?:[^'\\\n]++|\\[^\n])*+'"
_LONG = (
    rb"\"\"\"(?:[^\"\\]++|\\.|\"(?!\"\"))*+\"\"\"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    rb"|\"(?:[^\"\\\n]++|\\.)*+\"|'(?:[^'\\\n]++|\\.)*+'"
)
#: Up to the next string that may go over a line; a quote that opens nothing ends it, too.
_TO_LONG = re.compile(
    rb"(?s)(?:[^\"'#]++|#[^\n]*+|" + _SINGLE + rb")*+(?:(" + _LONG + rb")|([\"'])|\Z)"
)


def _balanced(depth: int) -> bytes:
    """Text in which brackets are closed again, *depth* levels of them."""
    inner = rb"|[(\[{](?:" + _balanced(depth - 1) + rb")*+[)\]}]" if depth else b""
    return rb"[^()\[\]{}\"'#]++|#[^\n]*+|" + _SINGLE + inner


#: The first line is not among them: to begin with a line break is five times as fast.
_START = re.compile(
    rb"\n(?:(class)\b|([ \t]*)(?:async[ \t]+)?def[ \t]+\w+[ \t]*(?=[(\[])|([^ \t\n#)\]}]))"
)
#: Parameters and what is returned, up to the line of the body.
_HEADER = re.compile(
    rb"(?s)(?:[(\[](?:" + _balanced(4) + rb")*+[)\]][ \t]*){1,2}"
    rb"(?:->(?:[^()\[\]{}\"'#:\n]++|" + _SINGLE + rb"|[(\[](?:" + _balanced(4) + rb")*+[)\]])*+)?"
    rb":(?=[ \t]*(?:#[^\n]*)?(\n))"
)


@lru_cache(maxsize=64)
def _end_of(indent: int) -> re.Pattern[bytes]:
    """A line break before a line of code that is indented by *indent* or less."""
    return re.compile(rb"\n(?![ \t]{%d})(?![ \t]*+(?:[#\n]|\Z))" % (indent + 1))


def long_strings(data: bytes) -> list[tuple[int, int]] | None:
    """Start and end of each string that goes over a line; None if one is not closed."""
    found = []
    for match in _TO_LONG.finditer(data):
        if match.start(2) >= 0:
            return None
        start, end = match.span(1)
        if start >= 0 and data.find(b"\n", start, end) >= 0:
            found.append((start, end))
    return found


def surface(data: bytes) -> bytes:
    """The same file without the bodies of its functions, and of methods of its classes.

    Functions in conditions, loops and other functions stay as they are, and so does all
    of a file with line breaks or an encoding of another kind.
    """
    strings = long_strings(data) if is_plain(data) else None
    if strings is None:
        return data
    starts = [start for start, _ in strings]
    parts: list[bytes] = []
    done = resume = 0
    in_class = False
    for match in _START.finditer(data):
        at = match.start() + 1
        if at < resume or _string_around(at, starts, strings):
            continue
        indent = match.span(2)[1] - at
        if match.start(2) < 0:
            in_class = match.start(1) >= 0
            continue
        if not indent:
            in_class = False
        elif not in_class:
            continue
        header = _HEADER.match(data, match.end())
        if header is None:
            continue
        start = header.start(1) + 1
        end = _body_end(data, start, indent, starts, strings)
        if end is None or end == start:
            resume = start
            continue
        parts.append(data[done : header.end()])
        parts.append(b" pass")
        parts.append(data[header.end() : start])
        parts.append(b"\n" * data.count(b"\n", start, end))
        done = resume = end
    if not parts:
        return data
    parts.append(data[done:])
    return b"".join(parts)


_CODING = re.compile(rb"\A(?:[^\n]*\n)?[ \t]*#[^\n]*?coding[:=][ \t]*([-\w.]+)")
_LIKE_ASCII = frozenset({b"utf-8", b"utf8", b"ascii", b"us-ascii", b"latin-1", b"iso-8859-1"})


def is_plain(data: bytes) -> bool:
    """True if bytes below 128 are ASCII, and lines and columns are what they seem to be."""
    if b"\r" in data or b"\f" in data:
        return False
    coding = _CODING.match(data)
    return coding is None or coding[1].lower().replace(b"_", b"-") in _LIKE_ASCII


def _string_around(at: int, starts: Sequence[int], strings: Sequence[tuple[int, int]]) -> int:
    """Where the string ends that an offset lies in; 0 outside of strings."""
    index = bisect_right(starts, at) - 1
    return strings[index][1] if index >= 0 and at < strings[index][1] else 0


def _body_end(
    data: bytes,
    start: int,
    indent: int,
    starts: Sequence[int],
    strings: Sequence[tuple[int, int]],
) -> int | None:
    """Where the line behind a body begins; None if that cannot be told."""
    pattern = _end_of(indent)
    # The line break above the body belongs to the search: a body may be missing.
    at = start - 1
    while True:
        match = pattern.search(data, at)
        if match is None:
            return len(data)
        inside = _string_around(match.start(), starts, strings)
        if inside:
            at = inside
            continue
        if data[match.start() - 1 : match.start()] == b"\\":
            return None
        return match.start() + 1


#: What a project imports is asked for twice, and its surface is small.
@lru_cache(maxsize=512)
def parsed_surface(data: bytes) -> ast.Module | None:
    """The tree of a file's surface; None if the file has none. Nobody may change it."""
    shorter = surface(data)
    tree = tree_of(shorter)
    return tree_of(data) if tree is None and shorter is not data else tree


def function_at(data: bytes, line: int) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function whose header begins on a line, with its body and without its decorators.

    Its nodes stand where they stand in the file; nothing else of that is parsed. None if
    it cannot be cut out.
    """
    above = -1
    for _ in range(line - 1):
        above = data.find(b"\n", above + 1)
    match = _START.match(data, above) if above >= 0 else None
    header = None if match is None or match.start(2) < 0 else _HEADER.match(data, match.end())
    strings = _long_strings_once(data)
    if match is None or header is None or strings is None:
        return None
    indent = match.span(2)[1] - match.start() - 1
    starts = [start for start, _ in strings]
    end = _body_end(data, header.start(1) + 1, indent, starts, strings)
    if end is None:
        return None
    before = b"\n" * (line - 2) + (b"if 1:\n" if indent else b"\n")
    tree = tree_of(before + data[above + 1 : end])
    body = [] if tree is None else tree.body
    if indent and len(body) == 1 and isinstance(body[0], ast.If):
        body = body[0].body
    found = body[0] if len(body) == 1 else None
    return found if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) else None


@lru_cache(maxsize=1)
def _long_strings_once(data: bytes) -> list[tuple[int, int]] | None:
    return long_strings(data) if is_plain(data) else None
