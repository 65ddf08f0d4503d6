"""Writing a change set is exact, and so is taking it back."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aurum_refactor.errors import TargetError, UsageError
from aurum_refactor.model import Change, ChangeSet
from aurum_refactor.source.journal import UndoResult, apply, undo
from tests.source.trees import CHANGES, OLD, fresh, one, tree_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return fresh(tmp_path / "root")


def test_every_file_gets_its_new_bytes_and_keeps_its_mode(root: Path) -> None:
    apply(root, CHANGES, "extract curves")

    now = tree_of(root)
    assert {path: data for path, (data, _) in now.items() if (root / path).is_file()} == {
        "app/routes.py": b"import os\r\n",
        "run.sh": b"#!/bin/bash\n",
        "app/v1/curves.py": b"\xef\xbb\xbfx = 1\r",
        "app/v1/deep/er.py": b"",
        "other.txt": b"not ours\n",
    }
    assert now["run.sh"][1] & 0o777 == 0o755


def test_undo_restores_files_modes_and_directories(root: Path) -> None:
    before = tree_of(root)
    apply(root, CHANGES, "extract curves")

    result = undo(root)

    assert result == UndoResult("extract curves", tuple(sorted(CHANGES.after)))
    assert tree_of(root) == before


def test_undo_after_undo_goes_to_the_extraction_before(root: Path) -> None:
    states = [tree_of(root)]
    apply(root, one("app/routes.py", OLD["app/routes.py"], b"1"), "first")
    states.append(tree_of(root))
    apply(root, one("app/routes.py", b"1", b"2"), "second")

    labels = []
    while states:
        labels.append(undo(root).label)
        assert tree_of(root) == states.pop()

    assert labels == ["second", "first"]
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(root)


def test_extraction_after_an_undo_is_the_next_to_be_undone(root: Path) -> None:
    apply(root, one("a.py", None, b"1"), "first")
    apply(root, one("b.py", None, b"1"), "second")
    undo(root)
    apply(root, one("c.py", None, b"1"), "third")

    assert [undo(root).label, undo(root).label] == ["third", "first"]


def test_undo_is_refused_if_a_file_was_touched_since(root: Path) -> None:
    apply(root, CHANGES, "extract curves")
    (root / "app/v1/curves.py").write_bytes(b"edited")
    (root / "app/gone.py").mkdir()
    edited = tree_of(root)

    with pytest.raises(TargetError) as caught:
        undo(root)

    assert str(caught.value) == (
        "cannot undo 'extract curves': changed since are app/gone.py, app/v1/curves.py"
    )
    assert tree_of(root) == edited


def test_undo_keeps_directories_in_which_something_else_lives(root: Path) -> None:
    apply(root, CHANGES, "extract curves")
    (root / "app/v1/mine.py").write_bytes(b"")
    (root / "app/v1/deep/__pycache__").mkdir()
    (root / "app/v1/deep/__pycache__/er.cpython-311.pyc").write_bytes(b"")

    undo(root)

    assert [path.name for path in (root / "app/v1").iterdir()] == ["mine.py"]


def test_undo_with_a_damaged_backup_is_refused(root: Path) -> None:
    run = apply(root, CHANGES, "extract curves")
    (root / ".aurum-refactor/journal" / run / "before/0").write_bytes(b"damaged")
    now = tree_of(root)

    with pytest.raises(TargetError, match=r"backup of app/gone\.py is damaged"):
        undo(root)

    assert tree_of(root) == now


def test_file_behind_an_inner_symlink_is_written_and_the_link_stays(root: Path) -> None:
    (root / "alias.txt").symlink_to("other.txt")

    apply(root, one("alias.txt", b"not ours\n", b"new"), "extract")

    assert (root / "alias.txt").is_symlink()
    assert (root / "other.txt").read_bytes() == b"new"


def test_our_folder_does_not_show_in_git(root: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)

    apply(root, CHANGES, "extract curves")

    status = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=root,
        check=True,
        capture_output=True,
    )
    assert b".aurum-refactor" not in status.stdout


def test_nothing_to_write_leaves_no_trace(root: Path) -> None:
    before = tree_of(root)

    assert apply(root, ChangeSet.of([]), "extract") == ""

    assert tree_of(root) == before
    assert not (root / ".aurum-refactor").exists()


def test_applying_and_undoing_any_files_is_exact(tmp_path: Path) -> None:
    names = st.sampled_from(["a.py", "b/c.py", "b/d/e.py", "f.py"])
    data = st.none() | st.binary(max_size=20)
    numbers = itertools.count()

    @settings(max_examples=25, deadline=None)
    @given(before=st.dictionaries(names, data), after=st.dictionaries(names, data))
    def law(before: dict[str, bytes | None], after: dict[str, bytes | None]) -> None:
        root = tmp_path / str(next(numbers))
        root.mkdir()
        for path, content in before.items():
            if content is not None:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(content)
        old = tree_of(root)
        changes = ChangeSet.of(
            Change(PurePosixPath(path), before.get(path), after.get(path))
            for path in {*before, *after}
        )

        apply(root, changes, "x")

        for path, wanted in changes.after.items():
            assert ((root / path).read_bytes() if (root / path).exists() else None) == wanted
        if changes.changes:
            undo(root)
        assert tree_of(root) == old

    law()
