"""The success criteria of the roadmap's phases, each with what the code says about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from aurum_refactor.status.values import Criterion, DomainStatus, Met, ServiceState

_CLASS = re.compile(rb"(?m)^class[ \t]+([A-Za-z_]\w*)")
_CACHES = re.compile(r"(?i)cache_?(manager|service|backend|store)|(manager|store)_?cache|cache$")
_LIMITERS = re.compile(r"(?i)rate_?limit|limiter|throttl")
_ADR = re.compile(r"(?i)(^|/)(adrs?|decisions)/[^/]+\.(md|rst)$")
_ENOUGH = 85
_SHOWN = 6
_OUTSIDE = "nothing in the code shows it"


def criteria(
    path: str,
    left: int,
    domains: Sequence[DomainStatus],
    coverage: tuple[int, int] | None,
    *,
    has_report: bool,
    sources: Mapping[str, bytes],
    documents: Iterable[str],
) -> tuple[Criterion, ...]:
    """Judge every criterion; what only running or people can tell stays unknown.

    Args:
        path: The monolith.
        left: Registrations in it.
        domains: With their services.
        coverage: Lines of services that tests run, and all.
        has_report: Whether a coverage report was given.
        sources: The project's own Python files, tests apart.
        documents: Relative paths of files that may be documents.
    """
    api = (Met.NO, f"{left} in {path}") if left else (Met.YES, f"none in {path}")
    adrs = sorted(p for p in documents if _ADR.search(p))
    decided = (
        (Met.YES, ", ".join(adrs[:_SHOWN])) if adrs else (Met.NO, "no folder adr or decisions")
    )
    unknown = (Met.UNKNOWN, _OUTSIDE)
    rows: list[tuple[int, str, str, tuple[Met, str]]] = [
        (1, "Dependencies", "Clean `pip install -e .` with no conflicts", unknown),
        (1, "API Migration", f"Zero endpoints remaining in `{path.rpartition('/')[2]}`", api),
        (1, "Service Layer", "All domains have dedicated service classes", _services(domains)),
        (1, "Testing", "Service layer coverage >85%", _testing(coverage, has_report=has_report)),
        (1, "Performance", "Docker stack startup <3 minutes", unknown),
        (1, "Documentation", "Migration guide published and tested", unknown),
        (2, "Caching", "Single cache manager with unified patterns", _single(sources, _CACHES)),
        (2, "Rate Limiting", "Consolidated middleware implementation", _single(sources, _LIMITERS)),
        (2, "Observability", "SLO monitoring active with alerts", unknown),
        (2, "Performance", "API P95 latency <200ms", unknown),
        (2, "Documentation", "Architecture decision records (ADRs) published", decided),
    ]
    return tuple(Criterion(phase, name, text, *found) for phase, name, text, found in rows)


def _services(domains: Sequence[DomainStatus]) -> tuple[Met, str]:
    open_ones = [
        f"{d.name} ({d.service.state}"
        + (f", {d.service.written} of {d.service.methods} methods)" if d.service.methods else ")")
        for d in domains
        if d.service.state is not ServiceState.IMPLEMENTED
    ]
    if not domains:
        return Met.UNKNOWN, "there are no domains"
    if not open_ones:
        return Met.YES, f"{len(domains)} of {len(domains)} services are implemented"
    return Met.NO, f"{len(open_ones)} of {len(domains)} are not: {_some(open_ones)}"


def _testing(coverage: tuple[int, int] | None, *, has_report: bool) -> tuple[Met, str]:
    if not has_report:
        return Met.UNKNOWN, "no report; give one with --coverage coverage.xml"
    if coverage is None or not coverage[1]:
        return Met.UNKNOWN, "the coverage report mentions no service"
    run, total = coverage
    percent = 100 * run / total
    return (Met.YES if percent > _ENOUGH else Met.NO), f"{percent:.1f}% ({run} of {total} lines)"


def _single(sources: Mapping[str, bytes], pattern: re.Pattern[str]) -> tuple[Met, str]:
    found: list[str] = []
    for path, data in sorted(sources.items()):
        for match in _CLASS.finditer(data):
            name = match[1].decode()
            if pattern.search(name):
                line = data.count(b"\n", 0, match.start()) + 1
                found.append(f"{name} ({path}:{line})")
    if not found:
        return Met.NO, "no such class"
    text = f"{len(found)} class{'es' * (len(found) > 1)}: {_some(found)}"
    return (Met.YES if len(found) == 1 else Met.NO), text


def _some(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + more
