"""Carries a plan out: from the monolith's text to every file that changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from aurum_refactor.errors import SourceError, TargetError
from aurum_refactor.model import (
    Change,
    ChangeSet,
    DomainModule,
    LockedEndpoint,
    LockedMonolith,
    Plan,
    Survey,
)
from aurum_refactor.rewrite.domain_module import Unrewritable, render
from aurum_refactor.rewrite.monolith import shrink
from aurum_refactor.rewrite.package_init import render_init
from aurum_refactor.source.text import SourceText, decode, encode


def chosen(plan: Plan, domains: frozenset[str] | None) -> tuple[DomainModule, ...]:
    """The modules of some domains, or of all when None."""
    return tuple(m for m in plan.modules if domains is None or m.domain in domains)


def extract(
    plan: Plan,
    survey: Survey,
    source: SourceText,
    domains: frozenset[str] | None,
    existing: Mapping[str, bytes],
) -> ChangeSet:
    """Everything that changes when some domains move out of the monolith.

    Args:
        plan: Made from exactly these bytes.
        survey: What the plan was made from.
        source: The monolith.
        domains: Which domains to move; None for all.
        existing: Bytes of files that may be there already: the package's
            ``__init__.py`` and those of the folders above it.

    Raises:
        TargetError: The monolith is not the one that was planned.
        Unrewritable: One endpoint has no faithful form elsewhere.
    """
    if plan.digest != survey.digest:
        raise TargetError(f"{source.path} has changed since it was planned")
    modules = chosen(plan, domains)
    if not modules:
        return ChangeSet(())
    changes = [
        Change(
            PurePosixPath(module.path),
            existing.get(module.path),
            _written(module, plan, survey, source, existing),
        )
        for module in modules
    ]
    # The leaf goes out whole with the first extraction, whatever that moves.
    shared = plan.shared
    if shared is not None:
        code = encode(render(shared, plan, survey, source.text), _bare(source))
        changes.append(Change(PurePosixPath(shared.path), None, code))
    text = shrink(plan, modules, shared, survey, source.text)
    changes.append(Change(PurePosixPath(source.path), source.data, encode(text, source)))
    changes += _packages(plan, modules, survey, existing)
    return ChangeSet.of(changes)


def _written(
    module: DomainModule,
    plan: Plan,
    survey: Survey,
    source: SourceText,
    existing: Mapping[str, bytes],
) -> bytes:
    """The bytes of a domain's module: a new one, or one that is there and grows."""
    there = file_there(module, existing)
    code = render(module, plan, survey, source.text, there)
    if there is None:
        return encode(code, _bare(source))
    try:
        return encode(code, there)
    except SourceError as error:
        ordinals = [*(o for run in module.runs for o in run.ordinals), *module.owned]
        for ordinal in ordinals:
            row = survey.statements[ordinal]
            try:
                encode(source.text[row.start : row.end], there)
            except SourceError:
                raise Unrewritable(ordinal, f"in {there.path}, {error.reason}") from None
        raise


def file_there(module: DomainModule, existing: Mapping[str, bytes]) -> SourceText | None:
    """The file that a domain's module is added to; None where it is new."""
    return None if module.there is None else decode(module.path, existing[module.path])


def _bare(source: SourceText) -> SourceText:
    """New files have no byte order mark, whatever the monolith has."""
    return replace(source, data=b"", bom=False, text="")


def _packages(
    plan: Plan,
    modules: Sequence[DomainModule],
    survey: Survey,
    existing: Mapping[str, bytes],
) -> list[Change]:
    init = plan.init_path
    before = existing.get(init)
    there = None if before is None else decode(init, before)
    text = None if there is None else there.text
    changes: list[Change] = []
    if text is None or (plan.init_imports_monolith and not _imports_already(text, plan)):
        alias = f"_{plan.layout.module.rpartition('.')[2].strip('_')}"
        after = render_init(plan, text, alias, survey.newline)
        data = after.encode("utf-8") if there is None else encode(after, there)
        changes.append(Change(PurePosixPath(init), before, data))
    # Folders between the monolith's package and the new modules.
    base = PurePosixPath(plan.layout.directory or ".")
    written = {init}
    for module in modules:
        for folder in PurePosixPath(module.path).parents:
            path = str(folder / "__init__.py")
            if folder == base or folder in base.parents or str(folder) == ".":
                break
            if path not in written and path not in existing:
                written.add(path)
                changes.append(Change(PurePosixPath(path), None, b""))
    return changes


def _imports_already(text: str, plan: Plan) -> bool:
    last = plan.layout.module.rpartition(".")[2]
    return any(
        line.startswith(("from ", "import ")) and last in line.replace(",", " ").split()
        for line in text.splitlines()
    )


def lock_after(
    plan: Plan,
    survey: Survey,
    domains: frozenset[str] | None,
    before: LockedMonolith | None,
) -> LockedMonolith:
    """What the lock file says of this monolith after the extraction.

    Endpoints keep the ordinal they had in the monolith when they were first
    seen, so that the lock does not depend on the order of extractions.
    """
    homes = {
        ordinal: module.module
        for module in chosen(plan, domains)
        for run in module.runs
        for ordinal in run.ordinals
    }
    anchors = {
        ordinal: run.anchor
        for module in plan.modules
        for run in module.runs
        for ordinal in run.ordinals
        if plan.coalesced and run.handle
    }
    known = before.endpoints if before else ()
    # What has left the monolith is remembered; what was deleted by hand is not.
    rows = [row for row in known if row.home != plan.layout.module]
    shift = 1 + max((row.ordinal for row in known), default=-1)
    assigned = {row.ordinal: row for row in plan.assignments}

    def original(ordinal: int) -> int:
        found = assigned[ordinal].original
        if found >= 0:
            return found
        return ordinal if before is None else shift + ordinal

    for endpoint in survey.endpoints:
        assignment = assigned[endpoint.ordinal]
        anchor = anchors.get(endpoint.ordinal)
        rows.append(
            LockedEndpoint(
                name=endpoint.name,
                routes=endpoint.routes,
                domain=assignment.domain,
                reason=assignment.reason,
                ordinal=original(endpoint.ordinal),
                home=homes.get(endpoint.ordinal, plan.layout.module),
                digest=endpoint.digest,
                place=-1 if anchor is None else original(anchor),
            )
        )
    options = (("coalesce", plan.coalesced), ("factor", plan.factored))
    return LockedMonolith(
        plan.layout.module,
        plan.layout.path,
        tuple(rows),
        tuple(name for name, asked in options if asked),
    )
