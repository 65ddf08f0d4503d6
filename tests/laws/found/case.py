"""How a monolith that an extraction once got wrong is written down."""

from __future__ import annotations

from dataclasses import dataclass

from tests.laws.witness import Project

HEAD = """\
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response

app = FastAPI()
"""
FUTURE = "from __future__ import annotations\n" + HEAD + "from typing import Annotated, List\n"
STATE = """
LIMIT = 3
def helper(): return LIMIT
@app.get("/a/1")
def a1(h=Depends(helper)): return [h, helper(), LIMIT]
@app.get("/b/1")
def b1(): return [helper(), LIMIT]
"""


@dataclass(frozen=True, slots=True)
class Found:
    """One case; ``rule`` is the guarantee or the rule of the semantics it is about."""

    name: str
    rule: str
    project: Project

    def __str__(self) -> str:
        return self.name


def one(
    name: str,
    rule: str,
    body: str,
    *,
    head: str = HEAD,
    files: dict[str, str | bytes] | None = None,
    tests: str = "",
) -> Found:
    """A case whose monolith is ``shop/main.py``."""
    all_files: dict[str, str | bytes] = {"shop/__init__.py": "", "shop/main.py": head + body}
    all_files |= files or {}
    if tests:
        all_files["tests/test_own.py"] = tests
    return Found(name, rule, Project(all_files))
