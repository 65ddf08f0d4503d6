"""What several reports say of endpoints and findings, as values ready for JSON; decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from aurum_refactor.model import Endpoint, Finding, Plan, Severity, Survey


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """One registration."""

    # Upper-case, in source order; empty for websockets.
    methods: tuple[str, ...]
    # None where the path is computed.
    path: str | None
    # ``get``, ``api_route``, ``websocket``, ``add_api_route``...
    verb: str
    # The object it is registered on.
    receiver: str
    line: int


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """One finding, with the domain it belongs to if that is known."""

    code: str
    severity: str
    message: str
    advice: str
    path: str
    line: int
    subject: str
    domain: str | None


def routes_of(endpoint: Endpoint) -> tuple[RouteFacts, ...]:
    """Give the registrations of one endpoint, in true order."""
    return tuple(
        RouteFacts(row.methods, row.path, row.verb, row.receiver, row.line)
        for row in endpoint.registrations
    )


def refused_of(plan: Plan, domains: frozenset[str] | None = None) -> tuple[FindingFacts, ...]:
    """List why endpoints stay, in the order of the lines.

    Args:
        plan: The whole assignment.
        domains: Only these, which leaves out registrations whose domain is
            not known; None for everything.
    """
    home = {row.ordinal: row.domain for row in plan.assignments}
    found = [finding_facts(r.finding, home.get(r.ordinal)) for r in plan.refusals]
    found += [finding_facts(f) for f in plan.findings if f.severity is Severity.ERROR]
    wanted = [f for f in found if domains is None or f.domain in domains]
    return tuple(sorted(wanted, key=lambda f: (f.path, f.line, f.code, f.message)))


def warnings_of(plan: Plan) -> tuple[FindingFacts, ...]:
    """List what is worth knowing, sorted by rule and line."""
    found = [finding_facts(f) for f in plan.findings if f.severity is not Severity.ERROR]
    return tuple(sorted(found, key=lambda f: (f.code, f.path, f.line, f.message)))


def finding_facts(finding: Finding, domain: str | None = None) -> FindingFacts:
    """Turn a finding into plain values."""
    return FindingFacts(
        code=finding.code,
        severity=str(finding.severity),
        message=finding.message,
        advice=finding.advice,
        path=finding.path,
        line=finding.line,
        subject=finding.subject,
        domain=domain,
    )


def per_rule(findings: Iterable[FindingFacts]) -> dict[str, int]:
    """Count findings by rule, sorted by rule."""
    return dict(sorted(Counter(finding.code for finding in findings).items()))


def registrations_of(survey: Survey) -> int:
    """Count what registers an endpoint in the monolith, whatever its form."""
    return sum(len(e.registrations) for e in survey.endpoints) + len(survey.unmoved)
