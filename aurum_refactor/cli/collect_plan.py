"""Workspace and plan to the one value that every form of a plan's report shows; decides nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from aurum_refactor.cli.collect_homes import HomesOf
from aurum_refactor.cli.facts import (
    per_rule,
    refused_of,
    registrations_of,
    routes_of,
    warnings_of,
)
from aurum_refactor.cli.home_facts import OrderFacts
from aurum_refactor.cli.plan_facts import (
    AccessFacts,
    DomainFacts,
    EndpointFacts,
    ModuleFacts,
    MonolithFacts,
    MovedFacts,
    PackageFacts,
    PlanFacts,
    ReceiverFacts,
    RunFacts,
    VersionFacts,
)
from aurum_refactor.model import (
    Access,
    DomainModule,
    Endpoint,
    HomeKind,
    NameAccess,
    Plan,
    Run,
    Survey,
    WiringKind,
)

if TYPE_CHECKING:
    from aurum_refactor.workspace import Workspace


def plan_facts(workspace: Workspace, plan: Plan) -> PlanFacts:
    """Collect what a plan says, domains by name and everything else in source order."""
    survey = workspace.survey
    refused = refused_of(plan)
    homes = HomesOf(plan, survey)
    monolith = _monolith(workspace)
    order = homes.order()
    return PlanFacts(
        monolith=monolith,
        fastapi=VersionFacts(str(survey.fastapi), survey.fastapi.source),
        package=PackageFacts(plan.target_package, plan.init_path, plan.init_imports_monolith),
        lines=homes.lines(workspace.source.text, monolith.lines),
        domains=tuple(_domain(name, homes, order.get(name)) for name in plan.domains),
        shared=homes.shared(),
        anchored=homes.of_kind(HomeKind.ANCHORED),
        unneeded=homes.of_kind(HomeKind.STAYS),
        module_object=homes.through(),
        refused=refused,
        refused_per_rule=per_rule(refused),
        warnings=warnings_of(plan),
        already_moved=_already_moved(workspace),
        coalesced=plan.coalesced,
        factored=plan.factored,
    )


def _monolith(workspace: Workspace) -> MonolithFacts:
    survey = workspace.survey
    return MonolithFacts(
        module=survey.layout.module,
        path=survey.layout.path,
        source_root=survey.layout.source_root,
        digest=survey.digest,
        lines=len(workspace.original.data.splitlines()),
        endpoints=sum(len(e.members) or 1 for e in survey.endpoints),
        registrations=registrations_of(survey),
        receivers=tuple(ReceiverFacts(r.name, str(r.kind), r.line) for r in survey.receivers),
    )


def _domain(name: str, homes: HomesOf, order: OrderFacts | None) -> DomainFacts:
    plan, survey = homes.plan, homes.survey
    reasons = {a.ordinal: a.reason for a in plan.assignments if a.domain == name}
    modules = tuple(module for module in plan.modules if module.domain == name)
    own = tuple(e for e in survey.endpoints if e.ordinal in reasons)
    endpoints = tuple(_endpoint(e, reasons[e.ordinal], modules) for e in own)
    return DomainFacts(
        name=name,
        registrations=sum(len(e.registrations) for e in own),
        lines=sum(e.span.lines for e in own),
        reads_through=tuple(sorted({a.name for m in modules for a in m.accesses if _far(a)})),
        endpoints=endpoints,
        owned=homes.of_kind(HomeKind.OWNED, name),
        coupling=homes.coupling(name),
        order=order,
        modules=tuple(_module(module, homes) for module in modules),
        prefix=next((module.prefix for module in modules), ""),
        tag=next((module.tag for module in modules), ""),
    )


def _endpoint(endpoint: Endpoint, reason: str, modules: tuple[DomainModule, ...]) -> EndpointFacts:
    outcome, home = "stays", None
    for module in modules:
        for run in module.runs:
            if endpoint.ordinal in run.ordinals:
                home = module.module
                outcome = "body moves" if run.wiring is WiringKind.BODY else "moves"
    return EndpointFacts(
        name=endpoint.name,
        members=endpoint.members,
        first_line=endpoint.span.first,
        last_line=endpoint.span.last,
        routes=routes_of(endpoint),
        reason=reason,
        outcome=outcome,
        module=home,
    )


def _module(module: DomainModule, homes: HomesOf) -> ModuleFacts:
    survey = homes.survey
    runs = tuple(
        RunFacts(
            number=run.number,
            receiver=run.receiver,
            wiring=str(run.wiring),
            because=run.because,
            endpoints=tuple(survey.statements[ordinal].label for ordinal in run.ordinals),
            places=_places(run, homes.plan),
            line=_line_of(survey, run.place),
            handle=run.handle,
            local=run.local,
        )
        for run in module.runs
    )
    accesses = tuple(AccessFacts(a.name, str(a.access), a.because) for a in module.accesses)
    return ModuleFacts(module.module, module.path, runs, module.alias, accesses)


def _places(run: Run, plan: Plan) -> int:
    ordinals = {o for module in plan.modules for other in module.runs for o in other.ordinals}
    mine = [ordinal in run.ordinals for ordinal in sorted(ordinals)]
    return sum(1 for before, here in pairwise([False, *mine]) if here and not before)


def _line_of(survey: Survey, ordinal: int) -> int | None:
    statements = survey.statements
    return statements[ordinal].span.first if ordinal < len(statements) else None


def _far(access: NameAccess) -> bool:
    return access.access in (Access.FROM_IMPORT, Access.MODULE)


def _already_moved(workspace: Workspace) -> tuple[MovedFacts, ...]:
    locked = workspace.locked
    if locked is None:
        return ()
    return tuple(
        MovedFacts(row.name, row.routes, row.domain, row.home)
        for row in locked.endpoints
        if row.home != locked.module
    )
