"""Imported names that are replaced from outside: each is imported in one home."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.model import ImportedName, Phase, Statement, StatementKind
from aurum_refactor.plan.rehoming.emptied import Emptied, touched
from aurum_refactor.plan.rehoming.homes import HOME


def patched_imports(
    emptied: Emptied, homes: Mapping[int, str], held: frozenset[str]
) -> dict[str, tuple[int, str]]:
    """Give imports that are replaced from outside a home.

    Args:
        emptied: The monolith.
        homes: Where each statement that leaves goes.
        held: Names that leave later.

    Returns:
        The ordinal of the import and the one home, by name.
    """
    moving = {name: homes[o] for name, o in emptied.moving(homes).items()}
    found: dict[str, tuple[int, str]] = {}
    if emptied.names.unbounded:
        return found
    free = emptied.live - moving.keys() - emptied.pinned.keys() - emptied.exported - held
    for name in sorted(free):
        ordinals = _only_import(emptied, name)
        if not ordinals:
            continue
        users = {m.module for m in emptied.new.values() if name in m.uses | m.stores}
        at_import = False
        for statement in emptied.statements:
            if name in touched(statement):
                users.add(homes.get(statement.ordinal, HOME))
                at_import |= statement.ordinal not in homes and any(
                    r.name == name and r.phase is Phase.IMPORT for r in statement.reads
                )
        stored = any(name in m.stores for m in emptied.new.values())
        if at_import or not users or (stored and emptied.leaf not in emptied.new):
            continue
        only = next(iter(users)) if len(users) == 1 and not stored else emptied.leaf
        home = emptied.leaf if only == HOME else only
        module = emptied.new.get(home)
        taken = module is not None and any(
            b.name == name and not emptied.is_here(_row(s, name))
            for s in module.statements
            for b in s.binds
        )
        if not taken and (home != emptied.leaf or emptied.leaf_is_free):
            found[name] = (ordinals[0], home)
    return found


def _only_import(emptied: Emptied, name: str) -> tuple[int, ...]:
    """The statement that imports a patched name, if it may be repeated anywhere."""
    rows = emptied.names.bindings(name)
    if len(rows) != 1 or name in emptied.names.unsteady or name in emptied.names.rebound:
        return ()
    ordinal = rows[0][0]
    statement = emptied.statements[ordinal]
    quiet = statement.kind is StatementKind.IMPORT and ordinal in emptied.names.quiet_imports
    row = _row(statement, name)
    plain = row is not None and (row.attribute is not None or row.alias or "." not in row.module)
    if not quiet or not plain or row is None or row.module in (*emptied.new, "__future__"):
        return ()
    return (ordinal,) if ordinal > emptied.names.last_star else ()


def _row(statement: Statement, name: str) -> ImportedName | None:
    return next((row for row in statement.imports if row.bound == name), None)
