"""What git says: dirty files, and the project at a revision."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from aurum_refactor.errors import TargetError, UsageError
from aurum_refactor.source.git import dirty, export, is_work_tree


def _git(directory: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=directory, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    top = tmp_path / "top"
    project = top / "services/api"
    (project / "app").mkdir(parents=True)
    _git(tmp_path, "init", "-q", str(top))
    (top / ".gitattributes").write_text("tests export-ignore\n*.txt eol=crlf\n")
    (project / "tests").mkdir()
    (project / "tests/test_a.py").write_bytes(b"x = 1\n")
    (project / "app/a.py").write_bytes(b"x = 1\r\n")
    (project / "app/b [1].py").write_bytes(b"y = 1\n")
    (project / "app/notes.txt").write_bytes(b"one\n")
    (project / "app/alias.py").symlink_to("a.py")
    _git(top, "add", "-A")
    _git(top, "commit", "-qm", "first")
    return top


def _files(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(directory).parts
    }


def test_work_tree_is_recognised(repository: Path, tmp_path: Path) -> None:
    assert is_work_tree(repository / "services/api")
    assert not is_work_tree(tmp_path)


def test_changed_staged_deleted_and_untracked_files_are_dirty(repository: Path) -> None:
    project = repository / "services/api"
    (project / "app/a.py").write_bytes(b"x = 2\n")
    (project / "app/b [1].py").unlink()
    (project / "app/new.py").write_bytes(b"")
    (project / "fresh").mkdir()
    (project / "fresh/c.py").write_bytes(b"")
    (project / "app/staged.py").write_bytes(b"")
    _git(project, "add", "app/staged.py")
    asked = ("app/a.py", "app/b [1].py", "app/new.py", "fresh/c.py", "app/staged.py")

    found = dirty(project, [*asked, "app/notes.txt", "tests/test_a.py", "nowhere.py"])

    assert found == tuple(sorted(asked))


def test_only_the_files_asked_for_are_reported(repository: Path) -> None:
    (repository / "services/api/app/a.py").write_bytes(b"x = 2\n")

    assert dirty(repository / "services/api", ["app/b [1].py"]) == ()
    assert dirty(repository / "services/api", []) == ()


def test_hundreds_of_files_are_asked_for_in_batches(repository: Path) -> None:
    paths = [f"app/module{number}.py" for number in range(450)]
    for path in paths:
        (repository / "services/api" / path).write_bytes(b"")

    assert dirty(repository / "services/api", paths) == tuple(sorted(paths))


def test_without_a_repository_nothing_is_dirty(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"")

    assert dirty(tmp_path, ["a.py"]) == ()


def test_without_git_nothing_is_dirty(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "new.py").write_bytes(b"")
    monkeypatch.setenv("PATH", "")

    assert dirty(repository, ["new.py"]) == ()
    assert not is_work_tree(repository)


def test_a_hooks_git_dir_does_not_lead_to_another_repository(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _git(tmp_path, "init", "-q", str(tmp_path / "other"))
    (repository / "new.py").write_bytes(b"")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))

    assert dirty(repository, ["new.py"]) == ("new.py",)


def test_program_named_by_the_repository_is_not_started(repository: Path) -> None:
    witness = repository.parent / "witness"
    _git(repository, "config", "core.fsmonitor", f"touch {witness}; false")

    dirty(repository, ["new.py"])

    assert not witness.exists()


def test_broken_repository_is_not_taken_for_a_clean_one(repository: Path) -> None:
    (repository / ".git/config").write_text("[core\n")

    with pytest.raises(TargetError, match="git failed"):
        dirty(repository, ["a.py"])


def test_export_gives_what_a_checkout_would(repository: Path, tmp_path: Path) -> None:
    project = repository / "services/api"
    (project / "app/a.py").write_bytes(b"changed")
    _git(repository, "commit", "-qam", "second")
    (project / "app/a.py").write_bytes(b"changed again")
    before = (repository / ".git/index").read_bytes()

    export(project, "HEAD~1", tmp_path / "out/then")

    assert _files(tmp_path / "out/then") == {
        "app/a.py": b"x = 1\r\n",
        "app/alias.py": b"x = 1\r\n",
        "app/b [1].py": b"y = 1\n",
        "app/notes.txt": b"one\r\n",
        "tests/test_a.py": b"x = 1\n",
    }
    assert (tmp_path / "out/then/app/alias.py").is_symlink()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["then"]
    assert (repository / ".git/index").read_bytes() == before
    assert (project / "app/a.py").read_bytes() == b"changed again"


def test_export_of_a_whole_repository(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    export(repository, "HEAD", tmp_path / "out")

    assert "services/api/app/a.py" in _files(tmp_path / "out")


@pytest.mark.parametrize(
    "revision", ["nonsense", "--output=x", "HEAD~9", "", "HEAD:services/api/app/a.py"]
)
def test_unknown_revision_is_named(repository: Path, tmp_path: Path, revision: str) -> None:
    with pytest.raises(UsageError) as caught:
        export(repository, revision, tmp_path / "out")

    assert str(caught.value) == f"no such revision: {revision}"
    assert not (tmp_path / "out").exists()


def test_project_that_did_not_exist_then_is_said_so(repository: Path, tmp_path: Path) -> None:
    (repository / "young").mkdir()
    (repository / "young/a.py").write_bytes(b"")

    with pytest.raises(UsageError, match="directory young holds no files at revision HEAD"):
        export(repository / "young", "HEAD", tmp_path / "out")


def test_export_over_files_is_refused(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_bytes(b"")

    with pytest.raises(TargetError, match="cannot write to"):
        export(repository, "HEAD", tmp_path / "out")

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_export_outside_git_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not in a git work tree"):
        export(tmp_path, "HEAD", tmp_path / "out")
