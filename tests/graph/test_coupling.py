"""Reads inside and across domains, the order that follows, and homes under another division."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from aurum_refactor.graph.coupling import Coupling, couplings, extraction_order, homes_under
from aurum_refactor.model import HomeKind
from aurum_refactor.workspace import open_workspace, plan_of

CODE = """\
from fastapi import FastAPI

app = FastAPI()
LIMIT = 3


def _only_a():
    return _deep() + LIMIT


def _deep():
    return 1


def _both():
    return 2


@app.get("/a/x")
def a_x():
    return _only_a() + _both() + _both()


@app.get("/a/y")
def a_y():
    return a_x() + a_y()


@app.get("/b/x")
def b_x():
    return _both() + a_x()


@app.get("/c/x")
def c_x():
    return 1
"""


@pytest.fixture
def statements(tmp_path: Path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.py").write_text(CODE)
    return open_workspace(tmp_path, None, "main.py", None).survey.statements


def ordinals(statements, *names: str) -> list[int]:
    """Ordinals of the statements that bind some names, in the order of the names."""
    return [next(s.ordinal for s in statements if s.label == name) for name in names]


def test_reads_are_counted_by_where_they_lead(statements) -> None:
    a = dict.fromkeys(ordinals(statements, "LIMIT", "_only_a", "_deep", "a_x", "a_y"), "a")
    others = dict(zip(ordinals(statements, "b_x", "c_x"), "bc", strict=True))

    rows = couplings(statements, a | others, ordinals(statements, "_both"))

    # a_y reads itself, which is neither inside nor outside.
    assert rows == (
        Coupling("a", internal=4, to_shared=2, to_domains=()),
        Coupling("b", internal=0, to_shared=1, to_domains=(("a", 1),)),
        Coupling("c", internal=0, to_shared=0, to_domains=()),
    )
    assert [row.crossings for row in rows] == [2, 2, 0]
    assert [row.cohesion for row in rows] == [4 / 6, 0.0, None]


def test_the_order_is_by_crossings_then_lines_then_names() -> None:
    rows = (
        Coupling("big", 9, 2, ()),
        Coupling("small", 0, 1, (("big", 1),)),
        Coupling("free", 0, 0, ()),
        Coupling("alone", 0, 1, ()),
        Coupling("free_too", 0, 0, ()),
    )

    order = extraction_order(rows, {"big": 90, "small": 3, "free": 5, "free_too": 5, "alone": 1000})

    assert order == (
        ("free", "reads nothing of the other new modules; 5 lines"),
        ("free_too", "reads nothing of the other new modules; 5 lines"),
        ("alone", "1 read crosses, to the shared module only"),
        ("small", "2 reads cross, to big 1, the shared module 1; 3 lines"),
        ("big", "2 reads cross, to the shared module only; 90 lines"),
    )


def test_helpers_follow_the_endpoints_of_another_division(statements) -> None:
    movable = ordinals(statements, "LIMIT", "_only_a", "_deep", "_both")
    limit, only_a, deep, both = movable
    a_x, a_y, b_x, c_x = ordinals(statements, "a_x", "a_y", "b_x", "c_x")

    apart = homes_under(statements, {a_x: "a", a_y: "y", b_x: "b", c_x: "c"}, movable)
    together = homes_under(statements, dict.fromkeys((a_x, a_y, b_x, c_x), "all"), movable)
    without_b = homes_under(statements, {a_x: "a", a_y: "a", c_x: "c"}, movable)

    assert apart == ({limit: "a", only_a: "a", deep: "a"}, {both})
    assert together == (dict.fromkeys(movable, "all"), frozenset())
    # b_x stays, and needs it too.
    assert without_b == ({limit: "a", only_a: "a", deep: "a"}, {both})


def test_under_the_current_division_it_is_the_plan_s(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.py").write_text(
        CODE
        + dedent("""\


        print(_deep())
        """)
    )
    workspace = open_workspace(tmp_path, None, "main.py", None)
    plan = plan_of(workspace)
    endpoints = {o: m.domain for m in plan.modules for run in m.runs for o in run.ordinals}
    moving = [row for row in plan.homes if row.kind in (HomeKind.OWNED, HomeKind.SHARED)]

    owned, shared = homes_under(
        workspace.survey.statements, endpoints, [row.ordinal for row in moving]
    )

    assert owned == {row.ordinal: row.domain for row in moving if row.kind is HomeKind.OWNED}
    assert shared == {row.ordinal for row in moving if row.kind is HomeKind.SHARED}
    assert {row.name for row in moving if row.kind is HomeKind.SHARED} == {"_both", "_deep"}
