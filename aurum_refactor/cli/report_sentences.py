"""Sentences and cells of a report that text and Markdown share."""

from __future__ import annotations

from aurum_refactor.cli.report_facts import DomainReport, ReportFacts
from aurum_refactor.cli.sentences import plural

COLUMNS = ("", "left", "refused", "body", "moved", "lines", "service", "DAO", "tests")


def headline(facts: ReportFacts) -> str:
    """One sentence: how far it is."""
    if facts.endpoints_percent is None:
        return f"{facts.path} has no endpoints, and never had any that the lock knows"
    return (
        f"{facts.endpoints_percent} % of the endpoints have left {facts.path}, "
        f"{facts.services_percent} % have a service that is written"
    )


def monolith_line(facts: ReportFacts) -> str:
    """What is left of the monolith."""
    return (
        f"{plural(facts.lines, 'line')}; {plural(facts.registrations_left, 'registration')} left, "
        f"{facts.registrations_moved:,} moved"
    )


def row_of(row: DomainReport) -> tuple[str, ...]:
    """The cells of one domain; blank where nothing is known or there."""
    service = row.service
    written = f" {service.written}/{service.methods}" if service.methods else ""
    tests = ""
    if service.tests is not None:
        tests = str(service.tests)
        if service.expected_to_fail:
            tests += f" ({service.expected_to_fail} xfail)"
    return (
        row.name,
        str(row.left),
        str(row.refused),
        str(row.body_moved),
        str(row.moved),
        f"{row.lines:,}",
        f"{service.state}{written}",
        "yes" if service.dao else "",
        tests,
    )
