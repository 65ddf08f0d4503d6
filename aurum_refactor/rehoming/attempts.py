"""Plan and carry out, until nothing is left that names what is gone."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.analysis.imports import imported_modules
from aurum_refactor.locating import is_test
from aurum_refactor.model import ChangeSet, Rehoming, Stay
from aurum_refactor.plan.rehoming.decide import plan_rehoming
from aurum_refactor.rehoming.leftovers import note_left_over, patched_with_later
from aurum_refactor.rehoming.surroundings import Surrounding
from aurum_refactor.rehoming.tied import mentioning, tied_beforehand


def rehomed(
    around: Surrounding,
    *,
    keep_exports: bool = False,
    tests_only: bool = False,
    held: Mapping[str, Stay] | None = None,
) -> tuple[Rehoming, ChangeSet]:
    """Plan and carry out, until nothing is left that names what is gone.

    Args:
        around: The monolith and what is around it.
        keep_exports: Keep every public name whose value never changes.
        tests_only: Rewrite tests alone, and move nothing more.
        held: Names that stay without being asked.

    Raises:
        Unredirected: A name that stays cannot be rewritten all the same.
    """
    from aurum_refactor.rewrite.rehome import Unredirected, rehome  # noqa: PLC0415 - libcst

    touched = mentioning(around)
    if tests_only:
        touched = {path: row for path, row in touched.items() if is_test(path)}
    tied = tied_beforehand(around, touched, held or {}, keep_exports=keep_exports)
    while True:
        plan = plan_rehoming(
            around.survey,
            around.new,
            around.leaf,
            around.leaf_path,
            tied.pinned,
            tied.exports,
            leaf_is_free=around.leaf_is_free,
            waiting=around.waiting,
            nothing_more=tests_only,
        )
        early = [] if tests_only else patched_with_later(around, plan, tied.pinned)
        if early:
            tied.pinned |= {stay.name: stay for stay in early}
            continue
        try:
            changes = rehome(
                plan,
                around.survey,
                around.source,
                around.rooms,
                touched,
                around.spellings,
                imported_modules,
            )
        except Unredirected as error:
            if error.name not in dict(plan.homes) and error.path in touched:
                # Then the whole file is left alone, and what it names stays.
                del touched[error.path]
                continue
            if error.name in tied.pinned:
                raise
            reason = f"{error.path} cannot be rewritten: {error.name} {error.reason}"
            tied.pin(error.name, reason, error.path, 1)
            continue
        before = len(tied)
        note_left_over(around, plan, changes, tied)
        if before == len(tied):
            return plan, changes
