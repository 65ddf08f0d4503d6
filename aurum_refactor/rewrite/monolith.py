"""Writes the monolith without what moved, and with the wiring where each run stood."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from aurum_refactor.model import (
    DomainModule,
    Plan,
    Run,
    Statement,
    StatementKind,
    Survey,
    WiringKind,
)
from aurum_refactor.rewrite.imports import LINE_LENGTH, from_import, relative_name
from aurum_refactor.rewrite.pieces import (
    leading_blank_lines,
    piece,
    without_outer_blanks,
)
from aurum_refactor.rewrite.reloads import below_header, reload_header, reload_part, reloaded_parts
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
    below = {**_below_drops(survey, text), **below_header(survey)}
    if shared is not None:
        moved |= set(shared.owned)
        names = _names(shared.owned, survey)
        wiring[below.get(plan.shared_place, plan.shared_place)] = [
            _from(shared.module, names, plan, survey)
        ]
    along = {module.runs[0].module: module.owned for module in modules}
    for run in runs:
        owned = along.pop(run.module, ())
        place = below.get(run.place, run.place)
        wiring.setdefault(place, []).append(_wired(run, owned, plan, survey))
    places = [run.place for module in plan.modules for run in module.runs]
    if shared is not None:
        places.append(plan.shared_place)
    first = min(places, default=None)
    if plan.in_place and wiring:
        own = [s.ordinal for s in survey.statements if _is_part(s, plan)]
        _reload_parts(wiring, min([*places, *own]), plan, survey, text)
    unlisted = _unlisted_parts(plan, survey, text) if plan.again and not plan.in_place else ()
    if unlisted:
        own = [s.ordinal for s in survey.statements if _is_part(s, plan)]
        block = _drop_parts(unlisted, survey)
        wiring.setdefault(min([*places, *own]), []).insert(0, block)
    marker = script_marker(plan)
    if plan.script_alias and first is not None and marker not in text:
        wiring.setdefault(first, []).insert(0, _script_alias(marker, survey.newline))
    if plan.builtins and wiring:
        line = from_import("builtins", plan.builtins, survey.newline)
        wiring.setdefault(_below_first_import(survey, text), []).insert(0, line)
    parts = _in_order(wiring, moved, plan, survey, text)
    tail = text[survey.statements[-1].end :]
    result = "".join(parts)
    if tail and result and not result.endswith(("\n", "\r")):
        result += survey.newline
    return result + tail


def _below_first_import(survey: Survey, text: str) -> int:
    """The place below the first import: what heads a file stays where it is."""
    for statement in survey.statements:
        rows = statement.imports
        if rows and rows[0].module != "__future__" and piece(text, statement):
            return statement.ordinal + 1
    return 0


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
    handles = _handles(plan, survey)
    # True where the last part is nothing but imports of new modules; or any wiring.
    imports = wired = False
    # True where the last part is wiring of an earlier extraction, and something below it left.
    was_wiring = parted = False
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
            parted = True
            continue
        statement = survey.statements[place]
        code = piece(text, statement)
        if not code:
            # The last statement of a line with semicolons has the whole line.
            continue
        ours = _hands_back(statement, plan)
        if ours and imports:
            code = without_outer_blanks(code)
        elif wired or (was_wiring and parted):
            out.append(newline * gap_below_wiring(statement, code))
        elif _hugs_what_left(statement, code, survey, moved, text):
            out.append(newline)
        out.append(code)
        imports, wired, parted = ours, False, False
        was_wiring = ours or not statement.identifiers.isdisjoint(handles)
    return out


def _handles(plan: Plan, survey: Survey) -> frozenset[str]:
    """Names that earlier extractions wire new modules by."""
    return frozenset(
        row.bound
        for statement in survey.statements
        for row in statement.imports
        if row.module in plan.own and row.alias is not None
    )


def _hugs_what_left(
    statement: Statement, code: str, survey: Survey, moved: Collection[int], text: str
) -> bool:
    """True where no blank line would part a value from what stood further up."""
    above = statement.ordinal - 1
    return (
        above in moved
        and statement.kind is StatementKind.ASSIGNMENT
        and not leading_blank_lines(code)
        and leading_blank_lines(piece(text, survey.statements[above])) > 0
    )


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


def _reload_parts(
    wiring: dict[int, list[str]], first: int, plan: Plan, survey: Survey, text: str
) -> None:
    """Reload each part above its first import, and import what does so above all of them."""
    reloaded = set(reloaded_parts(survey, text))
    for place in sorted(wiring):
        for index, block in enumerate(wiring[place]):
            module = _imported_by(block, plan)
            if module not in reloaded:
                reloaded.add(module)
                wiring[place][index] = reload_part(module, survey) + block
    header = reload_header(survey)
    if header:
        wiring.setdefault(first, []).insert(0, header)


def _imported_by(block: str, plan: Plan) -> str:
    """The part that a block of wiring imports from."""
    written = block.partition(" import ")[0].removeprefix("from ")
    depth = len(written) - len(written.lstrip("."))
    if not depth:
        return written
    parents = plan.layout.package.split(".")
    return ".".join([*parents[: len(parents) - depth + 1], written[depth:]])


def _is_part(statement: Statement, plan: Plan) -> bool:
    return any(row.module in plan.own for row in statement.imports)


def _below_drops(survey: Survey, text: str) -> dict[int, int]:
    """Places directly above blocks that drop parts, and the places directly below these."""
    return {
        statement.ordinal - 1: statement.ordinal + 1
        for statement in survey.statements[1:]
        if statement.kind is StatementKind.COMPOUND
        and _DROPS.search(piece(text, statement))
        and any(row.module == "sys" for row in survey.statements[statement.ordinal - 1].imports)
    }


#: The last line of such a block.
_DROPS = re.compile(r"(?m)^    _sys_*\.modules\.pop\(_part_*, None\)")


def _unlisted_parts(plan: Plan, survey: Survey, text: str) -> tuple[str, ...]:
    """Modules of the whole assignment that the monolith does not drop yet, sorted."""
    blocks = _below_drops(survey, text).values()
    there = "".join(piece(text, survey.statements[below - 1]) for below in blocks)
    dropped = set(_LISTED.findall(there))
    every = {module.module for module in plan.modules}
    every |= {plan.shared.module} if plan.shared else set()
    every |= {row.module for s in survey.statements for row in s.imports} & plan.own
    return tuple(sorted(every - dropped))


#: One module in the block that drops the parts.
_LISTED = re.compile(r'"([A-Za-z_][\w.]*)"')


def _drop_parts(parts: Sequence[str], survey: Survey) -> str:
    """Importing the parts below executes them, each time that the monolith is executed."""
    newline, sys, part = survey.newline, _fresh("_sys", survey), _fresh("_part", survey)
    quoted = [f'"{name}"' for name in parts]
    listed = f"({', '.join(quoted)}{',' if len(quoted) == 1 else ''})"
    line = f"for {part} in {listed}:"
    if len(line) > LINE_LENGTH:
        rows = "".join(f"    {name},{newline}" for name in quoted)
        line = f"for {part} in ({newline}{rows}):"
    lines = [
        "# Some code executes this module again: what is imported below then runs again too.",
        f"import sys as {sys}",
        "",
        line,
        f"    {sys}.modules.pop({part}, None)",
        "",
    ]
    return newline.join(lines)


def _fresh(name: str, survey: Survey) -> str:
    """*name*, longer by as many underscores as the monolith makes it."""
    taken = {other for s in survey.statements for other in s.identifiers}
    taken |= {binding.name for s in survey.statements for binding in s.binds}
    while name in taken:
        name += "_"
    return name


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
