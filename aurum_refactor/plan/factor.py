"""What all operations of a domain share: a path prefix and a first tag, to be written once.

The prefix goes into ``APIRouter(prefix=...)`` and never into the include, so that a route
still knows its whole path; the tag only if it is the first of every operation (semantics R-3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aurum_refactor.model import (
    DomainModule,
    Finding,
    Registration,
    Severity,
    Survey,
    WiringKind,
)

#: An absolute path has nothing before its first slash, and one part behind it.
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Shared:
    """What is lifted into every router of a domain; "" where nothing is."""

    prefix: str
    tag: str


def factored(
    modules: Sequence[DomainModule], survey: Survey
) -> tuple[tuple[DomainModule, ...], tuple[Finding, ...]]:
    """Give the modules of each domain what its included operations share.

    Returns:
        The modules, and a warning for each domain with a path that is not
        written out, which is left as it is.
    """
    by_domain: dict[str, list[Registration]] = {}
    for module in modules:
        rows = by_domain.setdefault(module.domain, [])
        rows += _included(module, survey)
    found: dict[str, Shared] = {}
    findings: list[Finding] = []
    for domain, rows in by_domain.items():
        odd = next((row for row in rows if not row.is_literal), None)
        if odd is None:
            found[domain] = Shared(_prefix(rows), _tag(rows))
        else:
            findings.append(_not_written_out(domain, odd, survey))
    nothing = Shared("", "")
    return tuple(
        replace(module, prefix=shared.prefix, tag=shared.tag)
        for module in modules
        for shared in (found.get(module.domain, nothing),)
    ), tuple(findings)


def _included(module: DomainModule, survey: Survey) -> list[Registration]:
    wanted = {
        ordinal
        for run in module.runs
        if run.wiring is WiringKind.INCLUDE
        for ordinal in run.ordinals
    }
    return [
        row
        for endpoint in survey.endpoints
        if endpoint.ordinal in wanted
        for row in endpoint.registrations
    ]


def _prefix(rows: Sequence[Registration]) -> str:
    """The longest run of literal segments that every path begins with."""
    paths = sorted({row.path or "" for row in rows})
    if not paths or not all(path.startswith("/") for path in paths):
        return ""
    common: list[str] = []
    for parts in zip(*(path.split("/") for path in paths), strict=False):
        if len(set(parts)) > 1 or "{" in parts[0] or (common and not parts[0]):
            break
        common.append(parts[0])
    if len(paths) == 1 and len(common) == len(paths[0].split("/")):
        # A single path keeps its last part: what is there to share?
        common.pop()
    return "/".join(common) if len(common) >= _SHORTEST else ""


def _tag(rows: Sequence[Registration]) -> str:
    """The first tag of every operation; WebSockets have none."""
    tags = {row.first_tag for row in rows if row.verb != "websocket"}
    return tags.pop() if len(tags) == 1 else ""


def _not_written_out(domain: str, row: Registration, survey: Survey) -> Finding:
    return Finding(
        code="AR211",
        severity=Severity.WARNING,
        message=f"{domain} is not factored: the path of {row.handler} is no plain string",
        advice="write the path out as one string if a prefix is to be lifted",
        path=survey.layout.path,
        line=row.line,
        subject=f"{survey.layout.module}:{row.handler}",
    )
