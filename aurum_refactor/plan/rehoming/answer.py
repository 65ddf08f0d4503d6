"""The decision as a value: rooms, homes, what the monolith reads of them, and what stays."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.model import ImportedName, Rehoming, Statement, StatementKind, Stay
from aurum_refactor.plan.rehoming.emptied import Emptied, touched
from aurum_refactor.plan.rehoming.patched_imports import patched_imports
from aurum_refactor.plan.rehoming.places import leaf_needs, leaf_place
from aurum_refactor.plan.rehoming.rooms import room_of
from aurum_refactor.plan.rehoming.unused import unused


def only_found(emptied: Emptied) -> Rehoming:
    """Where definitions of earlier steps are; nobody replaces those."""
    found = {
        row.bound: row.module
        for statement in emptied.statements
        for row in statement.imports
        if emptied.is_found(row) and row.bound not in emptied.live
    }
    return Rehoming(
        layout=emptied.survey.layout,
        rooms=(),
        homes=tuple(sorted(found.items())),
        live=frozenset(),
        gone=frozenset(),
        unused=(),
        leaf=emptied.leaf,
        leaf_path=emptied.leaf_path,
        leaf_place=-1,
        from_leaf=(),
        through_leaf=(),
        stays=(),
    )


def rehoming_of(
    emptied: Emptied,
    homes: Mapping[int, str],
    stays: Mapping[int, tuple[int, str]],
    held: frozenset[str],
) -> Rehoming:
    """Everything that follows from the homes of the statements that leave.

    Args:
        emptied: The monolith.
        homes: Where each statement that leaves goes.
        stays: Line and reason of each that stays.
        held: Names that leave later.
    """
    imports = patched_imports(emptied, homes, held)
    found = {
        binding.name: home
        for ordinal, home in homes.items()
        for binding in emptied.statements[ordinal].binds
    }
    found |= {name: home for name, (_, home) in imports.items()}
    for statement in emptied.statements:
        for row in statement.imports:
            if emptied.is_found(row) and _reexport_moves(emptied, row):
                found.setdefault(row.bound, row.module)
    place = leaf_place(emptied, homes)
    if place < 0 and any(home == emptied.leaf for _, home in imports.values()):
        place = min(o for o, home in imports.values() if home == emptied.leaf) + 1
        place = max(place, leaf_needs(emptied, homes))
    modules = sorted({*found.values(), *emptied.new})
    rooms = [room_of(emptied, m, homes, imports, found, place) for m in modules]
    from_leaf, through_leaf = _left(emptied, homes, found)
    leaf_exports = {name for name in emptied.exported if found.get(name) == emptied.leaf}
    needed = _needed_here(emptied, homes, found)
    return Rehoming(
        layout=emptied.survey.layout,
        rooms=tuple(rooms),
        homes=tuple(sorted(found.items())),
        live=emptied.live & found.keys(),
        gone=frozenset(found) - needed - set(from_leaf),
        unused=unused(emptied, homes, found, rooms),
        leaf=emptied.leaf,
        leaf_path=emptied.leaf_path,
        leaf_place=place,
        from_leaf=tuple(sorted({*from_leaf, *leaf_exports})),
        through_leaf=tuple(through_leaf),
        stays=_stays(emptied, stays),
    )


def _reexport_moves(emptied: Emptied, row: ImportedName) -> bool:
    """A definition that is patched where it is re-exported is looked up there, unless
    only its own module does so."""
    if row.bound not in emptied.live:
        return True
    users = {m.module for m in emptied.new.values() if row.bound in m.uses | m.stores}
    stored = any(row.bound in m.stores for m in emptied.new.values())
    here = any(row.bound in touched(s) for s in emptied.statements)
    return (
        users <= {row.module}
        and not stored
        and not here
        and row.bound not in emptied.pinned
        and row.bound not in emptied.exported
    )


def _left(
    emptied: Emptied, homes: Mapping[int, str], found: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """What the statements that stay read of the leaf: fixed names, and live ones."""
    read = {
        name
        for statement in emptied.statements
        if statement.ordinal not in homes and statement.kind is not StatementKind.IMPORT
        for name in touched(statement)
        if found.get(name) == emptied.leaf
    }
    return sorted(read - emptied.live), sorted(read & emptied.live)


def _needed_here(
    emptied: Emptied, homes: Mapping[int, str], found: Mapping[str, str]
) -> frozenset[str]:
    """Names of domains that the monolith reads or must go on exporting."""
    read = {
        name
        for statement in emptied.statements
        if statement.ordinal not in homes and statement.kind is not StatementKind.IMPORT
        for name in touched(statement)
    }
    across = {
        name
        for module in emptied.new.values()
        for name in module.uses
        if found.get(name) not in (None, emptied.leaf, module.module)
    }
    fixed = {name for name in found if name not in emptied.live}
    return frozenset((read | across | emptied.exported) & fixed)


def _stays(emptied: Emptied, stays: Mapping[int, tuple[int, str]]) -> tuple[Stay, ...]:
    path = emptied.survey.layout.path
    rows = []
    for ordinal, (line, reason) in stays.items():
        if _makes_one_of_two(emptied.statements[ordinal]):
            continue
        for binding in emptied.statements[ordinal].binds:
            stay = emptied.pinned.get(binding.name)
            rows.append(stay or Stay(binding.name, reason, path, line))
    return tuple(sorted(set(rows)))


def _makes_one_of_two(statement: Statement) -> bool:
    """True for what an extraction wrote so that a script and its module are one: no name of theirs.

    ``if __name__ == "__main__": import sys as _sys`` and the line that needs it.
    """
    return (
        statement.kind is StatementKind.COMPOUND
        and {binding.name.rstrip("_") for binding in statement.binds} == {"_sys"}
        and {read.name.rstrip("_") for read in statement.reads} == {"__name", "_sys"}
    )
