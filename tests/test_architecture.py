"""The floors of the house, and a command line that starts without its heavy libraries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.static

ROOT = Path(__file__).parents[1]


def test_imports_point_down() -> None:
    lint = pytest.importorskip("importlinter.cli")

    status = lint.lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)

    assert status == lint.EXIT_STATUS_SUCCESS


def loaded_by(module: str, *others: str) -> list[str]:
    """Which of some modules a fresh interpreter has after importing one."""
    code = f"import sys, {module}; print(*[m for m in {others!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    ("module", "others"),
    [
        ("aurum_refactor.cli.main", ("libcst", "networkx", "rich", "fastapi")),
        (
            "aurum_refactor.analysis.survey.survey",
            ("libcst", "networkx", "rich", "click", "fastapi"),
        ),
        ("aurum_refactor.plan.planner", ("libcst", "networkx", "rich", "click", "fastapi")),
        ("aurum_refactor.verify.verify", ("libcst", "networkx", "rich", "click", "fastapi")),
        ("aurum_refactor.pipeline", ("networkx", "rich", "click", "fastapi", "libcst.codemod")),
        ("codemods.qualify_names", ("libcst.codemod", "aurum_refactor")),
    ],
)
def test_a_module_loads_only_what_it_needs(module: str, others: tuple[str, ...]) -> None:
    assert loaded_by(module, *others) == []
