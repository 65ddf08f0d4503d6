"""Writes the monolith without the names that have found a home elsewhere."""

from __future__ import annotations

import libcst as cst

from aurum_refactor.model import Rehoming, Statement, StatementKind, Survey
from aurum_refactor.rewrite.imports import from_import, relative_name
from aurum_refactor.rewrite.pieces import leading_blank_lines, piece
from aurum_refactor.rewrite.spacing import gap_before
from codemods.qualify_names import qualify_names


def aggregated(plan: Rehoming, survey: Survey, text: str) -> str:
    """The monolith's text once everything has left that could.

    What stays keeps its bytes, except for the names that it reads elsewhere
    now; imports lose the names that nobody reads.

    Raises:
        CannotRewrite: A statement that stays has no faithful form.
    """
    gone = plan.gone
    unused: dict[int, set[str]] = {}
    for ordinal, name in plan.unused:
        unused.setdefault(ordinal, set()).add(name)
    moved = plan.moved
    alias = _alias(plan, survey) if plan.through_leaf else ""
    out: list[str] = []
    # Neighbours that stay neighbours stay as far apart as they were.
    parted = False
    for statement in survey.statements:
        if statement.ordinal == plan.leaf_place:
            rows = _leaf(plan, survey, text, alias, statement.ordinal)
            out += rows
            parted |= bool(rows)
        if statement.ordinal in moved:
            parted = True
            continue
        code = piece(text, statement)
        if statement.kind is StatementKind.IMPORT:
            drop = {row.bound for row in statement.imports if row.bound in gone}
            drop |= unused.get(statement.ordinal, set())
            if any(row.module == plan.leaf for row in statement.imports):
                drop |= {row.bound for row in statement.imports if row.module == plan.leaf}
            if drop:
                code = _narrowed(statement, drop, code, survey.newline)
            if not code:
                parted = True
                continue
        elif plan.through_leaf and not statement.identifiers.isdisjoint(plan.through_leaf):
            tree = cst.parse_module(code if code.endswith(("\n", "\r")) else code + survey.newline)
            code = qualify_names(tree, plan.through_leaf, alias).code
        out.append(spaced(out, code, statement, survey.newline) if parted else code)
        parted = False
    return "".join(out) + text[survey.statements[-1].end :]


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


def _narrowed(statement: Statement, drop: set[str], code: str, newline: str) -> str:
    """An import statement without some of its names; comments above a vanished one go along."""
    kept = [row for row in statement.imports if row.bound not in drop]
    if not kept:
        # What is written above an import that goes heads what follows, unless it hugs it.
        return ""
    if len(kept) == len(statement.imports):
        return code
    tree = cst.parse_module(code if code.endswith(("\n", "\r")) else code + newline)
    line = cst.ensure_type(tree.body[-1], cst.SimpleStatementLine)
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
