"""One run at a time: the lock that every writing command holds, and our folder in a project."""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aurum_refactor.errors import TargetError

if sys.platform != "win32":
    import fcntl

STATE: Final = ".aurum-refactor"
_ATTEMPTS = 50
_PAUSE = 0.01  # seconds


def state_directory(root: Path) -> Path:
    """Make sure of the folder that holds lock and journal, hidden from git.

    Raises:
        TargetError: The folder cannot be made, or is a symlink out of the project.
    """
    directory = root / STATE
    try:
        # Backups are as private as the most private file.
        directory.mkdir(mode=0o700, exist_ok=True)
        if directory.is_symlink():
            raise TargetError(f"{STATE} is a symbolic link; remove it, it must be a folder")
        ignore = directory / ".gitignore"
        if not ignore.exists():
            ignore.write_bytes(b"*\n")
    except OSError as error:
        raise TargetError(f"cannot write to {directory}: {error.strerror}") from None
    return directory


class RunLock:
    """Keep a second writing run out of a project; a context manager.

    The kernel drops the lock when the process ends, however it ends, so a
    lock left by a killed run is taken over.

    Raises:
        TargetError: On entering, if another live run holds the lock.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        path = state_directory(self._root) / "lock"
        for _ in range(_ATTEMPTS):
            try:
                self._descriptor = _acquire(path)
            except OSError as error:
                raise TargetError(f"cannot lock {path}: {error.strerror}") from None
            if self._descriptor is not None:
                return self
            # The holder left between two of our looks; its file is gone.
            time.sleep(_PAUSE)
        raise TargetError(f"cannot lock {path}: it keeps changing hands")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._descriptor is None:
            return
        path = self._root / STATE / "lock"
        if sys.platform == "win32":
            os.close(self._descriptor)
            path.unlink(missing_ok=True)
        else:
            # Removed while still held: whoever opens the name next makes a new file.
            path.unlink(missing_ok=True)
            os.close(self._descriptor)
        self._descriptor = None


def _acquire(path: Path) -> int | None:
    # None means: try again.
    descriptor = _take(path)
    if descriptor is not None:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


if sys.platform == "win32":

    def _take(path: Path) -> int | None:
        # No flock: the file's existence is the lock. Whether its holder lives
        # cannot be asked safely there (os.kill(pid, 0) sends Ctrl-C).
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            raise TargetError(f"{_held(_holder(path))}, or delete {path}") from None

else:

    def _take(path: Path) -> int | None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _names_this(path, descriptor):
                return descriptor
        except OSError as error:
            holder = _holder(path)
            os.close(descriptor)
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                raise TargetError(_held(holder)) from None
            raise
        os.close(descriptor)
        return None


def _names_this(path: Path, descriptor: int) -> bool:
    # The former holder may have removed the file between our open and flock.
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _holder(path: Path) -> int | None:
    try:
        return int(path.read_bytes())
    except (OSError, ValueError):
        return None


def _held(holder: int | None) -> str:
    who = "another run" if holder is None else f"another run (process {holder})"
    return f"{who} is working on this project; wait for it to end"
