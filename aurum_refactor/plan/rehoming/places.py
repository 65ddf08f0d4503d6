"""Where the monolith imports the shared leaf, and what would be there too late."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.plan.rehoming.clashes import clash, crossed
from aurum_refactor.plan.rehoming.emptied import Emptied
from aurum_refactor.plan.runs.observers import Observers


def late_or_cramped(
    emptied: Emptied, observers: Observers, homes: Mapping[int, str]
) -> dict[int, tuple[int, str]]:
    """Statements whose new home is there too late, or has no room for their names."""
    found: dict[int, tuple[int, str]] = {}
    place = leaf_place(emptied, homes)
    for ordinal, home in homes.items():
        names = {b.name for b in emptied.statements[ordinal].binds}
        line = emptied.statements[ordinal].span.first
        if home == emptied.leaf and not emptied.leaf_is_free:
            found[ordinal] = (line, f"{emptied.leaf_path} is somebody's file already")
            continue
        name = clash(emptied, ordinal, home)
        if name:
            found[ordinal] = (line, f"{home} has another {name}")
            continue
        far = _of_a_domain(emptied, ordinal, home) or crossed(emptied, ordinal, homes)
        if far is not None:
            found[ordinal] = far
            continue
        for statement in emptied.statements[:place]:
            number = statement.ordinal
            seen = observers.reads[number] | observers.reached[number]
            if number not in homes and not names.isdisjoint(seen):
                why = f"line {statement.span.first} may need it before its new module is there"
                found[ordinal] = (statement.span.first, why)
    return found


def _of_a_domain(emptied: Emptied, ordinal: int, home: str) -> tuple[int, str] | None:
    """What a statement needs of another domain, such as the registrations that a factory makes.

    Homes know the leaf and no domain; what brings domains together is what the monolith is
    left for.
    """
    for read in emptied.statements[ordinal].reads:
        origin = emptied.origin(read.name)
        if origin not in ("", home, emptied.leaf):
            return read.line, f"it needs {read.name} of {origin}"
    return None


def leaf_place(emptied: Emptied, homes: Mapping[int, str]) -> int:
    """Where the monolith imports the leaf: where it does, or where the first one stood."""
    there = emptied.place(emptied.leaf)
    if there >= 0:
        return there
    gone = [ordinal for ordinal, home in homes.items() if home == emptied.leaf]
    return max(min(gone), leaf_needs(emptied, homes)) if gone else -1


def leaf_needs(emptied: Emptied, homes: Mapping[int, str]) -> int:
    """The place below all that a leaf of earlier steps takes from the monolith at import."""
    leaf, moving = emptied.new.get(emptied.leaf), emptied.bound_by([*homes])
    rows = (row for s in leaf.statements for row in s.imports) if leaf else ()
    wanted = {row.attribute for row in rows if row.module == emptied.survey.layout.module}
    places = (o for name in wanted - moving if name for o, _ in emptied.names.bindings(name))
    return max(places, default=-1) + 1
