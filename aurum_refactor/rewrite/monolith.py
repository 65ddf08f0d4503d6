"""Writes the monolith without what moved, and with the wiring where each run stood."""

from __future__ import annotations

from collections.abc import Sequence

from aurum_refactor.model import DomainModule, Plan, Run, Survey, WiringKind
from aurum_refactor.rewrite.imports import from_import, relative_name
from aurum_refactor.rewrite.pieces import gap_before, piece


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
        key=lambda run: (run.place, run.anchor),
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
    out: list[str] = []
    for place in range(len(survey.statements) + 1):
        blocks = wiring.get(place, [])
        if blocks:
            gap = survey.newline * gap_before(text, survey.statements, place)
            if out and not out[-1].endswith(("\n", "\r")):
                out.append(survey.newline)
            out.extend(gap + block for block in blocks)
        if place < len(survey.statements) and place not in moved:
            out.append(piece(text, survey.statements[place]))
    tail = text[survey.statements[-1].end :]
    result = "".join(out)
    if tail and result and not result.endswith(("\n", "\r")):
        result += survey.newline
    return result + tail


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
