"""The state of a migration as Markdown, with checklists to be ticked; plain strings, no rich."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aurum_refactor.cli.markdown_text import cell, folded
from aurum_refactor.cli.report_facts import BoxFacts, DomainReport, ReportFacts
from aurum_refactor.cli.report_sentences import COLUMNS, headline, monolith_line, row_of


def report_markdown(facts: ReportFacts) -> str:
    """Write a report."""
    lines = [f"## {headline(facts)}", "", f"`{facts.path}`: {monolith_line(facts)}."]
    if facts.domains:
        head = ["domain", *COLUMNS[1:]]
        lines += ["", f"| {' | '.join(head)} |", "|---|--:|--:|--:|--:|--:|---|---|---|"]
        lines += [f"| {' | '.join(row_of(row))} |" for row in facts.domains]
    if facts.refused:
        lines += ["", "| refused by | registrations | what would help |", "|---|--:|---|"]
        lines += [f"| {r.code} | {r.count} | {cell(r.advice)} |" for r in facts.refused]
    for phase in sorted({row.phase for row in facts.criteria}):
        lines += ["", f"#### Phase {phase} Completion Criteria", ""]
        lines += [
            f"- [{'x' if row.met == 'met' else ' '}] **{row.name}**: {cell(row.text)} "
            f"({row.met}: {cell(row.evidence)})"
            for row in facts.criteria
            if row.phase == phase
        ]
    if facts.anchored:
        rows = ["| name | line | stays because |", "|---|--:|---|"]
        rows += [f"| `{a.name}` | {a.line} | {cell(a.reason)} |" for a in facts.anchored]
        lines += folded(f"Names that stay in the monolith: {len(facts.anchored)}", rows)
    for domain in facts.domains:
        lines += folded(f"Checklists of {domain.name}", list(_checklists(domain)))
    return "\n".join([*lines, ""])


def _checklists(domain: DomainReport) -> Iterator[str]:
    yield f"#### Service Extraction: {domain.name}"
    yield from _boxes(domain.service.checklist)
    for endpoint in domain.endpoints:
        routes = ", ".join(endpoint.routes)
        yield ""
        yield f"#### Endpoint Migration: `{endpoint.name}` ({cell(routes)}; {endpoint.state})"
        yield from _boxes(endpoint.checklist)


def _boxes(boxes: Sequence[BoxFacts]) -> Iterator[str]:
    section = ""
    for box in boxes:
        if box.section != section:
            section = box.section
            yield ""
            yield f"**{section}**"
            yield ""
        yield f"- [{'x' if box.ticked else ' '}] {box.text}"
