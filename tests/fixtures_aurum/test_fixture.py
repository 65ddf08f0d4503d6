"""The monolith of ``fixtures/aurum``: its own suite passes, and passes unmodified when emptied.

Nothing here knows how an extraction works. The fixture's suite is the judge: it patches, re-binds
and walks what real suites do, and every fake in it has to be called.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aurum_refactor.pipeline import extraction_of
from aurum_refactor.workspace import open_workspace

FIXTURE = Path(__file__).parents[2] / "fixtures" / "aurum"
MONOLITH = "src/aurum/api/routes.py"
DOMAINS = frozenset(
    {
        "admin",
        "curves",
        "drought",
        "eia",
        "health",
        "iso",
        "metadata",
        "metrics",
        "ppa",
        "scenarios",
    }
)
VERBS = frozenset({"get", "post", "put", "patch", "delete", "websocket"})


def copy_of_fixture(directory: Path) -> Path:
    """A copy to write in, whatever a run of the suite has left in the original."""
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", "aurum-refactor.lock")
    return Path(shutil.copytree(FIXTURE, directory / "aurum", ignore=ignored))


def extract(project: Path, domains: frozenset[str] | None) -> None:
    """Move domains, all if None, and write the result."""
    extraction = extraction_of(open_workspace(project, None, MONOLITH, None), domains)
    assert not extraction.plan.refusals
    for change in extraction.changes.changes:
        assert change.after is not None
        path = project / change.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(change.after)


def run_suite(project: Path) -> str:
    """The last line that pytest prints, which must be one of success."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"],
        cwd=project,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1].rpartition(" in ")[0]


def route_calls(source: str) -> list[tuple[str, int]]:
    """Calls of ``<…router>.<verb>``, as a decorator or not: (path, line)."""
    return [
        (node.args[0].value, node.lineno)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in VERBS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id.endswith("router")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


def new_modules(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project / "src/aurum/api/v1").glob("*.py")}


def test_it_is_a_monolith() -> None:
    """The figures that the README gives, read off the syntax tree."""
    source = (FIXTURE / MONOLITH).read_text("utf-8")
    tree = ast.parse(source)
    calls = route_calls(source)
    endpoints = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(route_calls(ast.unparse(decorator)) for decorator in node.decorator_list)
    ]
    rebound = {
        name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names
    }
    assert len(source.splitlines()) > 2000
    assert (len(endpoints), len(calls), len(rebound)) == (68, 72, 23)


@pytest.mark.static
@pytest.mark.parametrize("first", [frozenset({"curves", "admin"}), frozenset({"scenarios"})])
def test_the_order_of_extractions_does_not_matter(tmp_path: Path, first: frozenset[str]) -> None:
    """G7: some domains and then the rest give what all at once give."""
    at_once, stepwise = copy_of_fixture(tmp_path / "a"), copy_of_fixture(tmp_path / "b")
    extract(at_once, None)
    extract(stepwise, first)
    extract(stepwise, DOMAINS - first)
    assert new_modules(stepwise) == new_modules(at_once)
    assert (stepwise / MONOLITH).read_bytes() == (at_once / MONOLITH).read_bytes()


@pytest.mark.slow
def test_its_suite_passes() -> None:
    assert run_suite(FIXTURE).endswith(" passed")


@pytest.mark.slow
def test_its_suite_passes_unmodified_when_everything_has_moved(tmp_path: Path) -> None:
    project = copy_of_fixture(tmp_path)
    moved = {path for path, _line in route_calls((project / MONOLITH).read_text("utf-8"))}
    extract(project, None)
    assert route_calls((project / MONOLITH).read_text("utf-8")) == []
    found = [
        path
        for text in new_modules(project).values()
        for path, _line in route_calls(text.decode("utf-8"))
    ]
    assert set(found) == moved
    assert len(found) == 72
    assert run_suite(project).endswith(" passed")
