"""Furnishes a new home: the statements that move in, and the imports they need there."""

from __future__ import annotations

import re
from dataclasses import replace

import libcst as cst

from aurum_refactor.model import Layout, Rehoming, Room, Survey
from aurum_refactor.rewrite.import_block import (
    ImportRow,
    ImportStyle,
    arranged_among,
    repeated_row,
    rows_of,
)
from aurum_refactor.rewrite.import_style import style_of
from aurum_refactor.rewrite.imports import reimport, relative_name, repeat
from aurum_refactor.rewrite.pieces import piece, trailing_comment, without_outer_blanks
from aurum_refactor.rewrite.weaving import bound_in, opened, woven
from codemods._aliases import aliases_of, used_names
from codemods.errors import CannotRewrite
from codemods.qualify_names import qualify_names
from codemods.rebase_imports import rebase_imports


def new_leaf(room: Room, plan: Rehoming, survey: Survey, text: str) -> str:
    """The whole text of a shared leaf that was not there."""
    newline = survey.newline
    head = f'"""What was state of {plan.layout.module}, and what several domains share."""{newline}'
    if survey.future:
        head += f"{newline}from __future__ import {', '.join(survey.future)}{newline}"
    return furnished(room, plan, survey, text, head)


def furnished(room: Room, plan: Rehoming, survey: Survey, text: str, there: str) -> str:
    """The text of a new home with what moves in.

    Imports join those that are there. Values stand above the routers and definitions
    below them, unless what the module executes needs another order.

    Raises:
        CannotRewrite: A statement has no faithful form there.
    """
    if _asks_for_nothing(room) and not re.search(rf"\b{_last(plan.leaf)}\b", there):
        return there
    tree = cst.parse_module(there)
    package = room.module.rpartition(".")[0]
    newline = survey.newline
    identifiers = {n for o in room.ordinals for n in survey.statements[o].identifiers}
    taken = used_names(tree) | identifiers
    rows: list[ImportRow] = []
    monolith, row = _object(tree, package, plan.layout.module, taken, plan.layout, room)
    if room.through_monolith and row is not None:
        rows.append(replace(row, text=row.text + newline))
    leaf, row = _object(tree, package, plan.leaf, taken, plan.layout, room)
    if room.through_leaf and row is not None:
        rows.append(replace(row, text=row.text + newline))
    style = style_of(survey, text, {room.module, *(home for _, home in plan.homes)})
    asks = room.reimports or room.neighbours or room.typing_imports
    bound = bound_in(there) if asks else frozenset[str]()
    rows = [*_imports(room, plan, survey, text, bound, style), *rows]
    typing = _typing(room, survey, bound)
    moving = []
    for ordinal in room.ordinals:
        code = piece(text, survey.statements[ordinal])
        code = code if code.endswith(("\n", "\r")) else code + newline
        moved = cst.parse_module(code)
        if room.through_monolith:
            moved = qualify_names(moved, room.through_monolith, monolith)
        if room.through_leaf:
            moved = qualify_names(moved, room.through_leaf, leaf)
        if plan.layout.package and package != plan.layout.package:
            moved = rebase_imports(moved, plan.layout.package, package)
        moving.append((ordinal, moved.code))
    head, imports, rest = opened(tree)
    # The import of the leaf's object stands where the monolith's stood: it has a place too.
    late = [row for row in imports if _binds_leaf(row, package, plan)]
    if not rows and not moving and not typing and not late:
        return there
    there_still = [row for row in imports if row not in late]
    block = arranged_among(there_still, [*rows, *late], style, newline) + typing
    body = woven(rest, moving, survey, newline, lazy="annotations" in survey.future)
    footer = "".join(map(tree.code_for_node, tree.footer))
    top = f"{head}{newline}{block}" if head.strip() and block else head + block
    return f"{top}{body}{footer}" if top else without_outer_blanks(body) + footer


def _asks_for_nothing(room: Room) -> bool:
    """True where nothing comes in; then a home changes only if it has the leaf's object."""
    return not (
        room.ordinals
        or room.reimports
        or room.typing_imports
        or room.neighbours
        or room.through_monolith
        or room.through_leaf
    )


def _last(module: str) -> str:
    return module.rpartition(".")[2]


def _binds_leaf(row: ImportRow, package: str, plan: Rehoming) -> bool:
    parent, _, last = plan.leaf.rpartition(".")
    spelled = {parent, relative_name(package, parent)} if parent else {""}
    return (
        row.module in spelled
        and len(row.names) == 1
        and row.names[0].partition(" as ")[0] == last
        and "#" not in row.text
    )


def _object(
    tree: cst.Module,
    package: str,
    module: str,
    taken: frozenset[str],
    layout: Layout,
    room: Room,
) -> tuple[str, ImportRow | None]:
    """Name of a module's object in a new home, and the import that binds it if none does."""
    known = aliases_of(tree.body, package, module)
    for name, alias in known.items():
        if alias is not None and not alias.rest:
            return name, None
    parent, _, last = module.rpartition(".")
    wanted = last if module == room.module or last.startswith("_") else f"_{last}"
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    if not parent:
        return name, ImportRow(module, (), f"import {module} as {name}")
    spelled = relative_name(package, parent) if layout.relative else parent
    row = last if last == name else f"{last} as {name}"
    return name, ImportRow(spelled, (row,), f"from {spelled} import {row}")


def _imports(
    room: Room,
    plan: Rehoming,
    survey: Survey,
    text: str,
    there: frozenset[str],
    style: ImportStyle,
) -> list[ImportRow]:
    """The imports that what moves in needs and the module, which binds *there*, has not."""
    newline = survey.newline
    package = room.module.rpartition(".")[0]
    rows: list[ImportRow] = []
    for ordinal, wanted in room.reimports:
        statement = survey.statements[ordinal]
        missing = [name for name in wanted if name not in there]
        if missing:
            comment = trailing_comment(text, statement)
            code = reimport(statement, missing, package, newline, comment, (), style.width)
            rows.append(repeated_row(statement, missing, package, code))
    for module, wanted in room.neighbours:
        missing = [name for name in wanted if name not in there]
        if missing:
            spelled = relative_name(package, module) if plan.layout.relative else module
            rows += rows_of(spelled, missing, style, newline)
    return rows


def _typing(room: Room, survey: Survey, there: frozenset[str]) -> str:
    """Names that only type checkers see, in a block of their own below the imports."""
    newline = survey.newline
    package = room.module.rpartition(".")[0]
    missing = [
        row
        for ordinal, wanted in room.typing_imports
        for row in survey.statements[ordinal].typing_imports
        if row.bound in set(wanted) - there
    ]
    if not missing:
        return ""
    if "TYPE_CHECKING" in there:
        names = ", ".join(row.bound for row in missing)
        raise CannotRewrite(names, "is imported for type checkers only")
    rows = ["", "from typing import TYPE_CHECKING", "", "if TYPE_CHECKING:", ""]
    return newline.join(rows) + "".join("    " + repeat([row], package, newline) for row in missing)
