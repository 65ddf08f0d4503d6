"""What statements do to values by way of other modules is done in the order in which it was.

``@marked`` of ``shop.marks`` appends to a list, there or in the monolith: endpoints that it
decorates run it where their new module is executed. Source: semantics R-21 and R-25.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aurum_refactor.model import Breach
from aurum_refactor.proof.state import State


@dataclass(frozen=True, slots=True)
class Foreign:
    """Facts, as they were read, about what runs in other modules: ordinal to names of values."""

    changes: Mapping[int, frozenset[str]] = field(default_factory=dict)
    looks: Mapping[int, frozenset[str]] = field(default_factory=dict)


def prove_effects(state: State, foreign: Foreign) -> tuple[int, list[Breach]]:
    """Every two statements that meet in a value, one of which changes it, keep their order.

    Returns:
        How many pairs were compared, and what is broken.
    """
    met: dict[str, set[int]] = {}
    for rows in (foreign.changes, foreign.looks):
        for ordinal, names in rows.items():
            for name in names:
                met.setdefault(name, set()).add(ordinal)
    for name, ordinals in state.touching.items():
        if name in met:
            met[name].update(ordinals)
    count, breaches = 0, []
    for ordinal, names in sorted(foreign.changes.items()):
        for name in sorted(names):
            for other in sorted(met[name] - {ordinal}):
                count += 1
                if (other < ordinal) != (state.moment(other) < state.moment(ordinal)):
                    line = state.original.statements[ordinal].span.first
                    there = state.original.statements[other].span.first
                    message = f"line {line} changes {name} on the other side of line {there} now"
                    breaches.append(Breach("G1", state.layout.path, line, message))
    return count, breaches
