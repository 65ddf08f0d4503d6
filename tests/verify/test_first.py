"""What is said of modules that could not be imported first before."""

from __future__ import annotations

from pathlib import Path

from aurum_refactor.verify.first import never_first
from aurum_refactor.verify.observe import UnobservableError
from aurum_refactor.verify.target import Target
from aurum_refactor.verify.verify import verify
from tests.verify.shop import write

GATE = "OPEN = False\n\n\ndef unlock():\n    global OPEN\n    OPEN = True\n"
HEAD = """\
from fastapi import APIRouter, FastAPI

from town import gate

if not gate.OPEN:
    raise RuntimeError("closed")
app = FastAPI()
"""
BEFORE = {
    "town/__init__.py": "",
    "town/gate.py": GATE,
    "town/main.py": HEAD + '\n\n@app.get("/a")\ndef a() -> int:\n    return 1\n',
}
AFTER = {
    **BEFORE,
    "town/main.py": HEAD + "from town.v1.a import a, router\n\napp.include_router(router)\n",
    "town/v1/__init__.py": "from town import main\n",
    "town/v1/a.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n"
    '@router.get("/a")\ndef a() -> int:\n    return 1\n',
}
UNLOCKED = Target(
    app="from town import gate\ngate.unlock()\nfrom town.main import app",
    monolith="town.main",
    new_modules=("town.v1.a",),
)


def test_what_the_monolith_needs_first_its_parts_need_too(tmp_path: Path) -> None:
    before, after = write(tmp_path / "b", BEFORE), write(tmp_path / "a", AFTER)

    verdict = verify(before, after, UNLOCKED)

    assert verdict.equal, verdict.differences
    told = next(check.detail for check in verdict.checks if check.name == "first import")
    assert told.startswith("town.main and 1 more could not be imported first before: raises Run")


def test_a_part_that_fails_for_a_reason_of_its_own_is_a_difference(tmp_path: Path) -> None:
    """An unopened gate must not hide that the part is not importable at all."""
    files = {**AFTER, "town/v1/__init__.py": ""}
    files["town/v1/a.py"] = (
        "import sys\n\nassert 'town.main' in sys.modules\n" + files["town/v1/a.py"]
    )
    before, after = write(tmp_path / "b", BEFORE), write(tmp_path / "a", files)

    verdict = verify(before, after, UNLOCKED)

    assert [(d.where, d.category) for d in verdict.differences] == [("town.v1.a", "import")]


def test_modules_with_one_reason_share_a_line() -> None:
    syntax = "raises SyntaxError: bad (scenarios.py, line 5)"
    failures = {
        "app.v2.admin": UnobservableError(f"importing app.v2.admin {syntax}; repair it"),
        "app.odd": UnobservableError("importing app.odd raises KeyError: 'HOME'; give --env"),
        "app.v2.iso": UnobservableError(f"importing app.v2.iso {syntax}; repair it"),
    }

    assert never_first(failures) == (
        f"app.v2.admin and 1 more could not be imported first before: {syntax}\n"
        "app.odd could not be imported first before: raises KeyError: 'HOME'"
    )


def test_nothing_is_said_of_none() -> None:
    assert never_first({}) == ""
