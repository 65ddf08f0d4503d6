"""What a verification says, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from aurum_refactor.cli.render import Paragraph, heading
from aurum_refactor.cli.sentences import plural
from aurum_refactor.cli.verify_facts import (
    Compared,
    grouped,
    headline,
    looks_at,
    reordering,
    result,
    setting,
)
from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.verdict import Check, Verdict

_STYLES = {"equal": "green", "different": "bold red", "nothing": "dim"}
# More than this helps nobody; JSON has them all.
_MOST = 20


def verify_text(verdict: Verdict, compared: Compared) -> Iterator[RenderableType]:
    """Lay out a verdict: the answer first, then what it rests on, then what it does not cover."""
    color = "bold green" if verdict.equal else "bold red"
    yield Paragraph(Text(headline(verdict, compared), color), by=0)
    yield Paragraph(Text(setting(verdict, compared), "dim"), by=0)
    yield ""
    name = max(len(check.name) for check in verdict.checks)
    width = max(len(f"{check.compared:,}") for check in verdict.checks)
    for check in verdict.checks:
        yield from _check(check, name, width)
    if verdict.differences:
        yield heading("Differences", f"{len(verdict.differences):,}; - before, + after")
        yield from _differences(verdict)
    if verdict.reordered:
        yield heading(reordering(verdict))
        yield from (Paragraph(f"{one}, then {other}") for one, other in verdict.reordered[:_MOST])
        yield from _more(len(verdict.reordered))
    if verdict.moved:
        homes = plural(len({moved.after for moved in verdict.moved}), "module")
        count = plural(len(verdict.moved), "endpoint")
        yield heading("Moved", f"{count}, to {homes}, as expected")
    yield heading("What this cannot see")
    yield from (Paragraph(Text(line, "dim")) for line in verdict.cannot_see)


def _check(check: Check, name: int, width: int) -> Iterator[RenderableType]:
    said = result(check)
    text = Text.assemble(
        (f"{said:9}", _STYLES[said]),
        f"  {check.compared:>{width},}  {check.name:{name}}  ",
        (looks_at(check), "dim"),
    )
    column = 9 + 2 + width + 2
    yield Paragraph(text, hang=column + name + 2)
    for line in check.detail.splitlines():
        yield Paragraph(Text(line, "dim"), by=2 + column + 2)


def _differences(verdict: Verdict) -> Iterator[RenderableType]:
    for where, differences in grouped(verdict.differences, _MOST):
        yield Paragraph(Text(where, "bold"))
        for difference in differences:
            yield from _difference(difference)
    yield from _more(len(verdict.differences))


def _difference(difference: Difference) -> Iterator[RenderableType]:
    yield Paragraph(difference.what, by=4)
    yield Paragraph(Text(f"- {difference.before}", "red"), by=6)
    yield Paragraph(Text(f"+ {difference.after}", "green"), by=6)


def _more(total: int) -> Iterator[RenderableType]:
    if total > _MOST:
        yield Paragraph(Text(f"and {total - _MOST:,} more; --format json has them all", "dim"))
