"""Survey and settings in, one ``Plan`` of the whole assignment out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from aurum_refactor.graph.closure import reached_by_running
from aurum_refactor.model import (
    Assignment,
    DomainModule,
    Finding,
    HomeKind,
    Layout,
    LockedEndpoint,
    LockedMonolith,
    OrderFacts,
    Plan,
    Receiver,
    Refusal,
    Survey,
)
from aurum_refactor.plan.blockers import Surroundings, blocker, imports_first
from aurum_refactor.plan.changes import inert_names
from aurum_refactor.plan.coalesce import Coalescer
from aurum_refactor.plan.contested import contested
from aurum_refactor.plan.domains import assign
from aurum_refactor.plan.factor import factored
from aurum_refactor.plan.homes import Homes, homes_of, misfits_at
from aurum_refactor.plan.modules import modules_of, reads_monolith, shared_module
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.paths import dotted_name, router_path, shared_path, target_init
from aurum_refactor.plan.receivers import receiver_at
from aurum_refactor.plan.refusals import refuse, refuse_statically, unmoved_findings
from aurum_refactor.plan.remarks import remarks
from aurum_refactor.plan.runs import (
    Draft,
    Movable,
    Observers,
    drafts_of,
    place_for,
)
from aurum_refactor.plan.swaps import Swaps
from aurum_refactor.plan.wiring import wiring_of
from aurum_refactor.source.globs import match_glob
from aurum_refactor.source.settings import Config


def make_plan(
    survey: Survey,
    config: Config,
    locked: LockedMonolith | None,
    around: Surroundings,
    unrewritable: Mapping[str, str],
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
        facts: What the project says about the order of routes; None where the
            runs of a domain are not to be merged.
    """
    own = frozenset(e.home for e in locked.endpoints) if locked else frozenset()
    layout = survey.layout
    leaf_path = shared_path(layout, config)
    leaf = dotted_name(leaf_path, layout.source_root)
    names = NameTable.of(survey, own - {layout.module}, leaf)
    assignments = assign(
        survey.endpoints,
        survey.receivers,
        globs=[(rule.name, rule.globs) for rule in config.domains],
        remembered=_remembered(locked),
        matches=match_glob,
        registrars={row.name: row for row in survey.registrars},
    )
    movable, refusals = _movable(survey, config, names, assignments, unrewritable)
    observers = Observers.of(
        survey, reached_by_running(survey.statements, inert_names(survey)), own | {leaf}
    )
    used = _stages_used(locked, {row.domain for row in assignments}, layout, config)

    def path_of(domain: str, stage: int) -> str:
        # A module of ours that exists is other people's by now: add another.
        return router_path(layout, config, domain, stage + used.get(domain, 0))

    def dotted(path: str) -> str:
        return dotted_name(path, layout.source_root)

    for refusal in _clashes(survey, movable, path_of, around):
        refusals.append(refusal)
        movable.pop(refusal.ordinal)
    for refusal in contested(survey, movable, observers):
        refusals.append(refusal)
        movable.pop(refusal.ordinal)
    barred = {
        s.ordinal: f"it cannot be rewritten: {unrewritable[s.label]}"
        for s in survey.statements
        if s.label in unrewritable
    }
    while True:
        homes = homes_of(
            survey,
            movable,
            names,
            observers,
            leaf_is_free=leaf_path not in around.files,
            barred=barred,
        )
        settled = _settled(survey, homes)
        drafts = drafts_of(survey, movable, names, observers, settled)
        apart: tuple[Finding, ...] = ()
        if facts is not None:
            swaps = Swaps(survey, facts)
            rows = {row.ordinal: row for row in assignments}
            coalescer = Coalescer(survey, movable, names, observers, settled, swaps, rows)
            merged = coalescer.merge(drafts)
            drafts, apart = merged.drafts, merged.findings
        homeless = _homeless(survey, drafts)
        refusals += homeless
        for refusal in homeless:
            movable.pop(refusal.ordinal, None)
        if homeless:
            continue
        modules = modules_of(survey, drafts, names, homes, leaf, around.files, path_of, dotted)
        late = _too_late(survey, modules, homes, movable, names, observers)
        if not late:
            break
        barred |= late
    if config.factor:
        modules, unfactored = factored(modules, survey)
        apart += unfactored
    shared = shared_module(survey, names, homes, leaf, leaf_path)
    init = target_init(layout, config)
    every = modules if shared is None else (*modules, shared)
    needs_init = reads_monolith(every, survey) or imports_first(around.init_text or "", layout)
    blocked = blocker(survey, modules, init, around, reads_monolith=needs_init)
    if blocked is not None:
        refusals += [blocked.refuse(survey, member.endpoint) for member in movable.values()]
        modules, needs_init, shared, homes = (), False, None, Homes((), -1)
    findings = (*survey.warnings, *remarks(survey), *unmoved_findings(survey), *apart)
    return Plan(
        layout=layout,
        digest=survey.digest,
        assignments=assignments,
        modules=modules,
        refusals=tuple(sorted(refusals, key=lambda refusal: refusal.ordinal)),
        target_package=dotted_name(init, layout.source_root),
        init_path=init,
        init_imports_monolith=needs_init,
        script_alias=needs_init and survey.script_serves_own_object,
        findings=findings,
        shared=shared,
        shared_place=homes.shared_place,
        homes=homes.rows,
        coalesced=facts is not None,
        factored=config.factor,
    )


def _settled(survey: Survey, homes: Homes) -> Mapping[str, str]:
    """Names that leave the monolith: to the domain that owns them, or "" for the leaf."""
    return {
        binding.name: row.domain
        for row in homes.rows
        if row.kind in (HomeKind.OWNED, HomeKind.SHARED)
        for binding in survey.statements[row.ordinal].binds
    }


def _too_late(
    survey: Survey,
    modules: Sequence[DomainModule],
    homes: Homes,
    movable: Mapping[int, Movable],
    names: NameTable,
    observers: Observers,
) -> Mapping[int, str]:
    """Owned statements that do not fit the place where their module came to stand."""
    found: dict[int, str] = {}
    for module in modules:
        if module.owned:
            place = min(run.place for run in module.runs)
            misfits = misfits_at(survey, module.owned, place, homes, movable, names, observers)
            found |= dict.fromkeys(misfits, f"its names are not all there where {module.domain} is")
    return found


def _remembered(
    locked: LockedMonolith | None,
) -> Mapping[tuple[str, tuple[str, ...]], Sequence[LockedEndpoint]]:
    found: dict[tuple[str, tuple[str, ...]], list[LockedEndpoint]] = {}
    for row in locked.endpoints if locked else ():
        if locked is not None and row.home == locked.module:
            found.setdefault((row.name, row.routes), []).append(row)
    return found


def _stages_used(
    locked: LockedMonolith | None, domains: Collection[str], layout: Layout, config: Config
) -> Mapping[str, int]:
    """How many modules of each domain earlier extractions have made."""
    homes = {e.home for e in locked.endpoints if e.home != locked.module} if locked else set()
    found: dict[str, int] = {}
    for domain in domains:
        stage = 1
        while dotted_name(router_path(layout, config, domain, stage), layout.source_root) in homes:
            found[domain] = stage
            stage += 1
    return found


# ---------------------------------------------------------------- who may move


def _movable(
    survey: Survey,
    config: Config,
    names: NameTable,
    assignments: Sequence[Assignment],
    unrewritable: Mapping[str, str],
) -> tuple[dict[int, Movable], list[Refusal]]:
    domains = {row.ordinal: row.domain for row in assignments}
    movable: dict[int, Movable] = {}
    refusals: list[Refusal] = []
    for endpoint in survey.endpoints:
        receivers: dict[str, Receiver] = {}
        for registration in endpoint.registrations:
            receiver = receiver_at(survey.receivers, registration.receiver, registration.ordinal)
            if receiver is not None:
                receivers[registration.receiver] = receiver
        if not endpoint.members and len(receivers) < len(
            {r.receiver for r in endpoint.registrations}
        ):
            refusals.append(
                refuse(
                    survey,
                    endpoint.ordinal,
                    endpoint.name,
                    "AR103",
                    endpoint.span.first,
                    "the object it is registered on is bound only below it",
                    "create the app or router above its endpoints",
                )
            )
            continue
        if endpoint.name in unrewritable:
            refusals.append(
                refuse(
                    survey,
                    endpoint.ordinal,
                    endpoint.name,
                    "AR115",
                    endpoint.span.first,
                    f"it cannot be rewritten: {unrewritable[endpoint.name]}",
                    "write that line another way, or keep the endpoint here",
                )
            )
            continue
        kind, because = wiring_of(endpoint, receivers, survey, names)
        refusal = refuse_statically(survey, endpoint, kind, names, config.keep)
        if refusal is not None:
            refusals.append(refusal)
        else:
            domain = domains[endpoint.ordinal]
            movable[endpoint.ordinal] = Movable(endpoint, domain, kind, because)
    return movable, refusals


def _homeless(survey: Survey, drafts: Sequence[Draft]) -> list[Refusal]:
    """Endpoints for which no place has every name they read at import."""
    found = []
    for draft in drafts:
        if place_for(draft) is None:
            for ordinal in draft.ordinals:
                label = survey.statements[ordinal].label
                changing = ", ".join(
                    sorted(n.name for n in draft.needs if n.low > draft.high or n.high < draft.low)
                )
                found.append(
                    refuse(
                        survey,
                        ordinal,
                        label,
                        "AR105",
                        survey.statements[ordinal].span.first,
                        "no place has what it reads at import as it is here"
                        + (f" ({changing})" if changing else ""),
                        "bind these names once, above all endpoints of the domain",
                    )
                )
    return found


def _clashes(
    survey: Survey,
    movable: Mapping[int, Movable],
    path_of: Callable[[str, int], str],
    around: Surroundings,
) -> list[Refusal]:
    """Domains whose file, or a package of the same name, is there already and not ours."""
    found = []
    for member in movable.values():
        path = path_of(member.domain, 1)
        package = path.removesuffix(".py")
        clash = path if path in around.files else ""
        if not clash and any(file.startswith(package + "/") for file in around.files):
            clash = f"{package}/"
        if clash:
            found.append(
                refuse(
                    survey,
                    member.endpoint.ordinal,
                    member.endpoint.name,
                    "AR109",
                    member.endpoint.span.first,
                    f"{clash} exists already",
                    "give the domain another name under [tool.aurum-refactor.domains], "
                    "or set layout.router",
                )
            )
    return found
