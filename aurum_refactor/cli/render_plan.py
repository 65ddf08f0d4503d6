"""What a plan says, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from aurum_refactor.cli.plan_facts import (
    DomainFacts,
    EndpointFacts,
    ModuleFacts,
    PlanFacts,
    RouteFacts,
)
from aurum_refactor.cli.render import counts, findings, heading, indented, plural, table

_WIRING = {
    "S1b": "a router in the new module, included where the endpoints stood",
    "S3": "register(router) in the new module, called where the endpoints stood",
    "S5": "the body moves, its registration stays",
}


def plan_text(facts: PlanFacts, next_step: str) -> Iterator[RenderableType]:
    """Lay out a plan, the last line being what to do next."""
    yield from _header(facts)
    if facts.domains:
        yield from _domains(facts)
        for domain in facts.domains:
            yield from _domain(domain, facts)
    if facts.refused:
        what = plural(len(facts.refused), "refusal")
        yield heading(f"Stays in the monolith: {what}", counts(facts.refused_per_rule))
        yield from findings(facts.refused)
    if facts.warnings:
        yield heading("Worth knowing", "kept exactly as it is, and no obstacle")
        yield from findings(facts.warnings)
    yield heading("Next", "")
    yield indented(next_step, hang=2)


def _header(facts: PlanFacts) -> Iterator[RenderableType]:
    monolith = facts.monolith
    yield Text(monolith.module, style="bold").append(f"  {monolith.path}", style="not bold dim")
    sizes = (
        plural(monolith.lines, "line"),
        plural(monolith.endpoints, "endpoint"),
        plural(monolith.registrations, "registration"),
    )
    objects = ", ".join(f"{name} ({kind})" for name, kind, _line in monolith.receivers)
    yield indented(", ".join(sizes) + (f" on {objects}" if objects else ""), hang=2)
    yield indented(f"FastAPI {facts.fastapi.version} ({facts.fastapi.source})", hang=2)
    if facts.already_moved:
        homes = sorted({row.module for row in facts.already_moved})
        moved = plural(len(facts.already_moved), "endpoint")
        yield indented(f"{moved} moved already, to {', '.join(homes)}", hang=2)


def _domains(facts: PlanFacts) -> Iterator[RenderableType]:
    columns = ("domain", "endpoints", "registrations", "lines", "runs", "wiring", "reads")
    rows = [_row(domain) for domain in facts.domains]
    rows.append(
        (
            "all",
            f"{sum(len(d.endpoints) for d in facts.domains):,}",
            f"{sum(d.registrations for d in facts.domains):,}",
            f"{sum(d.lines for d in facts.domains):,}",
            f"{sum(len(m.runs) for d in facts.domains for m in d.modules):,}",
            "",
            "",
        )
    )
    yield heading("Domains")
    yield indented_table(columns, rows)
    yield ""
    used = sorted({run.wiring for d in facts.domains for m in d.modules for run in m.runs})
    for wiring in used:
        yield indented(Text(f"{wiring}: {_WIRING[wiring]}", style="dim"), hang=2)
    reads = "reads: names that stay in the monolith and are read through it"
    yield indented(Text(reads, style="dim"), hang=2)


def indented_table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> RenderableType:
    """A table whose last row is a sum, two columns in."""
    from rich.padding import Padding

    return Padding(table(columns, rows, last_bold=True), (0, 0, 0, 2))


def _row(domain: DomainFacts) -> tuple[str, ...]:
    runs = [run for module in domain.modules for run in module.runs]
    wirings = sorted({run.wiring for run in runs})
    return (
        domain.name,
        str(len(domain.endpoints)),
        str(domain.registrations),
        f"{domain.lines:,}",
        str(len(runs)),
        "+".join(wirings) or "stays",
        str(len(_through(domain))),
    )


def _through(domain: DomainFacts) -> set[str]:
    ways = ("from-import", "module object")
    return {row.name for m in domain.modules for row in m.accesses if row.access in ways}


def _domain(domain: DomainFacts, facts: PlanFacts) -> Iterator[RenderableType]:
    yield heading(domain.name, f"by {_reason(domain)}")
    homes = {module.module: module.path for module in domain.modules}
    for path in (*homes.values(), None):
        own = [e for e in domain.endpoints if homes.get(e.module or "") == path]
        if not own:
            continue
        yield indented(Text(f"to {path}" if path else f"stays in {facts.monolith.path}"))
        for endpoint in own:
            yield from _endpoint(endpoint)
    for module in domain.modules:
        yield from _module(module, facts)


def _reason(domain: DomainFacts) -> str:
    # Every path has its own reason, and stands in its own line already.
    known = dict.fromkeys(
        "path" if endpoint.reason.startswith("path ") else endpoint.reason
        for endpoint in domain.endpoints
    )
    return ", ".join(known)


def _endpoint(endpoint: EndpointFacts) -> Iterator[RenderableType]:
    where = f" (line {endpoint.first_line})"
    remark = "; only its body moves" if endpoint.outcome == "body moves" else ""
    for route in endpoint.routes:
        line = Text(f"{_route(route)} → ").append(endpoint.name, style="bold")
        yield indented(line.append(where + remark, style="not bold dim"), 4, hang=4)


def _route(route: RouteFacts) -> str:
    methods = ",".join(route.methods) or route.verb.upper()
    return f"{methods} {'(a computed path)' if route.path is None else route.path or '(empty)'}"


def _module(module: ModuleFacts, facts: PlanFacts) -> Iterator[RenderableType]:
    for run in module.runs:
        if run.because:
            names = ", ".join(run.endpoints)
            yield indented(f"{run.wiring} for {names}: {run.because}", hang=2)
    ways: dict[tuple[str, str], list[str]] = {}
    for row in module.accesses:
        if row.access != "local":
            ways.setdefault((row.access, row.because), []).append(row.name)
    titles = {
        "re-import": "imports again",
        "from-import": f"imports from {facts.monolith.module}",
        "module object": f"reads through {module.alias}",
    }
    for access, title in titles.items():
        for (found, because), names in sorted(ways.items()):
            if found == access:
                text = Text(f"{title}, ", style="dim").append(f"{because} ({len(names)}): ")
                yield indented(text.append(", ".join(names), style="not dim default"), hang=4)
