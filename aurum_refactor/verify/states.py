"""Directories that hold one state of a project: as it is, as it was, as it would be."""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from aurum_refactor.errors import VerifyError
from aurum_refactor.source import git

# Never part of a state: histories, caches, installed packages, our own journal.
_SKIPPED = frozenset(
    {".git", ".hg", ".svn", "node_modules", "__pycache__", ".aurum-refactor", ".tox", ".nox"}
    | {".mypy_cache", ".ruff_cache", ".pytest_cache"}
)


@contextmanager
def directory_state(path: Path) -> Iterator[Path]:
    """Give a directory as it stands; the application runs in it and may write to it.

    Raises:
        VerifyError: It is not a directory.
    """
    if not path.is_dir():
        raise VerifyError(f"{path} is not a directory; name one that holds a state of the project")
    yield path.absolute()


@contextmanager
def revision_state(root: Path, revision: str) -> Iterator[Path]:
    """Give a temporary directory with the project as of a git revision.

    Files that git does not know (``.env``, a database) come from the working
    tree, as they did when that revision was run; Python files never do, or a
    new module would already be there before it was made.

    Raises:
        UsageError: There is no git work tree or no such revision.
        TargetError: git failed.
    """
    with _scratch() as scratch:
        # One level down: what export prepares beside it is then removed as well.
        tree = scratch / "tree"
        git.export(root, revision, tree)
        _date(root, tree)
        _copy(root, tree, lambda path: path.suffix != ".py")
        yield tree


def _date(root: Path, tree: Path) -> None:
    """Give what git has just written the dates of the same files in the working tree.

    Applications answer with them (``Last-Modified``, ``ETag`` of a ``FileResponse``), and a
    file that is the same in both states must give the same answer.
    """
    for folder, directories, files in os.walk(tree):
        directories[:] = [name for name in directories if not (Path(folder) / name).is_symlink()]
        for name in files:
            path = Path(folder) / name
            other = root / path.relative_to(tree)
            if path.is_symlink() or other.is_symlink() or not other.is_file():
                continue
            with suppress(PermissionError, FileNotFoundError):
                if filecmp.cmp(path, other, shallow=False):
                    times = other.stat()
                    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@contextmanager
def changed_state(root: Path, after: Mapping[str, bytes | None]) -> Iterator[Path]:
    """Give a temporary copy of the working tree with changes applied.

    Files are copied, not linked: the application may write to its database.
    Untracked files are copied too. Symbolic links stay links; one with an
    absolute path into the project points into the copy.

    Args:
        root: The project; not written to.
        after: Path (relative, POSIX) to its new bytes, ``None`` where the file
            goes. An empty mapping gives a plain copy.

    Raises:
        VerifyError: A path leaves the project, also by way of a link in it.
    """
    with _scratch() as tree:
        _copy(root, tree, lambda _path: True)
        for name, content in after.items():
            _apply(tree, name, content)
        yield tree


@contextmanager
def _scratch() -> Iterator[Path]:
    # On some systems the temporary directory is itself reached through a link.
    directory = Path(tempfile.mkdtemp(prefix="aurum-verify-")).resolve()
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _apply(tree: Path, name: str, content: bytes | None) -> None:
    path = tree / PurePosixPath(name)
    # A link to a folder outside would carry the change into somebody else's file.
    if ".." in path.parts or not path.parent.resolve().is_relative_to(tree):
        raise VerifyError(f"{name} is outside the project; a state cannot change it")
    path.unlink(missing_ok=True)
    if content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _copy(root: Path, tree: Path, wanted: Callable[[Path], bool]) -> None:
    """Copy into *tree* what is not there yet; sockets and pipes are left out, they would block."""
    root = root.absolute()
    for folder, directories, files in os.walk(root):
        here = Path(folder)
        there = tree / here.relative_to(root)
        linked = [name for name in directories if (here / name).is_symlink()]
        directories[:] = [
            name
            for name in directories
            if name not in linked
            and name not in _SKIPPED
            and not (here / name / "pyvenv.cfg").exists()
            and not (there / name).is_symlink()
        ]
        for name in directories:
            (there / name).mkdir(parents=True, exist_ok=True)
        for name in (*linked, *files):
            if not os.path.lexists(there / name):
                _copy_file(here / name, there / name, root, tree, wanted)


def _copy_file(
    here: Path, there: Path, root: Path, tree: Path, wanted: Callable[[Path], bool]
) -> None:
    if here.is_symlink():
        there.symlink_to(_aim(here, root, tree))
    elif here.is_file() and wanted(here):
        # What this user cannot read the application could not read either, and what has
        # just vanished (a lock, a journal) was not part of the project.
        with suppress(PermissionError, FileNotFoundError):
            shutil.copy2(here, there)


def _aim(link: Path, root: Path, tree: Path) -> str:
    """Where the copy of a link points: into the copy if it pointed into the project."""
    target = link.readlink()
    aimed = Path(os.path.normpath(link.parent / target))
    if not aimed.is_relative_to(root):
        return str(aimed)
    return str(tree / aimed.relative_to(root)) if target.is_absolute() else str(target)
