"""Reasons of one kind stand together, and a statement without a name has its line."""

from __future__ import annotations

from aurum_refactor.cli.causes import by_cause
from aurum_refactor.cli.home_facts import HomeFacts


def test_reasons_are_grouped_by_kind_the_largest_first() -> None:
    rows = [
        ("belongs to the module itself", "__all__:1"),
        ("reads Span, which may come from a star import", "a:2"),
        ("reads __file__ on line 3", "b:3"),
        ("re-bound by f (line 1)", "c:4"),
        ("re-bound by g (line 2)", "d:5"),
    ]

    assert list(by_cause(rows).items()) == [
        ("re-bound while the program runs", rows[3:]),
        ("belongs to the module itself", rows[:1]),
        ("reads a name such as __name__ or __file__", rows[2:3]),
        ("reads what a star import may bind", rows[1:2]),
    ]


def test_a_statement_without_a_name_has_its_line() -> None:
    home = HomeFacts((), "assignment", 7, 9, "", (), needed_at_home=False, read_by=())

    assert (home.label, home.lines) == ("line 7", 3)
