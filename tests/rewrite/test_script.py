"""A monolith that is run as a script is still one module after its routers have left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from aurum_refactor.pipeline import extraction_of
from tests.rewrite.test_projects import FIXTURES, carried_out, opened, read_tree, write_tree

# In place of the server: says what it would serve, and asks one endpoint.
UVICORN = """
def run(app, port):
    from fastapi.testclient import TestClient

    client = TestClient(app)
    print([client.get(path).json() for path in ("/items", "/users", "/items")])
"""


def run(directory: Path) -> str:
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=directory, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_script_and_its_routers_share_one_state(tmp_path: Path) -> None:
    before = read_tree(FIXTURES / "lone_script" / "before")
    root = write_tree(tmp_path / "before", before)
    after = carried_out(before, extraction_of(opened(root, {}), None))
    there = write_tree(tmp_path / "after", after)
    for directory in (root, there):
        (directory / "uvicorn.py").write_text(UVICORN)

    found = run(there)

    assert found == run(root)
    assert found == "[1, 2, 3]\n"
