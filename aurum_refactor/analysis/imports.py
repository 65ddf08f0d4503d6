"""Which modules a file imports, and which project modules look back at the monolith."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from aurum_refactor.analysis.statements import absolute_module


def imported_modules(data: bytes, package: str) -> frozenset[str]:
    """Absolute modules that a file may import, function-local ones included.

    ``from a import b`` gives both ``a`` and ``a.b``. A file that does not
    parse gives nothing: it cannot be imported either.
    """
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = absolute_module(package, node.level, node.module or "")
            found.add(module)
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return frozenset(found)


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
