"""Rewrite mode on top of an extraction: names leave, references follow; nothing is written."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from aurum_refactor.model import Change, ChangeSet
from aurum_refactor.pipeline import Extraction, with_lock
from aurum_refactor.plan.paths import target_init
from aurum_refactor.rehoming.inits import init_of, with_init
from aurum_refactor.rehoming.surroundings import Surrounding, surrounding_of
from aurum_refactor.rehoming.turns import in_turns
from aurum_refactor.source.mentions import mentions_of
from aurum_refactor.workspace import after


def rewritten(
    extraction: Extraction,
    *,
    keep_exports: bool = False,
    tests_only: bool = False,
    rewrite_text: bool = False,
) -> Extraction:
    """Go on from an extraction: empty the monolith, and rewrite every reference.

    Args:
        extraction: Planned and proven in keep mode; it may change nothing.
        keep_exports: Leave a re-export of every public name whose value never changes.
        tests_only: Rewrite the references of tests to what has moved, and move nothing more.
        rewrite_text: Also rewrite dotted names in files that are no Python.

    Returns:
        The extraction with the changes and the proof of both steps.
    """
    workspace = extraction.workspace
    locks = extraction.locks or workspace.locks
    module = workspace.survey.layout.module
    lock = next((row for row in locks if row.module == module), None)
    then = after(workspace, extraction.changes, locks)
    around = surrounding_of(then, extraction.changes.after, lock)
    why_not = _why_not(extraction, around)
    if why_not:
        return replace(extraction, unrewritten=why_not)
    init = init_of(then)
    if init is None:
        path = target_init(then.survey.layout, then.config)
        reason = f"{path} has code of its own above an import of the monolith"
        return replace(extraction, unrewritten=reason)
    settled = in_turns(
        extraction,
        around,
        lock,
        None if tests_only else partial(with_init, then, extraction, init),
        keep_exports=keep_exports,
        tests_only=tests_only,
    )
    if settled.plan is None:
        return replace(extraction, changes=settled.changes, proof=settled.proof)
    plan, changes = settled.plan, settled.changes
    if workspace.held:
        changes = with_lock(changes, workspace, settled.locks)
    mentions, files = mentions_of(
        workspace.root, module, {n: m for n, m in plan.homes if n in plan.gone}
    )
    if rewrite_text and not tests_only:
        texts = [Change(PurePosixPath(path), *pair) for path, pair in files.items()]
        changes = ChangeSet.of((*changes.changes, *texts))
    known = workspace.survey.warnings
    more = tuple(finding for finding in settled.around.broken if finding not in known)
    survey = replace(workspace.survey, warnings=(*known, *more))
    return replace(
        extraction,
        workspace=replace(workspace, survey=survey),
        changes=changes,
        proof=settled.proof,
        locks=settled.locks,
        rehoming=plan,
        mentions=() if tests_only else mentions,
        text_rewritten=rewrite_text,
    )


def _why_not(extraction: Extraction, around: Surrounding) -> str:
    """Why nothing can be rewritten; "" if nothing is known to speak against it."""
    if not around.new:
        return "nothing has moved out of the monolith yet"
    if extraction.plan.again and not extraction.plan.in_place:
        use = extraction.plan.again[0]
        return f"{use.path}:{use.line} executes the monolith again, and names live in it"
    return ""
