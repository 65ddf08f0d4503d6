"""The home of every name that leaves: the one module that needs it, or the shared leaf."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from aurum_refactor.model import Phase
from aurum_refactor.plan.rehoming.emptied import Emptied, touched

#: Stands for the monolith among those that need something.
HOME = ""


def homes_of(emptied: Emptied, candidates: Collection[int]) -> dict[int, str]:
    """Give every statement that leaves a home.

    Args:
        emptied: The monolith.
        candidates: The statements that leave, by ordinal.

    Returns:
        The dotted module of each.
    """
    needed = _needed(emptied, candidates)
    homes: dict[int, str] = {}
    for ordinal in sorted(candidates):
        users = needed[ordinal]
        only = next(iter(users)) if len(users) == 1 else HOME
        homes[ordinal] = emptied.leaf
        names = {b.name for b in emptied.statements[ordinal].binds}
        # What the monolith goes on exporting it has from the leaf.
        free = names.isdisjoint(emptied.exported)
        if free and only not in (HOME, emptied.leaf) and not _stored_in(emptied, ordinal, only):
            homes[ordinal] = only
    return _settled(emptied, homes)


def _stored_in(emptied: Emptied, ordinal: int, module: str) -> bool:
    names = {b.name for b in emptied.statements[ordinal].binds}
    return not names.isdisjoint(emptied.new[module].stores)


def _needed(emptied: Emptied, candidates: Collection[int]) -> dict[int, set[str]]:
    """The modules that need each of them, and ``HOME`` where the monolith or nobody does."""
    moving = emptied.moving(candidates)
    needed: dict[int, set[str]] = {ordinal: set() for ordinal in candidates}
    for module in emptied.new.values():
        roots = [moving[name] for name in module.uses | module.stores if name in moving]
        _mark(emptied, roots, module.module, moving, needed)
    for statement in emptied.statements:
        if statement.ordinal not in candidates:
            roots = [moving[name] for name in touched(statement) if name in moving]
            _mark(emptied, roots, HOME, moving, needed)
    for ordinal, users in needed.items():
        if not users:
            _mark(emptied, [ordinal], HOME, moving, needed)
    return needed


def _mark(
    emptied: Emptied,
    roots: Sequence[int],
    user: str,
    moving: Mapping[str, int],
    needed: Mapping[int, set[str]],
) -> None:
    """Note that *user* needs some statements, and all that leaves which they touch."""
    waiting = list(roots)
    while waiting:
        ordinal = waiting.pop()
        if user in needed[ordinal]:
            continue
        needed[ordinal].add(user)
        names = touched(emptied.statements[ordinal])
        waiting += [moving[name] for name in names if name in moving]


def _settled(emptied: Emptied, homes: dict[int, str]) -> dict[int, str]:
    """What the leaf needs is in the leaf: it imports no domain."""
    moving = emptied.moving(homes)
    while True:
        drawn = {
            moving[name]
            for ordinal, home in homes.items()
            if home == emptied.leaf
            for name in touched(emptied.statements[ordinal])
            if name in moving and homes[moving[name]] != emptied.leaf
        }
        # What is read once, while a module is executed, is read where it lives.
        drawn |= {
            ordinal
            for ordinal, home in homes.items()
            if home != emptied.leaf
            for read in emptied.statements[ordinal].reads
            if read.phase is Phase.IMPORT
            and read.name in emptied.live & moving.keys()
            and homes[moving[read.name]] == emptied.leaf
        }
        if not drawn:
            return homes
        homes |= dict.fromkeys(drawn, emptied.leaf)
