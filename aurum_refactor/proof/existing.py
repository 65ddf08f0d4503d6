"""G1, G2 and G5 of files that people wrote: what is added and what is there do not meet."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aurum_refactor.analysis.bindings import bindings_of
from aurum_refactor.analysis.existing import closed_by_itself, identifiers_in, rebound_in
from aurum_refactor.model import Breach
from aurum_refactor.proof.placement import Kept
from aurum_refactor.proof.sides import Original, Result, Unit
from aurum_refactor.proof.state import State, entries_of


@dataclass(frozen=True, slots=True)
class Grown:
    """Plain facts about one file that is there already."""

    # Ordinals of the monolith's statements that may import it, by way of others too.
    imported_at: tuple[int, ...] = ()
    # True if a package around the monolith imports it.
    comes_first: bool = False
    # Names of it that other files replace.
    replaced: frozenset[str] = frozenset()


def early_places(
    original: Original, result: Result, kept: Kept, facts: Mapping[str, Grown]
) -> Mapping[str, int]:
    """Index in the monolith at which each grown module may be executed first."""
    found: dict[str, int] = {}
    for module in result.earlier:
        fact = facts.get(module, Grown())
        rows = [kept.index_of[o] for o in fact.imported_at if o in kept.index_of]
        rows += [
            index
            for index in kept.ordinal_at
            for node in ast.walk(result.monolith.body[index])
            if isinstance(node, ast.Import | ast.ImportFrom)
            for entry in entries_of(node, index, original.unit.package)
            if module in (entry.loads, entry.origin[1], ".".join(entry.origin[1:]))
        ]
        rows += [0] if fact.comes_first else []
        if rows:
            found[module] = min(rows)
    return found


def prove_existing(state: State, facts: Mapping[str, Grown]) -> tuple[int, list[Breach]]:
    """Check every file that grows; returns how many there are."""
    breaches: list[Breach] = []
    for module, before in state.result.earlier.items():
        unit = state.result.modules[module]
        closed = closed_by_itself(before.body, before.package)
        if closed is not None:
            message = f"{module} {closed[1]}, so nothing can be added to it"
            breaches.append(Breach("G5", before.path, closed[0], message))
        breaches += _met(state, before, unit)
        breaches += _shared(state, before, unit, facts.get(module, Grown()))
    return len(state.result.earlier), breaches


def _met(state: State, before: Unit, unit: Unit) -> Iterator[Breach]:
    """Nothing that is added binds a name that stands anywhere in what was there."""
    there = identifiers_in(before.body)
    for index, node in enumerate(unit.body):
        if state.result.is_theirs(unit.module, index):
            continue
        for name in sorted({binding.name for binding in bindings_of(node)} & there):
            message = f"{name} is bound here, a name that {unit.path} has already"
            yield Breach("G2", unit.path, unit.line(index), message)


def _shared(state: State, before: Unit, unit: Unit, facts: Grown) -> Iterator[Breach]:
    """What is added reads only those names of what was there that nothing binds anew."""
    count: dict[str, int] = {}
    for node in before.body:
        for binding in bindings_of(node):
            count[binding.name] = count.get(binding.name, 0) + 1
    changing = {name for name, times in count.items() if times > 1}
    changing |= rebound_in(before.body) | facts.replaced
    typed = {
        alias.asname or alias.name.partition(".")[0]
        for node in before.body
        if isinstance(node, ast.If)
        for inner in ast.walk(node)
        if isinstance(inner, ast.alias)
        for alias in [inner]
    }
    for row in state.homes.moved:
        if row.module != unit.module:
            continue
        for use in row.uses:
            if not use.through and use.name in changing | typed:
                message = f"{use.name} of {unit.path} may be bound anew, and is read here now"
                yield Breach("G2", unit.path, use.line_after, message)
    routers = state.homes.routers.get(unit.module, {})
    if routers and changing & {"APIRouter"}:
        message = f"APIRouter of {unit.path} may be bound anew"
        yield Breach("G2", unit.path, 1, message)
