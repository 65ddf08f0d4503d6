"""What rewrite mode did, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from aurum_refactor.cli.extract_facts import ReferencesFacts
from aurum_refactor.cli.render import Paragraph, heading
from aurum_refactor.cli.sentences import plural

#: The code of what only a person can decide about.
_NAMED = "AR303"


def references_text(facts: ReferencesFacts) -> Iterator[RenderableType]:
    """Lay out where names went, what stays and why, and what only a person can decide."""
    if facts.nothing_because:
        yield heading("References", "not rewritten")
        yield Paragraph(facts.nothing_because)
        return
    yield heading("References", "rewritten wherever they stand in the project")
    rooms: dict[str, list[str]] = {}
    for row in facts.moved:
        if row.leaves:
            rooms.setdefault(row.module, []).append(row.name)
    for module, names in sorted(rooms.items()):
        yield Paragraph(f"to {module} ({len(names)}): {', '.join(names)}")
    earlier = sum(not row.leaves for row in facts.moved)
    if earlier:
        there = "and are found there" if earlier > 1 else "and is found there"
        yield Paragraph(f"{plural(earlier, 'name')} moved with endpoints, {there}")
    if facts.stays:
        yield heading(f"Stays in the monolith: {plural(len(facts.stays), 'name')}", "AR301")
        reasons: dict[str, list[str]] = {}
        for stay in facts.stays:
            reasons.setdefault(stay.reason, []).append(f"{stay.name}:{stay.line}")
        for reason, names in sorted(reasons.items()):
            yield Paragraph(f"{reason} ({len(names)}): {', '.join(names)}")
    if facts.public_gone:
        yield heading("Public names that the monolith binds no longer", "AR302")
        yield Paragraph(", ".join(facts.public_gone))
        yield Paragraph("code outside the project that imports them needs --keep-exports")
    if facts.mentions:
        done = "rewritten" if facts.text_rewritten else "left alone; --rewrite-text rewrites them"
        yield heading(f"Named in other files: {len(facts.mentions)}", f"{_NAMED}, {done}")
        for found in facts.mentions:
            yield Paragraph(f"{found.path}:{found.line} {found.before}, now {found.after}")
