"""Where a change may be written: inside the project, over exactly the bytes that were read."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aurum_refactor.errors import TargetError
from aurum_refactor.model import Change, ChangeSet
from aurum_refactor.source.project import contains
from aurum_refactor.source.run_lock import STATE

# Nothing in these is ever written as a change, whoever asks.
NOT_OURS = frozenset({".git", STATE})
#: Bytes that most disks take as one name.
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Target:
    """A change whose place was checked."""

    change: Change
    # Absolute, symlinks resolved; inside the project.
    place: Path
    # The same relative to the project, POSIX.
    path: str
    # Permission bits of the file that stands there; None if none does.
    mode: int | None


def checked_targets(root: Path, changes: ChangeSet) -> tuple[Target, ...]:
    """Check every place of a change set before anything is written.

    Args:
        root: The project root.
        changes: Paths relative to *root*.

    Raises:
        TargetError: A path leaves the project (symlinks resolved first), lies
            in ``.git`` or in our own folder, is a directory, is the same file
            as another path, or its bytes are not ``Change.before``. Names the
            path.
    """
    real_root = Path(os.path.realpath(root))
    targets: dict[Path, Target] = {}
    for change in changes.changes:
        target = _checked(real_root, change)
        if target.place in targets:
            other = targets[target.place].change.path
            raise TargetError(f"{other} and {change.path} are the same file")
        targets[target.place] = target
    return tuple(targets.values())


def content(place: Path) -> bytes | None:
    """Read what stands at a place that was checked; None where nothing does."""
    try:
        return place.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _checked(real_root: Path, change: Change) -> Target:
    path = change.path
    if path.is_absolute() or ".." in path.parts or not path.name:
        raise TargetError(f"{path} leaves the project {real_root}")
    if not NOT_OURS.isdisjoint(path.parts):
        raise TargetError(f"{path} lies in a folder that is never written to")
    long = next((part for part in path.parts if len(os.fsencode(part)) > _LONGEST), None)
    if long is not None and change.before is None:
        raise TargetError(f"the name {long[:20]}… in {path.parts[0]} is too long for a file")
    place = _resolved(real_root, path, deletes=change.after is None)
    mode = _mode(place, path)
    if change.before is None and mode is not None:
        raise TargetError(f"{path} exists already; move it away, then run again")
    if change.before is not None and mode is None:
        raise TargetError(f"{path} has disappeared since it was read; run again")
    if change.before != _content(place, path):
        raise TargetError(f"{path} has changed since it was read; run again")
    return Target(change, place, place.relative_to(real_root).as_posix(), mode)


def _resolved(real_root: Path, path: PurePosixPath, *, deletes: bool) -> Path:
    written = real_root / path
    is_link = written.is_symlink()
    if is_link and deletes:
        raise TargetError(f"{path} is a symbolic link; remove it by hand")
    # The file a link leads to is written, the link stays.
    place = Path(os.path.realpath(written))
    if not contains(str(real_root), str(place)):
        raise TargetError(f"{path} leads out of the project, to {place}")
    if not NOT_OURS.isdisjoint(place.relative_to(real_root).parts):
        raise TargetError(f"{path} leads to {place}, which is never written to")
    if is_link and not place.is_file():
        raise TargetError(f"{path} is a symbolic link that leads to no file")
    return place


def _mode(place: Path, path: PurePosixPath) -> int | None:
    try:
        status = place.lstat()
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise TargetError(f"{path} cannot be created: a file stands where a folder must") from None
    except OSError as error:
        raise TargetError(f"{path} cannot be written: {error.strerror}") from None
    if not stat.S_ISREG(status.st_mode):
        raise TargetError(f"{path} is not a regular file")
    return stat.S_IMODE(status.st_mode)


def _content(place: Path, path: PurePosixPath) -> bytes | None:
    try:
        return content(place)
    except OSError as error:
        raise TargetError(f"{path} cannot be read: {error.strerror}") from None
