"""Which import statements a new module may repeat before the monolith reaches them."""

from __future__ import annotations

import sys

from aurum_refactor.language import QUIET_PACKAGES
from aurum_refactor.model import Statement, StatementKind, Survey
from aurum_refactor.plan.changes import Changes, inert_names

_ALWAYS = sys.stdlib_module_names | QUIET_PACKAGES
_DEFINITIONS = (StatementKind.FUNCTION, StatementKind.CLASS, StatementKind.ASSIGNMENT)


def quiet_imports(survey: Survey, changes: Changes) -> frozenset[int]:
    """Ordinals of the imports for which nothing can tell that they came earlier.

    Nothing they import looks back at the monolith. And between the first
    statement that may move and the import, nothing happens that what is
    imported could see, or be seen by: ``load_dotenv()`` above
    ``from app.db import engine`` must stay above it.
    """
    effects = _Effects(survey, changes)
    found: set[int] = set()
    started = happened = False
    for statement in survey.statements:
        if statement.kind is StatementKind.IMPORT:
            if not _looks_back(statement, survey) and (
                not happened or _is_silent(statement, survey)
            ):
                found.add(statement.ordinal)
            happened |= started and _is_loud(statement, survey)
        started |= statement.kind in _DEFINITIONS
        if started and statement.kind is not StatementKind.IMPORT:
            happened |= effects.happen(statement)
    return frozenset(found)


def _looks_back(statement: Statement, survey: Survey) -> bool:
    return any(
        module in survey.looks_back
        for row in statement.imports
        for module in (row.module, f"{row.module}.{row.attribute}")
    )


def _is_loud(statement: Statement, survey: Survey) -> bool:
    return any(
        module in survey.loud_modules
        for row in statement.imports
        for module in (row.module, f"{row.module}.{row.attribute}")
    )


def _is_silent(statement: Statement, survey: Survey) -> bool:
    """True for imports of which the moment cannot matter."""
    return all(
        row.module.partition(".")[0] in _ALWAYS or row.module in survey.project_modules
        for row in statement.imports
    ) and not _is_loud(statement, survey)


class _Effects:
    """Which statements may change something outside of the names they bind."""

    def __init__(self, survey: Survey, changes: Changes) -> None:
        self.changes = changes
        self.inert = inert_names(survey)
        imported = {row.bound for s in survey.statements for row in s.imports}
        functions = {
            b.name for s in survey.statements if s.kind is StatementKind.FUNCTION for b in s.binds
        }
        # What a constructor of a library does is its own; what a block does is open.
        self.noticed = {
            StatementKind.ASSIGNMENT: functions,
            StatementKind.COMPOUND: functions | imported,
        }

    def happen(self, statement: Statement) -> bool:
        own = {binding.name for binding in statement.binds}
        if self.changes.at_import[statement.ordinal] - own:
            return True
        if statement.kind is StatementKind.EXPRESSION:
            return bool(statement.calls - self.inert)
        return not statement.calls.isdisjoint(self.noticed.get(statement.kind, ()))
