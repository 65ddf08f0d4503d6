"""Which names each statement may look up while it is executed at import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aurum_refactor.model import Phase, StatementKind, Survey
from aurum_refactor.plan.changes import Changes, run_at_import
from aurum_refactor.plan.names import FOREVER
from aurum_refactor.plan.runs.drafts import Movable


@dataclass(frozen=True, slots=True)
class Observers:
    """For every statement, which names it may look up while it is executed at import."""

    # Names read directly, by ordinal.
    reads: tuple[frozenset[str], ...]
    # Names read by the functions it may run, by ordinal.
    reached: tuple[frozenset[str], ...]
    # Ordinals that may import a module which looks back at the monolith.
    importers: frozenset[int]
    # Names that it may change, by ordinal.
    changes: tuple[frozenset[str], ...]

    @classmethod
    def of(
        cls, survey: Survey, reached: Mapping[str, frozenset[str]], own: frozenset[str]
    ) -> Observers:
        """Read the table off a survey and the closure over its functions.

        Args:
            survey: The monolith.
            reached: For every function, the names that running it may read.
            own: Modules of earlier extractions; they look back at nothing that
                is planned now.
        """
        looks_back = survey.looks_back - own
        tails = {module.rpartition(".")[2] for module in looks_back}
        looks = dict(survey.foreign_looks)
        direct = [
            frozenset(r.name for r in s.reads if r.phase is Phase.IMPORT)
            | looks.get(s.ordinal, frozenset())
            for s in survey.statements
        ]
        indirect = []
        importers = set()
        for statement in survey.statements:
            parts = [reached[name] for name in run_at_import(statement) if name in reached]
            indirect.append(frozenset().union(*parts))
            if statement.kind is StatementKind.IMPORT:
                may_import = any(
                    i.module in looks_back or f"{i.module}.{i.attribute}" in looks_back
                    for i in statement.imports
                )
            else:
                # A compound statement may import anything (``try: from .x import y``).
                may_import = statement.kind is StatementKind.COMPOUND and not tails.isdisjoint(
                    statement.identifiers
                )
            if may_import:
                importers.add(statement.ordinal)
        changes = Changes.of(survey).at_import
        return cls(tuple(direct), tuple(indirect), frozenset(importers), changes)


def first_observer(
    survey: Survey,
    ordinal: int,
    member: Movable,
    movable: Mapping[int, Movable],
    observers: Observers,
) -> int:
    """The first statement after an endpoint that could miss its name if it came later."""
    name = member.endpoint.name
    for statement in survey.statements[ordinal + 1 :]:
        number = statement.ordinal
        other = movable.get(number)
        if other is not None and other.endpoint.name == name:
            return number
        if other is not None:
            if name in observers.reads[number] and other.domain != member.domain:
                # It is imported from wherever its own domain is wired.
                return ordinal
        elif (
            number in observers.importers
            or name in observers.reads[number]
            or name in observers.reached[number]
            or any(binding.name == name for binding in statement.binds)
        ):
            return number
    return FOREVER


def last_observer(survey: Survey, ordinal: int, name: str, observers: Observers) -> int | None:
    """The last statement above an endpoint that would meet its name if it were bound earlier."""
    for statement in reversed(survey.statements[:ordinal]):
        number = statement.ordinal
        if (
            number in observers.importers
            or name in observers.reads[number]
            or name in observers.reached[number]
            or any(binding.name == name for binding in statement.binds)
        ):
            return number
    return None
