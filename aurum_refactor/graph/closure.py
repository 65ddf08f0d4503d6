"""Which module-level names can be reached by running a function of the same module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from aurum_refactor.model import Phase, Statement, StatementKind


def reached_by_running(
    statements: Sequence[Statement],
    inert: frozenset[str] = frozenset(),
    moved: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Mapping[str, frozenset[str]]:
    """Map every function or class of a module to the names that running it may read.

    The closure is over names, so it over-approximates: a name stands for all
    statements that bind it.

    Args:
        statements: The module.
        inert: Names whose objects run nothing of the module while it is
            executed, whatever they were given: an app with a lifespan.
        moved: Imported functions that stood here before, with the names they read.
    """
    direct = {name: set(names) for name, names in moved.items()}
    for statement in statements:
        if statement.kind in (StatementKind.IMPORT, StatementKind.EXPRESSION):
            continue
        reads = [read for read in statement.reads if not read.is_deferred]
        names = {read.name for read in reads if read.phase is Phase.CALL}
        names |= statement.rebinds | statement.own_reads
        if statement.kind is not StatementKind.FUNCTION:
            # A class or a value made of functions (partial, wrapper) hands them on.
            names |= {read.name for read in reads}
        for binding in statement.binds:
            if binding.name in inert:
                direct.setdefault(binding.name, set())
                continue
            direct.setdefault(binding.name, set()).update(names)
    return {name: _closure([name], direct) - {name} | direct[name] for name in direct}


def _closure(start: Iterable[str], direct: Mapping[str, set[str]]) -> frozenset[str]:
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        waiting.extend(direct.get(name, ()))
    return frozenset(seen)
