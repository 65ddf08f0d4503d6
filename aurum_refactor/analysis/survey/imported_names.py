"""Names that the monolith imports and cannot count on: of star imports, and bound anew."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aurum_refactor.analysis.lines import lines_with
from aurum_refactor.analysis.survey.project import Project
from aurum_refactor.model import Statement
from aurum_refactor.source.text import SourceText

_TOP_LEVEL = re.compile(
    rb"(?m)^[ \t]*(?:def|class|async def)[ \t]+([A-Za-z_]\w*)"
    rb"|^[ \t]*([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=[^=]"
    rb"|\bimport[ \t]+([^\n]+)"
)


def star_names(statements: Sequence[Statement], project: Project) -> frozenset[str] | None:
    """Everything that star imports may bind, read off the lines of project modules."""
    found: set[str] = set()
    for statement in statements:
        for row in statement.imports:
            if row.attribute != "*":
                continue
            content = project.read(row.module) if row.module in project.names else None
            if content is None:
                return None
            for match in _TOP_LEVEL.finditer(content[0]):
                if match[3]:
                    found |= {w.decode() for w in re.findall(rb"[A-Za-z_]\w*", match[3])}
                else:
                    found.add((match[1] or match[2]).decode())
            if b"*" in content[0] and re.search(rb"import[ \t]+\*", content[0]):
                return None
    return frozenset(found)


def unsteady_names(
    source: SourceText, statements: Sequence[Statement], project: Project
) -> frozenset[str]:
    """Names imported from project modules that those modules may bind anew.

    ``from app.config import settings`` says something else once a function of
    ``app.config`` has run ``global settings``; then the import may not be repeated.
    """
    found: set[str] = set()
    stored = set(_STORED_ATTRIBUTE.findall(source.data))
    rebound: dict[str, frozenset[bytes]] = {}
    for statement in statements:
        for row in statement.imports:
            if row.attribute is None or row.module not in project.names:
                continue
            if row.module not in rebound:
                content = project.read(row.module)
                rebound[row.module] = _global_words(b"" if content is None else content[0])
            name = row.attribute.encode()
            if name in rebound[row.module] or name in stored:
                found.add(row.bound)
    return frozenset(found)


def _global_words(data: bytes) -> frozenset[bytes]:
    """Words that stand behind ``global`` on a line."""
    return frozenset(
        word
        for start, end in lines_with(data, b"global")
        if (match := _GLOBAL.search(data, start, end)) is not None
        for word in _NAME.findall(match[1])
    )


_GLOBAL = re.compile(rb"\bglobal\b([^\n]*)")
_NAME = re.compile(rb"[\w\x80-\xff]+")
_STORED_ATTRIBUTE = re.compile(rb"\.([A-Za-z_]\w*)[ \t]*=[^=]")
