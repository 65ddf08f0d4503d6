"""How new modules look: imports, blank lines, the order of statements."""

from __future__ import annotations

import ast

import pytest

from aurum_refactor.rewrite.import_block import (
    ImportRow,
    ImportStyle,
    Order,
    Section,
    arranged,
    rows_of,
)
from aurum_refactor.rewrite.positions import positions
from codemods._spelling import in_order

MIXED = frozenset({Section.LIBRARY, Section.OWN})


def style(order: Order = Order.FROM_LAST, *, one_name: bool = False) -> ImportStyle:
    paragraphs = {0: frozenset({Section.STANDARD}), 1: MIXED}
    return ImportStyle(order, one_name, 88, paragraphs, frozenset({"shop"}))


def row(text: str, paragraph: int = -1) -> ImportRow:
    match ast.parse(text).body[0]:
        case ast.ImportFrom(module=module, names=names, level=level):
            spelled = tuple(f"{a.name} as {a.asname}" if a.asname else a.name for a in names)
            return ImportRow("." * level + (module or ""), spelled, f"{text}\n", paragraph)
        case ast.Import(names=names):
            return ImportRow(names[0].name, (), f"{text}\n", paragraph)
        case _:
            raise AssertionError(text)


def test_new_imports_find_their_place_among_sorted_ones() -> None:
    rows = [
        row("import os", 0),
        row("from fastapi import APIRouter", 1),
        row("from shop.models import Item", 1),
        row("from shop import main as _main"),
        row("from collections import deque"),
    ]

    text = arranged(rows, style(), "\n")

    assert text == (
        "import os\n"
        "from collections import deque\n"
        "\n"
        "from fastapi import APIRouter\n"
        "from shop import main as _main\n"
        "from shop.models import Item\n"
    )


def test_where_the_author_sorts_nothing_new_imports_come_last() -> None:
    rows = [
        row("from shop.models import Item", 1),
        row("from fastapi import APIRouter", 1),
        row("from shop import main as _main"),
    ]

    text = arranged(rows, style(Order.AUTHOR), "\n")

    assert text.splitlines()[-1] == "from shop import main as _main"


def test_relative_imports_have_a_paragraph_below_all_others() -> None:
    rows = [
        row("from .._x import y"),
        row("import fastapi", 1),
        row("from .. import main as _main"),
    ]

    text = arranged(rows, style(), "\n")

    assert text == "import fastapi\n\nfrom .. import main as _main\nfrom .._x import y\n"


def test_two_imports_of_one_module_become_one() -> None:
    rows = [row("from shop.models import Item", 1), row("from shop.models import Box")]

    assert arranged(rows, style(), "\n") == "from shop.models import Box, Item\n"


def test_imports_that_say_why_they_are_there_are_left_alone() -> None:
    said = ImportRow("shop.models", ("Item",), "from shop.models import Item  # noqa: F401\n", 1)

    text = arranged([said, row("from shop.models import Box")], style(Order.AUTHOR), "\n")

    assert text.count("from shop.models") == 2


def test_who_imports_one_name_a_line_gets_one_name_a_line() -> None:
    rows = rows_of("shop.v1._shared", ["b", "a"], style(one_name=True), "\n")

    assert [r.text for r in rows] == [
        "from shop.v1._shared import a\n",
        "from shop.v1._shared import b\n",
    ]


def test_names_stand_as_isort_puts_them() -> None:
    assert in_order(["b", "_A", "Item", "a", "LIMIT"]) == ["_A", "LIMIT", "Item", "a", "b"]


@pytest.mark.parametrize(
    ("there", "moving", "expected"),
    [
        # Read by what is defined there: above it.
        ("@app.get(PATH)\ndef f(): ...", "PATH = '/x'", [0]),
        # Reads what is bound there: below it.
        ("def user(): ...\ndef g(): ...", "def old(u=Depends(user)): ...", [1]),
        # What it calls reads more.
        ("A = 1\ndef make():\n    return B\nB = 2", "X = make()", [3]),
        # No place is both above and below.
        ("def f(x=X): ...\nY = 1", "X = Y", None),
    ],
)
def test_statements_move_in_where_they_and_others_can_read(
    there: str, moving: str, expected: list[int] | None
) -> None:
    coming = ast.parse(moving).body

    found = positions(ast.parse(there).body, coming, [0] * len(coming), lazy=False)

    assert found == expected
