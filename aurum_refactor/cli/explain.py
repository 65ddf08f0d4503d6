"""``aurum-refactor plan --explain SYMBOL``: the story of one name, as text, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from aurum_refactor.cli.explain_facts import ExplainFacts, OriginFacts, UserFacts, WayFacts
from aurum_refactor.cli.markdown_text import cell
from aurum_refactor.cli.sentences import WIRING, plural, route_text

_KINDS = {"assignment": "a value", "import": "an import", "other": "a statement"}
_HOMES = {
    "endpoint": "goes to",
    "owned": "goes to",
    "shared": "goes to the shared module",
    "anchored": "is anchored in",
    "stays": "stays in",
    "repeated": "stays in",
    "fixed": "stays in",
}
_USES = {
    "import": "imports it",
    "read": "reads it",
    "assign": "assigns it",
    "patch": "patches it",
    "forward": "passes it on",
}
# Of the statements that read the name; a story is short.
_MOST = 20

#: A title, and sentences below it.
Part = tuple[str, list[str]]


def story(facts: ExplainFacts, *, verbose: bool) -> list[Part]:
    """Tell it: what the name is, who uses it, who else touches it, how it is reached."""
    parts: list[Part] = [("", [line for row in facts.origins for line in _origin(row, facts)])]
    users = [_user(row) for row in facts.users]
    count = plural(len(users), "statement")
    if len(users) > _MOST and not verbose:
        users[_MOST:] = [f"and {len(users) - _MOST:,} more; -v lists them"]
    if users:
        parts.append((f"Read by {count}", users))
    else:
        parts.append(("Read by", ["no other statement of the monolith"]))
    touched = [f"{row.path}:{row.line} {_USES.get(row.use, row.use)}" for row in facts.touched]
    parts.append(("Elsewhere in the project", touched or ["nothing touches it"]))
    if facts.ways:
        parts.append(("In the new modules", _ways(facts.ways)))
    return parts


def show_story(facts: ExplainFacts, *, verbose: bool) -> None:
    """Print the story for a terminal."""
    from rich.text import Text

    from aurum_refactor.cli.output import show
    from aurum_refactor.cli.render import Paragraph, heading

    show(Text(facts.symbol, "bold"))
    for title, sentences in story(facts, verbose=verbose):
        if title:
            show(heading(title))
        show(*map(Paragraph, sentences))


def echo_markdown(facts: ExplainFacts, *, verbose: bool) -> None:
    """Print the story as Markdown."""
    lines = [f"### `{facts.symbol}`"]
    for title, sentences in story(facts, verbose=verbose):
        lines += ["", *([f"**{title}**", ""] if title else [])]
        lines += [f"- {cell(sentence)}" for sentence in sentences]
    click.echo("\n".join(lines))


def _origin(row: OriginFacts, facts: ExplainFacts) -> Iterator[str]:
    what = _KINDS.get(row.kind) or f"{'an' if row.kind[0] in 'aeiou' else 'a'} {row.kind}"
    if row.kind == "compound":
        what = "bound inside an if, try, with or loop"
    source = f" of {row.imported}" if row.imported else ""
    yield f"{what}{source}, {_lines(row.first_line, row.last_line)} of {facts.path}"
    for route in row.routes:
        yield f"answers {route_text(route)} (line {route.line})"
    if row.kind == "endpoint":
        yield f"belongs to {row.domain}, by {row.reason}"
    why = f": {row.reason}" if row.kind != "endpoint" else ""
    yield f"{_HOMES[row.home]} {row.path}{why}"
    if row.wiring:
        because = f": {row.because}" if row.because else ""
        yield f"wired by {row.wiring}, {WIRING.get(row.wiring, '')}{because}"
    for finding in row.refused:
        yield f"{finding.code} (line {finding.line}): {finding.message}"
        yield f"what would help: {finding.advice}"


def _user(row: UserFacts) -> str:
    when = {"import": "while the monolith loads", "call": "when it runs"}.get(row.phase, "")
    name = row.name or "a statement without a name"
    domain = f" ({row.domain})" if row.domain else ""
    where = _places(row.lines)
    if row.phase == "re-binds":
        return f"{name}{domain} re-binds it with global, {where}"
    return f"{name}{domain}, {when}, {where}"


def _ways(rows: Sequence[WayFacts]) -> list[str]:
    groups: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        groups.setdefault((row.access, row.written, row.because), []).append(row.module)
    found = []
    for (access, written, because), modules in groups.items():
        names = ", ".join(modules)
        if access == "re-import":
            found.append(f"{names}: the import is repeated")
        elif access == "module object":
            found.append(f"{names}: read as {written} ({because})")
        else:
            found.append(f"{names}: {written}")
    return found


def _places(lines: Sequence[int]) -> str:
    """``line 7``, ``lines 7-9, 12``."""
    ranges: list[list[int]] = []
    for line in lines:
        if ranges and line == ranges[-1][-1] + 1:
            ranges[-1][1:] = [line]
        else:
            ranges.append([line])
    numbers = ", ".join("-".join(map(str, ends)) for ends in ranges)
    return f"{'line' if len(lines) == 1 else 'lines'} {numbers}"


def _lines(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first}-{last}"
