"""The cells of the table; text and Markdown show the same ones."""

from __future__ import annotations

from typing import Final

from corpus.row import EQUAL, OK, Row

HEADINGS: Final = (
    "project",
    "endpoints",
    "domains",
    "moved",
    "body",
    "refused",
    "equal?",
    "s",
    "Y",
    "MiB",
)
#: Which of them are numbers, to be set flush right.
RIGHT: Final = frozenset({"endpoints", "domains", "moved", "body", "s", "Y", "MiB"})


def cells(row: Row) -> tuple[str, ...]:
    """One text a heading."""
    if row.status != OK:
        # Under "equal?": that is where one looks for whether all is well.
        shown = {"project": row.name, "equal?": row.status}
        return tuple(shown.get(heading, "") for heading in HEADINGS)
    return (
        row.name,
        str(row.endpoints),
        str(row.domains),
        str(row.moved),
        str(row.body_moved),
        refused(row),
        equal(row),
        f"{row.seconds:.1f}",
        f"{row.ratio:.1f}",
        f"{row.peak_mib:.0f}",
    )


def refused(row: Row) -> str:
    """``AR101 70, AR113 4``, or a dash."""
    rules = sorted(row.refused.items())
    return ", ".join(f"{rule} {count}" for rule, count in rules) or "-"


def equal(row: Row) -> str:
    """What running both states said, with how many routes it compared."""
    if row.equal == EQUAL:
        counts = [f"{row.compared:,}"]
        counts += [f"{row.requests:,} requests"] if row.requests else []
        counts += [f"{row.tests:,} tests"] if row.tests else []
        return f"equal ({', '.join(counts)})"
    return row.equal


def troubles(rows: list[Row]) -> list[str]:
    """One line for each row in which something is wrong or left open, in their order."""
    found = []
    for row in rows:
        if row.status != OK:
            found.append(f"{row.name}: {row.status}: {row.trouble}")
        elif row.equal_trouble:
            found.append(f"{row.name}: {row.equal}: {row.equal_trouble}")
    return found
