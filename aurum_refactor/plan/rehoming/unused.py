"""Imports of the monolith that nothing reads any more."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from aurum_refactor.model import Room, StatementKind
from aurum_refactor.plan.rehoming.emptied import Emptied


def unused(
    emptied: Emptied, homes: Mapping[int, str], found: Mapping[str, str], rooms: Sequence[Room]
) -> tuple[tuple[int, str], ...]:
    """Imports that nothing reads any more, as what did has them now.

    What nothing ever read may be there for code outside the project.
    """
    if emptied.names.unbounded or emptied.names.writes_itself:
        return ()
    read = {
        name
        for statement in emptied.statements
        if statement.ordinal not in homes
        # Annotations that are strings hold names that are no identifiers of the code.
        for name in (*statement.identifiers, *(row.name for row in statement.reads))
        if statement.kind is not StatementKind.IMPORT
    }
    read |= {reference.name for reference in emptied.survey.references} - found.keys()
    read |= {name for module in emptied.new.values() for name in module.uses} - found.keys()
    read |= emptied.exported | {name for stays in _moved_reads(emptied, homes) for name in stays}
    elsewhere = {
        row.module
        for module in emptied.new.values()
        for statement in module.statements
        for row in statement.imports
    }
    there = {
        (row.module, row.attribute, row.bound)
        for module in emptied.new.values()
        for statement in module.statements
        for row in statement.imports
    }
    taken = {(o, name) for room in rooms for o, names in room.reimports for name in names}
    rows = []
    for statement in emptied.statements:
        if statement.kind is not StatementKind.IMPORT or statement.ties:
            # What shares its line with another statement stays as it is written.
            continue
        quiet = statement.ordinal in emptied.names.quiet_imports
        for row in statement.imports:
            plain = row.module.split(".")[0] in sys.stdlib_module_names
            free = plain or (quiet and row.module in elsewhere)
            if row.module == "__future__" or row.attribute == "*" or row.bound in read:
                continue
            followed = (row.module, row.attribute, row.bound) in there
            followed |= (statement.ordinal, row.bound) in taken
            if free and followed and row.module not in emptied.new:
                rows.append((statement.ordinal, row.bound))
    return tuple(rows)


def _moved_reads(emptied: Emptied, homes: Mapping[int, str]) -> list[set[str]]:
    """Names that what leaves may still read through the monolith."""
    return [
        {
            read.name
            for read in emptied.statements[ordinal].reads
            if not emptied.names.can_repeat_early(read.name)
        }
        for ordinal in homes
    ]
