"""All or nothing: write a change set, finish or take back a run that was killed, undo.

Before the first file of the project is touched, everything old and everything
new is on disk under ``.aurum-refactor/journal``, and a record says so. From
then on a run can be finished by anyone; until then it has not happened. The
caller holds ``RunLock``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from aurum_refactor.errors import TargetError, UsageError
from aurum_refactor.model import Change, ChangeSet
from aurum_refactor.source import journal_record as records
from aurum_refactor.source.carry_out import (
    OnStep,
    conflicts,
    nothing,
    roll_back,
    roll_forward,
    state_of,
)
from aurum_refactor.source.journal_record import Record, digest
from aurum_refactor.source.prepare import not_written, prepare
from aurum_refactor.source.run_lock import RunLock
from aurum_refactor.source.targets import content

__all__ = ["RunLock", "UndoResult", "apply", "recover", "undo"]

_UNDO = "undo "


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What an undo took back."""

    # The label of the extraction that is gone.
    label: str
    # Relative POSIX paths of the files that were restored or removed, sorted.
    files: tuple[str, ...]


def apply(root: Path, changes: ChangeSet, label: str, on_step: OnStep = nothing) -> str:
    """Write a change set: every file of it, or, whatever happens, none.

    Args:
        root: The project root. Nothing outside it is written.
        changes: Every file's bytes before and after.
        label: What to call the run in ``undo``, for instance ``extract curves``.
        on_step: Told of every step as it is about to begin; for tests that
            stop a run there.

    Returns:
        The id of the run in the journal; "" if there was nothing to write.

    Raises:
        TargetError: A file is not what the change set expects, a path may not
            be written, the disk refuses, or an earlier run was killed and
            ``recover`` has not been called. The tree is as it was.
    """
    if any(record.state == "prepared" for record in records.load_all(root)):
        raise TargetError("an earlier run was interrupted; recover from it first")
    if not changes.changes:
        return ""
    record = prepare(root, changes, Record("", label, "prepared", None, (), (), ()), {}, on_step)
    _finish(root, record, on_step)
    return record.id


def recover(root: Path, on_step: OnStep = nothing) -> str | None:
    """Finish or take back what a killed run left, so that the tree is old or new.

    A run whose new files are all complete is finished; one whose stored bytes
    are damaged, or that the disk does not let finish, is taken back.

    Returns:
        A sentence on what was done, or None if the last run had ended.

    Raises:
        TargetError: Somebody has changed one of the files since; nothing is
            touched then, and the message says where the old bytes are.
    """
    for stopped in records.unfinished(root):
        records.forget(root, stopped)
    known = records.load_all(root)
    pending = [record for record in known if record.state == "prepared"]
    for record in pending:
        if changed := conflicts(root, record):
            place = records.folder(root, record.id).relative_to(root).as_posix()
            raise TargetError(
                f"the interrupted run {record.label!r} cannot be finished: {', '.join(changed)} "
                f"changed since; former contents are in {place}/before, delete {place} when sorted"
            )
    said = [_recover_one(root, record, on_step) for record in pending]
    _sweep(root)
    return "; ".join(said) or None


def undo(root: Path, on_step: OnStep = nothing) -> UndoResult:
    """Take back the last extraction that has not been taken back.

    A run that was killed is finished first; if it was an undo, that is all,
    so do not call ``recover`` before. Directories that the extraction made
    are removed if nothing but compiled files is left in them.

    Raises:
        UsageError: There is no extraction to take back.
        TargetError: Files of it have been touched since; names all of them.
    """
    killed = [record for record in records.load_all(root) if record.state == "prepared"]
    recover(root, on_step)
    known = records.load_all(root)
    for record in killed:
        # Asked for again because it was killed: it must not take back two.
        if record.undoes is not None and record.undoes not in {other.id for other in known}:
            files = tuple(entry.path for entry in record.entries)
            return UndoResult(record.label.removeprefix(_UNDO), files)
    standing = _standing(known)
    if not standing:
        raise UsageError("nothing to undo: no extraction is recorded in this project")
    last = standing[-1]
    changes = ChangeSet.of(_inverse(root, last))
    modes = {entry.path: entry.mode for entry in last.entries}
    draft = Record("", _UNDO + last.label, "prepared", last.id, (), last.created, ())
    _finish(root, prepare(root, changes, draft, modes, on_step), on_step)
    _sweep(root)
    return UndoResult(last.label, tuple(str(change.path) for change in changes.changes))


def _finish(root: Path, record: Record, on_step: OnStep) -> None:
    try:
        roll_forward(root, record, on_step)
        on_step("finish")
        records.save(root, replace(record, state="done"))
    except BaseException as error:
        # An interrupt (Ctrl-C) too.
        _give_up(root, record, error)
        if isinstance(error, OSError):
            raise not_written(error) from None
        raise
    on_step("done")
    records.drop_side(root, record.id, "after")


def _give_up(root: Path, record: Record, error: BaseException) -> None:
    try:
        roll_back(root, record, nothing)
        records.forget(root, record.id)
    except (OSError, TargetError) as second:
        # The record is still "prepared": the next run's recover has another try.
        reason = f"stopped by {error!r}, then by {second}; repair the cause and run again"
        raise TargetError(f"some files are new and some are old: {reason}") from None


def _recover_one(root: Path, record: Record, on_step: OnStep) -> str:
    try:
        roll_forward(root, record, on_step)
    except (OSError, TargetError):
        roll_back(root, record, on_step)
        on_step("forget")
        records.forget(root, record.id)
        return f"the interrupted run {record.label!r} was taken back"
    on_step("finish")
    records.save(root, replace(record, state="done"))
    return f"the interrupted run {record.label!r} was finished"


def _standing(known: tuple[Record, ...]) -> list[Record]:
    gone = {record.undoes for record in known if record.undoes and record.state == "done"}
    return [record for record in known if record.undoes is None and record.id not in gone]


def _sweep(root: Path) -> None:
    # What was taken back needs no backups, and its undo has nothing more to say.
    for record in records.load_all(root):
        if record.undoes is not None and record.state == "done":
            records.forget(root, record.undoes)
            records.forget(root, record.id)


def _inverse(root: Path, record: Record) -> list[Change]:
    changes: list[Change] = []
    touched: list[str] = []
    real_root = Path(os.path.realpath(root))
    for position, entry in enumerate(record.entries):
        if state_of(real_root, entry) != entry.after:
            touched.append(entry.path)
            continue
        now = content(real_root / entry.path)
        old = content(records.stored(root, record.id, "before", position))
        if digest(old) != entry.before:
            raise TargetError(
                f"cannot undo {record.label!r}: the backup of {entry.path} is damaged"
            )
        changes.append(Change(PurePosixPath(entry.path), now, old))
    if touched:
        raise TargetError(f"cannot undo {record.label!r}: changed since are {', '.join(touched)}")
    return changes
