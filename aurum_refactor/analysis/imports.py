"""Which modules a file imports, and which project modules look back at the monolith."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from aurum_refactor.analysis.lines import lines_with
from aurum_refactor.analysis.statements import absolute_module

_FROM = re.compile(
    rb"[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n\\]*(?:\\\r?\n[^\n\\]*)*)"
)
_IMPORT = re.compile(rb"[ \t]*import[ \t]+([^\n#;]+)")
_NAME = re.compile(r"[^\W\d]\w*")


@lru_cache(maxsize=8192)
def imported_modules(data: bytes, package: str) -> frozenset[str]:
    """Absolute modules that a file may import, function-local ones included.

    ``from a import b`` gives both ``a`` and ``a.b``. The file is read by its
    lines, not parsed, so a string that looks like an import counts as one:
    the answer may hold too much and never too little of what stands at the
    beginning of a line.
    """
    found: set[str] = set()
    for match in _at_lines(_FROM, data):
        level, written = len(match[1]), match[2].decode("utf-8", "replace")
        module = absolute_module(package, level, written)
        found.add(module)
        clauses = match[3].decode("utf-8", "replace").strip("()").split(",")
        names = (_NAME.search(clause) for clause in clauses)
        found |= {f"{module}.{name.group()}" for name in names if name}
    for match in _at_lines(_IMPORT, data):
        for clause in match[1].decode("utf-8", "replace").split(","):
            found.add(clause.split(" as ")[0].strip())
    return frozenset(found)


def _at_lines(pattern: re.Pattern[bytes], data: bytes) -> Iterator[re.Match[bytes]]:
    """Matches at beginnings of lines that hold an import, none inside of the one before."""
    done = 0
    for start, _ in lines_with(data, b"import"):
        match = pattern.match(data, start) if start >= done else None
        if match is not None:
            done = match.end()
            yield match


def looking_back(
    start: Iterable[str],
    monolith: str,
    project: frozenset[str],
    read: Callable[[str], tuple[bytes, str] | None],
) -> frozenset[str]:
    """Modules among *start* whose import may import the monolith again.

    Args:
        start: Absolute modules that the monolith imports.
        monolith: Its own dotted name.
        project: Dotted names of all project modules.
        read: Bytes and package of a project module; None if unreadable.

    Returns:
        Those of *start* from which the monolith can be reached by imports,
        through any number of project modules.
    """
    imports: dict[str, frozenset[str]] = {}

    def direct(module: str) -> frozenset[str]:
        if module not in imports:
            found = read(module)
            names = frozenset() if found is None else imported_modules(*found)
            # Importing a.b.c runs a and a.b first.
            with_parents = {
                ".".join(name.split(".")[:length])
                for name in names
                for length in range(1, name.count(".") + 2)
            }
            imports[module] = frozenset(with_parents & (project | {monolith}))
        return imports[module]

    return frozenset(
        module for module in start if module in project and _reaches(module, monolith, direct)
    )


def _reaches(start: str, goal: str, direct: Callable[[str], frozenset[str]]) -> bool:
    seen = {start}
    waiting = [start]
    while waiting:
        for module in direct(waiting.pop()):
            if module == goal:
                return True
            if module not in seen:
                seen.add(module)
                waiting.append(module)
    return False
