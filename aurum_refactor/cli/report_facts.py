"""The state of a migration, ready for JSON; percentages are computed here, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from aurum_refactor.status.checklists import endpoint_checklist
from aurum_refactor.status.values import DomainStatus, EndpointStatus, State, Status

SCHEMA = "aurum-refactor/report/1"


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """One line of a checklist."""

    section: str
    text: str
    # True where the code shows it; false is a blank, not a no.
    ticked: bool


@dataclass(frozen=True, slots=True)
class EndpointReport:
    """One endpoint; ``code`` and ``advice`` are null unless it is refused."""

    name: str
    routes: tuple[str, ...]
    state: str
    home: str
    code: str | None
    advice: str | None
    checklist: tuple[BoxFacts, ...]


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """The layers of one domain."""

    state: str
    path: str
    methods: int
    written: int
    dao: bool
    # Null where there is no test module.
    tests: int | None
    expected_to_fail: int
    used_by_router: bool
    checklist: tuple[BoxFacts, ...]


@dataclass(frozen=True, slots=True)
class DomainReport:
    """One domain, with its endpoints by state."""

    name: str
    left: int
    refused: int
    body_moved: int
    moved: int
    lines: int
    service: ServiceReport
    endpoints: tuple[EndpointReport, ...]


@dataclass(frozen=True, slots=True)
class RefusedReport:
    """How many registrations a rule keeps."""

    code: str
    advice: str
    count: int


@dataclass(frozen=True, slots=True)
class AnchoredReport:
    """A name that stays in the monolith."""

    name: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class CriterionReport:
    """One success criterion of the roadmap."""

    phase: int
    name: str
    text: str
    met: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """All of it."""

    module: str
    path: str
    lines: int
    registrations_left: int
    registrations_moved: int
    # Of the endpoints, those that have left with their registrations; null without endpoints.
    endpoints_percent: int | None
    # Methods that are written, of the endpoints there are; stubs are none.
    services_percent: int | None
    domains: tuple[DomainReport, ...]
    refused: tuple[RefusedReport, ...]
    anchored: tuple[AnchoredReport, ...]
    criteria: tuple[CriterionReport, ...]


def report_facts(status: Status) -> ReportFacts:
    """Turn a status into plain values."""
    total = sum(len(row.endpoints) for row in status.domains)
    moved = sum(row.count(State.MOVED) for row in status.domains)
    written = sum(min(row.service.written, len(row.endpoints)) for row in status.domains)
    return ReportFacts(
        module=status.module,
        path=status.path,
        lines=status.lines,
        registrations_left=status.left,
        registrations_moved=status.moved,
        # Rounded down: 100 means all.
        endpoints_percent=100 * moved // total if total else None,
        services_percent=100 * written // total if total else None,
        domains=tuple(map(_domain, status.domains)),
        refused=tuple(RefusedReport(*row) for row in status.refused),
        anchored=tuple(AnchoredReport(a.name, a.line, a.reason) for a in status.anchored),
        criteria=tuple(
            CriterionReport(c.phase, c.name, c.text, str(c.met), c.evidence)
            for c in status.criteria
        ),
    )


def _domain(row: DomainStatus) -> DomainReport:
    service = row.service
    return DomainReport(
        name=row.name,
        left=row.count(State.LEFT),
        refused=row.count(State.REFUSED),
        body_moved=row.count(State.BODY_MOVED),
        moved=row.count(State.MOVED),
        lines=row.lines,
        service=ServiceReport(
            state=str(service.state),
            path=service.path,
            methods=service.methods,
            written=service.written,
            dao=service.has_dao,
            tests=service.tests,
            expected_to_fail=service.expected_to_fail,
            used_by_router=service.used_by_router,
            checklist=tuple(
                BoxFacts(title, box.text, box.ticked)
                for title, boxes in row.checklist
                for box in boxes
            ),
        ),
        endpoints=tuple(map(_endpoint, row.endpoints)),
    )


def _endpoint(row: EndpointStatus) -> EndpointReport:
    return EndpointReport(
        name=row.name,
        routes=row.routes,
        state=str(row.state),
        home=row.home,
        code=row.code or None,
        advice=row.advice or None,
        checklist=tuple(
            BoxFacts(title, box.text, box.ticked)
            for title, boxes in endpoint_checklist(row)
            for box in boxes
        ),
    )
