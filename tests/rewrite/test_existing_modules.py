"""A domain's file is there already: it takes in what is proven to mean the same, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from aurum_refactor.model import Breach
from aurum_refactor.pipeline import Extraction
from aurum_refactor.proof.existing import Grown
from aurum_refactor.proof.prove import prove
from tests.laws.witness import Project, Witness, differences, extract, tree_of, written

MONOLITH = """\
from fastapi import APIRouter, Depends, FastAPI, HTTPException

from shop.lib import fetch

app = FastAPI()
router = APIRouter()
LIMIT = 3


def limit() -> int:
    return LIMIT


@app.get("/items")
def list_items(n: int = Depends(limit)) -> list[str]:
    if not fetch():
        raise HTTPException(404)
    return ["pen"] * n


@app.get("/users")
def list_users() -> list[str]:
    return []
"""
THERE = '''\
"""By hand."""

from fastapi import APIRouter

router = APIRouter(prefix="/v2")


@router.get("/items")
def items_now() -> str:
    return "now"
'''
LIBRARY = "def fetch():\n    return 1\n"


def project(there: str | bytes, monolith: str = MONOLITH, **others: str) -> Project:
    files: dict[str, str | bytes] = {
        "shop/__init__.py": "",
        "shop/lib.py": LIBRARY,
        "shop/v1/__init__.py": "",
        "shop/v1/items.py": there,
        "shop/main.py": monolith,
        **{name.replace("__", "/") + ".py": text for name, text in others.items()},
    }
    return Project(files)


def including(there: str = THERE) -> str:
    """The monolith that includes the router of the file, which it imports above all."""
    line = "from shop.v1 import items\n\napp = FastAPI()\napp.include_router(items.router)"
    return MONOLITH.replace("\napp = FastAPI()", line)


MOVES: Mapping[str, Project] = {
    "nobody imports it": project(THERE),
    "the monolith includes its router": project(THERE, including()),
    "only a docstring": project('"""Not ours."""\n'),
    "nothing at all": project(""),
    "no last newline": project(THERE.rstrip()),
    "CRLF": project(THERE.replace("\n", "\r\n").encode()),
    "another encoding": project(b"# -*- coding: latin-1 -*-\n# \xe4\n" + THERE.encode()),
    "a byte order mark": project(b"\xef\xbb\xbf" + THERE.encode()),
    "no imports above": project("X = 1\n"),
    "the same import twice in other words": project(
        "from fastapi import (\n    APIRouter,\n    HTTPException,\n)  # noqa\nX = HTTPException\n"
    ),
    "imports of both joined by a semicolon": project("import json; X = 1\n"),
    "it imports what stays in the monolith": project(
        "from shop.main import app as APP, KEPT\n\n\ndef f():\n    return APP, KEPT\n",
        MONOLITH.replace("LIMIT = 3", "LIMIT = 3\nKEPT = object()"),
    ),
    "names that the wiring would take": project(
        THERE + "\n\nitems_router = 1\n_main = register = 2\n",
        MONOLITH.replace("LIMIT = 3", "LIMIT = 3\n\n\ndef up():\n    global LIMIT\n    LIMIT += 1"),
    ),
    "it has __all__": project(
        THERE + '\n\n__all__ = ["router"]\n', s="from shop.v1.items import *"
    ),
}
REFUSED: Mapping[str, tuple[Project, str]] = {
    "a helper of that name": (
        project(THERE + "\n\ndef limit():\n    return 1\n"),
        "shop/v1/items.py:13 has a limit, which line 10 of shop/main.py is another",
    ),
    "an import of that name": (
        project("from starlette.exceptions import HTTPException\n\nX = HTTPException\n"),
        "shop/v1/items.py:1 has a HTTPException that is not the one that shop.main has",
    ),
    "it reads such a name": (
        project("def f():\n    return list_items\n"),
        "it reads a list_items that is not the one of line 14 of shop/main.py",
    ),
    "such a name in an annotation": (
        project('def f(x: "list_items"):\n    return x\n'),
        "it reads a list_items that is not",
    ),
    "a builtin means something else there": (
        project(THERE + "\n\ndef list(x):\n    return 0\n"),
        "shop/v1/items.py:13 has a list, which shop.main does not have",
    ),
    "future annotations": (
        project("from __future__ import annotations\n"),
        "its imports from __future__ are not those of shop.main",
    ),
    "an effect": (
        project(THERE + '\nprint("loaded")\n'),
        "shop/v1/items.py:12 does more than to define something",
    ),
    "run as a script": (
        project(THERE + '\nif __name__ == "__main__":\n    pass\n'),
        "shop/v1/items.py:12 does more than to define something",
    ),
    "a star import": (
        project("from shop.lib import *\n"),
        "shop/v1/items.py:1 imports all names of another module",
    ),
    "a star import of it": (
        project(THERE, s="", shop__all="from shop.v1.items import *\n"),
        "shop/all.py:1 imports all that it has",
    ),
    "a module __getattr__": (
        project(THERE + "\n\ndef __getattr__(name):\n    return 1\n"),
        "shop/v1/items.py:13 has __getattr__, which may see any name",
    ),
    "it looks at its names": (
        project("def f():\n    return globals()\n"),
        "shop/v1/items.py:2 has globals, which may see any name",
    ),
    "it is reloaded": (
        project(
            THERE,
            tests__test_it="import importlib\nfrom shop.v1 import items\nimportlib.reload(items)\n",
        ),
        "tests/test_it.py:3 executes it again",
    ),
    "tests replace a name that both have": (
        project(
            THERE.replace("APIRouter\n", "APIRouter, HTTPException\n", 1) + "\nX = HTTPException\n",
            tests__test_it="def test(monkeypatch):\n"
            '    monkeypatch.setattr("shop.v1.items.HTTPException", KeyError)\n',
        ),
        "has a HTTPException that is not the one that shop.main has",
    ),
    "it imports what moves": (
        project("from shop.main import limit\n\nX = limit\n"),
        "has a limit, which line 10",
    ),
    "it imports what is not there yet": (
        project("from shop.main import LATER\n\nX = LATER\n", MONOLITH + "\n\nLATER = 1\n"),
        "line 1 of it imports LATER, which is not surely there",
    ),
    "it imports something loud": (
        project("from shop import loud\n\nX = loud\n", shop__loud="print(1)\n"),
        "it imports shop.loud, which does more than to define something",
    ),
    "it cannot be parsed": (project("def f(:\n"), "shop/v1/items.py:1 cannot be parsed"),
    "it is executed before what its endpoints need": (
        project(
            THERE,
            including()
            .replace("LIMIT = 3", "LIMIT = 3\nPATCHED = limits = 4")
            .replace("n: int = Depends(limit)", "n: int = LIMIT")
            .replace("def limit() -> int:\n    return LIMIT", "def other():\n    return LIMIT"),
            tests__test_it="def test(monkeypatch):\n"
            '    monkeypatch.setattr("shop.main.LIMIT", 1)\n',
        ),
        "imports it before LIMIT is there, which its endpoints need",
    ),
    "the package imports it": (
        Project(
            {
                **project(THERE).files,
                "shop/__init__.py": "from shop.v1 import items\n",
                "shop/main.py": MONOLITH.replace("Depends(limit)", "LIMIT"),
                "tests/test_it.py": "def test(monkeypatch):\n"
                '    monkeypatch.setattr("shop.main.LIMIT", 1)\n',
            }
        ),
        "the package shop imports it before LIMIT is there",
    ),
}


@pytest.fixture(scope="module")
def witness() -> Iterator[Witness]:
    process = Witness()
    yield process
    process.close()


@pytest.mark.parametrize("name", MOVES)
def test_a_file_that_is_there_takes_the_endpoints_in(witness: Witness, name: str) -> None:
    case = MOVES[name]
    with written(case.files) as root:
        before = witness.sees(case, root)
        was = (root / "shop/v1/items.py").read_bytes()

        done = extract(root, case.monolith, None)

        assert done.proof.holds, done.proof.breaches
        assert [row.finding.message for row in done.plan.refusals] == []
        assert not (root / "shop/v1/items_2.py").exists()
        now = (root / "shop/v1/items.py").read_bytes().splitlines()
        assert [line for line in was.splitlines() if line not in now] == []
        assert differences(before, witness.sees(case, root)) == []
        for module in ("shop.v1.items", "shop.v1.users"):
            assert differences(before, witness.sees(case, root, first=module)) == []
        assert extract(root, case.monolith, None).changes.changes == ()


@pytest.mark.static
@pytest.mark.parametrize("name", ["the monolith includes its router", "CRLF"])
def test_the_order_of_extractions_leaves_no_trace_in_it(name: str) -> None:
    trees = []
    for order in (("items", "users"), ("users", "items")):
        with written(MOVES[name].files) as root:
            for domain in order:
                extract(root, "shop/main.py", frozenset({domain}))
            trees.append(tree_of(root))
    assert trees[0] == trees[1]


@pytest.mark.static
@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_proven_to_fit_is_left_alone(name: str) -> None:
    case, reason = REFUSED[name]
    with written(case.files) as root:
        done = extract(root, case.monolith, None)

        assert done.proof.holds, done.proof.breaches
        rows = {row.endpoint: row.finding for row in done.plan.refusals}
        assert rows.keys() == {"list_items"}
        assert rows["list_items"].code == "AR109"
        assert reason in rows["list_items"].message
        assert "shop/v1/items.py" not in done.changes.after
        assert (root / "shop/v1/users.py").exists()


def proven(done: Extraction, files: Mapping[str, bytes | None]) -> tuple[Breach, ...]:
    before = {**done.workspace.existing, done.workspace.source.path: done.workspace.source.data}
    layout = done.workspace.survey.layout
    return prove(before, {**done.changes.after, **files}, layout, grown={"x": Grown()}).breaches


MUTANTS: Mapping[str, tuple[str, str, str]] = {
    "a line of theirs is gone": ('"""By hand."""\n\n', "", "would not be as it was"),
    "a line of theirs is another": ('return "now"', 'return "soon"', "would not be as it was"),
    "a name of theirs is bound again": ("def limit", "def items_now", "is bound here"),
    "an endpoint stands on their router": (
        '@items_router.get("/items")',
        '@router.get("/items")',
        "",
    ),
    "something between theirs": ("\nrouter = ", "\nX = 1\nrouter = ", "would not be as it was"),
}


@pytest.mark.static
@pytest.mark.parametrize("name", MUTANTS)
def test_the_proof_sees_what_happens_to_a_file_that_is_there(name: str) -> None:
    old, new, message = MUTANTS[name]
    with written(MOVES["nobody imports it"].files) as root:
        done = extract(root, "shop/main.py", None)
    data = done.changes.after["shop/v1/items.py"]
    assert data is not None
    assert proven(done, {}) == ()

    text = data.decode().replace(old, new)

    assert text != data.decode()
    found = proven(done, {"shop/v1/items.py": text.encode()})
    assert any(message in row.message for row in found)


EFFECTS: Mapping[str, str] = {
    "does more than to define something": "print(1)\n",
    "has globals, which may see any name": "def f():\n    return globals()\n",
}


@pytest.mark.static
@pytest.mark.parametrize("reason", EFFECTS)
def test_the_proof_asks_for_itself_whether_a_file_may_grow(reason: str) -> None:
    with written(MOVES["only a docstring"].files) as root:
        done = extract(root, "shop/main.py", None)
    path, more = "shop/v1/items.py", EFFECTS[reason].encode()
    was, now = done.workspace.existing[path], done.changes.after[path]
    assert now is not None
    before = {
        **done.workspace.existing,
        done.workspace.source.path: done.workspace.source.data,
        path: more + was,
    }

    found = prove(before, {**done.changes.after, path: more + now}, done.workspace.survey.layout)

    assert any(reason in row.message for row in found.breaches)
