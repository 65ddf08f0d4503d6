"""Furnishes a new home: the statements that move in, and the imports they need there."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from itertools import pairwise

import libcst as cst

from aurum_refactor.model import Layout, Phase, Rehoming, Room, Statement, Survey
from aurum_refactor.rewrite.imports import from_import, reimport, relative_name, repeat
from aurum_refactor.rewrite.pieces import piece, trailing_comment, without_outer_blanks
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

    Imports go below the imports that are there, statements directly below
    them: whatever the module executes next may read them. What needs a
    definition of the module itself comes directly below that.

    Raises:
        CannotRewrite: A statement has no faithful form there.
    """
    tree = cst.parse_module(there)
    package = room.module.rpartition(".")[0]
    newline = survey.newline
    taken = used_names(tree) | {n for o in room.ordinals for n in survey.statements[o].identifiers}
    rows: list[str] = []
    monolith, row = _object(tree, package, plan.layout.module, taken, plan.layout, room)
    if room.through_monolith and row:
        rows.append(row + newline)
    leaf, row = _object(tree, package, plan.leaf, taken, plan.layout, room)
    if room.through_leaf and row:
        rows.append(row + newline)
    rows = [*_imports(room, plan, survey, text, tree), *rows]
    split = _below_imports(tree)
    places = _places(room, survey, tree, split)
    pieces: dict[int, str] = {}
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
        place = places[ordinal]
        pieces[place] = pieces.get(place, "") + moved.code
    if not rows and not pieces:
        return there
    head = tree.with_changes(body=tree.body[:split], footer=[]).code
    tail = _with_late(tree, split, pieces, newline)
    if split == 0:
        late = any(place > split for place in pieces)
        head = cst.Module(body=[], header=tree.header).code if late else ""
        tail = tail if late else there
    if rows and split and not head.endswith(newline):
        head += newline
    gap = newline if rows and not _ends_in_import(tree, split) else ""
    body = without_outer_blanks(pieces.get(split, ""))
    middle = f"{newline}{newline}{body}" if body else ""
    rest = without_outer_blanks(tail)
    between = (newline * 2 if body and rest else "") if body else tail[: len(tail) - len(rest)]
    return f"{head}{gap}{''.join(rows)}{middle}{between}{rest}"


def _places(room: Room, survey: Survey, tree: cst.Module, split: int) -> dict[int, int]:
    """Before which statement of the module each one that moves in stands, by ordinal."""
    below: dict[str, int] = {}
    for index, node in enumerate(tree.body[split:], split):
        for name in _bound(cst.Module([node])):
            below[name] = index + 1
    places: dict[int, int] = {}
    for ordinal in room.ordinals:
        statement = survey.statements[ordinal]
        needed = [
            below[r.name] for r in statement.reads if r.name in below and r.phase is Phase.IMPORT
        ]
        places[ordinal] = max(needed, default=split)
        if places[ordinal] > split:
            # Whatever moves in behind it and needs it comes later, too.
            below |= {binding.name: places[ordinal] for binding in statement.binds}
    return places


def _with_late(tree: cst.Module, split: int, pieces: Mapping[int, str], newline: str) -> str:
    """The rest of a module, with what moves in below its own definitions."""
    late = sorted(place for place in pieces if place > split)
    if not late:
        return tree.with_changes(body=tree.body[split:], header=[]).code
    parts = []
    for first, end in pairwise((split, *late, len(tree.body))):
        last = end == len(tree.body)
        code = tree.with_changes(
            body=tree.body[first:end], header=[], footer=tree.footer if last else []
        ).code
        parts.append(without_outer_blanks(code))
        if end in pieces and end in late:
            late.remove(end)
            parts.append(without_outer_blanks(pieces[end]))
    return newline * 2 + (newline * 2).join(part for part in parts if part)


def _below_imports(tree: cst.Module) -> int:
    """Index of the first statement below the imports that a module opens with."""
    index = 0
    for number, statement in enumerate(tree.body):
        if not isinstance(statement, cst.SimpleStatementLine):
            break
        small = statement.body[0]
        if isinstance(small, cst.Import | cst.ImportFrom):
            index = number + 1
        elif not (number == 0 and isinstance(small, cst.Expr)):
            break
        else:
            index = number + 1
    return index


def _ends_in_import(tree: cst.Module, split: int) -> bool:
    if not split:
        return False
    last = tree.body[split - 1]
    return (
        isinstance(last, cst.SimpleStatementLine)
        and isinstance(last.body[0], cst.Import | cst.ImportFrom)
        and not cst.Module([last]).code.lstrip().startswith("from __future__")
    )


def _object(
    tree: cst.Module,
    package: str,
    module: str,
    taken: frozenset[str],
    layout: Layout,
    room: Room,
) -> tuple[str, str]:
    """Name of a module's object in a new home, and the import that binds it if none does."""
    known = aliases_of(tree.body, package, module)
    for name, alias in known.items():
        if alias is not None and not alias.rest:
            return name, ""
    parent, _, last = module.rpartition(".")
    wanted = last if module == room.module or last.startswith("_") else f"_{last}"
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    if not parent:
        return name, f"import {module} as {name}"
    spelled = relative_name(package, parent) if layout.relative else parent
    row = last if last == name else f"{last} as {name}"
    return name, f"from {spelled} import {row}"


def _imports(room: Room, plan: Rehoming, survey: Survey, text: str, tree: cst.Module) -> list[str]:
    """The imports that what moves in needs and the module does not have yet."""
    newline = survey.newline
    package = room.module.rpartition(".")[0]
    there = _bound(tree)
    rows: list[str] = []
    for ordinal, wanted in room.reimports:
        statement = survey.statements[ordinal]
        missing = [name for name in wanted if name not in there]
        if missing:
            comment = trailing_comment(text, statement)
            rows.append(reimport(statement, missing, package, newline, comment))
    for module, wanted in room.neighbours:
        missing = [name for name in wanted if name not in there]
        if missing:
            spelled = relative_name(package, module) if plan.layout.relative else module
            rows.append(from_import(spelled, missing, newline))
    for ordinal, wanted in room.typing_imports:
        rows += _typing(survey.statements[ordinal], wanted, there, package, newline)
    return rows


def _typing(
    statement: Statement, wanted: tuple[str, ...], there: frozenset[str], package: str, newline: str
) -> list[str]:
    missing = [row for row in statement.typing_imports if row.bound in set(wanted) - there]
    if not missing:
        return []
    names = ", ".join(row.bound for row in missing)
    if "TYPE_CHECKING" in there:
        raise CannotRewrite(names, "is imported for type checkers only")
    rows = [f"from typing import TYPE_CHECKING{newline}", newline, f"if TYPE_CHECKING:{newline}"]
    return [*rows, *("    " + repeat([row], package, newline) for row in missing)]


def _bound(tree: cst.Module) -> frozenset[str]:
    """Names that a module binds at its top level."""
    found: set[str] = set()
    for node in ast.parse(tree.code).body:
        match node:
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found |= {alias.asname or alias.name.split(".")[0] for alias in names}
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name):
                found.add(name)
            case _:
                found |= {
                    inner.id
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
                }
    return frozenset(found)
