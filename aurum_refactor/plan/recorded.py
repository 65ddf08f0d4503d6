"""What earlier extractions recorded of a monolith, and what they left in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aurum_refactor.model import LockedEndpoint, LockedMonolith, Survey


def own_modules(locked: LockedMonolith | None, leaf: str) -> frozenset[str]:
    """Modules that earlier extractions made."""
    if locked is None:
        return frozenset()
    return frozenset({e.home for e in locked.endpoints} - {locked.module} | {leaf})


def domains_begun(locked: LockedMonolith | None) -> frozenset[str]:
    """Domains that earlier extractions made a module of."""
    if locked is None:
        return frozenset()
    return frozenset(e.domain for e in locked.endpoints if e.home != locked.module)


def handed_back(survey: Survey, locked: LockedMonolith | None, leaf: str) -> Mapping[int, int]:
    """Imports of modules that we made, with the first original ordinal there; -1 for the leaf."""
    firsts = {leaf: -1}
    for row in locked.endpoints if locked else ():
        if locked is not None and row.home != locked.module:
            firsts[row.home] = min(row.ordinal, firsts.get(row.home, row.ordinal))
    return {
        statement.ordinal: firsts[statement.imports[0].module]
        for statement in survey.statements
        if locked is not None
        and statement.imports
        and statement.imports[0].module in firsts
        and all(row.alias is None for row in statement.imports)
    }


def without_own_imports(survey: Survey, own: frozenset[str]) -> Survey:
    """Importing back what has moved registers nothing that is planned now (G7)."""
    quiet = {
        statement.ordinal
        for statement in survey.statements
        if statement.imports
        and all(row.module in own and row.alias is None for row in statement.imports)
    }
    rows = tuple(row for row in survey.registrations if row.ordinal not in quiet)
    return survey if rows == survey.registrations else replace(survey, registrations=rows)


def remembered(
    locked: LockedMonolith | None,
) -> Mapping[tuple[str, tuple[str, ...]], Sequence[LockedEndpoint]]:
    """Endpoints that are still in the monolith, by name and routes."""
    found: dict[tuple[str, tuple[str, ...]], list[LockedEndpoint]] = {}
    for row in locked.endpoints if locked else ():
        if locked is not None and row.home == locked.module:
            found.setdefault((row.name, row.routes), []).append(row)
    return found
