"""On which line a key of a TOML document stands; ``tomllib`` does not tell.

A locator, not a parser: it is asked only about documents that ``tomllib`` has
accepted, and a key it does not find has the line of the table around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_BARE_OR_QUOTED = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_KEY = re.compile(rf"[ \t]*({_BARE_OR_QUOTED}(?:[ \t]*\.[ \t]*{_BARE_OR_QUOTED})*)[ \t]*=")
_HEADER = re.compile(rf"[ \t]*\[\[?[ \t]*({_BARE_OR_QUOTED}(?:[ \t]*\.[ \t]*{_BARE_OR_QUOTED})*)")
_PART = re.compile(_BARE_OR_QUOTED)
# What may hide a bracket or look like a key: strings of four kinds, comments.
_OPAQUE = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*",
    re.DOTALL,
)

_At = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TomlLines:
    """The lines of one document's keys; built by ``locate``."""

    text: str
    keys: Mapping[_At, int]

    def of(self, *key: str) -> int | None:
        """Give the 1-based line of a key, or of the nearest table around it that is written."""
        for length in range(len(key), 0, -1):
            if (line := self.keys.get(key[:length])) is not None:
                return line
        return None

    def of_value(self, value: str, *key: str) -> int | None:
        """Give the line of a string in a key's array: the first, from the key on, to quote it."""
        line = self.of(*key)
        if line is None:
            return None
        for offset, written in enumerate(self.text.split("\n")[line - 1 :]):
            if f'"{value}"' in written or f"'{value}'" in written:
                return line + offset
        return line


def locate(text: str) -> TomlLines:
    """Find the line of every table header and of every key that starts a line.

    Args:
        text: A document that ``tomllib`` accepts.

    Returns:
        Keys as tuples from the top, ``("tool", "x", "y")``; where one occurs
        more than once (arrays of tables), its first line.
    """
    keys: dict[_At, int] = {}
    table: _At = ()
    for number, line in _top_level_lines(text):
        if header := _HEADER.match(line):
            table = _parts(header.group(1))
            keys.setdefault(table, number)
        elif key := _KEY.match(line):
            path = table + _parts(key.group(1))
            # ``a.b = 1`` also writes the table ``a``.
            for length in range(len(table) + 1, len(path) + 1):
                keys.setdefault(path[:length], number)
    return TomlLines(text, keys)


def _top_level_lines(text: str) -> Iterator[tuple[int, str]]:
    # Lines that begin inside a multi-line string or array hold no keys.
    shape = _OPAQUE.sub(_blank, text)
    depth = 0
    for number, (line, seen) in enumerate(
        zip(text.split("\n"), shape.split("\n"), strict=True), start=1
    ):
        if depth == 0 and "\0" not in seen[:1]:
            yield number, line
        depth += sum(map(seen.count, "[{")) - sum(map(seen.count, "]}"))


def _blank(match: re.Match[str]) -> str:
    # The lines after the first begin with a mark: they continue a string.
    return match.group().count("\n") * "\n\0"


def _parts(dotted: str) -> _At:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
