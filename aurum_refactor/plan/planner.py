"""Survey and settings in, one ``Plan`` of the whole assignment out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from aurum_refactor.graph.closure import reached_by_running
from aurum_refactor.model import (
    DomainModule,
    Layout,
    LockedEndpoint,
    LockedMonolith,
    OrderFacts,
    Plan,
    Survey,
)
from aurum_refactor.plan.blockers import Surroundings, blocker, imports_first
from aurum_refactor.plan.changes import inert_names
from aurum_refactor.plan.domains import assign, shared_by_all
from aurum_refactor.plan.factor import factored
from aurum_refactor.plan.homes import Homes
from aurum_refactor.plan.modules import reads_monolith, shared_module
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.paths import dotted_name, in_the_way, router_path, shared_path, target_init
from aurum_refactor.plan.refusals import of_members, unmoved_findings
from aurum_refactor.plan.remarks import executed_again, remarks
from aurum_refactor.plan.runs import Observers
from aurum_refactor.plan.second_execution import copies, reloads, reloads_in_place, removals
from aurum_refactor.plan.settle import Question, settle
from aurum_refactor.source.globs import match_glob
from aurum_refactor.source.settings import Config


def make_plan(
    survey: Survey,
    config: Config,
    locked: LockedMonolith | None,
    around: Surroundings,
    unrewritable: Mapping[str, str],
    held: Mapping[str, str],
    facts: OrderFacts | None = None,
) -> Plan:
    """Decide for every endpoint its domain, its run, its module and its wiring.

    Nothing is read or written; equal inputs give an equal plan. Endpoints
    that cannot be proven to move are refused, each with a rule and a line.

    Args:
        survey: The monolith and its uses.
        config: Domains by glob, layout, and endpoints to keep.
        locked: What earlier extractions recorded of this monolith.
        around: Files that exist already.
        unrewritable: Endpoints for which a rewrite found no faithful form,
            with the reason.
        held: Endpoints that the proof does not let pass, with what it says.
        facts: What the project says about the order of routes; None where the
            runs of a domain are not to be merged.
    """
    layout = survey.layout
    leaf_path = shared_path(layout, config)
    leaf = dotted_name(leaf_path, layout.source_root)
    own = _own_modules(locked, leaf)
    survey = _without_own_imports(survey, own)
    assignments = assign(
        survey.endpoints,
        survey.receivers,
        globs=[(rule.name, rule.globs) for rule in config.domains],
        remembered=_remembered(locked),
        matches=match_glob,
        registrars={row.name: row for row in survey.registrars},
        # Functions that register were given their domain with all that is nested.
        shared=shared_by_all(e.reason for e in locked.endpoints)
        if locked
        else (frozenset() if survey.registrars else None),
    )
    init = target_init(layout, config)
    package = dotted_name(init, layout.source_root)
    parts = {leaf, package, layout.module.rpartition(".")[0]}
    used = _stages_used(locked, {row.domain for row in assignments}, layout, config, around.files)

    def path_of(domain: str, stage: int) -> str:
        # A module that exists is other people's by now, ours too: add another.
        return router_path(layout, config, domain, stage + used.get(domain, 0))

    def dotted(path: str) -> str:
        return dotted_name(path, layout.source_root)

    parts |= {
        dotted_name(router_path(layout, config, row.domain, 1), layout.source_root)
        for row in assignments
    }
    parts |= {dotted(path_of(row.domain, 1)) for row in assignments}
    reloaded, taken_out = reloads(survey.module_uses), removals(survey.module_uses, parts)
    copied = copies(survey.module_uses)
    in_place = reloads_in_place(survey, (*reloaded, *taken_out, *copied), own)
    names = replace(
        NameTable.of(survey, own - {leaf}, leaf),
        reloaded=bool(reloaded) and not in_place,
        taken_out=bool(taken_out),
        copied=bool(copied),
    )
    observers = Observers.of(
        survey, reached_by_running(survey.statements, inert_names(survey)), own
    )
    begun = {e.domain for e in locked.endpoints if e.home != locked.module} if locked else set()
    settled = settle(
        Question(
            survey=survey,
            config=config,
            names=names,
            assignments=assignments,
            unrewritable=unrewritable,
            held=held,
            observers=observers,
            around=around,
            facts=facts,
            leaf=leaf,
            leaf_path=leaf_path,
            handed_back=_handed_back(survey, locked, leaf),
            path_of=path_of,
            dotted=dotted,
            begun=frozenset(begun),
            again=(*reloaded, *taken_out, *copied),
        )
    )
    refusals, homes, modules = list(settled.refusals), settled.homes, settled.modules
    apart = settled.apart
    if config.factor:
        modules, unfactored = factored(modules, survey)
        apart += unfactored
    shared = shared_module(survey, names, homes, leaf, leaf_path)
    every = modules if shared is None else (*modules, shared)
    again = (*reloaded, *taken_out, *copied)
    needs_init = (
        bool(again and modules)
        or reads_monolith(every, survey)
        or imports_first(around.init_text or "", layout)
        or any(
            existing.imports_project
            for module in modules
            if (existing := around.read_existing(module.path)) is not None
        )
    )
    blocked = blocker(survey, modules, init, around, reads_monolith=needs_init)
    if blocked is not None:
        refusals += [blocked.refuse(survey, member.endpoint) for member in settled.movable.values()]
        modules, needs_init, shared, homes, again = (), False, None, Homes((), -1), ()
    findings = (*survey.warnings, *remarks(survey), *unmoved_findings(survey), *apart)
    findings += executed_again(again, in_place=in_place)
    return Plan(
        layout=layout,
        digest=survey.digest,
        assignments=assignments,
        modules=modules,
        refusals=of_members(survey, sorted(refusals, key=lambda refusal: refusal.ordinal)),
        target_package=package,
        init_path=init,
        init_imports_monolith=needs_init,
        script_alias=needs_init and survey.script_serves_own_object,
        findings=findings,
        shared=shared,
        shared_place=homes.shared_place,
        homes=homes.rows,
        coalesced=facts is not None,
        factored=config.factor,
        own=own,
        again=again,
        in_place=in_place and bool(again),
        builtins=tuple(
            sorted(n for n in _qualified(modules, shared) if names.may_be_patched_builtin(n))
        ),
    )


def _qualified(modules: Sequence[DomainModule], shared: DomainModule | None) -> frozenset[str]:
    """Names that new modules read through the monolith."""
    every = (*modules, *([shared] if shared else []))
    return frozenset(name for module in every for name in module.qualified)


def _own_modules(locked: LockedMonolith | None, leaf: str) -> frozenset[str]:
    """Modules that earlier extractions made."""
    if locked is None:
        return frozenset()
    return frozenset({e.home for e in locked.endpoints} - {locked.module} | {leaf})


def _handed_back(survey: Survey, locked: LockedMonolith | None, leaf: str) -> Mapping[int, int]:
    """Imports of modules that we made, with the first original ordinal there; -1 for the leaf."""
    firsts = {leaf: -1}
    for row in locked.endpoints if locked else ():
        if locked is not None and row.home != locked.module:
            firsts[row.home] = min(row.ordinal, firsts.get(row.home, row.ordinal))
    return {
        statement.ordinal: firsts[statement.imports[0].module]
        for statement in survey.statements
        if locked is not None
        and statement.imports
        and statement.imports[0].module in firsts
        and all(row.alias is None for row in statement.imports)
    }


def _without_own_imports(survey: Survey, own: frozenset[str]) -> Survey:
    """Importing back what has moved registers nothing that is planned now (G7)."""
    quiet = {
        statement.ordinal
        for statement in survey.statements
        if statement.imports
        and all(row.module in own and row.alias is None for row in statement.imports)
    }
    rows = tuple(row for row in survey.registrations if row.ordinal not in quiet)
    return survey if rows == survey.registrations else replace(survey, registrations=rows)


def _remembered(
    locked: LockedMonolith | None,
) -> Mapping[tuple[str, tuple[str, ...]], Sequence[LockedEndpoint]]:
    found: dict[tuple[str, tuple[str, ...]], list[LockedEndpoint]] = {}
    for row in locked.endpoints if locked else ():
        if locked is not None and row.home == locked.module:
            found.setdefault((row.name, row.routes), []).append(row)
    return found


def _stages_used(
    locked: LockedMonolith | None,
    domains: Collection[str],
    layout: Layout,
    config: Config,
    files: Collection[str],
) -> Mapping[str, int]:
    """How many modules of each domain are there: of earlier extractions, or of others."""
    homes = {e.home for e in locked.endpoints if e.home != locked.module} if locked else set()
    firsts = {router_path(layout, config, domain, 1) for domain in domains}
    found: dict[str, int] = {}
    for domain in domains:
        stage = 1
        while True:
            path = router_path(layout, config, domain, stage)
            others = config.beside_existing and (
                in_the_way(path, files) or (stage > 1 and path in firsts)
            )
            if not others and dotted_name(path, layout.source_root) not in homes:
                break
            found[domain] = stage
            stage += 1
    return found
