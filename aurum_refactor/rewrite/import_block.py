"""Arranges import statements as the author does: paragraphs, their order, the order in them."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from aurum_refactor.model import Statement
from aurum_refactor.rewrite.imports import from_import, repeated_module, spelled_name
from codemods._spelling import in_order

#: Of a row that stands where the author has none.
NOWHERE = -1


class Section(IntEnum):
    """Where a module comes from, in the usual order of import paragraphs."""

    STANDARD = 0
    LIBRARY = 1
    OWN = 2
    RELATIVE = 3


class Order(StrEnum):
    """How the statements of a paragraph follow each other."""

    # ``import a`` above ``from a import b``, each by module: isort's default.
    FROM_LAST = "from-last"
    BY_MODULE = "by-module"
    AUTHOR = "author"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import statement of a new module."""

    # As spelled, leading dots included.
    module: str
    # As spelled, ``as`` included; () for ``import module``.
    names: tuple[str, ...]
    # Whole lines.
    text: str
    # Number of the paragraph it stands in; ``NOWHERE`` if it has none.
    paragraph: int = NOWHERE

    @property
    def level(self) -> int:
        """Leading dots."""
        return len(self.module) - len(self.module.lstrip("."))


@dataclass(frozen=True, slots=True)
class ImportStyle:
    """How the author writes imports."""

    order: Order
    # True where every name has a statement of its own.
    one_name: bool
    # Longer statements are written one name a line.
    width: int
    # Sections that each paragraph of the source holds, kept here or not.
    paragraphs: Mapping[int, frozenset[Section]]
    # First components of the modules of this project.
    own: frozenset[str]

    def section(self, module: str) -> Section:
        """Where a module, as spelled, comes from."""
        top = module.split(".", maxsplit=1)[0]
        if not top:
            return Section.RELATIVE
        if top in self.own:
            return Section.OWN
        return Section.STANDARD if top in sys.stdlib_module_names else Section.LIBRARY


def key_of(row: ImportRow, order: Order) -> tuple[bool, bool, int, str, bool]:
    """Sorts statements as isort does; relative ones last, those from furthest away first."""
    is_from = bool(row.names) and order is Order.FROM_LAST
    aliased = any(" as " in name for name in row.names)
    return row.level > 0, is_from, -row.level, row.module.lower().lstrip("."), aliased


def is_sorted(rows: Sequence[ImportRow], order: Order) -> bool:
    """True if the statements of one paragraph follow each other so."""
    keys = [key_of(row, order) for row in rows]
    return keys == sorted(keys)


def rows_of(
    module: str, names: Collection[str], style: ImportStyle, newline: str
) -> list[ImportRow]:
    """``from module import …`` in the author's style: one statement, or one a name."""
    ordered = in_order(names)
    groups = [[name] for name in ordered] if style.one_name else [ordered]
    return [
        ImportRow(module, tuple(group), from_import(module, group, newline, style.width))
        for group in groups
    ]


def arranged(rows: Iterable[ImportRow], style: ImportStyle, newline: str) -> str:
    """The text of the import statements of a module, without blank lines around.

    Rows with a paragraph stand in the order given; the others go where the
    author would have put them.
    """
    paragraphs = [(kinds, list[ImportRow]()) for _, kinds in sorted(style.paragraphs.items())]
    number = {key: index for index, key in enumerate(sorted(style.paragraphs))}
    loose: list[ImportRow] = []
    for row in rows:
        place = number.get(row.paragraph, NOWHERE)
        if place == NOWHERE:
            loose.append(row)
        else:
            paragraphs[place][1].append(row)
    for row in loose:
        _put(row, paragraphs, style, newline)
    texts = ["".join(row.text for row in part) for _, part in paragraphs if part]
    return newline.join(texts)


def arranged_among(
    there: Sequence[ImportRow], coming: Sequence[ImportRow], style: ImportStyle, newline: str
) -> str:
    """The text of the imports of a module that is there already, and of those that join them."""
    kinds: dict[int, set[Section]] = {}
    for row in there:
        found = kinds.setdefault(row.paragraph, set())
        found.add(style.section(row.module))
    # What the author keeps in one paragraph has one paragraph here.
    paragraphs = {
        number: frozenset(found).union(*(p for p in style.paragraphs.values() if p & found))
        for number, found in kinds.items()
    }
    here = replace(style, paragraphs=paragraphs)
    return arranged([*there, *(replace(row, paragraph=NOWHERE) for row in coming)], here, newline)


def repeated_row(
    statement: Statement,
    wanted: Collection[str],
    package: str,
    code: str,
    extra: Sequence[str] = (),
    paragraph: int = NOWHERE,
) -> ImportRow:
    """What *code* repeats of an import statement of the monolith, for a module in *package*."""
    kept = [row for row in statement.imports if row.bound in wanted]
    names = () if kept[0].attribute is None else (*extra, *map(spelled_name, kept))
    return ImportRow(repeated_module(kept[0], package), names, code, paragraph)


def _put(
    row: ImportRow,
    paragraphs: list[tuple[frozenset[Section], list[ImportRow]]],
    style: ImportStyle,
    newline: str,
) -> None:
    section = style.section(row.module)
    fitting = [part for kinds, part in paragraphs if section in kinds]
    if not fitting:
        above = [n for n, (kinds, _) in enumerate(paragraphs) if min(kinds) <= section]
        place = above[-1] + 1 if above else 0
        paragraphs.insert(place, (frozenset({section}), [row]))
        return
    part = fitting[-1]
    for index, there in enumerate(part):
        if _one_statement(there, row, style):
            names = (*there.names, *(name for name in row.names if name not in there.names))
            if list(there.names) == in_order(there.names):
                names = tuple(in_order(names))
            text = from_import(row.module, names, newline, style.width)
            part[index] = replace(there, names=names, text=text)
            return
    if style.order is Order.AUTHOR or not is_sorted(part, style.order):
        part.append(row)
        return
    key = key_of(row, style.order)
    below = (n for n, there in enumerate(part) if key_of(there, style.order) > key)
    part.insert(next(below, len(part)), row)


def _one_statement(there: ImportRow, row: ImportRow, style: ImportStyle) -> bool:
    """True if two statements import from one module and lose nothing when they are one."""
    return (
        bool(there.names)
        and bool(row.names)
        and there.module == row.module
        and not style.one_name
        and "#" not in there.text + row.text
        and not any(" as " in name for name in (*there.names, *row.names))
    )
