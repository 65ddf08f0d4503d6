"""What was generated of service layers, as text for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from aurum_refactor.cli.layer_facts import LayerFacts
from aurum_refactor.cli.layers_markdown import layer_row, layers_markdown
from aurum_refactor.cli.render import Paragraph, heading, step, table
from aurum_refactor.cli.sentences import Step, plural
from aurum_refactor.cli.service_facts import ServiceFacts

_COLUMNS = ("", "methods", "new", "DAO methods")


def service_text(facts: ServiceFacts, next_steps: tuple[Step, ...]) -> Iterator[RenderableType]:
    """Lay out the summary of a run."""
    yield Paragraph(Text(headline(facts), "bold"), by=0)
    yield from layers_text(facts.layers)
    if facts.files:
        yield heading("Files")
        rows = [
            (
                f.path,
                "new" if f.lines_before is None else f"{f.lines_before:,}",
                f"{f.lines_after:,}",
            )
            for f in facts.files
        ]
        yield table(("", "lines before", "after"), rows, sum_last=False)
    if facts.kept:
        yield Paragraph(f"{plural(facts.kept, 'statement')} of existing files compared, all kept")
    if next_steps:
        yield heading("Next")
        yield from map(step, next_steps)


def layers_text(layers: Sequence[LayerFacts]) -> Iterator[RenderableType]:
    """The table of layers and what they leave open."""
    yield heading("Services", "stubs, which count as 0 % of the work")
    yield table(_COLUMNS, [layer_row(layer) for layer in layers], sum_last=False)
    gaps = [gap for layer in layers for gap in layer.gaps]
    if gaps:
        yield heading("Left open")
        for gap in gaps:
            yield Paragraph(Text.assemble((f"{gap.path}:{gap.line}", "cyan"), "  ", gap.message))


def headline(facts: ServiceFacts) -> str:
    """One sentence: what was generated."""
    if not facts.files:
        return "nothing to do: every endpoint has its method already"
    added = sum(len(layer.added) for layer in facts.layers)
    verb = "generated" if facts.written else "would be generated"
    where = f"in {plural(len(facts.layers), 'service')}"
    if not added:
        return (
            f"{plural(len(facts.files), 'file')} {verb} for {plural(len(facts.layers), 'service')}"
        )
    return f"{plural(added, 'method')} {verb} {where}"


def service_markdown(facts: ServiceFacts, next_steps: Sequence[Step]) -> str:
    """Write the summary of a run."""
    lines = [f"### {headline(facts)}", "", *layers_markdown(facts.layers)]
    if facts.files:
        lines += ["", "| file | lines before | after |", "|---|--:|--:|"]
        lines += [
            f"| `{f.path}` | {'' if f.lines_before is None else f.lines_before} | {f.lines_after} |"
            for f in facts.files
        ]
    if next_steps:
        lines += ["", "Next:", "", *(f"- {row.markdown()}" for row in next_steps)]
    return "\n".join([*lines, ""])
