"""The table as a value and as JSON, and what it adds up to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corpus.modes import KEEP, Mode
from corpus.row import EQUAL, OK, Rewriting, Row, row_from_json, row_to_json

SCHEMA: Final = "aurum-refactor/corpus/1"


class TableError(Exception):
    """A committed table cannot be read; one sentence."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the rows whose extraction ran."""

    projects: int
    endpoints: int
    moved: int
    body_moved: int
    refused: int
    equal: int
    # Of the monoliths.
    lines: int
    lines_after: int
    # Names that leave beside the endpoints, and those that stay; 0 in keep mode.
    out: int
    left: int


def totals(rows: Iterable[Row]) -> Totals:
    """Add up."""
    ran = [row for row in rows if row.status == OK]
    rewritten = [row.rewriting or Rewriting() for row in ran]
    return Totals(
        projects=len(ran),
        endpoints=sum(row.endpoints for row in ran),
        moved=sum(row.moved for row in ran),
        body_moved=sum(row.body_moved for row in ran),
        refused=sum(row.refusals for row in ran),
        equal=sum(row.equal == EQUAL for row in ran),
        lines=sum(row.lines for row in ran),
        lines_after=sum(row.lines_after for row in ran),
        out=sum(rewriting.moved for rewriting in rewritten),
        left=sum(rewriting.left for rewriting in rewritten),
    )


def per_rule(rows: Iterable[Row]) -> list[tuple[str, int, tuple[str, ...]]]:
    """Rule, endpoints that it keeps, and the projects; the largest first: the work list."""
    return _per_kind((row.name, row.refused.items()) for row in rows)


def per_cause(rows: Iterable[Row]) -> list[tuple[str, int, tuple[str, ...]]]:
    """Kind of reason, names that it keeps, and the projects; the work list of rewrite mode."""
    return _per_kind((row.name, (row.rewriting or Rewriting()).stays.items()) for row in rows)


def _per_kind(
    rows: Iterable[tuple[str, Iterable[tuple[str, int]]]],
) -> list[tuple[str, int, tuple[str, ...]]]:
    counts: Counter[str] = Counter()
    where: dict[str, list[str]] = {}
    for name, found in rows:
        for kind, count in found:
            counts[kind] += count
            where.setdefault(kind, []).append(name)
    ordered = sorted(counts, key=lambda kind: (-counts[kind], kind))
    return [(kind, counts[kind], tuple(where[kind])) for kind in ordered]


def table_to_json(rows: Iterable[Row], mode: Mode = KEEP) -> str:
    """One document; ends with a newline."""
    value = {
        "schema": SCHEMA,
        "references": mode.references,
        "rows": [row_to_json(row) for row in rows],
    }
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def read_table(path: Path, mode: Mode = KEEP) -> tuple[Row, ...]:
    """Read a committed table; none yet is an empty one.

    Raises:
        TableError: It is there, and is no table, or one of the other mode.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    try:
        value = json.loads(text)
        if value["schema"] != SCHEMA:
            raise TableError(f"{path}: schema {value['schema']!r} is not {SCHEMA!r}")
        if value["references"] != mode.references:
            raise TableError(f"{path} is the table of --references {value['references']}")
        return tuple(row_from_json(row) for row in value["rows"])
    except (ValueError, KeyError, TypeError) as error:
        raise TableError(f"{path} is not a table of this version: {error}") from None


def merged(old: Iterable[Row], new: Iterable[Row], order: Iterable[str]) -> list[Row]:
    """Rows of *new*, and those of *old* for projects that were not tried, in *order*."""
    rows = {row.name: row for row in old} | {row.name: row for row in new}
    return [rows[name] for name in order if name in rows]
