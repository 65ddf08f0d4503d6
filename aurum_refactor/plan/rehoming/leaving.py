"""Which statements can still leave the monolith, and why the others stay."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aurum_refactor.model import Statement, StatementKind
from aurum_refactor.plan.rehoming.emptied import Emptied, touched
from aurum_refactor.plan.rehoming.ties import RehomeTies

#: Why a name stays for now that has a home in a module to come.
LEAVES_LATER = "a domain that has not been extracted yet needs it"


@dataclass(slots=True)
class Leaving:
    """The statements that can leave, by ordinal; they get fewer until nothing holds one back."""

    candidates: set[int]
    # Line and reason of each statement that stays.
    stays: dict[int, tuple[int, str]]

    @classmethod
    def of(cls, emptied: Emptied, ties: RehomeTies) -> Leaving:
        """All that nothing ties to the monolith."""
        candidates: set[int] = set()
        stays: dict[int, tuple[int, str]] = {}
        for statement in emptied.statements:
            if not statement.binds or statement.kind is StatementKind.IMPORT:
                continue
            why = ties.why(statement)
            if why is None:
                candidates.add(statement.ordinal)
            else:
                stays[statement.ordinal] = _registered(emptied, statement) or why
        return cls(candidates, stays)

    def stay(self, found: Mapping[int, tuple[int, str]]) -> None:
        """Keep some of them, with line and reason."""
        self.stays.update(found)
        self.candidates.difference_update(found)


def _registered(emptied: Emptied, statement: Statement) -> tuple[int, str] | None:
    """Endpoints that a module made of this one defines as it registers them (S2)."""
    if statement.kind is not StatementKind.ASSIGNMENT:
        return None
    for name in sorted(statement.calls):
        origin = emptied.origin(name)
        if origin not in ("", emptied.leaf) and name.startswith("register_"):
            return statement.span.first, f"{name} of {origin} makes it and registers it"
    return None


def held_for_later(emptied: Emptied, leaving: Leaving, waiting: Collection[int]) -> frozenset[str]:
    """Keep what leaves later, with all that it is tied to: nothing leaves by halves.

    Args:
        emptied: The monolith.
        leaving: Loses what is kept.
        waiting: Statements that extractions to come will take along.

    Returns:
        The names that leave later.
    """
    held: set[str] = set()
    for ordinal in waiting:
        held |= touched(emptied.statements[ordinal])
    while True:
        names = held & (emptied.bound_by(leaving.candidates) | emptied.live)
        more = {
            ordinal
            for ordinal in leaving.candidates
            if not names.isdisjoint(emptied.bound_by([ordinal]))
            or not names.isdisjoint(touched(emptied.statements[ordinal]))
        }
        if not more:
            return frozenset(held)
        for ordinal in more:
            line = emptied.statements[ordinal].span.first
            leaving.stays[ordinal] = (line, LEAVES_LATER)
            held |= touched(emptied.statements[ordinal]) | emptied.bound_by([ordinal])
        leaving.candidates -= more
