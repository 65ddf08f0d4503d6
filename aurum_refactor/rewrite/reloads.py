"""How a monolith reloads its parts with it, each in the module object that it has."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from aurum_refactor.model import Statement, StatementKind, Survey
from aurum_refactor.rewrite.pieces import piece

_PART = re.compile(r'(?m)^if "([A-Za-z_][\w.]*)" in _sys_*\.modules:\r?\n +_reload_*\(')


def reload_header(survey: Survey) -> str:
    """What imports the means; "" where an earlier extraction has written it."""
    if _header(survey) is not None:
        return ""
    sys, reload = _names(survey)
    lines = [
        "# Some code reloads this module: what is imported below is reloaded with it.",
        f"import sys as {sys}",
        f"from importlib import reload as {reload}",
        "",
    ]
    return survey.newline.join(lines)


def reload_part(module: str, survey: Survey) -> str:
    """Executes a part again that was imported by an earlier execution of the monolith."""
    sys, reload = _names(survey)
    lines = [
        f'if "{module}" in {sys}.modules:',
        f'    {reload}({sys}.modules["{module}"])',
        "",
    ]
    return survey.newline.join(lines)


def reloaded_parts(survey: Survey, text: str) -> Mapping[str, int]:
    """Parts that the monolith reloads already, with the ordinals of these statements."""
    rows = (s for s in survey.statements if s.kind is StatementKind.COMPOUND)
    found = ((_PART.search(piece(text, row)), row.ordinal) for row in rows)
    return {match[1]: ordinal for match, ordinal in found if match}


def below_header(survey: Survey) -> Mapping[int, int]:
    """The place directly above the header, and the one directly below it."""
    at = _header(survey)
    return {} if at is None else {at: at + 2}


def _header(survey: Survey) -> int | None:
    for above, below in zip(survey.statements, survey.statements[1:], strict=False):
        if _imports(above, "sys", None, "_sys") and _imports(below, "importlib", "reload", "_re"):
            return above.ordinal
    return None


def _imports(statement: Statement, module: str, attribute: str | None, start: str) -> bool:
    return any(
        (row.module, row.attribute) == (module, attribute) and row.bound.startswith(start)
        for row in statement.imports
    )


def _names(survey: Survey) -> tuple[str, str]:
    """What ``sys`` and ``reload`` are called in the monolith."""
    at = _header(survey)
    if at is not None:
        rows = survey.statements[at : at + 2]
        return rows[0].imports[0].bound, rows[1].imports[0].bound
    taken = {name for s in survey.statements for name in s.identifiers}
    taken |= {binding.name for s in survey.statements for binding in s.binds}
    return fresh("_sys", taken), fresh("_reload", taken)


def fresh(name: str, taken: Collection[str]) -> str:
    """*name*, longer by as many underscores as it takes."""
    while name in taken:
        name += "_"
    return name
