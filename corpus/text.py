"""The table for a terminal: plain text, columns flush."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.columns import HEADINGS, RIGHT, cells, troubles
from corpus.row import Row
from corpus.table import per_rule, totals


def as_text(rows: Iterable[Row]) -> str:
    """Render; ends with a newline."""
    rows = list(rows)
    lines = [HEADINGS, *(cells(row) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEADINGS))]
    out = [_line(line, widths) for line in lines]
    sums = totals(rows)
    out += [
        "",
        f"{sums.projects} projects, {sums.endpoints} endpoints: {sums.moved} moved, "
        f"{sums.body_moved} with the body only, {sums.refused} refused; "
        f"run before and after, and equal: {sums.equal}",
    ]
    for rule, count, names in per_rule(rows):
        out.append(f"  {rule}  {count:5}  {', '.join(names)}")
    if found := troubles(rows):
        out += ["", *found]
    return "\n".join(out) + "\n"


def _line(line: tuple[str, ...], widths: list[int]) -> str:
    padded = (
        text.rjust(width) if heading in RIGHT else text.ljust(width)
        for heading, text, width in zip(HEADINGS, line, widths, strict=True)
    )
    return "  ".join(padded).rstrip()
