"""Plans and extractions as Markdown for a pull-request comment; plain strings, no rich."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aurum_refactor.cli.extract_facts import ExtractFacts
from aurum_refactor.cli.facts import FindingFacts
from aurum_refactor.cli.plan_facts import DomainFacts, PlanFacts
from aurum_refactor.cli.sentences import (
    Step,
    headline,
    monolith_lines,
    plural,
    proof_lines,
    route_text,
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
        "| domain | endpoints | registrations | lines | runs | wiring | reads |",
        "|---|--:|--:|--:|--:|---|--:|",
        *(_row(domain) for domain in facts.domains),
    ]
    for domain in facts.domains:
        size = plural(len(domain.endpoints), "endpoint")
        lines += _folded(f"{domain.name}: {size}", _routes(domain))
    lines += _findings("Stays in the monolith", facts.refused)
    lines += _findings("Worth knowing", facts.warnings)
    return "\n".join([*lines, "", f"Next: {next_step.markdown()}", ""])


def extract_markdown(facts: ExtractFacts, next_steps: Sequence[Step]) -> str:
    """Write what an extraction did."""
    lines = [f"### {headline(facts)}"]
    if facts.files:
        lines += ["", "| file | lines before | after |", "|---|--:|--:|"]
        lines += [
            f"| `{file.path}` | {_count(file.lines_before)} | {_count(file.lines_after)} |"
            for file in facts.files
        ]
        left = "; ".join(monolith_lines(facts))
        lines += ["", f"In `{facts.path}` {left}.", "", "Static proof:", ""]
        lines += [f"- {cell(line)}" for line in proof_lines(facts)]
    lines += _findings("Stays in the monolith", facts.refused)
    if next_steps:
        lines += ["", "Next:", "", *(f"- {step.markdown()}" for step in next_steps)]
    return "\n".join([*lines, ""])


def cell(text: str) -> str:
    """Text of the target's, made safe for a cell of a table."""
    for plain, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|"), ("`", "\\`")):
        text = text.replace(plain, safe)
    return " ".join(text.split())


def _row(domain: DomainFacts) -> str:
    cells = (
        domain.name,
        str(len(domain.endpoints)),
        str(domain.registrations),
        f"{domain.lines:,}",
        str(len(domain.runs)),
        "+".join(domain.wirings) or "stays",
        str(len(domain.reads_through)),
    )
    return f"| {' | '.join(cells)} |"


def _routes(domain: DomainFacts) -> Iterable[str]:
    for endpoint in domain.endpoints:
        home = f" to `{endpoint.module}`" if endpoint.module else " stays"
        for route in endpoint.routes:
            yield f"- {cell(route_text(route))} → `{endpoint.name}`{home}"


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
    return _folded(f"{title}: {len(found)}", rows)


def _folded(title: str, lines: Iterable[str]) -> list[str]:
    return ["", f"<details><summary>{title}</summary>", "", *lines, "", "</details>"]


def _count(lines: int | None) -> str:
    return "" if lines is None else f"{lines:,}"
