"""The reasons that anchor a name, by kind; only the wording is grouped, nothing is decided."""

from __future__ import annotations

import re
from collections.abc import Iterable

# How a reason is worded, and what all such reasons have in common.
_CAUSES = {
    r"re-bound by ": "re-bound while the program runs",
    r"re-binds ": "re-binds names with global",
    r"replaced by ": "assigned or patched from outside",
    r"reads __": "reads a name such as __name__ or __file__",
    r"reads .* star import": "reads what a star import may bind",
    r"changed in place": "changed in place while the monolith loads",
    r"calls ": "calls something while it is defined",
    r"its value is taken from ": "its value is taken from something that may change",
    r"line \d": "holds on to the module it is written in",
    r"what it reads|its names": "needs names that come too late for the new module",
    r"it cannot be rewritten": "cannot be rewritten",
}


def cause_of(reason: str) -> str:
    """Name the kind of a reason; a reason of no known kind is its own."""
    return next((cause for like, cause in _CAUSES.items() if re.match(like, reason)), reason)


def by_cause(rows: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Group (reason, label) pairs by kind of reason, the largest group first, then by kind."""
    found: dict[str, list[tuple[str, str]]] = {}
    for reason, label in rows:
        found.setdefault(cause_of(reason), []).append((reason, label))
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))
