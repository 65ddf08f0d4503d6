"""Every command line of the documentation does what a reader of that page expects of it: it runs.

Each page is followed from top to bottom in a fresh copy of ``fixtures/little``. The tutorial has
a test of its own (``tests/services``), on the monolith that it is about.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
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
_BEFORE = dict.fromkeys(("check.md", "ci.md"), "aurum-refactor check --update-baseline")
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


def _commit(project: Path) -> None:
    """A reader looks at what a command wrote, and commits it; no branch moves by that."""
    subprocess.run(["git", "add", "-A"], check=True, cwd=project)
    words = ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "step"]
    subprocess.run(["git", *words, "--allow-empty"], check=True, cwd=project)
