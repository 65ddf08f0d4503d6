"""Where helpers go, and what reads the monolith, as tables of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aurum_refactor.cli.home_facts import HomeFacts, ThroughFacts
from aurum_refactor.cli.markdown_text import cell, folded
from aurum_refactor.cli.plan_facts import PlanFacts
from aurum_refactor.cli.sentences import plural, through_text

# A comment of a thousand lines is cut off by the forge.
_MOST = 50


def homes_markdown(facts: PlanFacts) -> list[str]:
    """The shared leaf, reads through the monolith, and what stays; each folded away."""
    lines: list[str] = []
    if facts.shared is not None:
        size = plural(len(facts.shared.statements), "statement")
        title = f"Shared, in {cell(facts.shared.path)}: {size}"
        lines += folded(title, _homes(facts.shared.statements))
    rows = facts.module_object.names
    if rows:
        lines += folded(through_text(facts), _through(rows))
    for title, homes in (
        ("Anchored in the monolith", facts.anchored),
        ("Needed by no endpoint that moves", facts.unneeded),
    ):
        if homes:
            lines += folded(f"{title}: {plural(len(homes), 'statement')}", _homes(homes))
    return lines


def _homes(rows: Sequence[HomeFacts]) -> Iterable[str]:
    yield from ("| name | line | why |", "|---|--:|---|")
    for row in rows[:_MOST]:
        yield f"| `{', '.join(row.names)}` | {row.first_line} | {cell(row.reason)} |"
    yield from _more(rows)


def _through(rows: Sequence[ThroughFacts]) -> Iterable[str]:
    yield from ("| name | line | reads | read in | why |", "|---|--:|--:|---|---|")
    for row in rows[:_MOST]:
        places = ", ".join(f"`{reader.module}` {reader.reads}" for reader in row.modules)
        line = "" if row.line is None else row.line
        yield f"| `{row.name}` | {line} | {row.reads} | {places} | {cell(row.reason)} |"
    yield from _more(rows)


def _more(rows: Sequence[object]) -> Iterable[str]:
    if len(rows) > _MOST:
        yield from ("", f"and {len(rows) - _MOST} more")
