"""What runs while an endpoint is defined finds and leaves the values that it did before.

``@marked`` appends to a list, ``n: int = now()`` reads a name that is bound again further
below; both may stand in this module or in another one. A new module runs all that it holds at
once, so nothing that binds or changes such a value may come to stand on the other side.
Source: semantics R-21 and R-25.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from aurum_refactor.model import Breach, Phase, Statement, StatementKind
from aurum_refactor.proof.state import VALUELESS, State


@dataclass(frozen=True, slots=True)
class Foreign:
    """Facts, as they were read, about what runs in other modules: ordinal to names of values.

    Names of the monolith are as they are there; those of other modules have a dot.
    """

    changes: Mapping[int, frozenset[str]] = field(default_factory=dict)
    looks: Mapping[int, frozenset[str]] = field(default_factory=dict)
    # Classes that a list is told of as they are defined, by ordinal: the base that keeps it.
    told: Mapping[int, str] = field(default_factory=dict)


def prove_effects(state: State, foreign: Foreign) -> tuple[int, list[Breach]]:
    """Two statements that meet in a value, one of which binds or changes it, keep their order.

    Returns:
        How many pairs were compared, and what is broken.
    """
    count, breaches = 0, []
    for ordinal, other, name in sorted({*_elsewhere(foreign), *_here(state, foreign)}):
        count += 1
        if (other < ordinal) != (state.moment(other) < state.moment(ordinal)):
            statement = state.original.statements[ordinal]
            line, there = statement.span.first, state.original.statements[other].span.first
            what = statement.label or "what runs here"
            message = f"{what} meets {name} on the other side of line {there} now"
            breaches.append(Breach("G1", state.layout.path, line, message))
    for ordinal, base in foreign.told.items():
        count += 1
        if ordinal in state.home_of:
            statement = state.original.statements[ordinal]
            message = f"{statement.label} tells {base} of itself at another moment now"
            breaches.append(Breach("G1", state.layout.path, statement.span.first, message))
    return count, breaches


def _elsewhere(foreign: Foreign) -> Iterator[tuple[int, int, str]]:
    """Statements that change a value by way of other modules, and all that meet it."""
    met: dict[str, set[int]] = {}
    for rows in (foreign.changes, foreign.looks):
        for ordinal, names in rows.items():
            for name in names:
                met.setdefault(name, set()).add(ordinal)
    for ordinal, names in foreign.changes.items():
        for name in names:
            for other in met[name] - {ordinal}:
                yield ordinal, other, name


def _here(state: State, foreign: Foreign) -> Iterator[tuple[int, int, str]]:
    """Statements that move and run something, and what stays and binds or changes a value of it."""
    reads = _reads_of_functions(state.original.statements)
    for ordinal in state.home_of:
        statement = state.original.statements[ordinal]
        names = {name for first in _run_by(statement) for name in _closure(first, reads)}
        names |= foreign.changes.get(ordinal, frozenset()) | foreign.looks.get(ordinal, frozenset())
        for name in names:
            for other in _events(state, name) - {ordinal}:
                yield ordinal, other, name


def _events(state: State, name: str) -> set[int]:
    """Statements that stay in the monolith and bind a value, or change it."""
    binds = state.original.history.binds.get(name, ())
    kinds = state.original.statements
    found = {
        bind.ordinal
        for bind in binds
        if len(binds) > 1 or kinds[bind.ordinal].kind not in VALUELESS
    }
    found |= set(state.touching.get(name, ()))
    return {ordinal for ordinal in found if ordinal not in state.home_of}


def _run_by(statement: Statement) -> frozenset[str]:
    """Names that a statement may call while it is executed; of a definition, above its body."""
    is_class = statement.kind is StatementKind.CLASS
    if statement.kind is StatementKind.FUNCTION or not (statement.calls or is_class):
        # Without a call nothing runs: ``also = load`` is another name.
        return statement.calls
    return frozenset(read.name for read in statement.reads if read.phase is Phase.IMPORT)


def _reads_of_functions(statements: Sequence[Statement]) -> Mapping[str, set[str]]:
    """Per name of a function or class, what its body reads."""
    found: dict[str, set[str]] = {}
    for statement in statements:
        if statement.kind in (StatementKind.FUNCTION, StatementKind.CLASS):
            late = {
                read.name
                for read in statement.reads
                if read.phase is Phase.CALL and not read.is_deferred
            } | statement.own_reads
            for binding in statement.binds:
                found.setdefault(binding.name, set()).update(late)
    return found


def _closure(first: str, reads: Mapping[str, set[str]]) -> set[str]:
    """What running *first* may read, functions that it calls included."""
    seen: set[str] = set()
    waiting = list(reads.get(first, ()))
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += reads.get(name, ())
    return seen
