"""What may be executed at any moment, and read where it is read once it has moved."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from aurum_refactor.model import Phase, Statement
from aurum_refactor.plan.rehoming.emptied import Emptied
from aurum_refactor.plan.rehoming.leaving import Leaving

#: Names by the function that reaches them.
Reached = Mapping[str, Collection[str]]


def drop_unfit(emptied: Emptied, reached: Reached, leaving: Leaving) -> None:
    """Keep what may not be executed at any moment, or not be read where it is read.

    Args:
        emptied: The monolith.
        reached: Names that each function reaches by running.
        leaving: Loses what is kept, until nothing unfit is left.
    """
    while True:
        moving = emptied.moving(leaving.candidates)
        found: dict[int, tuple[int, str]] = {}
        for ordinal in leaving.candidates:
            statement = emptied.statements[ordinal]
            for read in statement.reads:
                if read.phase is Phase.IMPORT and not _is_free(emptied, read.name, moving):
                    found[ordinal] = (read.line, _why_not_free(emptied, read.name))
            for name in sorted(_read_then(emptied, reached, statement)):
                if not _is_free(emptied, name, moving):
                    found.setdefault(ordinal, (statement.span.first, _why_not_free(emptied, name)))
        for name in sorted(emptied.live & moving.keys()):
            if name in emptied.exported:
                line = emptied.statements[moving[name]].span.first
                why = "its value may change, and code that cannot be rewritten reads it here"
                found.setdefault(moving[name], (line, why))
        for statement in emptied.statements:
            if statement.ordinal in leaving.candidates:
                continue
            for read in statement.reads:
                if read.phase is Phase.IMPORT and read.name in emptied.live & moving.keys():
                    why = f"its value may change, and line {read.line} reads it at import"
                    found.setdefault(moving[read.name], (read.line, why))
            for name in sorted(_looked_for_early(emptied, reached, statement, moving)):
                line = statement.span.first
                why = f"line {line} may look for it in this module, where it is not bound yet"
                found.setdefault(moving[name], (line, why))
        if not found:
            return
        leaving.stay(found)


def _read_then(emptied: Emptied, reached: Reached, statement: Statement) -> set[str]:
    """Names of the monolith that functions read which a statement runs as it is executed."""
    found = {n for called in statement.calls for n in reached.get(called, ())}
    for rows in (emptied.survey.foreign_looks, emptied.survey.foreign_changes):
        # Those of other modules have a dot.
        found |= {name for name in dict(rows).get(statement.ordinal, ()) if "." not in name}
    return found


def _looked_for_early(
    emptied: Emptied, reached: Reached, statement: Statement, moving: Mapping[str, int]
) -> set[str]:
    """Names that a statement may look for in the module's object above what binds them."""
    looked = {name for row in emptied.statements for name in row.own_reads}
    later = {name for name in looked & moving.keys() if moving[name] > statement.ordinal}
    return later & _read_then(emptied, reached, statement) if later else set()


def _is_free(emptied: Emptied, name: str, moving: Mapping[str, int]) -> bool:
    """True if a name has its value whenever a new module is executed."""
    if name in moving or not emptied.names.exists(name):
        return True
    return emptied.names.can_repeat_early(name) or emptied.origin(name) == emptied.leaf


def _why_not_free(emptied: Emptied, name: str) -> str:
    origin = emptied.origin(name)
    if origin:
        return f"it is made of {name} of {origin}, and what is shared imports no domain"
    return f"it needs {name}, which stays, when it is defined"
