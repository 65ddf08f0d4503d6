"""An application that begins with importing the monolith need not be looked at once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from aurum_refactor.verify.observe import observe
from aurum_refactor.verify.target import Target
from aurum_refactor.verify.verify import verify
from tests.verify.shop import mutant, write

APP = "from fastapi import FastAPI\n\nfrom . import main\n\napp = FastAPI()\n"
APP += "app.include_router(main.router)\n"
ROUTE = "\n\n@router.get('/a')\ndef a() -> int:\n    return 1\n"
MAIN = "from fastapi import APIRouter\n\nrouter = APIRouter()\n"
BEFORE = {
    "town/__init__.py": '"""Town."""\n',
    "town/app.py": APP,
    "town/names.py": "NAME = 'town'\n",
    "town/main.py": MAIN + ROUTE,
}
TARGET = Target(app="town.app:app", monolith="town.main")


@pytest.mark.parametrize(
    ("place", "text", "opened"),
    [
        ("town/app.py", APP, True),
        ("town/app.py", '"""App."""\nimport logging\n' + APP, True),
        ("town/app.py", APP.replace("from . import main", "import town.main as main"), True),
        ("town/app.py", "LOADED = 1\n" + APP, False),
        ("town/app.py", "from town import names\n" + APP, False),
        ("town/app.py", "from .names import NAME\n" + APP, False),
        ("town/app.py", APP.replace("import main", "import names, main"), False),
        # A package that has the word may bind it to something else.
        ("town/__init__.py", "__all__ = ['main']\n", False),
        ("town/main.py", "import town.app\n" + MAIN + ROUTE, False),
        ("town/main.py", "from . import app as _app\n" + MAIN + ROUTE, False),
    ],
)
def test_when_the_monolith_was_the_first(
    tmp_path: Path, place: str, text: str, opened: bool
) -> None:
    seen = observe(write(tmp_path, {**BEFORE, place: text}), TARGET)

    assert seen.opened is opened


def test_what_asks_for_the_application_before_it_is_done_is_seen_with_the_monolith_first(
    tmp_path: Path,
) -> None:
    """Begun by the application, its module is there; begun by the monolith, it is a circle."""
    after = mutant(BEFORE, ("town/main.py", MAIN, "import town.app\n" + MAIN))

    verdict = verify(write(tmp_path / "before", BEFORE), write(tmp_path / "after", after), TARGET)

    assert [(d.where, d.what) for d in verdict.differences] == [("town.main", "first import")]
    assert verdict.checks[-1].compared == 1


def test_the_monolith_counts_as_imported_first(tmp_path: Path) -> None:
    after = mutant(BEFORE, ("town/main.py", "'/a'", "'/b'"))

    same = verify(write(tmp_path / "1", BEFORE), write(tmp_path / "2", BEFORE), TARGET)
    other = verify(write(tmp_path / "3", BEFORE), write(tmp_path / "4", after), TARGET)

    assert same.equal
    assert same.checks[-1].compared == 1
    # Told once, not once more with the monolith first.
    assert {d.where for d in other.differences} == {"GET /a (a)", "OpenAPI"}


def test_what_the_application_keeps_of_its_document_is_no_difference(tmp_path: Path) -> None:
    """A plain look makes the document; with a new module first nothing does."""
    app = (
        "from fastapi import APIRouter, FastAPI\nrouter = APIRouter()\n"
        "class App(FastAPI):\n    count = 0\n    def openapi(self):\n"
        "        self.made = 1\n        return super().openapi()\n"
        "class Layer:\n    def __init__(self, app, owner): self.app = app\n"
        "app = App()\napp.add_middleware(Layer, owner=app)\n"
        "@app.get('/a')\ndef a(): ...\n"
    )
    files = {"town/__init__.py": "", "town/main.py": app}
    after = {**files, "town/v1.py": "from town import main\n"}
    target = Target(app="town.main:app", monolith="town.main", new_modules=("town.v1",))

    verdict = verify(write(tmp_path / "b", files), write(tmp_path / "a", after), target)

    assert verdict.equal, verdict.differences
