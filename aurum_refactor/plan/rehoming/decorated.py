"""What FastAPI before 0.123.5 looks up beside a decorator that stays (R-20)."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.model import NewModule, StatementKind, Stay, Survey
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.wrapped import read_where_decorated


def beside_decorators(
    survey: Survey, new: Mapping[str, NewModule], names: NameTable
) -> dict[str, Stay]:
    """Names that must stay for it, each with the decorator that needs it.

    Args:
        survey: The monolith.
        new: The modules that were made of it, by dotted name.
        names: Its names.
    """
    if not survey.fastapi.may_be_below(0, 123, 5):
        return {}
    why = "FastAPI before 0.123.5 looks annotations up where a decorator is written (R-20)"
    layout = survey.layout
    found: dict[str, Stay] = {}
    rows = [(layout.path, survey.statements, set(names.bound))]
    for module in new.values():
        imports = (row for s in module.statements for row in s.imports)
        taken = {r.bound for r in imports if r.module == layout.module and r.bound == r.attribute}
        rows.append((module.path, module.statements, taken))
    for path, statements, taken in rows:
        for statement in statements:
            around, texts = read_where_decorated(statement, future=bool(survey.future))
            wrappers = {name for name in around & taken if _is_defined(survey, names, name)}
            if wrappers and texts:
                line = statement.span.first
                wanted = wrappers | (texts & names.bound.keys())
                found |= {name: Stay(name, why, path, line) for name in wanted}
    return found


def _is_defined(survey: Survey, names: NameTable, name: str) -> bool:
    kinds = (StatementKind.FUNCTION, StatementKind.CLASS)
    return any(survey.statements[o].kind in kinds for o, _ in names.bindings(name))
