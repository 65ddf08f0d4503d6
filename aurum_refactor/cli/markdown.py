"""Plans and extractions as Markdown for a pull-request comment; plain strings, no rich."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aurum_refactor.cli.extract_facts import ExtractFacts, ReferencesFacts
from aurum_refactor.cli.facts import FindingFacts
from aurum_refactor.cli.layers_markdown import layers_markdown
from aurum_refactor.cli.markdown_homes import homes_markdown
from aurum_refactor.cli.markdown_text import cell, folded
from aurum_refactor.cli.plan_facts import DomainFacts, PlanFacts
from aurum_refactor.cli.sentences import (
    Step,
    asked_for,
    headline,
    monolith_lines,
    plural,
    proof_lines,
    route_text,
    through_text,
)

# A comment of a thousand lines is cut off by the forge.
_MOST = 50


def plan_markdown(facts: PlanFacts, next_step: Step) -> str:
    """Write a plan: a table, and the details folded away."""
    monolith = facts.monolith
    lines = [
        f"### Plan for `{monolith.module}`",
        "",
        f"{plural(monolith.lines, 'line')}, {plural(monolith.endpoints, 'endpoint')}, "
        f"{plural(monolith.registrations, 'registration')}; "
        f"FastAPI {cell(facts.fastapi.version)} ({cell(facts.fastapi.source)})",
        "",
        f"{plural(facts.lines.leave, 'line')} will leave, {facts.lines.stay:,} stay, besides the "
        f"wiring that is added; {through_text(facts)}.",
        "",
        "| domain | endpoints | lines | runs | wiring | owned | shared | through | cross "
        "| cohesion | why it comes here in the order |",
        "|---|--:|--:|--:|---|--:|--:|--:|--:|--:|---|",
        *(_row(domain) for domain in facts.ordered),
        *(line for sentence in asked_for(facts) for line in ("", f"{cell(sentence)}.")),
    ]
    for domain in facts.ordered:
        size = plural(len(domain.names), "endpoint")
        lines += folded(f"{domain.name}: {size}", _contents(domain))
    lines += homes_markdown(facts)
    lines += _findings("Stays in the monolith", facts.refused)
    lines += _findings("Worth knowing", facts.warnings)
    return "\n".join([*lines, "", f"Next: {next_step.markdown()}", ""])


def extract_markdown(
    facts: ExtractFacts, next_steps: Sequence[Step], graph: Sequence[str] = ()
) -> str:
    """Write what an extraction did; *graph* is a drawing of it."""
    lines = [f"### {headline(facts)}"]
    if facts.modules:
        lines += ["", "| domain | module | endpoints | body only |", "|---|---|--:|--:|"]
        lines += [
            f"| {row.domain} | `{row.module}` | {len(row.endpoints)} | {len(row.body_only)} |"
            for row in facts.modules
        ]
    if graph:
        lines += ["", *graph]
    if facts.files:
        lines += ["", "| file | lines before | after |", "|---|--:|--:|"]
        lines += [
            f"| `{file.path}` | {_count(file.lines_before)} | {_count(file.lines_after)} |"
            for file in facts.files
        ]
        left = "; ".join(monolith_lines(facts))
        lines += ["", f"In `{facts.path}` {left}.", "", "Static proof:", ""]
        lines += [f"- {cell(line)}" for line in proof_lines(facts)]
    if facts.references is not None:
        lines += references_markdown(facts.references)
    if facts.layers is not None:
        lines += ["", *layers_markdown(facts.layers)]
    lines += _findings("Stays in the monolith", facts.refused)
    if next_steps:
        lines += ["", "Next:", "", *(f"- {step.markdown()}" for step in next_steps)]
    return "\n".join([*lines, ""])


def references_markdown(facts: ReferencesFacts) -> list[str]:
    """What rewrite mode did, as lines."""
    if facts.nothing_because:
        return ["", f"References are not rewritten: {cell(facts.nothing_because)}."]
    rows = [f"| `{row.name}` | `{row.module}` |" for row in facts.moved if row.leaves]
    lines = ["", "| name | lives now in |", "|---|---|", *rows] if rows else []
    if facts.stays:
        lines += ["", "| stays in the monolith | because |", "|---|---|"]
        lines += [f"| `{row.name}` | {cell(row.reason)} |" for row in facts.stays]
    if facts.public_gone:
        names = ", ".join(f"`{name}`" for name in facts.public_gone)
        lines += ["", f"Gone from the monolith (`--keep-exports` keeps them): {names}."]
    if facts.mentions:
        lines += ["", "| named in | before | now |", "|---|---|---|"]
        lines += [
            f"| {row.path}:{row.line} | `{row.before}` | `{row.after}` |" for row in facts.mentions
        ]
    return lines


def _row(domain: DomainFacts) -> str:
    coupling, order = domain.coupling, domain.order
    cohesion = None if coupling is None else coupling.cohesion
    cells = (
        domain.name,
        str(len(domain.names)),
        f"{domain.all_lines:,}",
        str(len(domain.runs)),
        "+".join(domain.wirings) or "stays",
        str(len(domain.owned)),
        str(len(domain.from_shared)),
        str(len(domain.through)),
        "-" if coupling is None else str(coupling.crossings),
        "-" if cohesion is None else f"{cohesion:.2f}",
        "nothing of it can move" if order is None else f"{order.number}. {cell(order.reason)}",
    )
    return f"| {' | '.join(cells)} |"


def _contents(domain: DomainFacts) -> Iterable[str]:
    for endpoint in domain.endpoints:
        home = f" to `{endpoint.module}`" if endpoint.module else " stays"
        for route in endpoint.routes:
            yield f"- {cell(route_text(route))} → `{endpoint.name}`{home}"
    if domain.owned:
        yield f"- owns {', '.join(f'`{row.label}`' for row in domain.owned)}"


def _findings(title: str, found: Sequence[FindingFacts]) -> list[str]:
    if not found:
        return []
    rows = ["| rule | where | what | what would help |", "|---|---|---|---|"]
    rows += [
        f"| {f.code} | `{f.path}:{f.line}` | {cell(f.message)} | {cell(f.advice)} |"
        for f in found[:_MOST]
    ]
    if len(found) > _MOST:
        rows += ["", f"and {len(found) - _MOST} more"]
    return folded(f"{title}: {len(found)}", rows)


def _count(lines: int | None) -> str:
    return "" if lines is None else f"{lines:,}"
