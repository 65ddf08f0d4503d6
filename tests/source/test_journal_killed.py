"""A run that is killed at any step leaves the old tree or the new, and can be recovered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aurum_refactor.errors import TargetError, UsageError
from aurum_refactor.source.journal import UndoResult, apply, recover, undo
from tests.source.trees import CHANGES, fresh, one, record_states, steps_of, tree_of

KILLED_RUN = """
import os, signal, sys
from pathlib import Path
from aurum_refactor.source import journal
from tests_changes import CHANGES

root, action, position = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
count = 0

def on_step(step):
    global count
    if count == position:
        os.kill(os.getpid(), signal.SIGKILL)
    count += 1

if action == "apply":
    journal.apply(root, CHANGES, "extract curves", on_step)
elif action == "undo":
    journal.undo(root, on_step)
else:
    journal.recover(root, on_step)
"""


@pytest.fixture
def killed_at(tmp_path: Path) -> Callable[[Path, str, int], bool]:
    """Run apply, undo or recover in a process that kills itself at a step; True if it did."""
    pickled = (
        "from pathlib import PurePosixPath as P\n"
        "from aurum_refactor.model import Change, ChangeSet\n"
        f"CHANGES = ChangeSet.of(Change(P(p), b, a) for p, b, a in "
        f"{[(str(c.path), c.before, c.after) for c in CHANGES.changes]!r})\n"
    )
    code = tmp_path / "code"
    code.mkdir()
    (code / "tests_changes.py").write_text(pickled)
    (code / "run.py").write_text(KILLED_RUN)
    here = str(Path(__file__).resolve().parents[2])

    def run(root: Path, action: str, position: int) -> bool:
        done = subprocess.run(
            [sys.executable, "-S", str(code / "run.py"), str(root), action, str(position)],
            env={**os.environ, "PYTHONPATH": here},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        return done.returncode != 0

    return run


def test_run_killed_at_every_step_leaves_the_old_tree_or_the_new(
    tmp_path: Path, killed_at: Callable[[Path, str, int], bool]
) -> None:
    old = tree_of(fresh(tmp_path / "old"))
    apply(fresh(tmp_path / "new"), CHANGES, "extract curves")
    new = tree_of(tmp_path / "new")
    seen = []

    for position in range(100):
        root = fresh(tmp_path / f"killed{position}")
        if not killed_at(root, "apply", position):
            break
        said = recover(root)

        now = tree_of(root)
        assert now in (old, new)
        finished = "the interrupted run 'extract curves' was finished"
        done_already = json.dumps("done") in record_states(root) and said is None
        assert (now == new) == (said == finished or done_already)
        assert recover(root) is None
        seen.append(now == new)

    # Old up to the record, new from it on; and both happen.
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (False, True)
    assert len(seen) > 15


def test_undo_killed_at_every_step_can_be_repeated(
    tmp_path: Path, killed_at: Callable[[Path, str, int], bool]
) -> None:
    old = tree_of(fresh(tmp_path / "old"))
    apply(fresh(tmp_path / "new"), CHANGES, "extract curves")
    new = tree_of(tmp_path / "new")
    count = 0

    for position in range(100):
        root = fresh(tmp_path / f"killed{position}")
        apply(root, CHANGES, "extract curves")
        if not killed_at(root, "undo", position):
            break
        count += 1
        recover(root)

        assert tree_of(root) in (old, new)
        if tree_of(root) == new:
            undo(root)
        assert tree_of(root) == old
        with pytest.raises(UsageError):
            undo(root)

    assert count > 10


def test_killed_undo_that_is_asked_for_again_takes_back_one_extraction_only(
    tmp_path: Path, killed_at: Callable[[Path, str, int], bool]
) -> None:
    for position in range(100):
        root = fresh(tmp_path / f"killed{position}")
        apply(root, one("first.py", None, b"1"), "first")
        middle = tree_of(root)
        apply(root, one("second.py", None, b"2"), "second")
        if not killed_at(root, "undo", position):
            assert position > 3
            return

        if (root / "second.py").exists() or record_states(root).count('"prepared"'):
            assert undo(root) == UndoResult("second", ("second.py",))
        assert tree_of(root) == middle


def test_recovery_that_is_killed_is_recovered_from(
    tmp_path: Path, killed_at: Callable[[Path, str, int], bool]
) -> None:
    apply(fresh(tmp_path / "new"), CHANGES, "extract curves")
    new = tree_of(tmp_path / "new")
    middle = steps_of(fresh(tmp_path / "steps")).index("write app/v1/curves.py")

    for position in range(100):
        root = fresh(tmp_path / f"killed{position}")
        assert killed_at(root, "apply", middle)
        if not killed_at(root, "recover", position):
            break
        recover(root)

        assert tree_of(root) == new


def test_killed_run_whose_new_bytes_are_damaged_is_taken_back(
    tmp_path: Path, killed_at: Callable[[Path, str, int], bool]
) -> None:
    old = tree_of(fresh(tmp_path / "old"))
    root = fresh(tmp_path / "root")
    steps = steps_of(fresh(tmp_path / "steps"))
    assert killed_at(root, "apply", steps.index("write run.sh"))
    for stored in root.glob(".aurum-refactor/journal/*/after/*"):
        stored.write_bytes(b"damaged")

    said = recover(root)

    assert said == "the interrupted run 'extract curves' was taken back"
    assert tree_of(root) == old


def test_killed_run_is_not_finished_over_later_edits(
    tmp_path: Path, killed_at: Callable[[Path, str, int], bool]
) -> None:
    root = fresh(tmp_path / "root")
    steps = steps_of(fresh(tmp_path / "steps"))
    assert killed_at(root, "apply", steps.index("write run.sh"))
    (root / "app/routes.py").write_bytes(b"edited since")
    now = tree_of(root)

    with pytest.raises(TargetError, match=r"app/routes\.py changed since; former contents are in"):
        recover(root)

    assert tree_of(root) == now


def test_killed_run_must_be_recovered_before_the_next(
    tmp_path: Path, killed_at: Callable[[Path, str, int], bool]
) -> None:
    root = fresh(tmp_path / "root")
    assert killed_at(root, "apply", len(steps_of(fresh(tmp_path / "steps"))) - 2)

    with pytest.raises(TargetError, match="an earlier run was interrupted"):
        apply(root, one("z.py", None, b""), "next")
