"""The shared module, reads through the monolith, and what stays there, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from aurum_refactor.cli.causes import by_cause
from aurum_refactor.cli.home_facts import HomeFacts
from aurum_refactor.cli.plan_facts import PlanFacts
from aurum_refactor.cli.render import Paragraph, heading
from aurum_refactor.cli.sentences import plural, reads_text

# Of the names in one paragraph; a reader who wants all of them has -v.
_SHOWN = 8
# Of the domains that need a name; more of them are counted.
_NAMED = 3
# A reason longer than this gives way to its kind.
_LONG = 72


def listed(title: str, names: Sequence[str], *, verbose: bool) -> Text:
    """``title (3): a, b, c``, cut after some unless everything is wanted."""
    shown = names if verbose or len(names) <= _SHOWN + 1 else names[:_SHOWN]
    more = f" and {len(names) - len(shown):,} more" if len(shown) < len(names) else ""
    return Text.assemble((f"{title} ({len(names)}): ", "dim"), ", ".join(shown), (more, "dim"))


def shared(facts: PlanFacts, *, verbose: bool) -> Iterator[RenderableType]:
    """The shared leaf: what is in it, and who needs it."""
    leaf = facts.shared
    if leaf is None:
        return
    yield heading(f"Shared: {plural(len(leaf.statements), 'statement')} in {leaf.path}")
    groups: dict[str, list[str]] = {}
    for row in sorted(leaf.statements, key=lambda row: -len(row.needed_by)):
        reason = row.reason if verbose else _needed_by(row)
        groups.setdefault(reason, []).append(row.label)
    for reason, labels in groups.items():
        yield Paragraph(listed(reason, labels, verbose=verbose))


def through(facts: PlanFacts, *, verbose: bool) -> Iterator[RenderableType]:
    """Names that new modules read through the monolith's module object, and why each."""
    rows = facts.module_object.names
    if not rows:
        return
    reads = plural(facts.module_object.reads, "read")
    title = f"Read through the monolith: {reads} of {plural(len(rows), 'name')}"
    yield heading(title, "name:line (module reads)")
    yield from _reasons([(row.reason, reads_text(row)) for row in rows], verbose=verbose)


def anchored(facts: PlanFacts, *, verbose: bool) -> Iterator[RenderableType]:
    """What is tied to the monolith; without -v only what the section above does not name."""
    known = {row.name for row in facts.module_object.names}
    rows = [row for row in facts.anchored if verbose or known.isdisjoint(row.names)]
    if not rows:
        return
    detail = "" if len(rows) == len(facts.anchored) else "besides those above"
    yield heading(f"Anchored in the monolith: {plural(len(rows), 'statement')}", detail)
    yield from _reasons([(row.reason, _imported(row)) for row in rows], verbose=verbose)


def unneeded(facts: PlanFacts, *, verbose: bool) -> Iterator[RenderableType]:
    """What stays because no endpoint that moves needs it."""
    if facts.unneeded:
        title = f"Stays unneeded: {plural(len(facts.unneeded), 'statement')}"
        yield heading(title, "no endpoint that moves reads them")
        labels = [row.label for row in facts.unneeded]
        yield Paragraph(listed("names", labels, verbose=verbose))


def _needed_by(row: HomeFacts) -> str:
    domains = row.needed_by
    who = f"{len(domains)} domains" if len(domains) > _NAMED else ", ".join(domains)
    return f"needed by {who}{' and by what stays' if row.needed_at_home else ''}"


def _imported(row: HomeFacts) -> str:
    modules = ", ".join(module.rpartition(".")[2] for module in row.read_by)
    return f"{row.label} (read by {modules})" if modules else row.label


def _reasons(rows: Iterable[tuple[str, str]], *, verbose: bool) -> Iterator[RenderableType]:
    """One paragraph per kind of reason, or, with -v, per reason."""
    for cause, group in by_cause(rows).items():
        by_reason: dict[str, list[str]] = {}
        for reason, label in group:
            by_reason.setdefault(reason, []).append(label)
        if verbose or (len(by_reason) == 1 and len(group[0][0]) <= _LONG):
            for reason, labels in by_reason.items():
                yield Paragraph(listed(reason, labels, verbose=verbose))
        else:
            yield Paragraph(listed(cause, [label for _, label in group], verbose=False))
