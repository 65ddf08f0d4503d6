"""Every command line of the documentation does what a reader of that page expects of it: it runs.

Each page is followed from top to bottom in a fresh copy of ``fixtures/little``. The tutorial has
a test of its own (``tests/services``), on the monolith that it is about.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from aurum_refactor.cli.main import cli
from tests.test_docs import PAGES, ROOT, commands_in

pytestmark = pytest.mark.static

#: Elsewhere, or on another project.
_OWN_TEST = {"tutorial.md"}
#: What a page starts from.
_BEFORE = {
    "check.md": "aurum-refactor check --update-baseline",
    "ci.md": "aurum-refactor check --update-baseline",
    "order.md": "aurum-refactor extract --domain curves",
}
_CODEMOD = re.compile(r"^\$ (python -m libcst\.tool .*)$", re.MULTILINE)
_RUN = [page for page in PAGES if commands_in(page) and page.name not in _OWN_TEST]


@pytest.fixture
def little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A committed copy, in which ``main`` is what ``v1.4`` was."""
    project = tmp_path / "little"
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    shutil.copytree(ROOT / "fixtures" / "little", project, ignore=ignored)
    monkeypatch.chdir(project)
    for words in (
        "init -q -b main",
        "add -A",
        "-c user.name=a -c user.email=a@b.c commit -qm start",
        "tag v1.4",
    ):
        subprocess.run(["git", *words.split()], check=True)
    return project


@pytest.mark.parametrize("page", _RUN, ids=lambda page: page.name)
def test_the_command_lines_of_a_page_run(page: Path, little: Path) -> None:
    before = [_BEFORE[page.name]] if page.name in _BEFORE else []
    for line in [*before, *commands_in(page)]:
        done = CliRunner().invoke(cli, shlex.split(line)[1:])
        assert isinstance(done.exception, SystemExit | None), f"{line}: {done.exception!r}"
        assert done.exit_code == 0, f"{line}: {done.exit_code}\n{done.output}"
        _commit(little)


@pytest.mark.parametrize(
    "page", [p for p in PAGES if _CODEMOD.search(p.read_text())], ids=lambda page: page.name
)
def test_the_codemods_of_a_page_run(page: Path, little: Path) -> None:
    if page.name in _BEFORE:
        assert CliRunner().invoke(cli, shlex.split(_BEFORE[page.name])[1:]).exit_code == 0
    # LibCST looks for its settings, and for the commands, in the directory it is called in.
    shutil.copy(ROOT / ".libcst.codemod.yaml", little)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    for line in _CODEMOD.findall(page.read_text()):
        done = subprocess.run(
            [sys.executable, *shlex.split(line)[1:]],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        assert ("Transformed 1 files" in done.stderr) == ("codemod" in line.split()), done.stderr


def _commit(project: Path) -> None:
    """A reader looks at what a command wrote, and commits it; no branch moves by that."""
    subprocess.run(["git", "add", "-A"], check=True, cwd=project)
    words = ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "step"]
    subprocess.run(["git", *words, "--allow-empty"], check=True, cwd=project)
