"""What ``check`` found, as text for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from aurum_refactor.cli.check_facts import CheckFacts
from aurum_refactor.cli.check_sentences import baseline_line, headline
from aurum_refactor.cli.render import Paragraph, counts, findings, heading


def check_text(facts: CheckFacts) -> Iterator[RenderableType]:
    """Lay out what was found."""
    yield Paragraph(Text(headline(facts), "bold"), by=0)
    if facts.findings:
        yield heading("Found", counts(facts.per_rule))
        yield from findings(facts.findings)
    if facts.ignored:
        yield heading("Silenced by comments")
        for row in facts.ignored:
            place = (f"{row.path}:{row.line}", "cyan")
            yield Paragraph(Text.assemble(place, f"  {row.code}  {row.reason}"))
    line = baseline_line(facts)
    if line:
        yield heading("Baseline", facts.baseline or "")
        yield Paragraph(line)
