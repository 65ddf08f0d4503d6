"""A project in, one survey out: what is added to the reading of single files."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from aurum_refactor.analysis.survey.survey import survey
from aurum_refactor.errors import SourceError
from aurum_refactor.model import FastAPIVersion, Survey, Use
from aurum_refactor.source.text import decode

HEAD = "from fastapi import APIRouter, FastAPI\napp = FastAPI()\n"
UNKNOWN = FastAPIVersion(None, None, "not found in the project")


def surveyed(code: str, others: Mapping[str, str] | None = None, head: str = HEAD) -> Survey:
    """The survey of ``shop/main.py`` in a package, with some other files."""
    files = {"shop/__init__.py": "", **(others or {})}
    data = {path: dedent(text).encode() for path, text in files.items()}
    source = decode("shop/main.py", (head + dedent(code)).encode())
    return survey(
        source,
        ["shop/main.py", *files],
        data,
        source_roots=(),
        fastapi=UNKNOWN,
        read_module=data.get,
    )


def warned(found: Survey) -> list[str]:
    return [f"{w.code} {w.path}:{w.line}" for w in found.warnings]


# ---------------------------------------------------------------- warnings


def test_an_undefined_name_is_a_warning_with_its_line() -> None:
    found = surveyed("def f():\n    return gone + len(app.routes)\n")

    [warning] = found.warnings
    assert (warning.code, warning.line, warning.subject) == ("AR202", 4, "f")
    assert "gone" in warning.message


@pytest.mark.parametrize(
    "code",
    [
        "def f(): return __name__, __file__, print",
        "def f():\n    global N\n    N = 1\ndef g(): return N",
        "from os import *\ndef f(): return gone",
        "if TYPE_CHECKING:\n    from m import T\ndef f(x: 'T'): pass\nTYPE_CHECKING = 0",
    ],
)
def test_names_that_may_be_bound_are_no_warning(code: str) -> None:
    assert warned(surveyed(code)) == []


def test_a_name_for_type_checkers_is_undefined_where_it_is_evaluated() -> None:
    code = """
    from typing import TYPE_CHECKING
    if TYPE_CHECKING:
        from m import T
    def f(x: T): return T
    """

    lazy = surveyed(code, head="from __future__ import annotations\n" + HEAD)

    assert warned(surveyed(code)) == ["AR202 shop/main.py:7"] * 2
    assert warned(lazy) == ["AR202 shop/main.py:8"]


def test_a_name_that_another_file_sets_is_bound() -> None:
    others = {"shop/setup.py": "from shop import main\nmain.gone = 1\n"}

    assert warned(surveyed("def f(): return gone", others)) == []


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("@app.get('/a/{y}')", ["AR203 shop/main.py:5"]),
        ("@app.get('/a/{y:int}')", []),
        ("@app.post('/a/{x}')", []),
        ("@app.api_route('/a/{x}', methods=['PUT', 'GET'])", ["AR203 shop/main.py:5"]),
        ("@app.get('/a/b')", []),
    ],
)
def test_a_route_that_an_earlier_one_answers(second: str, expected: list[str]) -> None:
    code = f"@app.get('/a/{{x}}')\ndef f(): pass\n{second}\ndef g(): pass\n"

    assert warned(surveyed(code)) == expected


def test_two_objects_under_one_name_have_routes_of_their_own() -> None:
    code = """
    r = APIRouter(prefix="/one")
    @r.get("/a")
    def f(): pass
    r = APIRouter(prefix="/two")
    @r.get("/a")
    def g(): pass
    """

    assert warned(surveyed(code)) == []


def test_a_monolith_that_does_not_parse_is_an_error_with_its_line() -> None:
    with pytest.raises(SourceError) as error:
        surveyed("def f(:\n")

    assert error.value.line == 3


# ---------------------------------------------------------------- walks over routes


def walks(others: Mapping[str, str], code: str = "") -> list[str]:
    found = surveyed(code, others)
    return [f"{u.path}:{u.line} {u.detail}" for u in found.module_uses if u.what == "walks routes"]


@pytest.mark.parametrize(
    ("code", "owner"),
    [
        ("from shop.main import app\nfor r in app.routes: pass", "app"),
        ("def test(client):\n    assert client.app.routes", "client.app"),
        ("x = make().routes", "make()"),
        ("import shop\nshop.main.app.router.routes", "shop.main.app.router"),
        ("getattr(app, 'routes')", ""),
        ("app.add_middleware(SlowAPIMiddleware)", "SlowAPIMiddleware"),
    ],
)
def test_whatever_is_walked_counts(code: str, owner: str) -> None:
    assert [row.split(" ", 1)[1] for row in walks({"tests/test_a.py": code})] == [owner]


@pytest.mark.parametrize(
    "code",
    [
        "import shop.routes\nshop.routes.app",
        "from shop import routes\nroutes.app",
        "import shop as s\ns.routes.app",
        "from . import api\napi.routes.app",
        '"""See shop.main.app.routes."""',
        "x = 1  # app.routes",
        "from starlette.routes import x",
        "import starlette\nstarlette.routes",
    ],
)
def test_modules_comments_and_strings_are_no_walk(code: str) -> None:
    others = {"shop/other.py": code, "shop/routes.py": "", "shop/api/routes.py": ""}

    assert walks(others) == []


def test_the_monolith_may_walk_itself() -> None:
    assert walks({}, "paths = [r.path for r in app.routes]") == ["shop/main.py:3 app"]


# ---------------------------------------------------------------- the rest


def test_what_is_patched_through_a_fixture_counts_for_every_name_of_the_module() -> None:
    test = "def test(api, monkeypatch):\n    monkeypatch.setattr(api, 'LIMIT', 1)\n"

    found = surveyed("LIMIT = 3\n", {"tests/test_a.py": test})

    assert [(r.name, r.use) for r in found.references] == [("LIMIT", Use.PATCH)]


@pytest.mark.parametrize(
    ("guard", "line", "own"),
    [
        ("uvicorn.run(app)", 3, True),
        ("uvicorn.run('shop.main:app')", 3, False),
        ("start()", 3, True),
        ("print(1)", 3, False),
    ],
)
def test_a_script_guard_and_whether_it_serves_an_object_of_the_module(
    guard: str, line: int, own: bool
) -> None:
    code = f"if __name__ == '__main__':\n    {guard}\ndef start(): uvicorn.run(app)\n"

    found = surveyed(code)

    assert (found.script_line, found.script_serves_own_object) == (line, own)


def test_a_survey_does_not_depend_on_the_order_of_files() -> None:
    others = {f"tests/test_{n}.py": "from shop import main\nmain.app\n" for n in "abc"}

    assert surveyed("", others) == surveyed("", dict(reversed(others.items())))
