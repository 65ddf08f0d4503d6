"""What a plan says, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from aurum_refactor.cli.plan_facts import DomainFacts, EndpointFacts, ModuleFacts, PlanFacts
from aurum_refactor.cli.render import Paragraph, counts, findings, heading, step, table
from aurum_refactor.cli.sentences import Step, plural, route_text

_COLUMNS = ("domain", "endpoints", "registrations", "lines", "runs", "wiring", "reads")
_WIRING = {
    "S0": "the router object moves to the new module, and is imported back",
    "S1b": "a router in the new module, included where the endpoints stood",
    "S3": "register(router) in the new module, called where the endpoints stood",
    "S5": "the body moves, its registration stays",
}


def plan_text(facts: PlanFacts, next_step: Step) -> Iterator[RenderableType]:
    """Lay out a plan, the last line being what to do next."""
    yield from _header(facts)
    if facts.domains:
        yield from _domains(facts)
    for domain in facts.domains:
        yield from _domain(domain, facts)
    if facts.refused:
        title = f"Stays in the monolith: {plural(len(facts.refused), 'refusal')}"
        yield heading(title, counts(facts.refused_per_rule))
        yield from findings(facts.refused)
    if facts.warnings:
        yield heading("Worth knowing", "no obstacle, and kept exactly as it is")
        yield from findings(facts.warnings)
    yield heading("Next")
    yield step(next_step)


def _header(facts: PlanFacts) -> Iterator[RenderableType]:
    monolith = facts.monolith
    yield Text.assemble((monolith.module, "bold"), (f"  {monolith.path}", "dim"))
    sizes = (
        plural(monolith.lines, "line"),
        plural(monolith.endpoints, "endpoint"),
        plural(monolith.registrations, "registration"),
    )
    objects = ", ".join(f"{row.name} ({row.kind})" for row in monolith.receivers)
    yield Paragraph(", ".join(sizes) + (f" on {objects}" if objects else ""))
    yield Paragraph(f"FastAPI {facts.fastapi.version} ({facts.fastapi.source})")
    if facts.already_moved:
        homes = sorted({row.module for row in facts.already_moved})
        moved = plural(len(facts.already_moved), "endpoint")
        yield Paragraph(f"{moved} moved already, to {', '.join(homes)}")


def _domains(facts: PlanFacts) -> Iterator[RenderableType]:
    rows = [_row(domain) for domain in facts.domains]
    sums = (
        "all",
        f"{sum(len(d.endpoints) for d in facts.domains):,}",
        f"{sum(d.registrations for d in facts.domains):,}",
        f"{sum(d.lines for d in facts.domains):,}",
        f"{sum(len(d.runs) for d in facts.domains):,}",
        "",
        "",
    )
    yield heading("Domains")
    yield table(_COLUMNS, [*rows, sums], sum_last=True)
    yield ""
    for wiring in sorted({wiring for domain in facts.domains for wiring in domain.wirings}):
        yield Paragraph(Text(f"{wiring}: {_WIRING.get(wiring, '')}", "dim"))
    yield Paragraph(Text("reads: names that stay in the monolith and are read there", "dim"))


def _row(domain: DomainFacts) -> tuple[str, ...]:
    return (
        domain.name,
        f"{len(domain.endpoints):,}",
        f"{domain.registrations:,}",
        f"{domain.lines:,}",
        f"{len(domain.runs):,}",
        "+".join(domain.wirings) or "stays",
        f"{len(domain.reads_through):,}",
    )


def _domain(domain: DomainFacts, facts: PlanFacts) -> Iterator[RenderableType]:
    yield heading(domain.name, f"by {', '.join(_reasons(domain))}")
    homes = {module.module: module.path for module in domain.modules}
    for path in (*homes.values(), None):
        own = [e for e in domain.endpoints if homes.get(e.module or "") == path]
        if own:
            yield Paragraph(f"to {path}" if path else f"stays in {facts.monolith.path}")
        for endpoint in own:
            yield from _endpoint(endpoint)
    for module in domain.modules:
        yield from _module(module, facts)


def _reasons(domain: DomainFacts) -> dict[str, None]:
    # The paths themselves are listed below, each with its endpoint.
    plain = {"path": "path", "probe": "probe path"}
    reasons = (endpoint.reason for endpoint in domain.endpoints)
    return dict.fromkeys(plain.get(reason.partition(" ")[0], reason) for reason in reasons)


def _endpoint(endpoint: EndpointFacts) -> Iterator[RenderableType]:
    remark = "; only its body moves" if endpoint.outcome == "body moves" else ""
    where = f" (line {endpoint.first_line}{remark})"
    for route in endpoint.routes:
        text = Text.assemble(route_text(route), " → ", (endpoint.name, "bold"), (where, "dim"))
        yield Paragraph(text, by=4)


def _module(module: ModuleFacts, facts: PlanFacts) -> Iterator[RenderableType]:
    for run in module.runs:
        if run.because:
            yield Paragraph(f"{run.wiring} for {', '.join(run.endpoints)}: {run.because}")
    titles = {
        "re-import": "imports as the monolith does",
        "from-import": f"imports from {facts.monolith.module}",
        "module object": f"reads through {module.alias}",
    }
    ways: dict[str, list[str]] = {}
    for row in sorted(module.accesses, key=lambda row: (row.access, row.because, row.name)):
        if row.access in titles:
            why = "" if row.access == "re-import" else f", {row.because}"
            ways.setdefault(titles[row.access] + why, []).append(row.name)
    for way, names in ways.items():
        yield Paragraph(Text.assemble((f"{way} ({len(names)}): ", "dim"), ", ".join(names)))
