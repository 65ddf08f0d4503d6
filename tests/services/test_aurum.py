"""The layers of ``fixtures/aurum``: before, half-way and after the whole extraction."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.project import git, run, tree
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
@pytest.mark.static
def test_the_tutorial_leads_from_half_way_to_after(aurum: Path, update_golden: bool) -> None:
    """Its command lines, one by one; layers and reports are those of the golden files."""
    suite = tree(aurum / "tests")
    written: list[dict[str, bytes]] = []

    for line in command_lines():
        said = carried_out(aurum, line)
        if line.startswith("aurum-refactor extract") and "--dry-run" not in line:
            stage = ("half_way", "after")[len(written)]
            written.append(generated(aurum))
            compare_reports(aurum, stage, update=update_golden)
        elif line == "aurum-refactor check":
            count = {1: 8, 2: 32}[len(written)]
            assert said == f"nothing slid back; {count} modules looked at\n"
        elif line.startswith("python"):
            assert " 69 xfailed" in said.strip().splitlines()[-1]
            assert tree(aurum / "tests").items() >= suite.items()

    half_way, after = written
    assert half_way.items() <= after.items()
    compare(FIXTURES / "services" / "aurum" / "after", after, update=update_golden)


def command_lines() -> list[str]:
    """What the tutorial says to run in the copy."""
    page = (FIXTURES.parent / "docs" / "tutorial.md").read_text()
    lines = re.findall(r"^\$ (.*)$", page, re.MULTILINE)
    assert lines[:2] == ["cp -r fixtures/aurum /tmp/aurum", "cd /tmp/aurum"]
    return lines[2:]


def carried_out(root: Path, line: str) -> str:
    """Run one line, which must do all that is asked; what it prints is given back."""
    program, *words = shlex.split(line)
    if program == "aurum-refactor":
        result = run(root, *words)
        assert result.exit_code == 0, result.output
        return result.stdout
    if program == "git":
        return git(root, *words)
    assert program == "python", line
    done = subprocess.run(
        [sys.executable, *words],
        cwd=root,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout
