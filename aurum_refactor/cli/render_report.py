"""The state of a migration as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from aurum_refactor.cli.render import Paragraph, heading, table
from aurum_refactor.cli.report_facts import ReportFacts
from aurum_refactor.cli.report_sentences import COLUMNS, headline, monolith_line, row_of
from aurum_refactor.cli.sentences import plural

_STYLES = {"met": "green", "not met": "red"}


def report_text(facts: ReportFacts) -> Iterator[RenderableType]:
    """Lay out a report; checklists are in the other formats."""
    yield Paragraph(Text(headline(facts), "bold"), by=0)
    yield heading("The monolith", facts.path)
    yield Paragraph(monolith_line(facts))
    if facts.domains:
        yield heading("Domains", "endpoints by state; stubs count as 0 % of a service")
        yield table(COLUMNS, [row_of(row) for row in facts.domains], sum_last=False)
    if facts.refused:
        yield heading("Refused")
        for refused in facts.refused:
            line = f"{refused.code} ({refused.count:,})  {refused.advice}"
            yield Paragraph(line)
    if facts.anchored:
        yield heading("Stays in the monolith", plural(len(facts.anchored), "name"))
        for row in facts.anchored:
            yield Paragraph(Text.assemble((f"{row.name}:{row.line}", "cyan"), f"  {row.reason}"))
    for phase in sorted({row.phase for row in facts.criteria}):
        yield heading(f"Phase {phase} completion criteria")
        for criterion in facts.criteria:
            if criterion.phase == phase:
                met = (criterion.met, _STYLES.get(criterion.met, "dim"))
                line = f"{criterion.name}: {criterion.text}: "
                yield Paragraph(Text.assemble(line, met, f" ({criterion.evidence})"))
