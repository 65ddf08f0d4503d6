"""Two runs at once: the second stops; a dead run does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aurum_refactor.errors import TargetError
from aurum_refactor.source.run_lock import RunLock

HOLDER = """
import sys, time
from pathlib import Path
from aurum_refactor.source.run_lock import RunLock
with RunLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def _holder(root: Path) -> subprocess.Popen[bytes]:
    here = str(Path(__file__).resolve().parents[2])
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", HOLDER, str(root)],
        env={**os.environ, "PYTHONPATH": here},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_second_run_is_stopped_and_told_who_holds_the_lock(tmp_path: Path) -> None:
    with _holder(tmp_path) as holder:
        with pytest.raises(TargetError) as caught, RunLock(tmp_path):
            pass
        holder.kill()

    assert str(caught.value) == (
        f"another run (process {holder.pid}) is working on this project; wait for it to end"
    )


def test_lock_of_a_killed_run_is_taken_over(tmp_path: Path) -> None:
    with _holder(tmp_path) as holder:
        holder.kill()
    assert (tmp_path / ".aurum-refactor/lock").exists()

    with RunLock(tmp_path):
        assert int((tmp_path / ".aurum-refactor/lock").read_text()) == os.getpid()


def test_lock_is_gone_after_the_run_even_if_it_failed(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), RunLock(tmp_path):
        raise ZeroDivisionError

    assert sorted(path.name for path in (tmp_path / ".aurum-refactor").iterdir()) == [".gitignore"]
    with RunLock(tmp_path):
        pass


def test_lock_in_one_project_does_not_stop_another(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    with RunLock(tmp_path / "a"), RunLock(tmp_path / "b"):
        pass


def test_project_that_cannot_be_locked_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="cannot write to"), RunLock(tmp_path / "missing"):
        pass
    (tmp_path / ".aurum-refactor").write_bytes(b"")
    with pytest.raises(TargetError, match="cannot write to"), RunLock(tmp_path):
        pass
