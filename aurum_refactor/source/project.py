"""What belongs to the project and what lies outside: roots, paths, reading bytes.

Writing is ``journal.py``'s. Nothing here starts a process: walking 500 files
takes a few milliseconds, asking git takes more.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aurum_refactor.errors import SourceError, UsageError
from aurum_refactor.source.text import MAX_BYTES, too_large

_ROOT_MARKERS = ("pyproject.toml", "setup.cfg", "setup.py", "aurum-refactor.toml", ".git")
_NEVER = frozenset({"__pycache__", "node_modules", "site-packages"})
# Copies of the code, when they stand beside what builds it; a package may be
# called "build" too, and a reference overlooked there would break.
_BUILT = frozenset({"build", "dist"})
_BUILDERS = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})

# Absent on Windows. NONBLOCK: opening a FIFO must not wait for a writer.
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Project:
    """The directory that nothing leaves; absolute, symlinks resolved."""

    root: Path


@dataclass(frozen=True, slots=True)
class Sources:
    """The files that were read, and those that could not be."""

    # Relative POSIX path to bytes, in the order asked for.
    files: Mapping[str, bytes]
    # (path, reason) pairs.
    unreadable: tuple[tuple[str, str], ...]


def find_root(start: Path) -> Path:
    """Find the nearest directory, *start* or above it, that holds a project file or ``.git``.

    Args:
        start: A directory, or a file whose directory is meant.

    Returns:
        An absolute path with symlinks resolved; *start* itself (or its
        directory) when nothing above it is marked.
    """
    here = start.resolve()
    if here.is_file():
        here = here.parent
    for directory in (here, *here.parents):
        if any((directory / marker).exists() for marker in _ROOT_MARKERS):
            return directory
    return here


def python_files(root: Path) -> tuple[str, ...]:
    """List the ``.py`` files of a project, relative to *root*, POSIX, sorted.

    Left out are hidden directories, ``__pycache__``, ``node_modules``,
    ``site-packages``, virtual environments (any directory with a
    ``pyvenv.cfg``), ``build`` and ``dist`` beside a project file unless they
    are packages, directories that may not be listed, and names that are not
    valid Unicode. Symlinks to directories are never followed.

    Cost:
        One ``scandir`` per directory; no ``stat`` per file.
    """
    found: list[str] = []
    pending = [""]
    while pending:
        prefix = pending.pop()
        files, directories = _listing(os.path.join(root, prefix))
        if "pyvenv.cfg" in files:
            continue
        found.extend(prefix + name for name in files if name.endswith(".py"))
        beside_builder = not _BUILDERS.isdisjoint(files)
        for name in directories:
            if name in _NEVER or name.startswith("."):
                continue
            if beside_builder and name in _BUILT and not _is_package(root, prefix + name):
                continue
            pending.append(f"{prefix}{name}/")
    return tuple(sorted(found))


def read_bytes(root: Path, path: str) -> bytes:
    """Read one file of the project.

    Args:
        root: The project root.
        path: Relative to *root*, POSIX.

    Raises:
        SourceError: The file is missing, not a regular file, not readable,
            larger than 32 MiB, or outside the project once symlinks are
            resolved.
    """
    return _read(os.path.realpath(root), path, {})


def load_sources(
    root: Path, paths: Iterable[str], mention: Callable[[bytes], object] | None = None
) -> Sources:
    """Read the files that a question picks; one bad file does not stop the others.

    Args:
        root: The project root.
        paths: Relative POSIX paths.
        mention: Asked of each file's bytes; None keeps every file.

    Returns:
        The files that it is true of, and ``(path, reason)`` for those that ``read_bytes``
        would raise for.
    """
    real_root = os.path.realpath(root)
    directories: dict[str, str] = {}
    files: dict[str, bytes] = {}
    unreadable: list[tuple[str, str]] = []
    for path in paths:
        try:
            data = _read(real_root, path, directories)
        except SourceError as error:
            unreadable.append((path, error.reason))
            continue
        if mention is None or mention(data):
            files[path] = data
    return Sources(files, tuple(unreadable))


def inside(root: Path, path: str) -> str:
    """Turn a path that somebody wrote into a relative POSIX one.

    Args:
        root: The project root; relative paths start there.
        path: Absolute or relative; need not exist.

    Returns:
        The path relative to *root* with symlinks resolved; ``"."`` for *root*.

    Raises:
        UsageError: The path leads out of the project.
    """
    real_root = os.path.realpath(root)
    try:
        real = os.path.realpath(os.path.join(real_root, path))
    except (OSError, ValueError):
        raise UsageError(f"not a usable path: {path!r}") from None
    if not contains(real_root, real):
        raise UsageError(f"{path} leaves the project {real_root}")
    return Path(os.path.relpath(real, real_root)).as_posix()


def contains(real_root: str, real: str) -> bool:
    """Tell whether one resolved absolute path is, or lies in, another."""
    return real == real_root or real.startswith(real_root.rstrip(os.sep) + os.sep)


def _listing(directory: str) -> tuple[set[str], list[str]]:
    files: set[str] = set()
    directories: list[str] = []
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if not _is_unicode(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    directories.append(entry.name)
                elif entry.is_file(follow_symlinks=False) or _links_to_file(entry):
                    files.add(entry.name)
    except OSError:
        # Not ours to read; read_bytes says so where such a file is asked for.
        return set(), []
    return files, directories


def _is_unicode(name: str) -> bool:
    # Such a name could neither be printed nor imported.
    return name.isascii() or not any("\ud800" <= char <= "\udfff" for char in name)


def _links_to_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_symlink() and entry.is_file()
    except OSError:  # a symlink to itself
        return False


def _is_package(root: Path, directory: str) -> bool:
    return os.path.isfile(os.path.join(root, directory, "__init__.py"))


def _read(real_root: str, path: str, directories: dict[str, str]) -> bytes:
    head, name = os.path.split(path)
    try:
        # One realpath per directory, not per file: it costs a stat per component.
        directory = directories.get(head)
        if directory is None:
            directory = directories[head] = os.path.realpath(os.path.join(real_root, head))
        real = os.path.join(directory, name)
        if name in ("", ".", "..") or os.path.islink(real):
            real = os.path.realpath(real)
        if not contains(real_root, real):
            raise SourceError(path, "lies outside the project")
        return _read_regular(path, real)
    except FileNotFoundError:
        raise SourceError(path, "does not exist") from None
    except ValueError:
        raise SourceError(path, "is not a usable path") from None
    except OSError as error:
        raise SourceError(path, f"cannot be read: {error.strerror}") from None


def _read_regular(path: str, real: str) -> bytes:
    descriptor = os.open(real, _READ | _NO_FOLLOW)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise SourceError(path, "is a directory")
        if not stat.S_ISREG(status.st_mode):
            raise SourceError(path, "is not a regular file")
        if status.st_size > MAX_BYTES:
            raise SourceError(path, too_large(status.st_size))
        with open(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)
