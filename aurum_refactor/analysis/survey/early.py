"""What the monolith imports below its first definition: that may meet it half made."""

from __future__ import annotations

from collections.abc import Sequence

from aurum_refactor.analysis.effects import loud_modules
from aurum_refactor.analysis.imports import imported_modules, looking_back
from aurum_refactor.analysis.survey.project import Project
from aurum_refactor.model import Layout, Statement, StatementKind
from aurum_refactor.source.text import SourceText

_DEFINITIONS = (StatementKind.FUNCTION, StatementKind.CLASS, StatementKind.ASSIGNMENT)


def imported_below(
    source: SourceText, statements: Sequence[Statement], layout: Layout
) -> frozenset[str]:
    """Modules that are imported below the first definition, in functions as well.

    Only these can meet a half made monolith that they would not have met before.
    """
    first = min((s.ordinal for s in statements if s.kind in _DEFINITIONS), default=None)
    below = b"" if first is None else source.text[statements[first].end :].encode("utf-8")
    return frozenset(imported_modules(below, layout.package) - {layout.module})


def that_look_back(below: frozenset[str], layout: Layout, project: Project) -> frozenset[str]:
    """Those of them that import the monolith, themselves or by others."""
    return looking_back(sorted(below), layout.module, project.names, project.read)


def that_are_loud(
    below: frozenset[str], statements: Sequence[Statement], project: Project
) -> frozenset[str]:
    """Those of them that do more than define when they are executed."""
    # Only of import statements is it asked when they may run.
    imported = {
        name
        for statement in statements
        if statement.kind is StatementKind.IMPORT
        for row in statement.imports
        for name in (row.module, f"{row.module}.{row.attribute}")
    }
    return loud_modules(sorted(below & project.names & imported), project.names, project.read)
