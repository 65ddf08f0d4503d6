"""Blank lines between the statements of a new module: the author's own, by one convention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aurum_refactor.model import Plan, Statement, StatementKind, Survey
from aurum_refactor.rewrite.pieces import leading_blank_lines, piece, without_outer_blanks

#: Between the head of a new module and what it defines.
BELOW_HEAD = 2
_DEFINITIONS = (StatementKind.FUNCTION, StatementKind.CLASS)
#: Around definitions, where the source leaves fewer (PEP 8).
_AROUND = 2


def gap_before(text: str, statements: Sequence[Statement], place: int) -> int:
    """Blank lines between the wiring and what stands above it: one or two."""
    if place >= len(statements):
        return _AROUND
    return min(_AROUND, _own_gap(statements[place], piece(text, statements[place])))


def gap_below_wiring(statement: Statement, code: str) -> int:
    """Blank lines to add above what stays directly below the wiring in the monolith."""
    if leading_blank_lines(code):
        return 0
    return _AROUND if statement.kind in _DEFINITIONS else 1


def _own_gap(statement: Statement, code: str) -> int:
    return leading_blank_lines(code) or (_AROUND if statement.kind in _DEFINITIONS else 1)


def spaced(ordinals: Sequence[int], plan: Plan, survey: Survey, text: str) -> Mapping[int, str]:
    """Each statement with the blank lines above it that suit its new place.

    Definitions keep the author's distance. Other statements stand close together
    where the author wrote them without a blank line, and else one line apart, whoever
    was between them: what has left before must not show (G7). Nor must a blank line
    that an extraction puts below the place where the monolith is wired: what stands
    there is always one line apart.
    """
    places = {run.place for module in plan.modules for run in module.runs} | {plan.shared_place}
    found: dict[int, str] = {}
    above: Statement | None = None
    for ordinal in ordinals:
        statement = survey.statements[ordinal]
        code = piece(text, statement)
        if not code.endswith(("\n", "\r")):
            code += survey.newline
        if statement.kind in _DEFINITIONS:
            gap = _own_gap(statement, code)
        elif above is not None and above.kind in _DEFINITIONS:
            gap = max(_AROUND, leading_blank_lines(code))
        elif above is not None and ordinal not in places:
            gap = min(1, leading_blank_lines(code))
        else:
            gap = 1
        found[ordinal] = survey.newline * gap + without_outer_blanks(code)
        above = statement
    return found
