"""The reasons that anchor a name, by kind; only the wording is grouped, nothing is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# What a reason begins with, and what all such reasons have in common.
_CAUSES: Mapping[str, str] = {
    "re-bound by": "re-bound while the program runs",
    "re-binds": "re-binds names with global",
    "replaced by": "assigned or patched from outside",
    "reads __": "reads a name such as __name__ or __file__",
    "changed in place": "changed in place while the monolith loads",
    "calls ": "calls something while it is defined",
    "line ": "holds on to the module it is written in",
    "what it reads": "needs names that come too late for the new module",
    "its names": "needs names that come too late for the new module",
    "it cannot be rewritten": "cannot be rewritten",
}


def cause_of(reason: str) -> str:
    """Name the kind of a reason; a reason of no known kind is its own."""
    return next((cause for start, cause in _CAUSES.items() if reason.startswith(start)), reason)


def by_cause(rows: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Group (reason, label) pairs by kind of reason, the largest group first, then by kind."""
    found: dict[str, list[tuple[str, str]]] = {}
    for reason, label in rows:
        found.setdefault(cause_of(reason), []).append((reason, label))
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))
