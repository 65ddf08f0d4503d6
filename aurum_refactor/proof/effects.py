"""What runs while an endpoint is defined finds and leaves the values that it did before.

``@marked`` appends to a list, ``n: int = now()`` reads a name that is bound again further
below; both may stand in this module or in another one. A new module runs all that it holds at
once, so nothing that binds or changes such a value may come to stand on the other side.
Source: semantics R-21 and R-25.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aurum_refactor.model import Breach
from aurum_refactor.proof.running import Running
from aurum_refactor.proof.state import VALUELESS, State


@dataclass(frozen=True, slots=True)
class Foreign:
    """Facts, as they were read, about what runs in other modules: ordinal to names of values.

    Names of the monolith are as they are there; those of other modules have a dot.
    """

    changes: Mapping[int, frozenset[str]] = field(default_factory=dict)
    looks: Mapping[int, frozenset[str]] = field(default_factory=dict)
    # What may not be defined anywhere else, by ordinal, with what it does then.
    fixed: Mapping[int, str] = field(default_factory=dict)


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
    for ordinal, what in foreign.fixed.items():
        count += 1
        if ordinal in state.home_of:
            statement = state.original.statements[ordinal]
            message = f"{statement.label} {what}"
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
    running = Running(state.original.statements, state.original.unit.body)
    for ordinal in state.home_of:
        names = running.read_by(ordinal)
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
