"""Refusals are a budget: what got worse since the committed table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from corpus.row import DIFFERENT, EQUAL, FAILED, NOT_RUN, OK, TIMEOUT, Rewriting, Row


def worse(old: Iterable[Row], new: Iterable[Row]) -> list[str]:
    """One sentence for everything that got worse; empty if nothing did.

    A project of the table is compared at the same pin only: at another one it
    is another project. What is wrong by itself (a difference, a crash) counts
    with or without a row to compare with, unless the table has the same.

    Args:
        old: The committed table.
        new: What was found out now, of some or all projects.
    """
    before = {row.name: row for row in old}
    return [sentence for row in new for sentence in _project(before.get(row.name), row)]


def _project(old: Row | None, new: Row) -> Iterator[str]:
    if old is not None and old.pin != new.pin:
        old = None
    if new.status != OK:
        if old is None or old.status != new.status:
            yield f"{new.name}: {new.status}: {new.trouble}"
        return
    if new.equal in (DIFFERENT, FAILED, TIMEOUT) and (old is None or old.equal != new.equal):
        yield f"{new.name}: running both states: {new.equal}: {new.equal_trouble}"
    if old is None or old.status != OK:
        return
    if old.equal == EQUAL and new.equal == EQUAL and new.compared < old.compared:
        yield f"{new.name}: {new.compared} routes compared instead of {old.compared}"
    if old.equal == EQUAL and new.equal == NOT_RUN and new.equal_trouble:
        yield f"{new.name}: was equal and was not run: {new.equal_trouble}"
    if new.endpoints < old.endpoints:
        yield f"{new.name}: {new.endpoints} endpoints seen instead of {old.endpoints}"
    if new.moved < old.moved:
        yield f"{new.name}: {new.moved} endpoints moved instead of {old.moved}"
    if new.refusals > old.refusals:
        rules = ", ".join(_grown(old.refused, new.refused)) or "by no rule"
        yield f"{new.name}: {new.refusals} endpoints refused instead of {old.refusals} ({rules})"
    if old.rewriting is not None and new.rewriting is not None:
        yield from _rewriting(old, new, old.rewriting, new.rewriting)


def _rewriting(old: Row, new: Row, before: Rewriting, now: Rewriting) -> Iterator[str]:
    """What rewrite mode is for: an empty monolith."""
    if now.refused:
        if not before.refused:
            yield f"{new.name}: references are not rewritten any more: {now.refused}"
        return
    if now.left > before.left and not before.refused:
        grown = ", ".join(_grown(before.stays, now.stays))
        yield f"{new.name}: {now.left} names stay instead of {before.left} ({grown})"
    if new.lines_after > old.lines_after:
        yield f"{new.name}: {new.lines_after} lines stay instead of {old.lines_after}"


def _grown(before: Mapping[str, int], now: Mapping[str, int]) -> Iterator[str]:
    for kind, count in sorted(now.items()):
        if count > before.get(kind, 0):
            yield f"{kind} {before.get(kind, 0)} → {count}"
