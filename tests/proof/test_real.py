"""What the mover really writes is proven, on projects that make it use all it can."""

from __future__ import annotations

from pathlib import Path

import pytest

from aurum_refactor.model import Use
from aurum_refactor.pipeline import Extraction, extraction_of
from aurum_refactor.proof.prove import prove
from aurum_refactor.workspace import open_workspace

SERVICE = '''\
# -*- coding: utf-8 -*-
"""A service."""
import os, json
import os.path
from functools import lru_cache

from fastapi import APIRouter, Depends, HTTPException
from fastapi.routing import APIRoute

try:
    import orjson
except ImportError:
    orjson = None


class Timed(APIRoute):
    """Measures."""


router = APIRouter(route_class=Timed, prefix="/api", tags=["x"])
STATE = {}
limit = 10
_token = None


@lru_cache
def settings():
    return {"limit": limit}


def configure(value):
    global limit
    limit = value


# ---------------------------------------------------------------- users


@router.get("/users", tags=["users"])
def list_users(size: int = Depends(settings)):
    # the limit may have been changed
    return [os.path.join(str(n), json.dumps(STATE)) for n in range(limit)]


@router.post("/users", tags=["users"])
async def add_user(name: str):
    global _token
    _token = name  # remembered
    for limit in range(3):
        STATE[limit] = name
    try:
        from .db import save
    except ImportError as error:
        raise HTTPException(500, f"{_token=} {error}") from error
    return save(orjson, list_users())


@router.get("")
def root():
    return {"root": __name__}


@router.get("/orders", tags=["orders"])
@router.get("/orders/all", tags=["orders"], name="all")
def orders(x: "Timed" = None, y=lambda: STATE):
    class Row:
        limit = limit
        size = max(1, 2)

        def show(self):
            return limit, self.limit

    return Row().show()


@router.api_route("/both", methods=["GET", "POST"], tags=["orders"])
def both():
    """Two methods."""
    return configure(3)


def checked():
    return orders()


router.add_api_route("/checked", checked, tags=["orders"])


@router.websocket("/ws")
async def ws(socket):
    await socket.accept()
'''


def project(root: Path, path: str, text: str, **others: str) -> Path:
    (root / "pyproject.toml").write_text('[project]\nname = "x"\ndependencies = ["fastapi"]\n')
    for name, content in {path: text, **others}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content.encode())
    return root


def check(root: Path, path: str) -> Extraction:
    """Extract everything and prove it."""
    workspace = open_workspace(root, None, path, None)
    extraction = extraction_of(workspace, None)
    survey = workspace.survey
    writes = (Use.ASSIGN, Use.PATCH, Use.FORWARD)
    proof = prove(
        {**workspace.existing, path: workspace.source.data},
        extraction.changes.after,
        survey.layout,
        replaced=frozenset(r.name for r in survey.references if r.use in writes),
        unbounded=any(use.what == "dynamic" for use in survey.module_uses),
    )
    assert proof.breaches == ()
    return extraction


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_package(tmp_path: Path, newline: str) -> None:
    text = SERVICE.replace("\n", newline)
    root = project(tmp_path, "app/service.py", text, **{"app/__init__.py": ""})
    extraction = check(root, "app/service.py")
    assert len(extraction.changes.changes) > 3


def test_a_lone_script(tmp_path: Path) -> None:
    text = SERVICE.replace("from .db", "from db").replace(
        'router = APIRouter(route_class=Timed, prefix="/api", tags=["x"])',
        "from fastapi import FastAPI\n\nrouter = FastAPI()",
    )
    text += '\n\nif __name__ == "__main__":\n    import uvicorn\n\n    uvicorn.run("main:router")\n'
    extraction = check(project(tmp_path, "main.py", text), "main.py")
    assert len(extraction.changes.changes) > 3


def test_names_that_tests_replace(tmp_path: Path) -> None:
    tests = (
        "import app.service\n\n\ndef test(monkeypatch):\n"
        '    monkeypatch.setattr("app.service.orders", None)\n'
        "    app.service.STATE = {}\n    app.service.json = None\n"
    )
    root = project(
        tmp_path,
        "app/service.py",
        SERVICE,
        **{"app/__init__.py": "", "tests/test_it.py": tests},
    )
    assert len(check(root, "app/service.py").changes.changes) > 3


def test_one_domain_after_the_other(tmp_path: Path) -> None:
    root = project(tmp_path, "app/service.py", SERVICE, **{"app/__init__.py": ""})
    while True:
        workspace = open_workspace(root, None, "app/service.py", None)
        here = {e.name for e in workspace.survey.endpoints}
        plan = extraction_of(workspace, None).plan
        left = sorted({m.domain for m in plan.modules})
        if not left:
            break
        extraction = extraction_of(workspace, frozenset(left[:1]))
        proof = prove(
            {**workspace.existing, "app/service.py": workspace.source.data},
            extraction.changes.after,
            workspace.survey.layout,
        )
        assert proof.breaches == ()
        assert extraction.changes.changes
        for path, data in extraction.changes.after.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            assert data is not None
            (root / path).write_bytes(data)
        again = open_workspace(root, None, "app/service.py", None)
        assert {e.name for e in again.survey.endpoints} < here
