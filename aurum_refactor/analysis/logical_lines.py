"""Logical lines of a file: statements, and heads of blocks, over as many lines as they take.

Source: https://docs.python.org/3/reference/lexical_analysis.html#line-structure
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_STRING = (
    rb"\"\"\"(?:[^\"\\]++|\\.|\"(?!\"\"))*+\"\"\"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    rb"|\"(?:[^\"\\\n]++|\\.)*+\"|'(?:[^'\\\n]++|\\.)*+'"
)
#: Brackets may stand in brackets so many times.
_DEPTH = 12


def _inside(depth: int) -> bytes:
    inner = rb"|[(\[{](?:" + _inside(depth - 1) + rb")*+[)\]}]" if depth else b""
    return rb"[^()\[\]{}\"'#]++|#[^\n]*+|" + _STRING + inner


_LINE = re.compile(
    rb"(?s)[ \t]*+(?:#[^\n]*+)?(?:\n|\Z)"
    rb"|([ \t]*+)(?:[^()\[\]{}\"'#\n\\]++|\\.|#[^\n]*+|" + _STRING + rb"|[(\[{](?:"
    rb"" + _inside(_DEPTH) + rb")*+[)\]}])++(?:\n|\Z)"
)
_CLAUSE = re.compile(rb"[ \t]*(?:else|elif|except|finally)\b")
_CASE = re.compile(rb"[ \t]*case\b")
_MATCH = re.compile(rb"[ \t]*match\b")
_SUITE = re.compile(rb"[ \t]*(?:if|for|while|with|try|match|async[ \t]+(?:for|with))\b")
_DEFINITION = re.compile(rb"[ \t]*(?:class|def|async[ \t]+def)\b")


@dataclass(frozen=True, slots=True)
class LogicalLines:
    """The lines of a file that hold code, in order."""

    data: bytes
    # Offsets; the line break is part of a line.
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    # Blanks and tabs before the first letter.
    indents: list[int] = field(default_factory=list)
    # The head of the block that a line stands in; -1 at the top of the file.
    above: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, data: bytes) -> LogicalLines | None:
        """Cut a file; None where strings or brackets are not understood."""
        lines = cls(data)
        at = 0
        around: list[int] = []
        for match in _LINE.finditer(data):
            if match.start() != at:
                return None
            at = match.end()
            if match.lastindex:
                lines.starts.append(match.start())
                lines.ends.append(at)
                indent = match.end(1) - match.start()
                while around and lines.indents[around[-1]] >= indent:
                    around.pop()
                lines.above.append(around[-1] if around else -1)
                around.append(len(lines.indents))
                lines.indents.append(indent)
        return lines if at == len(data) else None

    def is_clause(self, index: int) -> bool:
        """True for ``else``, ``except`` and the like: part of a statement that began above."""
        return _CLAUSE.match(self.data, self.starts[index]) is not None or self.is_case(index)

    def is_case(self, index: int) -> bool:
        """True for ``case`` in a ``match``; anywhere else it is a name."""
        above = self.above[index]
        return (
            above >= 0
            and _CASE.match(self.data, self.starts[index]) is not None
            and _MATCH.match(self.data, self.starts[above]) is not None
        )

    def is_suite(self, index: int) -> bool:
        """True for the head of a compound statement that is no definition."""
        return _SUITE.match(self.data, self.starts[index]) is not None

    def is_definition(self, index: int) -> bool:
        """True for the head of a function or class."""
        return _DEFINITION.match(self.data, self.starts[index]) is not None

    def is_decorator(self, index: int) -> bool:
        """True for ``@name`` above a definition."""
        at = self.starts[index] + self.indents[index]
        return self.data[at : at + 1] == b"@"

    def statement(self, index: int) -> range:
        """All lines of the compound statement of which a line is the head, or a clause."""
        indents, indent = self.indents, self.indents[index]
        first = index
        while first >= 0 and self.is_clause(first):
            if self.is_case(first):
                return self.statement(self.above[first])
            first -= 1
            while first >= 0 and indents[first] > indent:
                first -= 1
        last = index + 1
        while last < len(indents) and (
            indents[last] > indent or (indents[last] == indent and self.is_clause(last))
        ):
            last += 1
        return range(max(first, 0), last)
