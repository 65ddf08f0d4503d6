"""Workspace and plan to one value that holds all a plan says: JSON is its fields, text a view of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aurum_refactor.cli.facts import (
    FindingFacts,
    RouteFacts,
    per_rule,
    refused_of,
    registrations_of,
    routes_of,
    warnings_of,
)
from aurum_refactor.model import DomainModule, Endpoint, Plan, Survey, WiringKind

if TYPE_CHECKING:
    from aurum_refactor.pipeline import Workspace

SCHEMA = "aurum-refactor/plan/1"


@dataclass(frozen=True, slots=True)
class MonolithFacts:
    """The module that is taken apart, as it stands."""

    module: str
    path: str
    source_root: str
    # SHA-256 of its bytes, 64 hex digits.
    digest: str
    lines: int
    endpoints: int
    registrations: int
    # (name, "FastAPI" | "APIRouter" | "foreign", line) of what endpoints are registered on.
    receivers: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """The FastAPI version, and where it was read."""

    version: str
    source: str
    known: bool


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """One endpoint, and what becomes of it."""

    name: str
    # Of the whole definition, decorators included.
    first_line: int
    last_line: int
    routes: tuple[RouteFacts, ...]
    # Why it belongs to its domain.
    reason: str
    # "moves", "body moves" (its registration stays) or "stays".
    outcome: str
    # Dotted module it goes to; None if it stays.
    module: str | None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Registrations that are wired together, at one place."""

    number: int
    receiver: str
    # "S1b", "S3" or "S5".
    wiring: str
    # Why not S1b; "" for S1b.
    because: str
    endpoints: tuple[str, ...]
    # Name of the router or registering function in the new module, and in the monolith.
    handle: str
    local: str


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """How a new module gets at one name of the monolith."""

    name: str
    # "re-import", "from-import", "module object" or "local".
    access: str
    because: str


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """One new file."""

    module: str
    path: str
    runs: tuple[RunFacts, ...]
    # What the monolith is called in it; "" where it is not needed.
    alias: str
    accesses: tuple[AccessFacts, ...]


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """One domain."""

    name: str
    registrations: int
    # Lines of all its endpoints together.
    lines: int
    endpoints: tuple[EndpointFacts, ...]
    modules: tuple[ModuleFacts, ...]


@dataclass(frozen=True, slots=True)
class MovedFacts:
    """An endpoint that an earlier extraction moved."""

    name: str
    routes: tuple[str, ...]
    domain: str
    module: str


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """All of it."""

    monolith: MonolithFacts
    fastapi: VersionFacts
    domains: tuple[DomainFacts, ...]
    refused: tuple[FindingFacts, ...]
    refused_per_rule: dict[str, int]
    warnings: tuple[FindingFacts, ...]
    already_moved: tuple[MovedFacts, ...]

    @property
    def movable(self) -> tuple[DomainFacts, ...]:
        """The domains of which at least one endpoint can move."""
        return tuple(domain for domain in self.domains if domain.modules)


def plan_facts(workspace: Workspace, plan: Plan) -> PlanFacts:
    """Collect what a plan says, domains by name and everything else in source order."""
    survey = workspace.survey
    refused = refused_of(plan)
    return PlanFacts(
        monolith=_monolith(workspace),
        fastapi=VersionFacts(str(survey.fastapi), survey.fastapi.source, survey.fastapi.known),
        domains=tuple(_domain(name, plan, survey) for name in plan.domains),
        refused=refused,
        refused_per_rule=per_rule(refused),
        warnings=warnings_of(plan),
        already_moved=_already_moved(workspace),
    )


def _monolith(workspace: Workspace) -> MonolithFacts:
    survey = workspace.survey
    return MonolithFacts(
        module=survey.layout.module,
        path=survey.layout.path,
        source_root=survey.layout.source_root,
        digest=survey.digest,
        lines=len(workspace.source.data.splitlines()),
        endpoints=len(survey.endpoints),
        registrations=registrations_of(survey),
        receivers=tuple((r.name, str(r.kind), r.line) for r in survey.receivers),
    )


def _domain(name: str, plan: Plan, survey: Survey) -> DomainFacts:
    reasons = {a.ordinal: a.reason for a in plan.assignments if a.domain == name}
    modules = tuple(module for module in plan.modules if module.domain == name)
    own = tuple(e for e in survey.endpoints if e.ordinal in reasons)
    endpoints = tuple(_endpoint(e, reasons[e.ordinal], modules) for e in own)
    return DomainFacts(
        name=name,
        registrations=sum(len(e.registrations) for e in own),
        lines=sum(e.span.lines for e in own),
        endpoints=endpoints,
        modules=tuple(_module(module, survey) for module in modules),
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
        first_line=endpoint.span.first,
        last_line=endpoint.span.last,
        routes=routes_of(endpoint),
        reason=reason,
        outcome=outcome,
        module=home,
    )


def _module(module: DomainModule, survey: Survey) -> ModuleFacts:
    runs = tuple(
        RunFacts(
            number=run.number,
            receiver=run.receiver,
            wiring=str(run.wiring),
            because=run.because,
            endpoints=tuple(survey.statements[ordinal].label for ordinal in run.ordinals),
            handle=run.handle,
            local=run.local,
        )
        for run in module.runs
    )
    accesses = tuple(AccessFacts(a.name, str(a.access), a.because) for a in module.accesses)
    return ModuleFacts(module.module, module.path, runs, module.alias, accesses)


def _already_moved(workspace: Workspace) -> tuple[MovedFacts, ...]:
    locked = workspace.locked
    if locked is None:
        return ()
    return tuple(
        MovedFacts(row.name, row.routes, row.domain, row.home)
        for row in locked.endpoints
        if row.home != locked.module
    )
