"""Weaves statements into a module that is there: its parts, the places, the blank lines."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import libcst as cst

from aurum_refactor.model import StatementKind, Survey
from aurum_refactor.rewrite.import_block import ImportRow
from aurum_refactor.rewrite.pieces import leading_blank_lines, without_outer_blanks
from aurum_refactor.rewrite.positions import bound_by, positions
from codemods.errors import CannotRewrite

#: Blank lines around definitions, where the source leaves fewer (PEP 8).
_AROUND = 2


def bound_in(text: str) -> frozenset[str]:
    """Names that a module binds at its top level."""
    return frozenset().union(*map(bound_by, ast.parse(text).body))


def opened(tree: cst.Module) -> tuple[str, list[ImportRow], list[str]]:
    """A module in three parts: its head, the imports below it, the code of all other statements.

    The head are comments, the docstring and imports from ``__future__``.
    """
    body = list(tree.body)
    first = 0
    while first < len(body) and _is_head(body[first], first):
        first += 1
    last = first
    while last < len(body) and _imported(body[last]) is not None:
        last += 1
    # LibCST ends a module that has nothing in it with a line end.
    head = tree.with_changes(body=body[:first], footer=[]).code if first or tree.header else ""
    rows: list[ImportRow] = []
    number = 0
    for node in body[first:last]:
        code = tree.code_for_node(node)
        number += bool(rows) and leading_blank_lines(code) > 0
        module, names = _imported(node) or ("", ())
        rows.append(ImportRow(module, names, without_outer_blanks(code), number))
    return head, rows, [tree.code_for_node(node) for node in body[last:]]


def _is_head(node: cst.CSTNode, index: int) -> bool:
    match node:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString())]):
            return index == 0
        case cst.SimpleStatementLine(body=[cst.ImportFrom(module=cst.Name(value="__future__"))]):
            return True
        case _:
            return False


def _imported(node: cst.CSTNode) -> tuple[str, tuple[str, ...]] | None:
    """Module and names of an import statement; None for anything else."""
    if not isinstance(node, cst.SimpleStatementLine):
        return None
    match ast.parse(cst.Module([node]).code).body:
        case [ast.Import(names=names), *_]:
            return names[0].name, ()
        case [ast.ImportFrom(module=module, names=names, level=level), *_]:
            spelled = [f"{a.name} as {a.asname}" if a.asname else a.name for a in names]
            return "." * level + (module or ""), tuple(spelled)
        case _:
            return None


def woven(
    there: Sequence[str],
    moving: Sequence[tuple[int, str]],
    survey: Survey,
    newline: str,
    *,
    lazy: bool,
) -> str:
    """The statements of a module below its imports, with those that move in among them.

    Args:
        there: Code of the statements that are there.
        moving: Ordinal and code of those that come, in their original order.
        survey: The module they come from.
        newline: Its line ending.
        lazy: True where annotations are not evaluated.

    Raises:
        CannotRewrite: No order lets every statement read what it needs.
    """
    nodes = [ast.parse(code).body[0] for code in there]
    coming = [ast.parse(code).body[0] for _, code in moving]
    below = 0
    while below < len(nodes) and _makes_router(nodes[below]):
        below += 1
    wanted: list[int] = []
    for node in coming:
        is_value = isinstance(node, ast.Assign | ast.AnnAssign) and not any(wanted)
        wanted.append(0 if is_value else below)
    places = positions(nodes, coming, wanted, lazy=lazy)
    if places is None:
        names = ", ".join(sorted(name for node in coming for name in bound_by(node)))
        raise CannotRewrite(names, "would be read before it is bound")
    out: list[str] = []
    above: tuple[bool, int] | None = None
    for index in range(len(there) + 1):
        for (ordinal, code), place in zip(moving, places, strict=True):
            if place != index:
                continue
            kind = survey.statements[ordinal].kind
            is_block = kind in (StatementKind.FUNCTION, StatementKind.CLASS)
            own = leading_blank_lines(code)
            if above is None or is_block:
                gap = max(own, _AROUND) if is_block and above is None else own
                gap = gap or (_AROUND if is_block else 1)
                gap = min(gap, _AROUND) if above is None else gap
            elif above[0]:
                gap = max(own, _AROUND)
            else:
                gap = own if above[1] == ordinal - 1 else 1
            out.append(newline * gap + without_outer_blanks(code))
            above = (is_block, ordinal)
        if index < len(there):
            is_block = isinstance(nodes[index], _BLOCKS)
            code = there[index]
            if above is not None and above[1] >= 0:
                least = _AROUND if is_block or above[0] else 1
                code = newline * max(0, least - leading_blank_lines(code)) + code
            out.append(code)
            above = (is_block, -2)
    return "".join(out)


_BLOCKS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _makes_router(node: ast.stmt) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name()], value=ast.Call(func=ast.Name(id=maker))):
            return maker == "APIRouter"
        case _:
            return False
