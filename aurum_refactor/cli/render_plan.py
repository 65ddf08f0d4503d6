"""What a plan says, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.text import Text

from aurum_refactor.cli.plan_facts import DomainFacts, EndpointFacts, ModuleFacts, PlanFacts
from aurum_refactor.cli.render import (
    Paragraph,
    counts,
    findings,
    findings_in_short,
    heading,
    step,
    table,
)
from aurum_refactor.cli.render_homes import anchored, listed, shared, through, unneeded
from aurum_refactor.cli.render_tree import Node, tree
from aurum_refactor.cli.sentences import (
    WIRING,
    Step,
    asked_for,
    plural,
    route_text,
    through_text,
    wirings,
)

_COLUMNS = (
    "domain",
    "endpoints",
    "lines",
    "runs",
    "owned",
    "shared",
    "through",
    "cross",
    "cohesion",
)
_LEGEND = (
    "shared: names it imports from other new modules; through: names it reads through the "
    "monolith; cross: reads of names of other new modules; cohesion: reads of its own names, "
    "of all reads of names that move"
)
# Of the reasons for one kind of wiring; -v has them with their endpoints.
_REASONS = 3


def plan_text(
    facts: PlanFacts,
    next_step: Step,
    references: Iterable[RenderableType] = (),
    *,
    verbose: bool,
) -> Iterator[RenderableType]:
    """Lay out a plan, the last line being what to do next.

    Args:
        facts: The plan.
        next_step: The last line.
        references: What rewriting references would do on top; stands above that line.
        verbose: Whether to list what is otherwise counted.
    """
    yield from _header(facts)
    if facts.domains:
        yield from _domains(facts)
        yield heading("Extraction", "in the recommended order; name:line")
        nodes = [_domain(domain, facts, verbose=verbose) for domain in facts.ordered]
        yield from tree(nodes)
    yield from shared(facts, verbose=verbose)
    yield from through(facts, verbose=verbose)
    yield from anchored(facts, verbose=verbose)
    yield from unneeded(facts, verbose=verbose)
    if facts.refused:
        title = f"Stays in the monolith: {plural(len(facts.refused), 'refusal')}"
        yield heading(title, counts(facts.refused_per_rule))
        yield from findings(facts.refused)
    if facts.warnings:
        yield heading("Worth knowing", "no obstacle, and kept exactly as it is")
        yield from (findings if verbose else findings_in_short)(facts.warnings)
    yield from references
    yield heading("Next", "" if verbose else "-v lists everything, --explain NAME tells why")
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
    if facts.movable:
        yield Paragraph(
            f"{plural(facts.lines.leave, 'line')} will leave, {facts.lines.stay:,} stay, "
            "besides the wiring that is added"
        )
        yield Paragraph(through_text(facts))
    if facts.already_moved:
        homes = sorted({row.module for row in facts.already_moved})
        moved = plural(len(facts.already_moved), "endpoint")
        yield Paragraph(f"{moved} moved already, to {', '.join(homes)}")


def _domains(facts: PlanFacts) -> Iterator[RenderableType]:
    rows = [_row(domain) for domain in facts.ordered]
    sums = (
        "all",
        f"{sum(len(d.names) for d in facts.domains):,}",
        f"{sum(d.all_lines for d in facts.domains):,}",
        f"{sum(len(d.runs) for d in facts.domains):,}",
        f"{sum(len(d.owned) for d in facts.domains):,}",
        f"{len({name for d in facts.domains for name in d.from_shared}):,}",
        f"{len({name for d in facts.domains for name in d.through}):,}",
        f"{sum(d.coupling.crossings for d in facts.domains if d.coupling):,}",
        "",
    )
    yield heading("Domains")
    yield table(_COLUMNS, [*rows, sums], sum_last=True)
    yield ""
    yield Paragraph(Text(_LEGEND, "dim"))
    for wiring, runs in wirings(facts).items():
        reasons = dict.fromkeys(run.because for run in runs if run.because)
        text = f"{wiring} ({plural(len(runs), 'run')}): {WIRING.get(wiring, '')}"
        shown = "; ".join([*reasons][:_REASONS])
        more = f"; and {len(reasons) - _REASONS} more reasons" if len(reasons) > _REASONS else ""
        yield Paragraph(Text(f"{text}, because {shown}{more}" if reasons else text, "dim"))
    yield from map(Paragraph, asked_for(facts))


def _row(domain: DomainFacts) -> tuple[str, ...]:
    coupling = domain.coupling
    return (
        domain.name,
        f"{len(domain.names):,}",
        f"{domain.all_lines:,}",
        f"{len(domain.runs):,}",
        f"{len(domain.owned):,}",
        f"{len(domain.from_shared):,}",
        f"{len(domain.through):,}",
        f"{coupling.crossings:,}" if coupling else "stays",
        "-" if coupling is None or coupling.cohesion is None else f"{coupling.cohesion:.2f}",
    )


def _domain(domain: DomainFacts, facts: PlanFacts, *, verbose: bool) -> Node:
    title = Text.assemble((domain.name, "bold"), (f"  {_why_here(domain)}", "dim"))
    homes = {module.module: module.path for module in domain.modules}
    children = []
    for path in (*homes.values(), None):
        own = [e for e in domain.endpoints if homes.get(e.module or "") == path]
        if own:
            where = path or f"stays in {facts.monolith.path}"
            children.append(_endpoints(where, own, verbose=verbose))
    if domain.owned:
        children.append(Node(listed("owns", [row.label for row in domain.owned], verbose=verbose)))
    if verbose:
        children += [
            Node(Text.assemble((f"{run.wiring} for {', '.join(run.endpoints)}: ", "dim"), why))
            for run in domain.runs
            if (why := run.because)
        ]
        children += [Node(text) for module in domain.modules for text in _ways(module, facts)]
    return Node(title, tuple(children))


def _why_here(domain: DomainFacts) -> str:
    reasons = f"by {', '.join(_reasons(domain))}"
    if domain.order is None:
        return f"{reasons}; nothing of it can move"
    return f"{reasons}; {domain.order.reason}"


def _reasons(domain: DomainFacts) -> dict[str, None]:
    # The paths themselves are listed below, each with its endpoint.
    plain = {"path": "path", "probe": "probe path"}
    reasons = (endpoint.reason for endpoint in domain.endpoints)
    return dict.fromkeys(plain.get(reason.partition(" ")[0], reason) for reason in reasons)


def _endpoints(where: str, endpoints: list[EndpointFacts], *, verbose: bool) -> Node:
    if verbose:
        return Node(where, tuple(Node(text) for e in endpoints for text in _routes(e)))
    names = [
        f"{name} (body only)" if e.outcome == "body moves" else name
        for e in endpoints
        for name in e.members or (e.name,)
    ]
    return Node(listed(where, names, verbose=False))


def _routes(endpoint: EndpointFacts) -> Iterator[Text]:
    remark = "; only its body moves" if endpoint.outcome == "body moves" else ""
    where = f" (line {endpoint.first_line}{remark})"
    for route in endpoint.routes:
        yield Text.assemble(route_text(route), " → ", (endpoint.name, "bold"), (where, "dim"))


def _ways(module: ModuleFacts, facts: PlanFacts) -> Iterator[Text]:
    titles = {
        "new module": "imports",
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
        yield Text.assemble((f"{way} ({len(names)}): ", "dim"), ", ".join(names))
