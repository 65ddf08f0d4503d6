"""The table as a value and as JSON, and what it adds up to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corpus.row import EQUAL, OK, Row, row_from_json, row_to_json

SCHEMA: Final = "aurum-refactor/corpus/1"
TABLE: Final = Path(__file__).with_name("table.json")


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


def totals(rows: Iterable[Row]) -> Totals:
    """Add up."""
    ran = [row for row in rows if row.status == OK]
    return Totals(
        projects=len(ran),
        endpoints=sum(row.endpoints for row in ran),
        moved=sum(row.moved for row in ran),
        body_moved=sum(row.body_moved for row in ran),
        refused=sum(row.refusals for row in ran),
        equal=sum(row.equal == EQUAL for row in ran),
    )


def per_rule(rows: Iterable[Row]) -> list[tuple[str, int, tuple[str, ...]]]:
    """Rule, endpoints that it keeps, and the projects; the largest first: the work list."""
    counts: Counter[str] = Counter()
    where: dict[str, list[str]] = {}
    for row in rows:
        for rule, count in row.refused.items():
            counts[rule] += count
            where.setdefault(rule, []).append(row.name)
    ordered = sorted(counts, key=lambda rule: (-counts[rule], rule))
    return [(rule, counts[rule], tuple(where[rule])) for rule in ordered]


def table_to_json(rows: Iterable[Row]) -> str:
    """One document; ends with a newline."""
    value = {"schema": SCHEMA, "rows": [row_to_json(row) for row in rows]}
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def read_table(path: Path = TABLE) -> tuple[Row, ...]:
    """Read a committed table; none yet is an empty one.

    Raises:
        TableError: It is there, and is no table.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    try:
        value = json.loads(text)
        if value["schema"] != SCHEMA:
            raise TableError(f"{path}: schema {value['schema']!r} is not {SCHEMA!r}")
        return tuple(row_from_json(row) for row in value["rows"])
    except (ValueError, KeyError, TypeError) as error:
        raise TableError(f"{path} is not a table of this version: {error}") from None


def merged(old: Iterable[Row], new: Iterable[Row], order: Iterable[str]) -> list[Row]:
    """Rows of *new*, and those of *old* for projects that were not tried, in *order*."""
    rows = {row.name: row for row in old} | {row.name: row for row in new}
    return [rows[name] for name in order if name in rows]
