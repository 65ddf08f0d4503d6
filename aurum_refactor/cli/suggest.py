"""``aurum-refactor plan --suggest``: other domains, as text or Markdown."""

from __future__ import annotations

from collections.abc import Iterator

import click

from aurum_refactor.cli.markdown_text import cell, folded
from aurum_refactor.cli.sentences import plural
from aurum_refactor.cli.suggest_facts import DivisionFacts, MoveFacts, SuggestFacts

_COLUMNS = ("domains by", "domains", "modularity", "cohesion", "coupling", "shared", "agreement")
_LEGEND = (
    "modularity: how much more endpoints of one domain need the same than chance would have it; "
    "cohesion: mean over the domains; coupling: reads of names of other new modules; shared: "
    "helpers in the shared module; agreement: adjusted Rand index with the current domains; the "
    "fewer the domains, the less coupling there is in any case"
)


def show_suggestions(facts: SuggestFacts, *, verbose: bool) -> None:
    """Print the comparison for a terminal."""
    from rich.text import Text

    from aurum_refactor.cli.output import show
    from aurum_refactor.cli.render import Paragraph, heading, table
    from aurum_refactor.cli.render_homes import listed

    show(Text.assemble((facts.module, "bold"), (f"  {facts.path}", "dim")))
    show(*map(Paragraph, _summary(facts)))
    show("", table(_COLUMNS, [_row(row) for row in facts.divisions], sum_last=False), "")
    show(Paragraph(Text(_LEGEND, "dim")))
    show(*(Paragraph(Text(f"{d.method}: {d.source}", "dim")) for d in facts.divisions if d.source))
    settings = facts.settings
    if settings is None:
        return
    for row in facts.divisions:
        if row.method == settings.method or (verbose and row.source):
            show(heading(f"{row.method}: {plural(len(row.moves), 'endpoint')} would change domain"))
            for (before, after), names in _moves(row.moves).items():
                show(Paragraph(listed(f"{before} → {after}", names, verbose=verbose)))
    show(heading("As settings", f"of {settings.method}, which has the highest modularity"))
    # Never broken: it is there to be copied.
    show(*(Text(f"  {line}") for line in settings.toml.splitlines()))
    show(*map(Paragraph, _open_ends(facts)))


def echo_markdown(facts: SuggestFacts, *, verbose: bool) -> None:
    """Print the comparison as Markdown."""
    lines = [f"### Domains of `{facts.module}`", "", *_summary(facts), ""]
    lines += [f"| {' | '.join(_COLUMNS)} |", f"|---|{'--:|' * (len(_COLUMNS) - 1)}"]
    lines += [f"| {' | '.join(_row(row))} |" for row in facts.divisions]
    lines += ["", _LEGEND]
    settings = facts.settings
    for row in facts.divisions if settings else ():
        if row.source and (verbose or (settings and row.method == settings.method)):
            title = f"{row.method} ({cell(row.source)}): {plural(len(row.moves), 'endpoint')} move"
            lines += folded(title, _move_rows(row.moves))
    if settings is not None:
        lines += ["", f"As settings, of {settings.method}, which has the highest modularity:"]
        lines += ["", "```toml", settings.toml.rstrip("\n"), "```", "", *_open_ends(facts)]
    click.echo("\n".join(lines).rstrip("\n"))


def _summary(facts: SuggestFacts) -> Iterator[str]:
    yield (
        f"{plural(facts.endpoints, 'endpoint')} that can move, joined by the names of the project "
        "that they need"
    )
    if facts.settings is None:
        yield "no two of them need the same name, so there is nothing to cluster"
    elif facts.alone:
        yield f"those that need nothing that another one needs keep their domain: {facts.alone:,}"
    current, *others = facts.divisions
    if others and all((row.modularity or 0) <= (current.modularity or 0) for row in others):
        yield "no method finds domains of a higher modularity than the current ones have"


def _row(row: DivisionFacts) -> tuple[str, ...]:
    return (
        row.method,
        f"{len(row.groups):,}",
        "-" if row.modularity is None else f"{row.modularity:.3f}",
        "-" if row.cohesion is None else f"{row.cohesion:.3f}",
        f"{row.coupling:,}",
        f"{row.shared:,}",
        f"{row.agreement:.3f}",
    )


def _moves(moves: tuple[MoveFacts, ...]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in sorted(moves, key=lambda row: (row.before, row.after, row.line)):
        found.setdefault((row.before, row.after), []).append(f"{row.endpoint}:{row.line}")
    return found


def _move_rows(moves: tuple[MoveFacts, ...]) -> Iterator[str]:
    yield from ("| from | to | endpoints |", "|---|---|---|")
    for (before, after), names in _moves(moves).items():
        yield f"| {before} | {after} | {', '.join(f'`{name}`' for name in names)} |"


def _open_ends(facts: SuggestFacts) -> Iterator[str]:
    settings = facts.settings
    if settings is not None and settings.inseparable:
        names = ", ".join(settings.inseparable)
        yield (
            f"no URL pattern tells all of {names} from the other domains; "
            "tags and paths decide there"
        )
