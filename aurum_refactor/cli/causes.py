"""The reasons that anchor a name, by kind; only the wording is grouped, nothing is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aurum_refactor.cli.home_facts import HomeFacts, ThroughFacts

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


def by_cause(
    rows: Iterable[HomeFacts | ThroughFacts],
) -> dict[str, list[HomeFacts | ThroughFacts]]:
    """Group by kind of reason, the largest group first, then by name."""
    found: dict[str, list[HomeFacts | ThroughFacts]] = {}
    for row in rows:
        found.setdefault(cause_of(row.reason), []).append(row)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))
