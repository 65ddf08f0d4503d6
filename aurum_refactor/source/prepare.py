"""The first half of writing: everything on disk in the journal, nothing in the project yet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from aurum_refactor.errors import TargetError
from aurum_refactor.model import ChangeSet
from aurum_refactor.source import journal_record as records
from aurum_refactor.source.atomic import sync_directory, write_new
from aurum_refactor.source.carry_out import OnStep
from aurum_refactor.source.journal_record import Entry, Record, digest
from aurum_refactor.source.run_lock import state_directory
from aurum_refactor.source.targets import Target, checked_targets


def prepare(
    root: Path,
    changes: ChangeSet,
    draft: Record,
    modes: Mapping[str, int | None],
    on_step: OnStep,
) -> Record:
    """Check a change set and put its old and new bytes, and a record of it, on disk.

    Args:
        root: The project root.
        changes: What to write.
        draft: The record without id, created directories and entries.
        modes: Path to permission bits of files that are to come back.
        on_step: Told of every step as it is about to begin.

    Returns:
        The record as it stands in the journal, state "prepared". From here on
        the run can be finished or taken back by whoever reads it.

    Raises:
        TargetError: A change may not be written, or the disk refuses; the
            journal is as it was.
    """
    targets = checked_targets(root, changes)
    state_directory(root)
    record = replace(
        draft,
        id=records.new_id(root),
        created=_missing_directories(Path(os.path.realpath(root)), targets),
        entries=tuple(_entry(target, modes) for target in targets),
    )
    try:
        _store(root, record, targets, on_step)
        on_step("prepare")
        records.save(root, record)
    except OSError as error:
        records.forget(root, record.id)
        raise not_written(error) from None
    except BaseException:
        records.forget(root, record.id)
        raise
    return record


def _entry(target: Target, modes: Mapping[str, int | None]) -> Entry:
    mode = modes.get(target.path) if target.mode is None else target.mode
    before, after = target.change.before, target.change.after
    return Entry(target.path, digest(before), digest(after), mode)


def _store(root: Path, record: Record, targets: tuple[Target, ...], on_step: OnStep) -> None:
    sides: tuple[records.Side, ...] = ("before", "after")
    for side in sides:
        directory = records.folder(root, record.id) / side
        directory.mkdir(parents=True)
        for position, target in enumerate(targets):
            data = target.change.before if side == "before" else target.change.after
            if data is not None:
                on_step(f"store {side} {target.path}")
                write_new(records.stored(root, record.id, side, position), data)
        sync_directory(directory)
    sync_directory(records.folder(root, record.id))
    sync_directory(records.journal(root))


def _missing_directories(real_root: Path, targets: tuple[Target, ...]) -> tuple[str, ...]:
    missing = {
        directory.relative_to(real_root).as_posix()
        for target in targets
        if target.change.after is not None
        for directory in target.place.parents
        if directory.is_relative_to(real_root) and not directory.exists()
    }
    return tuple(sorted(missing))


def not_written(error: OSError) -> TargetError:
    """Say that the disk refused, where nothing was changed or all was taken back."""
    name = f"{error.filename}: " if error.filename else ""
    return TargetError(f"nothing was changed, because the disk refused: {name}{error.strerror}")
