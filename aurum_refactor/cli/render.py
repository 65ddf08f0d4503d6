"""Layout that all text reports share: headings, tables and findings; decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from aurum_refactor.cli.facts import FindingFacts

# Advice follows the lines it is about.
_ARROW = "→ "


def heading(title: str, detail: str = "") -> RenderableType:
    """A blank line and a title, with something less important beside it."""
    text = Text(title, style="bold")
    if detail:
        text.append(f"  {detail}", style="not bold dim")
    return Group("", text)


def indented(text: Text | str, by: int = 2, hang: int = 0) -> RenderableType:
    """A paragraph; lines after the first stand *hang* further in."""
    content = Text(text) if isinstance(text, str) else text
    # A name longer than the line sticks out; cut in two nobody could search for it.
    content.overflow = "ignore"
    if not hang:
        return Padding(content, (0, 0, 0, by))
    return _Hanging(content, by, hang)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, last_bold: bool) -> Table:
    """A table without lines: text first column, figures right-justified, as wide as it must be."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for position, column in enumerate(columns):
        justify = "left" if position == 0 else "right"
        made.add_column(column, justify=justify, no_wrap=True, overflow="ignore")
    listed = list(rows)
    for position, row in enumerate(listed):
        is_total = last_bold and position == len(listed) - 1
        made.add_row(*row, style="bold" if is_total else None)
    return made


def findings(rows: Sequence[FindingFacts]) -> Iterator[RenderableType]:
    """Findings by rule; those that say the same thing of several lines are one line."""
    for (code, advice), group in _grouped(rows).items():
        yield indented(Text(code, style="bold yellow" if _mild(group) else "bold red"))
        for (path, message), lines in _folded(group).items():
            place = Text(f"{path}:{', '.join(map(str, lines))}  ", style="cyan")
            yield indented(place.append(message, style="not cyan default"), 4, hang=2)
        yield indented(Text(_ARROW + advice, style="dim"), 4, hang=2)


def counts(per_rule: Mapping[str, int]) -> str:
    """``AR101 2, AR105 1``."""
    return ", ".join(f"{code} {count}" for code, count in per_rule.items())


def plural(count: int, noun: str) -> str:
    """``1 file``, ``2,000 files``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


class _Hanging:
    """A paragraph with a hanging indent, which rich has no word for."""

    def __init__(self, text: Text, by: int, hang: int) -> None:
        self._text = text
        self._by = by
        self._hang = hang

    def __rich_console__(self, console: object, options: object) -> Iterator[RenderableType]:
        from rich.console import Console, ConsoleOptions

        if not isinstance(console, Console) or not isinstance(options, ConsoleOptions):
            raise TypeError
        width = max(20, options.max_width - self._by - self._hang)
        first, *others = self._text.wrap(console, width, overflow="ignore")
        yield Text(" " * self._by).append_text(first)
        for line in others:
            yield Text(" " * (self._by + self._hang)).append_text(line)


def _mild(group: Sequence[FindingFacts]) -> bool:
    return all(finding.severity != "error" for finding in group)


def _grouped(rows: Sequence[FindingFacts]) -> dict[tuple[str, str], list[FindingFacts]]:
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
