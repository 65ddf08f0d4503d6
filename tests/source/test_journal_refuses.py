"""What the journal refuses, and what errors leave behind: the old tree."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import pytest

from aurum_refactor.errors import TargetError
from aurum_refactor.model import Change, ChangeSet
from aurum_refactor.source.journal import apply, recover, undo
from tests.source.trees import CHANGES, fresh, one, steps_of, tree_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return fresh(tmp_path / "root")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (one("app/routes.py", b"stale", b"new"), "app/routes.py has changed since it was read"),
        (one("missing.py", b"x", b"new"), "missing.py has disappeared since it was read"),
        (one("other.txt", None, b"new"), "other.txt exists already"),
        (one("dangling.py", None, b"new"), "dangling.py is a symbolic link that leads to no file"),
        (one("app", None, b"new"), "app is not a regular file"),
        (one("run.sh/a.py", None, b"new"), "run.sh/a.py cannot be created: a file stands"),
        (
            one(f"app/{'x' * 256}", None, b"new"),
            "the name xxxxxxxxxxxxxxxxxxxx… in app is too long for a file",
        ),
        (one("../evil.py", None, b"new"), "../evil.py leaves the project"),
        (one("/tmp/evil.py", None, b"new"), "/tmp/evil.py leaves the project"),
        (one("out/evil.py", None, b"new"), "out/evil.py leads out of the project"),
        (one("secret.py", b"secret", b"new"), "secret.py leads out of the project"),
        (one(".git/hooks/pre-commit", None, b"new"), ".git/hooks/pre-commit lies in a folder"),
        (one("hooks/pre-commit", None, b"new"), "hooks/pre-commit leads to"),
        (one("alias.txt", b"not ours\n", None), "alias.txt is a symbolic link; remove it by hand"),
        (
            ChangeSet.of(
                Change(PurePosixPath(path), b"not ours\n", b"new")
                for path in ("alias.txt", "other.txt")
            ),
            "alias.txt and other.txt are the same file",
        ),
    ],
)
def test_unsafe_or_stale_change_is_refused_and_nothing_written(
    root: Path, changes: ChangeSet, reason: str
) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "secret.py").write_bytes(b"secret")
    (root / "out").symlink_to(outside, target_is_directory=True)
    (root / "secret.py").symlink_to(outside / "secret.py")
    (root / "dangling.py").symlink_to("nowhere.py")
    (root / "alias.txt").symlink_to("other.txt")
    (root / ".git/hooks").mkdir(parents=True)
    (root / "hooks").symlink_to(".git/hooks", target_is_directory=True)
    both = ChangeSet.of([*changes.changes, Change(PurePosixPath("aaa.py"), None, b"1")])

    with pytest.raises(TargetError) as caught:
        apply(root, both, "extract")

    assert str(caught.value).startswith(reason)
    assert not (root / "aaa.py").exists()
    assert [path.name for path in outside.iterdir()] == ["secret.py"]
    assert (outside / "secret.py").read_bytes() == b"secret"


def test_our_folder_as_a_symlink_is_refused(root: Path) -> None:
    (root.parent / "outside").mkdir()
    (root / ".aurum-refactor").symlink_to(root.parent / "outside", target_is_directory=True)

    for action in (lambda: apply(root, CHANGES, "x"), lambda: recover(root), lambda: undo(root)):
        with pytest.raises(TargetError, match="symbolic link"):
            action()

    assert list((root.parent / "outside").iterdir()) == []


def test_error_at_any_step_leaves_the_oldtree_of(tmp_path: Path) -> None:
    for step in steps_of(fresh(tmp_path / "all"))[:-1]:
        root = fresh(tmp_path / step.replace("/", "_"))
        before = tree_of(root)

        def fail(now: str, step: str = step) -> None:
            if now == step:
                raise OSError(28, "No space left on device", "somewhere")

        with pytest.raises(TargetError, match=r"nothing was changed.*No space left"):
            apply(root, CHANGES, "extract curves", fail)

        assert tree_of(root) == before
        assert recover(root) is None


def test_interrupt_leaves_the_oldtree_of(root: Path) -> None:
    before = tree_of(root)

    def interrupt(step: str) -> None:
        if step == "delete app/gone.py":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(root, CHANGES, "extract curves", interrupt)

    assert tree_of(root) == before


@pytest.mark.parametrize(
    "poison",
    [
        {"entries": [{"path": "../evil.py", "before": None, "after": None, "mode": None}]},
        {"entries": [{"path": ".git/hooks/x", "before": None, "after": None, "mode": None}]},
        {"removed": ["../outside"]},
        {"undoes": "../../.."},
        {"id": "000009-00000000"},
        {"version": 2},
        {"state": "dancing"},
        {"entries": [{"path": 3, "before": None, "after": None, "mode": None}]},
    ],
)
def test_record_that_reaches_out_of_the_project_is_refused(
    root: Path, poison: dict[str, object]
) -> None:
    run = apply(root, CHANGES, "extract curves")
    place = root / ".aurum-refactor/journal" / run / "record.json"
    place.write_text(json.dumps(json.loads(place.read_text()) | poison))

    with pytest.raises(TargetError, match="is damaged or of another version"):
        recover(root)
