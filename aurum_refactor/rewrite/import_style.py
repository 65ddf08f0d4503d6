"""Reads from a module how its author writes imports."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from aurum_refactor.model import Statement, StatementKind, Survey
from aurum_refactor.rewrite.import_block import (
    NOWHERE,
    ImportRow,
    ImportStyle,
    Order,
    Section,
    is_sorted,
)
from aurum_refactor.rewrite.imports import LINE_LENGTH
from aurum_refactor.rewrite.pieces import leading_blank_lines, piece, without_outer_blanks
from aurum_refactor.rewrite.width import WIDTHS

_NARROW = 79


def style_of(survey: Survey, text: str, ours: Collection[str]) -> ImportStyle:
    """The style of the author's import statements.

    Args:
        survey: The module.
        text: Its text.
        ours: Dotted names of modules that extractions make; what imports them is not the author's.
    """
    rows = _rows(survey, text, ours)
    package = survey.layout.module
    style = ImportStyle(
        Order.AUTHOR,
        _one_name(rows),
        _width(rows),
        {},
        frozenset(name.split(".", maxsplit=1)[0] for name in (package, *ours)),
    )
    sections: dict[int, set[Section]] = {}
    for row in rows:
        sections.setdefault(row.paragraph, set()).add(style.section(row.module))
    kept: dict[int, frozenset[Section]] = {}
    for number, kinds in sections.items():
        # Another paragraph of the same kind is late, and joins the first.
        if not any(kinds <= earlier for earlier in kept.values()):
            kept[number] = frozenset(kinds)
    order = next(
        (
            order
            for order in (Order.FROM_LAST, Order.BY_MODULE)
            if all(is_sorted([r for r in rows if r.paragraph == n], order) for n in kept)
        ),
        Order.AUTHOR,
    )
    return ImportStyle(order, style.one_name, style.width, kept, style.own)


def paragraphs_of(survey: Survey, text: str, ours: Collection[str]) -> Mapping[int, int]:
    """Ordinals of the author's import statements, and the paragraph each stands in."""
    found: dict[int, int] = {}
    number = 0
    parted = False
    for statement in survey.statements:
        parted |= leading_blank_lines(piece(text, statement)) > 0
        if not _is_import(statement, ours):
            continue
        if found and parted:
            number += 1
        found[statement.ordinal] = number
        parted = False
    return found


def _is_import(statement: Statement, ours: Collection[str]) -> bool:
    return (
        statement.kind is StatementKind.IMPORT
        and bool(statement.imports)
        and not any(row.module in ours or row.module == "__future__" for row in statement.imports)
    )


def _rows(survey: Survey, text: str, ours: Collection[str]) -> list[ImportRow]:
    return [
        row_of(survey.statements[ordinal], without_outer_blanks(code), paragraph)
        for ordinal, paragraph in paragraphs_of(survey, text, ours).items()
        if (code := piece(text, survey.statements[ordinal]))
    ]


def row_of(statement: Statement, code: str, paragraph: int = NOWHERE) -> ImportRow:
    """An import statement of the source, as it stands there."""
    first = statement.imports[0]
    if first.attribute is None:
        return ImportRow(first.module, (), code, paragraph)
    names = tuple(
        f"{row.attribute} as {row.alias}" if row.alias else str(row.attribute)
        for row in statement.imports
    )
    return ImportRow("." * first.level + first.written, names, code, paragraph)


def _one_name(rows: Sequence[ImportRow]) -> bool:
    """True if the author repeats a module rather than import two names at once."""
    modules = [row.module for row in rows if row.names]
    return len(modules) > len(set(modules)) and all(len(row.names) <= 1 for row in rows)


def _width(rows: Sequence[ImportRow]) -> int:
    # A remark may well say that the line is too long.
    single = [row.text for row in rows if row.names and "#" not in row.text]
    longest = max((len(text.rstrip()) for text in single if len(text.splitlines()) == 1), default=0)
    wrapped = [
        len(f"from {row.module} import {', '.join(row.names)}")
        for row in rows
        if row.names and len(row.text.splitlines()) > 1
    ]
    if longest <= _NARROW and any(_NARROW < length <= LINE_LENGTH for length in wrapped):
        return _NARROW
    return next((width for width in WIDTHS if longest <= width), WIDTHS[-1])
