"""The layers of ``fixtures/aurum``: before, half-way and after the whole extraction."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.project import run, tree
from tests.cli.reports import compare_reports
from tests.services.test_golden import FIXTURES, compare, generated

COMMAND = ("--services", "stub", "--dao", "--tests")


@pytest.fixture
def aurum(tmp_path: Path) -> Path:
    """A copy to write in."""
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", "aurum-refactor.lock")
    return Path(shutil.copytree(FIXTURES / "aurum", tmp_path / "aurum", ignore=ignored))


def test_before_any_extraction_there_is_nothing_to_serve(aurum: Path) -> None:
    files = tree(aurum)

    result = run(aurum, "service", "--all")

    assert result.exit_code == 2
    assert "no domain has a router yet; extract one first" in result.stderr
    assert tree(aurum) == files


def test_the_report_before_any_extraction(aurum: Path, update_golden: bool) -> None:
    compare_reports(aurum, "before", update=update_golden)


@pytest.mark.slow
def test_half_way_and_after(aurum: Path, update_golden: bool) -> None:
    """Each domain's layers are the same whenever they are made; its own suite passes as it was."""
    suite = tree(aurum / "tests")
    half = run(aurum, "extract", "--domain", "curves,health", *COMMAND)
    assert half.exit_code == 0, half.output
    layers = generated(aurum)
    checked = run(aurum, "check")
    assert checked.stdout == "nothing slid back; 8 modules looked at\n"
    compare_reports(aurum, "half_way", update=update_golden)

    rest = run(aurum, "extract", "--all", *COMMAND)

    assert rest.exit_code == 0, rest.output
    checked = run(aurum, "check")
    assert checked.stdout == "nothing slid back; 32 modules looked at\n"
    compare_reports(aurum, "after", update=update_golden)
    after = generated(aurum)
    assert layers.items() <= after.items()
    compare(FIXTURES / "services" / "aurum" / "after", after, update=update_golden)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--strict-markers"],
        cwd=aurum,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " 69 xfailed" in done.stdout.strip().splitlines()[-1]
    assert tree(aurum / "tests").items() >= suite.items()
