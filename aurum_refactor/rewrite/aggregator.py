"""Writes the monolith without the names that have found a home elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import libcst as cst

from aurum_refactor.model import Rehoming, Statement, StatementKind, Survey
from aurum_refactor.rewrite.import_style import style_of
from aurum_refactor.rewrite.imports import from_import, relative_name, spelled_name
from aurum_refactor.rewrite.pieces import leading_blank_lines, piece, without_outer_blanks
from aurum_refactor.rewrite.reloads import below_header, reload_part, reloaded_parts
from aurum_refactor.rewrite.spacing import gap_before
from aurum_refactor.source.text import split_lines
from codemods.qualify_names import qualify_names


def aggregated(plan: Rehoming, survey: Survey, text: str, on_leaf: Collection[str] = ()) -> str:
    """The monolith's text once everything has left that could.

    What stays keeps its bytes, except for the names that it reads elsewhere
    now; imports lose the names that nobody reads.

    Args:
        plan: What goes where.
        survey: The monolith.
        text: Its text.
        on_leaf: Modules made of it that import the leaf.

    Raises:
        CannotRewrite: A statement that stays has no faithful form.
    """
    gone = plan.gone
    unused: dict[int, set[str]] = {}
    for ordinal, name in plan.unused:
        unused.setdefault(ordinal, set()).add(name)
    moved = plan.moved
    alias = _alias(plan, survey) if plan.through_leaf else ""
    width = style_of(survey, text, {plan.leaf, *(home for _, home in plan.homes)}).width
    out: list[str] = []
    # Blank lines above what has gone since the last statement that stays.
    missed = 0
    # Neighbours that stay neighbours stay as far apart as they were.
    parted = False
    reload_at = _reload_at(plan, survey, text, on_leaf, alias)
    reloaded = {reloaded_parts(survey, text).get(plan.leaf, -1)} if reload_at >= 0 else set()
    header = below_header(survey) if reload_at >= 0 else {}
    raised = frozenset(o for at in header if reload_at < at for o in (at, at + 1))
    for statement in survey.statements:
        if statement.ordinal == reload_at:
            out += _reloaded(plan, survey, text, sorted(raised), reload_at)
            parted = True
        if statement.ordinal == plan.leaf_place:
            rows = _leaf(plan, survey, text, alias, statement.ordinal)
            out += rows[1:] if statement.ordinal == reload_at else rows
            parted |= bool(rows)
        code = piece(text, statement)
        if statement.ordinal in moved | raised | reloaded:
            missed = max(missed, leading_blank_lines(code))
            parted = True
            continue
        if not code:
            # The last statement of a line with semicolons has the whole line.
            continue
        if statement.kind is StatementKind.IMPORT:
            drop = {row.bound for row in statement.imports if row.bound in gone}
            drop |= unused.get(statement.ordinal, set())
            if any(row.module == plan.leaf for row in statement.imports):
                drop |= {row.bound for row in statement.imports if row.module == plan.leaf}
            if drop:
                missed = max(missed, leading_blank_lines(code))
                code = _narrowed(statement, drop, code, survey.newline, width)
            if not code:
                parted = True
                continue
        elif plan.through_leaf and not statement.identifiers.isdisjoint(plan.through_leaf):
            tree = cst.parse_module(code if code.endswith(("\n", "\r")) else code + survey.newline)
            code = qualify_names(tree, plan.through_leaf, alias).code
        if missed and not leading_blank_lines(code):
            code = survey.newline + code
        if not out and not leading_blank_lines(text):
            code = without_outer_blanks(code)
        out.append(spaced(out, code, statement, survey.newline) if parted else code)
        parted = False
        missed = 0
    end = survey.statements[-1].end if survey.statements else 0
    return "".join(out) + text[end:]


def _reloaded(
    plan: Rehoming, survey: Survey, text: str, header: Sequence[int], place: int
) -> list[str]:
    """What reloads the leaf, below the imports of that where these stand further down."""
    above = "".join(piece(text, survey.statements[ordinal]) for ordinal in header)
    gap = survey.newline * gap_before(text, survey.statements, place)
    rows = [f"{without_outer_blanks(above)}{survey.newline}"] if above else []
    return [gap, *rows, reload_part(plan.leaf, survey)]


def _reload_at(
    plan: Rehoming, survey: Survey, text: str, on_leaf: Collection[str], alias: str
) -> int:
    """Where the leaf is reloaded with the monolith from now on, as its other parts are.

    That is where it is imported first: by the monolith, or by the first part that
    needs it. -1 if it is reloaded nowhere, or where it was.
    """
    there = reloaded_parts(survey, text)
    if not there or all(room.module != plan.leaf for room in plan.rooms):
        return -1
    imported = bool(alias or plan.from_leaf) and plan.leaf_place >= 0
    needing = [ordinal for module, ordinal in there.items() if module in on_leaf]
    first = min(needing, default=min(there.values()))
    place = min(first, plan.leaf_place) if imported else first
    known = there.get(plan.leaf, len(survey.statements))
    return -1 if imported and known < place else place


def _alias(plan: Rehoming, survey: Survey) -> str:
    taken = {name for statement in survey.statements for name in statement.identifiers}
    wanted = plan.leaf.rpartition(".")[2]
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def _leaf(plan: Rehoming, survey: Survey, text: str, alias: str, place: int) -> list[str]:
    """The imports of the leaf: its object where values may change, names where not."""
    newline = survey.newline
    rows: list[str] = []
    parent, _, last = plan.leaf.rpartition(".")
    package = plan.layout.package
    if alias:
        spelled = relative_name(package, parent) if plan.layout.relative else parent
        row = last if last == alias else f"{last} as {alias}"
        rows.append(f"from {spelled} import {row}{newline}" if parent else f"import {row}{newline}")
    if plan.from_leaf:
        spelled = relative_name(package, plan.leaf) if plan.layout.relative else plan.leaf
        rows.append(from_import(spelled, plan.from_leaf, newline))
    if not rows:
        return []
    return [newline * gap_before(text, survey.statements, place), *rows]


def _narrowed(statement: Statement, drop: set[str], code: str, newline: str, width: int) -> str:
    """An import statement without some of its names.

    A comment directly above goes with the last of them; one further up stays.
    """
    kept = [row for row in statement.imports if row.bound not in drop]
    if len(kept) == len(statement.imports):
        return code
    tree = cst.parse_module(code if code.endswith(("\n", "\r")) else code + newline)
    line = cst.ensure_type(tree.body[-1], cst.SimpleStatementLine)
    above = tree.with_changes(body=[line.with_changes(body=[cst.Pass()])]).code
    above = above[: above.rindex("pass")]
    if not kept:
        return _further_up(above)
    if kept[0].attribute is not None and "#" not in code[len(above) :]:
        module = "." * kept[0].level + kept[0].written
        return above + from_import(module, [*map(spelled_name, kept)], newline, width)
    node = cst.ensure_type(line.body[0], cst.Import | cst.ImportFrom)  # type: ignore[arg-type]
    names = [
        alias
        for alias, row in zip(node.names, statement.imports, strict=True)
        if row.bound not in drop
    ]
    names[-1] = _last(names[-1], node)
    return tree.with_changes(
        body=[*tree.body[:-1], line.with_changes(body=[node.with_changes(names=names)])]
    ).code


def _further_up(above: str) -> str:
    """Comments above a statement that do not stand directly on it; "" if there are none."""
    lines = split_lines(above)
    while lines and lines[-1].strip():
        lines.pop()
    while lines and not lines[-1].strip():
        lines.pop()
    return "".join(lines)


def _last(alias: cst.ImportAlias, node: cst.Import | cst.ImportFrom) -> cst.ImportAlias:
    """The new last name, followed by what followed the old one."""
    return alias.with_changes(comma=list(node.names)[-1].comma)  # type: ignore[arg-type]


def spaced(above: list[str], code: str, statement: Statement, newline: str) -> str:
    """Two blank lines above a statement that is, or now follows, a definition."""
    if not above:
        return code
    missing = 2 - leading_blank_lines(code)
    is_block = statement.kind in (StatementKind.FUNCTION, StatementKind.CLASS)
    after_block = above[-1].rstrip().rpartition("\n")[2].startswith((" ", "\t"))
    if missing > 0 and (is_block or after_block) and statement.kind is not StatementKind.IMPORT:
        return newline * missing + code
    return code
