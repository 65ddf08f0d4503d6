"""What the journal remembers of one run, and where; the doing is ``journal.py``'s.

A record is one folder: ``record.json``, ``before/N`` and ``after/N``, where N
is the position of the file in the record. Until ``record.json`` exists the run
has not happened.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal

from aurum_refactor.errors import TargetError
from aurum_refactor.source.atomic import replace_with
from aurum_refactor.source.run_lock import STATE
from aurum_refactor.source.targets import NOT_OURS

_NAME: Final = "record.json"
_VERSION: Final = 1
_ID: Final = re.compile(r"\d{6,}-[0-9a-f]{8}")

Side = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a run."""

    # Relative to the project, POSIX, symlinks resolved.
    path: str
    # SHA-256 (64 hex digits) of the bytes on each side; None where absent.
    before: str | None
    after: str | None
    # Permission bits that the file has, or gets when it is written; None: the umask's.
    mode: int | None


@dataclass(frozen=True, slots=True)
class Record:
    """One run: what it writes, and whether it has ended."""

    # Sorts by age; the random tail keeps temporary names from meeting others.
    id: str
    label: str
    # "prepared" from the moment the run can be finished until it is.
    state: Literal["prepared", "done"]
    # The id of the run that this one takes back; None for an extraction.
    undoes: str | None
    # Directories that the run makes, outermost first; relative, POSIX.
    created: tuple[str, ...]
    # Directories that it removes at the end if they are empty.
    removed: tuple[str, ...]
    entries: tuple[Entry, ...]


def digest(data: bytes | None) -> str | None:
    """Give the SHA-256 of some bytes as 64 hex digits; None of None."""
    return None if data is None else hashlib.sha256(data).hexdigest()


def journal(root: Path) -> Path:
    """Give the folder that holds one folder per run; it may not exist."""
    return root / STATE / "journal"


def folder(root: Path, record_id: str) -> Path:
    """Give the folder of one run."""
    return journal(root) / record_id


def stored(root: Path, record_id: str, side: Side, position: int) -> Path:
    """Give the place of one file's bytes, as they were before or will be after."""
    return folder(root, record_id) / side / str(position)


def new_id(root: Path) -> str:
    """Make an id that sorts after all others of the project."""
    numbers = [int(name.partition("-")[0]) for name in _ids(root)]
    return f"{max(numbers, default=0) + 1:06d}-{secrets.token_hex(4)}"


def save(root: Path, record: Record) -> None:
    """Write a record so that it is there as a whole or not at all."""
    place = folder(root, record.id) / _NAME
    temporary = place.with_name(f"{_NAME}.{secrets.token_hex(4)}")
    text = json.dumps({"version": _VERSION, **asdict(record)}, indent=1)
    replace_with(place, text.encode(), None, temporary)


def load_all(root: Path) -> tuple[Record, ...]:
    """Read every record of the project, oldest first.

    Raises:
        TargetError: A record is damaged; names its folder.
    """
    return tuple(
        _load(folder(root, record_id) / _NAME)
        for record_id in _ids(root)
        if (folder(root, record_id) / _NAME).exists()
    )


def unfinished(root: Path) -> tuple[str, ...]:
    """List the ids of runs that were stopped before they could change anything."""
    return tuple(i for i in _ids(root) if not (folder(root, i) / _NAME).exists())


def drop_side(root: Path, record_id: str, side: Side) -> None:
    """Remove stored bytes that nobody will ask for again."""
    shutil.rmtree(folder(root, record_id) / side, ignore_errors=True)


def forget(root: Path, record_id: str) -> None:
    """Remove a run from the journal; killed half-way, it has not happened."""
    (folder(root, record_id) / _NAME).unlink(missing_ok=True)
    shutil.rmtree(folder(root, record_id), ignore_errors=True)


def _ids(root: Path) -> list[str]:
    try:
        if (root / STATE).is_symlink():
            raise TargetError(f"{STATE} is a symbolic link; remove it, it must be a folder")
        names = os.listdir(journal(root))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(name for name in names if _ID.fullmatch(name))


def _load(place: Path) -> Record:
    try:
        given: Any = json.loads(place.read_bytes())
        record = Record(
            id=given["id"],
            label=given["label"],
            state=given["state"],
            undoes=given["undoes"],
            created=tuple(given["created"]),
            removed=tuple(given["removed"]),
            entries=tuple(Entry(**entry) for entry in given["entries"]),
        )
        known = given["version"] == _VERSION and record.state in ("prepared", "done")
        if known and record.id == place.parent.name and _is_harmless(record):
            return record
        raise _damaged(place)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise _damaged(place) from None


def _is_harmless(record: Record) -> bool:
    # A journal may have come with the project, from somebody we do not know.
    paths = [PurePosixPath(entry.path) for entry in record.entries]
    paths += map(PurePosixPath, record.created + record.removed)
    inside = all(not path.is_absolute() and ".." not in path.parts for path in paths)
    ours = all(NOT_OURS.isdisjoint(path.parts) for path in paths)
    return inside and ours and (record.undoes is None or bool(_ID.fullmatch(record.undoes)))


def _damaged(place: Path) -> TargetError:
    advice = "look at the files it backs up, then delete that folder"
    return TargetError(f"the journal {place.parent} is damaged or of another version; {advice}")
