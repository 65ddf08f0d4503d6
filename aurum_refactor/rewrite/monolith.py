"""Writes the monolith without what moved, and with the wiring where each run stood."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from aurum_refactor.model import DomainModule, Plan, Run, Statement, Survey, WiringKind
from aurum_refactor.rewrite.imports import from_import, relative_name
from aurum_refactor.rewrite.pieces import (
    piece,
    without_outer_blanks,
)
from aurum_refactor.rewrite.spacing import gap_before, gap_below_wiring


def shrink(
    plan: Plan,
    modules: Sequence[DomainModule],
    shared: DomainModule | None,
    survey: Survey,
    text: str,
) -> str:
    """The monolith's text after *modules* and the shared leaf have moved out.

    Every other statement keeps every byte of its segment.
    """
    runs = sorted(
        (run for module in modules for run in module.runs),
        key=lambda run: (run.place, run.wiring is not WiringKind.OBJECT, run.anchor),
    )
    moved = {ordinal for run in runs for ordinal in run.ordinals}
    moved |= {ordinal for module in modules for ordinal in module.owned}
    wiring: dict[int, list[str]] = {}
    if shared is not None:
        moved |= set(shared.owned)
        names = _names(shared.owned, survey)
        wiring[plan.shared_place] = [_from(shared.module, names, plan, survey)]
    along = {module.runs[0].module: module.owned for module in modules}
    for run in runs:
        owned = along.pop(run.module, ())
        wiring.setdefault(run.place, []).append(_wired(run, owned, plan, survey))
    places = [run.place for module in plan.modules for run in module.runs]
    if shared is not None:
        places.append(plan.shared_place)
    first = min(places, default=None)
    marker = script_marker(plan)
    if plan.script_alias and first is not None and marker not in text:
        wiring.setdefault(first, []).insert(0, _script_alias(marker, survey.newline))
    parts = _in_order(wiring, moved, plan, survey, text)
    tail = text[survey.statements[-1].end :]
    result = "".join(parts)
    if tail and result and not result.endswith(("\n", "\r")):
        result += survey.newline
    return result + tail


def _in_order(
    wiring: Mapping[int, Sequence[str]],
    moved: Collection[int],
    plan: Plan,
    survey: Survey,
    text: str,
) -> list[str]:
    """What stays, with the wiring at its places, and blank lines between.

    Imports of new modules that come to stand together are one paragraph,
    whether they were written now or by an earlier extraction (G7).
    """
    newline = survey.newline
    out: list[str] = []
    # True where the last part is nothing but imports of new modules; or any wiring.
    imports = wired = False
    for place in range(len(survey.statements) + 1):
        for block in wiring.get(place, ()):
            if out and not out[-1].endswith(("\n", "\r")):
                out.append(newline)
            only = _only_imports(block)
            if not (imports and only):
                out.append(newline * gap_before(text, survey.statements, place))
            out.append(block)
            imports, wired = only, True
        if place == len(survey.statements) or place in moved:
            continue
        statement = survey.statements[place]
        code = piece(text, statement)
        if not code:
            # The last statement of a line with semicolons has the whole line.
            continue
        ours = _hands_back(statement, plan)
        if ours and imports:
            code = without_outer_blanks(code)
        elif wired:
            out.append(newline * gap_below_wiring(statement, code))
        out.append(code)
        imports, wired = ours, False
    return out


def _only_imports(block: str) -> bool:
    return all(line.startswith(("from ", "    ", ")")) for line in block.splitlines())


def _hands_back(statement: Statement, plan: Plan) -> bool:
    """True for the import of a new module that brings no router to be included below it."""
    return bool(statement.imports) and all(
        row.module in plan.own and row.alias is None for row in statement.imports
    )


def _names(ordinals: Sequence[int], survey: Survey) -> list[str]:
    return sorted({b.name for ordinal in ordinals for b in survey.statements[ordinal].binds})


def _from(module: str, names: Sequence[str], plan: Plan, survey: Survey) -> str:
    if plan.layout.relative:
        module = relative_name(plan.layout.package, module)
    return from_import(module, names, survey.newline)


def _wired(run: Run, owned: Sequence[int], plan: Plan, survey: Survey) -> str:
    newline = survey.newline
    names = _names([*run.ordinals, *owned], survey)
    if run.handle:
        names = sorted([*names, f"{run.handle} as {run.local}"])
    lines = _from(run.module, names, plan, survey)
    if run.wiring is WiringKind.INCLUDE:
        lines += f"{newline}{run.receiver}.include_router({run.local}){newline}"
    elif run.wiring is WiringKind.REGISTER:
        lines += f"{newline}{run.local}({run.receiver}){newline}"
    return lines


def script_marker(plan: Plan) -> str:
    """The line that makes a script and the module its routers import one and the same."""
    return f'_sys.modules["{plan.layout.module}"] = _sys.modules[__name__]'


def _script_alias(marker: str, newline: str) -> str:
    lines = [
        'if __name__ == "__main__":',
        "    # The routers import this module by its name: let them find this very one.",
        "    import sys as _sys",
        "",
        f"    {marker}",
        "",
    ]
    return newline.join(lines)
