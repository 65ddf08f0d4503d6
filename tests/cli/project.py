"""A small service in one module: two interleaved domains, a shared helper, a global, patches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from aurum_refactor.cli.main import cli

MONOLITH = '''\
"""Curves and orders, in one module."""

from typing import Optional

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query

from .store import STORE

app = FastAPI(title="Shop")
router = APIRouter()

LIMIT = 10
_hits = 0


def configure(limit: int) -> None:
    global LIMIT
    LIMIT = limit


def _tenant(tenant: str = Query("main")) -> str:
    return tenant


def _page(rows: list, limit: Optional[int]) -> list:
    return rows[: min(limit or LIMIT, LIMIT)]


def _count() -> int:
    global _hits
    _hits += 1
    return _hits


# --- curves ---
@router.get("/v1/curves")
def list_curves(limit: Optional[int] = None, tenant: str = Depends(_tenant)) -> list:
    return _page(STORE["curves"], limit)


@router.get("/v1/curves/{curve_id}")
def get_curve(curve_id: int) -> dict:
    for row in STORE["curves"]:
        if row["id"] == curve_id:
            return row
    raise HTTPException(404, "no such curve")


# --- orders ---
@router.get("/v1/orders")
def list_orders(tenant: str = Depends(_tenant)) -> dict:
    return {"orders": _page(STORE["orders"], LIMIT), "hits": _count()}


@router.delete("/v1/curves/{curve_id}")
def delete_curve(curve_id: int) -> dict:
    return {"deleted": curve_id}


app.include_router(router)
'''

STORE = """\
STORE = {
    "curves": [{"id": number} for number in range(30)],
    "orders": [{"id": number} for number in range(3)],
}
"""

TEST = """\
from unittest.mock import patch

from fastapi.testclient import TestClient

from shop import api


def test_page_is_patched_where_it_is_read():
    with patch("shop.api._page", return_value=["patched"]):
        assert TestClient(api.app).get("/v1/curves").json() == ["patched"]


def test_limit_is_configured():
    api.configure(2)
    assert len(TestClient(api.app).get("/v1/curves").json()) == 2
    api.configure(10)
"""

REQUIREMENTS = "fastapi==0.115.6\n"

FILES = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n',
    "requirements.txt": REQUIREMENTS,
    "src/shop/__init__.py": "",
    "src/shop/api.py": MONOLITH,
    "src/shop/store.py": STORE,
    "tests/test_api.py": TEST,
}


def write(root: Path, files: dict[str, str] | None = None) -> Path:
    """Write a project; its directory is given back."""
    for path, text in (FILES if files is None else files).items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="")
    return root


def commit(root: Path, message: str = "base") -> None:
    """Make *root* a repository, if it is none, and commit all of it."""
    if not (root / ".git").exists():
        git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", message)


def git(root: Path, *arguments: str, stdin: bytes = b"") -> str:
    """Run git; its output is given back."""
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.autocrlf=false")
    command = ["git", *identity, *arguments]
    done = subprocess.run(command, cwd=root, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def tree(root: Path) -> dict[str, bytes]:
    """Every file but git's and our own, by its path."""
    skipped = {".git", ".aurum-refactor", "__pycache__"}
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and skipped.isdisjoint(path.relative_to(root).parts)
    }


def run(root: Path, *arguments: str, width: int = 80) -> Result:
    """Run a command in this process, as if started in *root*."""
    command = ["-C", str(root), *arguments]
    return CliRunner(env={"COLUMNS": str(width)}).invoke(cli, command)


def process(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, started in *root*."""
    return subprocess.run(
        [sys.executable, "-m", "aurum_refactor", *arguments],
        cwd=root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def environment() -> dict[str, str]:
    """The environment of such a process: it finds this very checkout."""
    checkout = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": checkout, "COLUMNS": "80"}
