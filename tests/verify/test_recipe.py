"""How an application is named and prepared: every spelling that finds it, every one that fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aurum_refactor.source.app_name import app_mistake, is_reference
from aurum_refactor.verify.observe import UnobservableError, observe
from aurum_refactor.verify.target import Target
from tests.verify.shop import write

FILES = {
    "svc.py": """
import os
import sys
from fastapi import APIRouter, FastAPI

app = FastAPI()
router = APIRouter()
bare = APIRouter()

@app.get("/x")
@router.get("/x")
@bare.get("")
def x(): ...


class Layer:
    def __init__(self, app): self.app = app


class Socket:
    def __init__(self, app): self.other_asgi_app = app


class Service:
    def __init__(self, name, *, api=None): self.name, self.api = name, api or app


def make(name="", *, debug=False): return Service(name)
async def make_later(): return app
wrapped = Socket(Layer(app))
itself = Layer(None)
itself.app = itself
"""
}
TARGET = Target(app="svc:app", monolith="svc")
FOUND = {
    "svc:app": "/x",
    "svc:router": "/x",
    "svc:bare": "/-",
    "svc:wrapped": "/x",
    "svc:make().api": "/x",
    "svc:make('a', debug=True).api": "/x",
    "svc:make_later()": "/x",
    "import svc\nif svc.make('a').name: app = svc.Layer(svc.app)": "/x",
    "from svc import router as app": "/x",
    "import svc\nasync def wait(): return svc.app\napp = wait()": "/x",
}


@pytest.mark.parametrize("app", FOUND)
def test_every_spelling_finds_the_application(app: str, tmp_path: Path) -> None:
    assert app_mistake(app) is None

    seen = observe(write(tmp_path, FILES), replace(TARGET, app=app))

    assert [row.path for row in seen.rows if row.answers] == [FOUND[app]]
    # It begins as if the monolith were imported first, so nobody has to look again.
    assert seen.chain[0] == ("svc", frozenset({"svc"}))


FAILS = {
    "svc:itself": "svc:itself is Layer, not a FastAPI application or APIRouter",
    "svc:make()": "svc:make() is Service, not a FastAPI application or APIRouter",
    "svc:make(1, 2)": "svc:make(1, 2) raises TypeError: make() takes from 0 to 1 positional",
    "svc:make().nothing": "svc has no make().nothing (it has: app, bare, router)",
    "import svc\nif not svc.make: app = 1": "the statements leave no `app`; assign",
    "import svc\napp = svc.nothing": "the statements that make the application raise AttributeE",
    "import nowhere\napp = nowhere.x": (
        "a statement that makes the application raises ModuleNotFoundError: No module named "
        "'nowhere'; name an interpreter that has it with --python, or have it made up with --stub"
    ),
}


@pytest.mark.parametrize("app", FAILS)
def test_what_is_no_application_is_explained(app: str, tmp_path: Path) -> None:
    with pytest.raises(UnobservableError) as caught:
        observe(write(tmp_path, FILES), replace(TARGET, app=app))

    assert str(caught.value).startswith(FAILS[app])


def test_statements_to_run_first_that_raise_are_explained(tmp_path: Path) -> None:
    with pytest.raises(UnobservableError) as caught:
        observe(write(tmp_path, FILES), replace(TARGET, pre="import os\nos.environ['NONE']"))

    assert str(caught.value) == (
        "the statements to run first raise KeyError: 'NONE'; repair them (--pre)"
    )


@pytest.mark.parametrize(
    ("app", "mistake"),
    [
        ("svc", "is neither MODULE:NAME nor statements that leave the application in `app`"),
        ("import app.main", None),
        ("import main as app", None),
        ("import main", "is neither MODULE:NAME nor statements that leave the application"),
        ("def app(): pass", None),
        ("svc:app)", "is neither MODULE:NAME, nor MODULE:FACTORY(), nor Python statements"),
        ("svc:app\0", "is neither MODULE:NAME, nor MODULE:FACTORY(), nor Python statements"),
        ("svc:make(**{'a': 1})", "has an argument that is not a literal"),
        ("svc:make(x)", "has an argument that is not a literal"),
        ("svc:make()[0]", "is more than names, attributes and calls"),
    ],
)
def test_mistakes_are_seen_before_anything_runs(app: str, mistake: str | None) -> None:
    found = app_mistake(app)

    assert found is None if mistake is None else str(found).startswith(mistake)


def test_an_annotated_statement_is_no_reference() -> None:
    assert not is_reference("app: FastAPI = make()")
    assert is_reference("app.main:app")


LEFT = {
    "svc.py": """
from fastapi import FastAPI

app = FastAPI()

from rooms import register
register(app)
""",
    "attic.py": "import rooms as again",
    "rooms.py": """
def register(app):
    @app.get("/x")
    def x(): ...


def create():
    from svc import app
    return app


later = create
""",
}


@pytest.mark.parametrize(
    "app",
    [
        "svc:create()",
        "from svc import create\napp = create()",
        # Nothing else imports the module that has it.
        "import svc\napp = svc.again.later()",
    ],
)
def test_a_recipe_finds_what_has_left_the_monolith(app: str, tmp_path: Path):
    tree = write(tmp_path, LEFT)
    target = replace(TARGET, app=app, new_modules=("attic", "rooms"), released=True)

    found = observe(tree, target)

    assert [row.label for row in found.rows if row.answers] == ["GET /x (x)"]
    # It was there for the recipe alone.
    assert "create" not in found.namespace
    assert "create" in found.elsewhere["rooms"]
    with pytest.raises(UnobservableError, match=r"create|again"):
        observe(tree, replace(target, released=False))
