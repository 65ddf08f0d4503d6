"""What a home binds or executes otherwise than a statement that moves in needs it."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.model import ImportedName, StatementKind
from aurum_refactor.plan.rehoming.emptied import Emptied
from aurum_refactor.plan.ties import import_reads


def clash(emptied: Emptied, ordinal: int, home: str) -> str:
    """A name that the home binds otherwise than a statement and its imports need it."""
    module = emptied.new.get(home)
    if module is None:
        return ""
    statement = emptied.statements[ordinal]
    bound: dict[str, list[ImportedName | None]] = {}
    for other in module.statements:
        rows = {row.bound: row for row in other.imports}
        for binding in other.binds:
            bound.setdefault(binding.name, []).append(rows.get(binding.name))
    for binding in statement.binds:
        mine = [row for row in bound.get(binding.name, ()) if not emptied.is_here(row)]
        if mine:
            return binding.name
    for read in statement.reads:
        name = read.name
        if name not in bound or emptied.origin(name) == home:
            continue
        wanted = [
            (row.module, row.attribute)
            for o in emptied.names.import_ordinals(name)
            for row in emptied.statements[o].imports
            if row.bound == name
        ]
        for row in bound[name]:
            there = None if row is None else (row.module, row.attribute)
            if there not in wanted and not emptied.is_here(row) and not _same(emptied, row, name):
                return name
    return ""


def _same(emptied: Emptied, row: ImportedName | None, name: str) -> bool:
    """True if a new module has a name from where the monolith has it."""
    return row is not None and bool(row.module) and row.module == emptied.origin(name)


def crossed(emptied: Emptied, ordinal: int, homes: Mapping[int, str]) -> tuple[int, str] | None:
    """What a home executes with this statement although that needs something further below.

    What moves in stands below the imports of its home, or below the definitions there
    that it needs; what needs it must come after that.
    """
    module = emptied.new.get(homes[ordinal])
    if module is None:
        return None
    here = {b.name: o for o, home in homes.items() if home == module.module
            for b in emptied.statements[o].binds}  # fmt: skip
    defined = {
        b.name: s.ordinal
        for s in module.statements
        if s.kind is not StatementKind.IMPORT
        for b in s.binds
    }
    needed = -1
    waiting, seen = [ordinal], {ordinal}
    while waiting:
        for name in import_reads(emptied.statements[waiting.pop()]):
            needed = max(needed, defined.get(name, -1))
            following = here.get(name, ordinal)
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    names = {b.name for b in emptied.statements[ordinal].binds}
    for statement in module.statements:
        if statement.kind is StatementKind.IMPORT or statement.ordinal > needed:
            continue
        if not names.isdisjoint(import_reads(statement)):
            line = emptied.statements[ordinal].span.first
            return line, f"{module.module} needs it above a definition that it needs itself"
    return None
