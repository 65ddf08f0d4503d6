"""Which names each statement may change while the module is executed, directly or by calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.graph.closure import reached_by_running
from aurum_refactor.language import BUILTINS
from aurum_refactor.model import Phase, ReceiverKind, Statement, StatementKind, Survey


@dataclass(frozen=True, slots=True)
class Changes:
    """For every statement, the names whose value it may change at import."""

    # By ordinal.
    at_import: tuple[frozenset[str], ...]
    # By function: names that running it may change.
    by_running: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, survey: Survey) -> Changes:
        """Read the table off a survey.

        Methods called on a value of the module (``CONFIG.update(...)``) may
        change it; on an imported name only stores count, or every use of a
        library would.
        """
        own = {
            binding.name
            for s in survey.statements
            if s.kind in (StatementKind.ASSIGNMENT, StatementKind.CLASS, StatementKind.COMPOUND)
            for binding in s.binds
        }
        direct: dict[str, set[str]] = {}
        for statement in survey.statements:
            names = statement.call_stores | (statement.call_methods & own)
            for binding in statement.binds:
                direct.setdefault(binding.name, set()).update(names)
        inert = inert_names(survey)
        reached = reached_by_running(survey.statements, inert)
        by_running = {
            name: frozenset(direct.get(name, set())).union(
                *(direct.get(other, set()) for other in reached.get(name, ()))
            )
            for name in direct
            if name not in inert
        }
        imported = {
            row.bound
            for s in survey.statements
            for row in s.imports
            if row.module in survey.project_modules
            # What we made to register endpoints changes nothing else (G7).
            and not (row.module in survey.made and (row.attribute or "").startswith("register"))
        }
        modules = frozenset(
            row.bound
            for s in survey.statements
            for row in s.imports
            if f"{row.module}.{row.attribute}" in survey.project_modules
            or (row.attribute is None and row.module in survey.project_modules)
        )
        values = plain_values(survey.statements)
        fixed = {b.name for s in survey.statements if s.is_immutable for b in s.binds} - {
            b.name for s in survey.statements if not s.is_immutable for b in s.binds
        }
        foreign = dict(survey.foreign_changes)
        objects = frozenset(receiver.name for receiver in survey.receivers)
        wiring = frozenset(
            row.bound
            for s in survey.statements
            for row in s.imports
            if row.module in survey.made and row.bound.startswith("_")
        )
        at_import = []
        for statement in survey.statements:
            found = statement.stores | (statement.touches & own) | (statement.called_on & values)
            found -= fixed | wired_by(statement, wiring, objects)
            if statement.kind is StatementKind.EXPRESSION and statement.calls & imported:
                # A function of another module of the project may change any of them.
                found |= modules
            for name in run_at_import(statement):
                found |= by_running.get(name, frozenset())
            found |= foreign.get(statement.ordinal, frozenset())
            at_import.append(found)
        return cls(tuple(at_import), by_running)


def wired_by(
    statement: Statement, wiring: frozenset[str], objects: frozenset[str]
) -> frozenset[str]:
    """Objects that a statement of ours wires what has left on: as decorators did before.

    ``app.include_router(_items_router)`` and ``_register_items(app)`` change the object no
    more than the endpoints did that stood there (G7).
    """
    read = frozenset(row.name for row in statement.reads)
    ours = statement.kind is StatementKind.EXPRESSION and not read.isdisjoint(wiring)
    return objects if ours and read <= wiring | objects else frozenset()


def plain_values(statements: Sequence[Statement]) -> frozenset[str]:
    """Names of values whose methods may change them, as far as this module can tell.

    Containers, and objects of this module's own classes. What a library made
    (a limiter, a cache) keeps what it decorates by name, not by order.
    """
    kinds = [s for s in statements if s.kind is StatementKind.CLASS]
    keeping = {s.label for s in kinds if s.keeps_state}
    for s in kinds:
        if keeping & {r.name for r in s.reads if r.phase is Phase.IMPORT}:
            keeping.add(s.label)
    others = {s.label for s in kinds} - keeping
    containers = {
        row.bound
        for s in statements
        for row in s.imports
        if row.module.partition(".")[0] in ("collections", "itertools", "queue", "array")
    }
    makers = (BUILTINS | keeping | containers) - others
    return frozenset(
        binding.name
        for s in statements
        if s.kind is StatementKind.ASSIGNMENT and s.calls <= makers
        for binding in s.binds
    )


def inert_names(survey: Survey) -> frozenset[str]:
    """Apps and routers made here: what they were given runs when they serve, not at import."""
    return frozenset(
        receiver.name for receiver in survey.receivers if receiver.kind is not ReceiverKind.FOREIGN
    )


def run_at_import(statement: Statement) -> frozenset[str]:
    """Names that a statement may run while it is executed: what it calls or hands on.

    A definition runs its decorators and the calls in its defaults; what it
    only names there (``Depends(get_db)``) runs later.
    """
    if statement.kind is StatementKind.FUNCTION:
        return statement.calls
    if statement.kind is StatementKind.IMPORT or statement.is_alias:
        return frozenset()
    return frozenset(r.name for r in statement.reads if r.phase is Phase.IMPORT)
