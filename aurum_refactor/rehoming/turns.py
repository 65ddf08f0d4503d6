"""Turn after turn of rewriting, until one changes nothing: what leaves may free something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath

from aurum_refactor.holding import with_held
from aurum_refactor.model import Breach, Change, ChangeSet, LockedMonolith, Proof, Rehoming
from aurum_refactor.pipeline import Extraction
from aurum_refactor.rehoming.faults import turn, without_faults
from aurum_refactor.rehoming.surroundings import Surrounding, surrounding_of
from aurum_refactor.workspace import Workspace, after

#: Turns after which rewriting would have come to rest.
_TURNS = 6


@dataclass(frozen=True, slots=True)
class Settled:
    """An extraction and all turns of rewriting on top of it; or up to the one that fails."""

    # None where the proof fails.
    plan: Rehoming | None
    changes: ChangeSet
    proof: Proof
    locks: tuple[LockedMonolith, ...]
    # What the last turn found.
    around: Surrounding


def in_turns(
    extraction: Extraction,
    around: Surrounding,
    lock: LockedMonolith | None,
    ending: Callable[[ChangeSet], ChangeSet] | None,
    *,
    keep_exports: bool,
    tests_only: bool,
) -> Settled:
    """Rewrite until nothing changes any more.

    Args:
        extraction: What is rewritten.
        around: The monolith as the extraction leaves it.
        lock: What is recorded of it.
        ending: Adds to the changes of the first turn.
        keep_exports: Keep every public name whose value never changes.
        tests_only: Rewrite tests alone, and move nothing more.

    Returns:
        All turns as one; the proof has breaches where one of them fails, or where they do
        not come to rest.
    """
    workspace = extraction.workspace
    locks = extraction.locks or workspace.locks
    both, counts = extraction.changes, extraction.proof.counts
    plan: Rehoming | None = None
    for number in range(_TURNS):
        step = partial(
            turn,
            around,
            ending if number == 0 else None,
            keep_exports=keep_exports,
            tests_only=tests_only,
        )
        found, changes, proof = without_faults(step)
        plan = found if plan is None else _together(plan, found)
        if not changes.changes:
            counts = (*counts, ("G7", "changes of a second rewriting", 0))
            return Settled(plan, both, Proof(counts), locks, around)
        both = _joined(both, changes)
        counts = (*counts, *proof.counts)
        if not proof.holds:
            return Settled(None, both, Proof(counts, proof.breaches), locks, around)
        locks = _as_left(locks, workspace, both)
        # What has left may have been all that held something else back.
        around = surrounding_of(after(workspace, both, locks), both.after, lock)
    unsettled = _unsettled(workspace.survey.layout.module)
    return Settled(None, both, Proof(counts, (unsettled,)), locks, around)


def _as_left(
    locks: tuple[LockedMonolith, ...], workspace: Workspace, changes: ChangeSet
) -> tuple[LockedMonolith, ...]:
    """The locks, with what is held back recorded for the monolith as it is left."""
    data = changes.after.get(workspace.original.path) or workspace.original.data
    path = workspace.original.path
    return tuple(with_held(row, workspace.held, data) if row.path == path else row for row in locks)


def _unsettled(module: str) -> Breach:
    return Breach("G7", module, 1, "rewriting again and again changes something each time")


def _together(first: Rehoming, second: Rehoming) -> Rehoming:
    """What two turns did; names stay as the last one says."""
    rooms = {room.module: room for room in first.rooms}
    for room in second.rooms:
        known = rooms.get(room.module)
        leaving = room.leaving | (known.leaving if known else frozenset())
        rooms[room.module] = replace(room, leaving=leaving)
    return replace(
        second,
        rooms=tuple(rooms[module] for module in sorted(rooms)),
        homes=tuple(sorted({**dict(first.homes), **dict(second.homes)}.items())),
        gone=first.gone | second.gone,
        live=first.live | second.live,
    )


def _joined(first: ChangeSet, second: ChangeSet) -> ChangeSet:
    """Two steps as one."""
    before = {str(change.path): change.before for change in first.changes}
    result = {str(change.path): change for change in first.changes}
    for change in second.changes:
        path = str(change.path)
        result[path] = Change(PurePosixPath(path), before.get(path, change.before), change.after)
    return ChangeSet.of(result.values())
