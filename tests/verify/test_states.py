"""A state is a directory of its own: nothing in it reaches back into the project."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from aurum_refactor.errors import VerifyError
from aurum_refactor.verify.states import changed_state, directory_state, revision_state
from tests.verify.shop import write


def listing(tree: Path) -> list[str]:
    """Every file and link of a tree, relative and sorted."""
    files = [p for p in tree.rglob("*") if p.is_symlink() or p.is_file()]
    return sorted(str(p.relative_to(tree)) for p in files)


def test_directory_is_given_as_it_is(tmp_path: Path) -> None:
    with directory_state(tmp_path) as tree:
        assert tree == tmp_path


def test_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(VerifyError, match="is not a directory"),
        directory_state(tmp_path / "nowhere"),
    ):
        pytest.fail("not reached")


def test_changed_state_is_a_copy_with_the_changes_and_goes_away(tmp_path: Path) -> None:
    root = write(tmp_path / "p", {"a.py": "1", "b.py": "2", "data/x.db": "3", ".env": "4"})

    with changed_state(root, {"a.py": b"new", "b.py": None, "v1/c.py": b"c"}) as tree:
        assert listing(tree) == [".env", "a.py", "data/x.db", "v1/c.py"]
        assert (tree / "a.py").read_text() == "new"
        # What the application writes stays in the copy.
        (tree / "data/x.db").write_text("written")

    assert not tree.exists()
    assert (root / "a.py").read_text() == "1"
    assert (root / "data/x.db").read_text() == "3"


def test_changed_state_goes_away_after_an_error(tmp_path: Path) -> None:
    seen: list[Path] = []

    def fail() -> None:
        with changed_state(tmp_path, {}) as tree:
            seen.append(tree)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not seen[0].exists()


def test_histories_caches_and_venvs_are_left_out(tmp_path: Path) -> None:
    skipped = [".git/HEAD", "node_modules/x.js", "a/__pycache__/a.pyc", ".aurum-refactor/j"]
    root = write(
        tmp_path,
        dict.fromkeys([*skipped, "my-env/pyvenv.cfg", "my-env/lib/x.py", "env/x.py", "a/b.py"], ""),
    )

    with changed_state(root, {}) as tree:
        assert listing(tree) == ["a/b.py", "env/x.py"]


def test_links_stay_links_and_do_not_lead_back(tmp_path: Path) -> None:
    root = write(tmp_path / "p", {"real/x.py": "x"})
    write(tmp_path / "outside", {"y.py": "y"})
    (root / "near").symlink_to("real")
    (root / "far").symlink_to(root / "real")
    (root / "up").symlink_to("../outside")
    (root / "loop").symlink_to("loop")

    with changed_state(root, {}) as tree:
        assert os.readlink(tree / "near") == "real"
        assert os.readlink(tree / "far") == str(tree / "real")
        assert os.readlink(tree / "up") == str(tmp_path / "outside")
        assert os.readlink(tree / "loop") == "loop"
        assert (tree / "far/x.py").read_text() == "x"


@pytest.mark.parametrize("name", ["../x.py", "up/y.py", "/etc/x.py"])
def test_change_outside_the_project_is_refused(name: str, tmp_path: Path) -> None:
    root = write(tmp_path / "p", {"a.py": ""})
    write(tmp_path / "outside", {"y.py": "y"})
    (root / "up").symlink_to("../outside")

    with (
        pytest.raises(VerifyError, match="is outside the project"),
        changed_state(root, {name: b"evil"}),
    ):
        pytest.fail("not reached")

    assert (tmp_path / "outside/y.py").read_text() == "y"


def test_pipe_does_not_block_the_copy(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    os.mkfifo(tmp_path / "pipe")

    with changed_state(tmp_path, {}) as tree:
        assert listing(tree) == ["a.py"]


def test_revision_has_its_own_python_and_todays_data(tmp_path: Path) -> None:
    root = write(tmp_path / "p", {"a.py": "old", "gone.py": "", ".gitignore": "*.db\n.env\n"})
    # A FileResponse answers with the date.
    os.utime(root / ".gitignore", (86_400, 86_400))
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "first"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    (root / "gone.py").unlink()
    write(root, {"a.py": "new", "v1/b.py": "", ".env": "SECRET=1", "v1/x.db": ""})

    with revision_state(root, "HEAD") as tree:
        assert listing(tree) == [".env", ".gitignore", "a.py", "gone.py", "v1/x.db"]
        assert (tree / "a.py").read_text() == "old"
        assert (tree / ".gitignore").stat().st_mtime == 86_400

    assert not tree.parent.exists()
