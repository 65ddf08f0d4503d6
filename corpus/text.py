"""The table for a terminal: plain text, columns flush."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.columns import Column, cells, troubles
from corpus.modes import KEEP, Mode
from corpus.row import Row
from corpus.table import per_cause, per_rule, totals


def as_text(rows: Iterable[Row], mode: Mode = KEEP) -> str:
    """Render; ends with a newline."""
    rows = list(rows)
    columns = mode.columns
    lines = [tuple(c.heading for c in columns), *(cells(row, columns) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    out = [_line(line, columns, widths) for line in lines]
    sums = totals(rows)
    out += [
        "",
        f"{sums.projects} projects, {sums.endpoints} endpoints: {sums.moved} moved, "
        f"{sums.body_moved} with the body only, {sums.refused} refused; "
        f"run before and after, and equal: {sums.equal}",
    ]
    for rule, count, names in per_rule(rows):
        out.append(f"  {rule}  {count:5}  {', '.join(names)}")
    if mode is not KEEP:
        out += [
            "",
            f"lines {sums.lines:,} → {sums.lines_after:,}; "
            f"names that leave {sums.out:,}, that stay {sums.left:,}",
        ]
    for kind, count, names in per_cause(rows):
        out.append(f"  {count:5}  {kind}: {', '.join(names)}")
    if found := troubles(rows):
        out += ["", *found]
    return "\n".join(out) + "\n"


def _line(line: tuple[str, ...], columns: tuple[Column, ...], widths: list[int]) -> str:
    padded = (
        text.rjust(width) if column.right else text.ljust(width)
        for column, text, width in zip(columns, line, widths, strict=True)
    )
    return "  ".join(padded).rstrip()
