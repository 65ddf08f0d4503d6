"""The last arrows: Plan, ChangeSet, Proof; reads no file twice, prints and writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from aurum_refactor.errors import UsageError
from aurum_refactor.holding import first_breach, held_back, remembered, sentence, with_held
from aurum_refactor.model import (
    Breach,
    Change,
    ChangeSet,
    LockedMonolith,
    Plan,
    Proof,
    Rehoming,
    Use,
)
from aurum_refactor.source.lock import LOCK_FILE, render_lock
from aurum_refactor.workspace import Workspace, after, homes_of, plan_of

if TYPE_CHECKING:
    from aurum_refactor.proof.existing import Grown
    from aurum_refactor.proof.second_execution import Again


@dataclass(frozen=True, slots=True)
class Extraction:
    """One extraction as it would be: the plan it carries out, every file, and the proof."""

    workspace: Workspace
    plan: Plan
    # None for all domains.
    domains: frozenset[str] | None
    changes: ChangeSet
    proof: Proof
    # What the lock says once the changes are written.
    locks: tuple[LockedMonolith, ...] = ()
    # In rewrite mode, where the names that were left have gone.
    rehoming: Rehoming | None = None
    # Why nothing could be rewritten; empty otherwise.
    unrewritten: str = ""
    # Dotted names in files that are no Python: (path, line, before, after).
    mentions: tuple[tuple[str, int, str, str], ...] = ()
    text_rewritten: bool = False


def extraction_of(workspace: Workspace, domains: frozenset[str] | None) -> Extraction:
    """Plan, rewrite and prove; writes nothing.

    What the proof does not let pass is held back (AR118), and the rest moves.

    Args:
        workspace: The project as it was read.
        domains: Domains to move, or None for all. Domains that have moved
            already change nothing.

    Raises:
        UsageError: A domain that the monolith never had.
    """
    first = _attempt(workspace, domains)
    fault = first_breach(first.proof)
    if fault is None:
        return first
    names = _moved(first)

    def fault_of(moving: Collection[str]) -> Breach | None:
        stays = {name: "" for name in names if name not in moving}
        return first_breach(_attempt(_holding(workspace, stays), domains).proof)

    out = held_back(names, fault, fault_of)
    because = {name: sentence(breach) for name, breach in out.items()}
    last = _attempt(_holding(workspace, because), domains)
    return last if last.proof.holds else first


def _moved(extraction: Extraction) -> list[str]:
    """Names of the endpoints that an extraction moves, those of a module beside each other."""
    from aurum_refactor.rewrite.extract import chosen  # noqa: PLC0415 - loads libcst

    statements = extraction.workspace.survey.statements
    rows = [
        statements[ordinal].label
        for module in chosen(extraction.plan, extraction.domains)
        for run in module.runs
        for ordinal in run.ordinals
    ]
    return list(dict.fromkeys(rows))


def _holding(workspace: Workspace, names: Mapping[str, str]) -> Workspace:
    """The same project with these endpoints held back beside those that are already."""
    return workspace.reread({**workspace.held, **names})


def _attempt(workspace: Workspace, domains: frozenset[str] | None) -> Extraction:
    """One plan, carried out and proven."""
    plan, made = _carried_out(workspace, domains)
    changes, locks = _with_lock(workspace, plan, domains, made)
    # Where only the lock remembers more there is nothing to prove.
    proof = proof_of(workspace, plan, domains, changes, locks) if made.changes else Proof(())
    return Extraction(workspace, plan, domains, changes, proof, locks)


def _carried_out(workspace: Workspace, domains: frozenset[str] | None) -> tuple[Plan, ChangeSet]:
    """A plan that can be rewritten, and what it changes besides the lock."""
    from aurum_refactor.rewrite.domain_module import Unrewritable  # noqa: PLC0415 - loads libcst
    from aurum_refactor.rewrite.extract import extract  # noqa: PLC0415

    unrewritable: dict[str, str] = {}
    while True:
        plan = plan_of(workspace, unrewritable)
        _check_domains(plan, workspace.locked, domains)
        try:
            changes = extract(plan, workspace.survey, workspace.source, domains, workspace.existing)
            return plan, _from_original(changes, workspace)
        except Unrewritable as error:
            name = workspace.survey.statements[error.ordinal].label
            if name in unrewritable:
                raise
            unrewritable[name] = error.reason


def _from_original(changes: ChangeSet, workspace: Workspace) -> ChangeSet:
    """The same changes as they are to what stands on disk."""
    path = PurePosixPath(workspace.original.path)
    return ChangeSet.of(
        replace(row, before=workspace.original.data) if row.path == path else row
        for row in changes.changes
    )


def _with_lock(
    workspace: Workspace, plan: Plan, domains: frozenset[str] | None, changes: ChangeSet
) -> tuple[ChangeSet, tuple[LockedMonolith, ...]]:
    from aurum_refactor.rewrite.extract import lock_after  # noqa: PLC0415 - loads libcst

    known = remembered(workspace.locked, workspace.original.data)
    if not changes.changes and workspace.held == known:
        return changes, workspace.locks
    mine = lock_after(plan, workspace.survey, domains, workspace.locked)
    left = changes.after.get(workspace.original.path, workspace.original.data)
    mine = with_held(mine, workspace.held, left or b"")
    locks = (*(lock for lock in workspace.locks if lock.module != mine.module), mine)
    return with_lock(changes, workspace, locks), locks


def with_lock(
    changes: ChangeSet, workspace: Workspace, locks: tuple[LockedMonolith, ...]
) -> ChangeSet:
    """The changes, and the lock file as it is after them."""
    path = workspace.root / LOCK_FILE
    before = path.read_bytes() if path.is_file() else None
    change = Change(PurePosixPath(LOCK_FILE), before, render_lock(locks))
    others = (row for row in changes.changes if row.path != change.path)
    return ChangeSet.of((*others, change))


def _check_domains(
    plan: Plan, locked: LockedMonolith | None, domains: frozenset[str] | None
) -> None:
    known = set(plan.domains) | {row.domain for row in (locked.endpoints if locked else ())}
    unknown = sorted((domains or frozenset()) - known)
    if unknown:
        raise UsageError(
            f"no such domain: {', '.join(unknown)}; there are {', '.join(sorted(known)) or 'none'}"
        )


def proof_of(
    workspace: Workspace,
    plan: Plan,
    domains: frozenset[str] | None,
    changes: ChangeSet,
    locks: tuple[LockedMonolith, ...],
) -> Proof:
    """Read the result afresh and hold it against the guarantees.

    The proof gets bytes and plain facts, never the plan; only G7, which says
    that planning again gives the same, is answered by planning again.
    """
    from aurum_refactor.proof.carrying import prove_carrying  # noqa: PLC0415 - a plan needs none
    from aurum_refactor.proof.effects import Foreign  # noqa: PLC0415
    from aurum_refactor.proof.lifting import prove_lifting  # noqa: PLC0415
    from aurum_refactor.proof.prove import prove  # noqa: PLC0415

    # The monolith may be the __init__ of the package; it counts as it was read, lifted or not.
    before = {**workspace.existing, workspace.source.path: workspace.source.data}
    writes = (Use.ASSIGN, Use.PATCH, Use.FORWARD)
    layout = workspace.survey.layout
    made = workspace.made
    methods, unlike = prove_carrying(workspace.original, made.carried, layout, made.relatives)
    count, wrong = prove_lifting(made.carried, workspace.source, layout)
    proof = prove(
        before,
        changes.after,
        workspace.survey.layout,
        lambda: replanned(workspace, plan, domains, changes, locks),
        replaced=frozenset(r.name for r in workspace.survey.references if r.use in writes),
        unbounded=any(use.what == "dynamic" for use in workspace.survey.module_uses),
        order=workspace.order,
        looks_back=workspace.survey.looks_back,
        others=workspace.included,
        own=homes_of(workspace.locks, workspace.survey.layout.module),
        again=_again(workspace, plan),
        grown=_grown(workspace, changes),
        foreign=Foreign(
            dict(workspace.survey.foreign_changes),
            dict(workspace.survey.foreign_looks),
            dict(workspace.survey.fixed),
        ),
    )
    lifted = (("G1", "runs lifted out of functions and blocks", count),) if count else ()
    carried = (("G1", "methods carried out of their classes", methods),) if methods else ()
    return Proof((*carried, *lifted, *proof.counts), (*unlike, *wrong, *proof.breaches))


def _grown(workspace: Workspace, changes: ChangeSet) -> dict[str, Grown]:
    """Facts, as they were read, about files that people wrote and that would grow."""
    from aurum_refactor.proof.existing import Grown  # noqa: PLC0415 - a plan needs none

    rows = map(workspace.read_existing, sorted(map(str, changes.after)))
    return {
        row.module: Grown(row.imported_at, bool(row.imported_by), row.replaced)
        for row in rows
        if row is not None
    }


def _again(workspace: Workspace, plan: Plan) -> Again:
    """Facts, as they were read, about code that makes the monolith run a second time."""
    from aurum_refactor.proof.second_execution import Again  # noqa: PLC0415 - a plan needs none

    survey = workspace.survey
    return Again(
        uses=survey.module_uses,
        lasting=survey.lasting,
        existing=survey.project_modules,
        own=plan.own,
        half=bool(survey.half_reloaded),
    )


def replanned(
    workspace: Workspace,
    plan: Plan,
    domains: frozenset[str] | None,
    changes: ChangeSet,
    locks: tuple[LockedMonolith, ...],
) -> tuple[str, ...]:
    """What a second extraction would still change, in sentences (guarantee G7).

    Domains that have moved give nothing more; the others give, byte for byte,
    the modules that they would have given before.
    """
    from aurum_refactor.rewrite.domain_module import render  # noqa: PLC0415 - loads libcst
    from aurum_refactor.rewrite.extract import chosen, file_there  # noqa: PLC0415

    then = after(workspace, changes, locks)
    second = plan_of(then)
    done = {module.domain for module in chosen(plan, domains)}
    found = [
        f"{module.path} would be made although {module.domain} has moved"
        for module in second.modules
        if module.domain in done
    ]
    if second.shared is not None:
        found.append(f"{second.shared.path} would be made a second time")
    rest = {module.path: module for module in plan.modules if module.domain not in done}
    late = {module.path: module for module in second.modules if module.domain not in done}
    if rest.keys() != late.keys():
        found.append(f"other modules: {', '.join(sorted(rest.keys() ^ late.keys()))}")
    for path in sorted(rest.keys() & late.keys()):
        there = file_there(rest[path], workspace.existing)
        one = render(rest[path], plan, workspace.survey, workspace.source.text, there)
        there = file_there(late[path], then.existing)
        two = render(late[path], second, then.survey, then.source.text, there)
        if one != two:
            found.append(f"{path} would be another file than it was before")
    return tuple(found)
