"""What only a process of its own can show: kills, interrupts, closed pipes, what is imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.project import FILES, commit, environment, process, run, tree, write

# Dies, as if the power had failed, when the second file of the project is about to change.
KILLED = """\
import os, sys
from pathlib import Path
from aurum_refactor.pipeline import extraction_of
from aurum_refactor.workspace import open_workspace
from aurum_refactor.source.journal import RunLock, apply

root = Path(sys.argv[1])
seen = []
def on_step(step):
    if step.startswith("rename"):
        seen.append(step)
        if len(seen) == 2:
            os._exit(9)
changes = extraction_of(open_workspace(root, None, None, None), None).changes
with RunLock(root):
    apply(root, changes, "extract --all", on_step)
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = write(tmp_path / "p")
    commit(root)
    return root


@pytest.fixture
def halved(shop: Path) -> Path:
    """A project in which a run was killed half-way."""
    before = tree(shop)
    command = [sys.executable, "-c", KILLED, str(shop)]
    done = subprocess.run(command, env=environment(), check=False)
    assert done.returncode == 9
    assert tree(shop) != before
    return shop


def test_the_next_run_finishes_what_was_killed(halved: Path) -> None:
    result = run(halved, "extract", "--all")

    assert result.stderr == "note: the interrupted run 'extract --all' was finished\n"
    assert result.stdout == "nothing to do: every endpoint has moved already\n"
    assert result.exit_code == 0
    assert run(halved, "plan").exit_code == 0


def test_undo_takes_back_what_was_killed(shop: Path, tmp_path: Path) -> None:
    before = tree(shop)
    subprocess.run([sys.executable, "-c", KILLED, str(shop)], env=environment(), check=False)

    assert run(shop, "undo").exit_code == 0
    assert tree(shop) == before


@pytest.mark.parametrize("command", ["plan", "extract --all --dry-run", "verify", "init"])
def test_commands_that_only_read_do_not_read_half_a_run(halved: Path, command: str) -> None:
    before = tree(halved)

    result = run(halved, *command.split())

    assert result.stderr == (
        "error: an earlier extraction was interrupted; `aurum-refactor undo` takes it back, "
        "`aurum-refactor extract` finishes it\n"
    )
    assert (result.exit_code, result.stdout, tree(halved)) == (2, "", before)


def test_a_pipe_that_closes_is_silent(shop: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(
        [sys.executable, "-m", "aurum_refactor", "plan"],
        cwd=shop,
        env=environment(),
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (141, "")


# Whoever runs the tests in the background has them ignore interrupts.
HEARING = """\
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("aurum_refactor", run_name="__main__", alter_sys=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_an_interrupt_is_one_line(tmp_path: Path) -> None:
    started = tmp_path / "started"
    api = f"import pathlib, time\npathlib.Path({str(started)!r}).touch()\ntime.sleep(60)\n"
    shop = write(tmp_path / "p", {**FILES, "src/shop/api.py": api + FILES["src/shop/api.py"]})
    running = subprocess.Popen(
        [sys.executable, "-c", HEARING, "verify", "--extract", "all"],
        cwd=shop,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(600):
        if started.exists():
            break
        time.sleep(0.05)

    running.send_signal(signal.SIGINT)
    stdout, stderr = running.communicate(timeout=30)

    assert stderr.splitlines()[-1] == "error: interrupted; no file of the project is half-written"
    assert stderr.count("\n") == 2
    assert (running.returncode, stdout) == (130, "")


def test_a_terminal_that_knows_no_arrows_gets_escapes(shop: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "aurum_refactor", "plan", "-v"],
        cwd=shop,
        env={**environment(), "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "GET /v1/orders \\u2192 list_orders (line 50)" in done.stdout
    assert "  |  +- src/shop/v1/orders.py\n" in done.stdout


def test_results_go_to_stdout_and_notes_to_stderr(tmp_path: Path) -> None:
    shop = write(tmp_path)

    done = process(shop, "extract", "--all", "--dry-run")

    assert done.stdout.startswith("diff --git a/aurum-refactor.lock b/aurum-refactor.lock\n")
    assert done.stderr.startswith("4 endpoints would move into 2 modules\n")


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (("--version",), {"rich", "libcst", "networkx", "aurum_refactor.pipeline"}),
        (("--help",), {"rich", "libcst", "networkx", "aurum_refactor.pipeline"}),
        (("extract", "--help"), {"rich", "libcst", "networkx", "aurum_refactor.pipeline"}),
        (("plan", "--format", "json"), {"rich", "networkx", "libcst"}),
        (("plan", "--format", "markdown"), {"rich", "networkx", "libcst"}),
        (("plan",), {"networkx", "libcst"}),
        (("plan", "--explain", "LIMIT"), {"networkx", "libcst"}),
        (("plan", "--suggest", "--format", "json"), {"rich", "libcst"}),
        (("graph",), {"rich", "libcst"}),
        (("extract", "--all", "--dry-run", "--format", "json"), {"rich", "networkx"}),
    ],
)
@pytest.mark.wish(12)
def test_a_command_imports_what_it_needs_only(
    shop: Path, arguments: tuple[str, ...], unwanted: set[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "aurum_refactor", *arguments],
        cwd=shop,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert done.returncode == 0
    assert imported & unwanted == set()
