"""What an extraction did, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from aurum_refactor.cli.extract_facts import ExtractFacts, FileFacts
from aurum_refactor.cli.render import (
    Paragraph,
    counts,
    findings,
    findings_in_short,
    heading,
    step,
    table,
)
from aurum_refactor.cli.render_references import references_text
from aurum_refactor.cli.render_service import layers_text
from aurum_refactor.cli.sentences import Step, headline, monolith_lines, plural, proof_lines


def extract_text(facts: ExtractFacts, next_steps: tuple[Step, ...]) -> Iterator[RenderableType]:
    """Lay out the summary of an extraction; the last lines are what to do next."""
    yield Paragraph(Text(headline(facts), "bold"), by=0)
    if facts.files:
        yield heading("Files")
        rows = [(file.path, _before(file), _after(file)) for file in facts.files]
        yield table(("", "lines before", "after"), rows, sum_last=False)
        yield heading("The monolith", facts.path)
        yield from map(Paragraph, monolith_lines(facts))
        yield heading("Static proof", "of the result, read afresh")
        yield from map(Paragraph, proof_lines(facts))
    if facts.references is not None:
        yield from references_text(facts.references)
    if facts.layers is not None:
        yield from layers_text(facts.layers)
    if facts.refused:
        title = f"Stays in the monolith: {plural(len(facts.refused), 'refusal')}"
        yield heading(title, counts(facts.refused_per_rule))
        yield from findings(facts.refused)
    if facts.files and facts.warnings:
        yield heading("Worth knowing", "`aurum-refactor plan -v` lists all places")
        yield from findings_in_short(facts.warnings)
    if next_steps:
        yield heading("Next")
        yield from map(step, next_steps)


def _before(file: FileFacts) -> str:
    return "new" if file.lines_before is None else f"{file.lines_before:,}"


def _after(file: FileFacts) -> str:
    return "removed" if file.lines_after is None else f"{file.lines_after:,}"
