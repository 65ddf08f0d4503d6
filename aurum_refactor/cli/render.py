"""Layout that all text reports share: headings, paragraphs, tables, findings; decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from aurum_refactor.cli.facts import FindingFacts
from aurum_refactor.cli.sentences import Step

_WORD = re.compile(r"\s*(?:\(line \d+\)|\S+)")
# However narrow the terminal is.
_NARROWEST = 20


class Paragraph:
    """Text broken between words only, so that a name is never cut; with a hanging indent.

    Args:
        text: One paragraph.
        by: Columns before every line.
        hang: Further columns before every line but the first.
        guides: What stands there instead of blanks: before the first line,
            and before the others.
    """

    def __init__(
        self, text: Text | str, by: int = 2, hang: int = 2, guides: tuple[str, str] = ("", "")
    ) -> None:
        self._text = Text(text) if isinstance(text, str) else text
        self._by = by
        self._hang = hang
        self._guides = guides

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(_NARROWEST, options.max_width - self._by)
        for number, line in enumerate(self._text.divide(self._breaks(width))):
            indent = self._by + (self._hang if number else 0)
            line.rstrip()
            lead = Text(self._guides[min(number, 1)].ljust(indent), "dim")
            yield lead.append_text(line[len(line) - len(line.plain.lstrip()) :])

    def _breaks(self, width: int) -> list[int]:
        found: list[int] = []
        start = 0
        room = width
        for match in _WORD.finditer(self._text.plain):
            if match.end() - start > room and match.start() > start:
                found.append(match.start())
                start = match.end() - len(match.group().lstrip())
                room = width - self._hang
        return found


def heading(title: str, detail: str = "") -> RenderableType:
    """A blank line and a title, with something less important beside it."""
    return Group("", Text.assemble((title, "bold"), (f"  {detail}", "dim") if detail else ""))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, sum_last: bool) -> Text:
    """A table without lines, two columns in: figures right-justified, as wide as it must be."""
    widths = [max(len(row[i]) for row in (columns, *rows)) for i in range(len(columns))]
    styles = ["dim", *("" for _ in rows)]
    if sum_last:
        styles[-1] = "bold"
    lines = []
    for row, style in zip((columns, *rows), styles, strict=True):
        first, *others = row
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append(Text(f"  {'  '.join(cells)}".rstrip(), style))
    return Text("\n").join(lines)


def findings(rows: Sequence[FindingFacts]) -> Iterator[RenderableType]:
    """Findings by rule; those that say the same thing of several lines are one line."""
    for (code, advice), group in _grouped(rows).items():
        is_error = any(finding.severity == "error" for finding in group)
        yield Paragraph(Text(code, "bold red" if is_error else "bold yellow"))
        for (path, message), lines in _folded(group).items():
            place = f"{path}:{', '.join(map(str, lines))}"
            yield Paragraph(Text.assemble((place, "cyan"), "  ", message), by=4)
        yield Paragraph(Text(f"→ {advice}", "dim"), by=4)


def findings_in_short(rows: Sequence[FindingFacts]) -> Iterator[RenderableType]:
    """One paragraph per rule: how often, and the first place."""
    groups: dict[str, list[FindingFacts]] = {}
    for row in rows:
        groups.setdefault(row.code, []).append(row)
    for code, group in sorted(groups.items()):
        first = group[0]
        text = Text.assemble((code, "bold yellow"), f" ({len(group)})  ")
        text.append(f"{first.path}:{first.line}", "cyan")
        text.append(f"  {first.message}")
        if len(group) > 1:
            text.append(f"; and {len(group) - 1:,} more", "dim")
        yield Paragraph(text)


def step(next_step: Step) -> Text:
    """What to do next, never broken: a command is there to be copied."""
    return Text(f"  {next_step.text()}")


def counts(per_rule: Mapping[str, int]) -> str:
    """``AR101: 2, AR105: 1``."""
    return ", ".join(f"{code}: {count}" for code, count in per_rule.items())


def _grouped(rows: Iterable[FindingFacts]) -> dict[tuple[str, str], list[FindingFacts]]:
    groups: dict[tuple[str, str], list[FindingFacts]] = {}
    for row in sorted(rows, key=lambda row: row.code):
        groups.setdefault((row.code, row.advice), []).append(row)
    return groups


def _folded(group: Sequence[FindingFacts]) -> dict[tuple[str, str], list[int]]:
    lines: dict[tuple[str, str], list[int]] = {}
    for row in group:
        places = lines.setdefault((row.path, row.message), [])
        if row.line not in places:
            places.append(row.line)
    return lines
