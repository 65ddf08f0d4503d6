"""G3 for what looks at routes as it is defined: the text alone tells, and every move shows."""

from __future__ import annotations

import pytest

from aurum_refactor import pipeline
from aurum_refactor.analysis.survey import survey as surveying
from tests.laws.witness import FASTAPI, open_workspace, written

HEAD = """
from fastapi import FastAPI

app = FastAPI()
table = app.routes


def count(of):
    return len(of.routes)


def counted(function):
    return function if inner() else None


def inner():
    return count(app)


@app.get("/a", tags=["ash"])
def a():
    return 1


"""
TAIL = """


@app.get("/b", tags=["ash"])
def b():
    return 1
"""
#: What stands between two endpoints of a domain, or is one of them.
LOOKS = [
    "def helper(n=len(app.routes)): return n",
    "def helper(n=count(app)): return n",
    "def helper(n=len(table)): return n",
    "@app.get('/c', tags=['ash'])\ndef c(n: int = len(table)): return n",
    "@counted\ndef helper(): return 1",
    "class Helper:\n    n = app.url_path_for('a')",
    "class Helper:\n    def n(self, m=app.router.routes): return m",
    "@app.get('/c', tags=['ash'])\ndef c(n: int = len(app.routes)): return n",
    "@app.get('/c', tags=['ash'])\n@counted\ndef c(): return 1",
    "@app.get('/c', tags=['ash'], summary=str(inner()))\ndef c(): return 1",
]
LATER = [
    "def helper(): return len(app.routes)",
    "def helper(n=lambda: len(app.routes)): return n",
    "def helper(): return len(table)",
    "class Helper:\n    def n(self): return app.routes",
    "@app.get('/c', tags=['ash'])\ndef c(): return app.url_path_for('a')",
]


def proof_of(between: str) -> tuple[bool, list[str], int]:
    files = {"shop/__init__.py": "", "shop/main.py": HEAD + between + TAIL}
    with written(files) as root:
        done = pipeline._attempt(open_workspace(root, None, "shop/main.py", FASTAPI), None)
    moved = sum(len(run.ordinals) for module in done.plan.modules for run in module.runs)
    return done.proof.holds, [row.message for row in done.proof.breaches], moved


@pytest.mark.parametrize("between", LOOKS)
def test_what_looks_stays_and_runs_end_there(between: str) -> None:
    holds, breaches, moved = proof_of(between)

    assert holds, breaches
    assert moved == 2


@pytest.mark.parametrize("between", LATER)
def test_what_runs_later_is_no_obstacle(between: str) -> None:
    holds, breaches, moved = proof_of(between)

    assert holds, breaches
    assert moved == 2 + between.startswith("@app")


@pytest.mark.parametrize("between", LOOKS[:4] + LOOKS[7:8] + LOOKS[9:])
def test_the_proof_finds_what_planning_overlooks(
    between: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of classes and decorators the plan knows from elsewhere, too.
    monkeypatch.setattr(surveying, "with_route_looks", lambda statements, *_: statements)

    holds, breaches, _ = proof_of(between)

    assert not holds
    assert any("routes" in row for row in breaches), breaches
