"""Writing that a power cut cannot halve: bytes on disk first, then one rename."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path


def write_new(path: Path, data: bytes, mode: int | None = None) -> None:
    """Create a file that does not exist and wait until its bytes are on disk.

    Args:
        path: Where; nothing may have that name, not even a dangling symlink.
        data: The whole content.
        mode: Permission bits; None leaves them to the umask.

    Raises:
        OSError: Also ``FileExistsError``; then nothing was touched.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags, 0o666), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if mode is not None:
        os.chmod(path, mode)


def replace_with(
    path: Path,
    data: bytes,
    mode: int | None,
    temporary: Path,
    on_step: Callable[[str], None] | None = None,
) -> None:
    """Put new bytes in the place of a file, or of nothing, in one instant.

    Args:
        path: The file; its directory exists.
        data: The whole content.
        mode: Permission bits; None leaves them to the umask.
        temporary: A free name in the same directory, hence on the same disk.
        on_step: Told when the bytes are there and the rename is not.
    """
    write_new(temporary, data, mode)
    if on_step is not None:
        on_step(f"rename {path.name}")
    os.replace(temporary, path)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Wait until the names in a directory are on disk; a rename alone may be lost."""
    if sys.platform != "win32":
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
