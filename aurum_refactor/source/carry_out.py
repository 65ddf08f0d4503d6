"""Bring the files of one recorded run to their new bytes, or back to their old ones.

Both directions may begin at any mixture of old and new files, be killed at any
instant, and begin again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from aurum_refactor.errors import TargetError
from aurum_refactor.source.atomic import replace_with, sync_directory
from aurum_refactor.source.journal_record import Entry, Record, Side, digest, stored
from aurum_refactor.source.targets import content

OnStep = Callable[[str], None]


def nothing(step: str) -> None:
    """Ignore a step: what happens unless a test listens."""


def conflicts(root: Path, record: Record) -> tuple[str, ...]:
    """List the files of a run that are neither as it found nor as it leaves them."""
    real_root = Path(os.path.realpath(root))
    return tuple(
        entry.path
        for entry in record.entries
        if state_of(real_root, entry) not in (entry.before, entry.after)
    )


def state_of(real_root: Path, entry: Entry) -> str | None:
    """Give the SHA-256 of a recorded file as it is now; None where it is absent.

    ``"unusable"`` if it cannot be read, or if a symlink on the way has come in
    since the run was recorded.
    """
    place = real_root / entry.path
    if os.path.realpath(place) != str(place):
        return "unusable"
    try:
        return digest(content(place))
    except OSError:
        return "unusable"


def roll_forward(root: Path, record: Record, on_step: OnStep) -> None:
    """Bring every file to its new bytes: files are written first, then deleted.

    Raises:
        TargetError: Bytes that are still to be written are missing from the
            journal or damaged. Found out before any file is touched.
        OSError: The disk refuses; some files may be new by then.
    """
    pending = _pending(root, record, "after")
    _clean(root, record)
    for entry, data in pending:
        if data is not None:
            _write(root, record, entry, data, on_step)
    for entry, data in pending:
        if data is None:
            _delete(root, entry, on_step)
    _remove_directories(root, record.removed, on_step)
    for relative in record.created:
        sync_directory((root / relative).parent)


def roll_back(root: Path, record: Record, on_step: OnStep) -> None:
    """Bring every file back to its old bytes, and remove the directories made.

    Raises:
        TargetError: A backup that is needed is missing or damaged.
        OSError: The disk refuses.
    """
    pending = _pending(root, record, "before")
    _clean(root, record)
    for entry, data in reversed(pending):
        if data is None:
            _delete(root, entry, on_step)
        else:
            _write(root, record, entry, data, on_step)
    _remove_directories(root, record.created, on_step)


def _pending(root: Path, record: Record, side: Side) -> list[tuple[Entry, bytes | None]]:
    found: list[tuple[Entry, bytes | None]] = []
    for position, entry in enumerate(record.entries):
        wanted = entry.after if side == "after" else entry.before
        if state_of(Path(os.path.realpath(root)), entry) == wanted:
            continue
        data = None if wanted is None else content(stored(root, record.id, side, position))
        if digest(data) != wanted:
            raise TargetError(f"the journal's copy of {entry.path} is missing or damaged")
        found.append((entry, data))
    return found


def _clean(root: Path, record: Record) -> None:
    # Left by a run that was killed between writing and renaming.
    for entry in record.entries:
        _temporary(root, record, entry).unlink(missing_ok=True)


def _temporary(root: Path, record: Record, entry: Entry) -> Path:
    # Beside the file, so that the rename stays on one disk; not a .py file to scans.
    label = (digest(entry.path.encode("utf-8", "surrogateescape")) or "")[:12]
    return (root / entry.path).with_name(f".aurum-refactor-{record.id}-{label}.tmp")


def _write(root: Path, record: Record, entry: Entry, data: bytes, on_step: OnStep) -> None:
    on_step(f"write {entry.path}")
    place = root / entry.path
    place.parent.mkdir(parents=True, exist_ok=True)
    replace_with(place, data, entry.mode, _temporary(root, record, entry), on_step)
    on_step(f"written {entry.path}")


def _delete(root: Path, entry: Entry, on_step: OnStep) -> None:
    on_step(f"delete {entry.path}")
    place = root / entry.path
    place.unlink(missing_ok=True)
    if place.parent.is_dir():
        sync_directory(place.parent)


def _remove_directories(root: Path, directories: tuple[str, ...], on_step: OnStep) -> None:
    for relative in sorted(directories, reverse=True):  # innermost first
        directory = root / relative
        if directory.is_dir() and not directory.is_symlink():
            on_step(f"remove {relative}")
            _remove_if_empty(directory)


def _remove_if_empty(directory: Path) -> None:
    # Compiled files of modules that are gone would keep it, as a namespace package.
    cache = directory / "__pycache__"
    if os.listdir(directory) == ["__pycache__"] and not cache.is_symlink():
        for compiled in cache.glob("*.pyc"):
            compiled.unlink(missing_ok=True)
        if not os.listdir(cache):
            cache.rmdir()
    if not os.listdir(directory):
        directory.rmdir()
        sync_directory(directory.parent)
