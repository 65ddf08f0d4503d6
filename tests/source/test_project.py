"""What belongs to a project: roots, files, and the wall around it."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from aurum_refactor.errors import SourceError, UsageError
from aurum_refactor.source.project import find_root, inside, load_sources, python_files, read_bytes


def _tree(root: Path, *paths: str) -> None:
    for path in paths:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"x = 1\n")


def test_root_is_the_nearest_marked_ancestor(tmp_path: Path) -> None:
    _tree(tmp_path, "pyproject.toml", "services/api/setup.cfg", "services/api/app/main.py")

    assert find_root(tmp_path / "services/api/app") == (tmp_path / "services/api").resolve()
    assert find_root(tmp_path / "services") == tmp_path.resolve()
    assert find_root(tmp_path / "services/api/app/main.py") == (tmp_path / "services/api").resolve()


def test_python_files_are_sorted_and_leave_out_what_is_not_the_projects_own(tmp_path: Path) -> None:
    _tree(
        tmp_path,
        "z.py",
        "app/b.py",
        "app/a.py",
        "app/a.txt",
        "app/__pycache__/a.py",
        ".hidden/a.py",
        "node_modules/a.py",
        "lib/site-packages/a.py",
        "my_env/pyvenv.cfg",
        "my_env/lib/a.py",
        "pyproject.toml",
        "build/lib/a.py",
        "dist/a.py",
    )

    assert python_files(tmp_path) == ("app/a.py", "app/b.py", "z.py")


def test_a_package_called_build_is_read(tmp_path: Path) -> None:
    _tree(tmp_path, "pyproject.toml", "build/__init__.py", "app/dist/rules.py")

    assert python_files(tmp_path) == ("app/dist/rules.py", "build/__init__.py")


def test_cyclic_symlinks_are_harmless(tmp_path: Path) -> None:
    _tree(tmp_path, "app/a.py")
    (tmp_path / "app/again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "app/self.py").symlink_to("self.py")
    (tmp_path / "app/gone.py").symlink_to("nowhere.py")
    (tmp_path / "app/alias.py").symlink_to("a.py")

    assert python_files(tmp_path) == ("app/a.py", "app/alias.py")
    with pytest.raises(SourceError, match="cannot be read"):
        read_bytes(tmp_path, "app/self.py")


def test_walking_500_files_takes_less_than_30_milliseconds(tmp_path: Path) -> None:
    _tree(tmp_path, *(f"app/part{i % 25}/module{i}.py" for i in range(500)))

    def seconds() -> float:
        start = time.perf_counter()
        python_files(tmp_path)
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) < 0.03


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing.py", "does not exist"),
        ("app", "is a directory"),
        ("", "is a directory"),
        ("../outside.py", "lies outside the project"),
        ("link.py", "lies outside the project"),
        ("folder/outside.py", "lies outside the project"),
        ("pipe.py", "is not a regular file"),
        ("a\0.py", "is not a usable path"),
        ("app/a.py/b.py", "cannot be read: Not a directory"),
        ("huge.py", "is 33 MiB large, the limit is 32 MiB"),
    ],
)
def test_unreadable_file_is_refused_with_a_reason(tmp_path: Path, path: str, reason: str) -> None:
    root = tmp_path / "root"
    _tree(tmp_path, "outside.py", "root/app/a.py")
    (root / "link.py").symlink_to(tmp_path / "outside.py")
    (root / "folder").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(root / "pipe.py")
    with (root / "huge.py").open("wb") as file:
        file.truncate(33 * 1024 * 1024)

    with pytest.raises(SourceError) as caught:
        read_bytes(root, path)

    assert (caught.value.path, caught.value.reason) == (path, reason)


def test_symlink_inside_the_project_is_read(tmp_path: Path) -> None:
    _tree(tmp_path, "app/a.py")
    (tmp_path / "alias.py").symlink_to("app/a.py")

    assert read_bytes(tmp_path, "alias.py") == b"x = 1\n"


def test_sources_hold_the_files_that_mention_and_name_the_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"import app.routes\r\n")
    (tmp_path / "b.py").write_bytes(b"\xff")

    every = load_sources(tmp_path, ("a.py", "b.py"))
    some = load_sources(tmp_path, ("a.py", "b.py", "c.py"), re.compile(rb"\broutes\b").search)

    assert every.files == {"a.py": b"import app.routes\r\n", "b.py": b"\xff"}
    assert (dict(some.files), some.unreadable) == (
        {"a.py": b"import app.routes\r\n"},
        (("c.py", "does not exist"),),
    )


@pytest.mark.parametrize("path", ["src/../src/a.py", "./src/a.py", "alias/a.py", "/src/a.py"])
def test_a_path_inside_becomes_relative_and_resolved(tmp_path: Path, path: str) -> None:
    _tree(tmp_path, "src/a.py")
    (tmp_path / "alias").symlink_to("src", target_is_directory=True)
    given = f"{tmp_path}{path}" if path.startswith("/") else path

    assert inside(tmp_path, given) == "src/a.py"
    assert inside(tmp_path, ".") == "."


@pytest.mark.parametrize("path", ["..", "../root2/a.py", "/etc/passwd", "out/a.py", "a\0b"])
def test_a_path_that_leaves_the_project_is_refused(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    _tree(tmp_path, "root/a.py", "root2/a.py")
    (root / "out").symlink_to("../root2", target_is_directory=True)

    with pytest.raises(UsageError):
        inside(root, path)
