"""The columns of the tables, and what stands in their cells; text and Markdown show the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from corpus.row import EQUAL, OK, Rewriting, Row

#: Where one looks for whether all is well.
_VERDICT: Final = "equal?"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    heading: str
    show: Callable[[Row], str]
    # A number, to be set flush right.
    right: bool = True


def cells(row: Row, columns: tuple[Column, ...]) -> tuple[str, ...]:
    """One text a column."""
    if row.status != OK:
        shown = {columns[0].heading: row.name, _VERDICT: row.status}
        return tuple(shown.get(column.heading, "") for column in columns)
    return tuple(column.show(row) for column in columns)


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


def lines(row: Row) -> str:
    """Those of the monolith, before and after: ``1421 → 433``."""
    return f"{row.lines} → {row.lines_after}" if row.lines else ""


def staying(row: Row) -> str:
    """``receiver 2, dunder 1``, or a dash."""
    kinds = sorted(_rewriting(row).stays.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{kind} {count}" for kind, count in kinds) or "-"


def left(row: Row) -> str:
    """Names that stay, or that nothing was rewritten."""
    rewriting = _rewriting(row)
    return "refused" if rewriting.refused else str(rewriting.left)


def troubles(rows: list[Row]) -> list[str]:
    """One line for each row in which something is wrong or left open, in their order."""
    found = []
    for row in rows:
        if row.status != OK:
            found.append(f"{row.name}: {row.status}: {row.trouble}")
        elif row.equal_trouble:
            found.append(f"{row.name}: {row.equal}: {row.equal_trouble}")
        if _rewriting(row).refused:
            found.append(f"{row.name}: not rewritten: {_rewriting(row).refused}")
    return found


def _rewriting(row: Row) -> Rewriting:
    return row.rewriting or Rewriting()


_PROJECT: Final = Column("project", lambda row: row.name, right=False)
_ENDPOINTS: Final = Column("endpoints", lambda row: str(row.endpoints))
_MOVED: Final = Column("moved", lambda row: str(row.moved))
_REFUSED: Final = Column("refused", refused, right=False)
_EQUAL: Final = Column(_VERDICT, equal, right=False)
_COST: Final = (
    Column("s", lambda row: f"{row.seconds:.1f}"),
    Column("Y", lambda row: f"{row.ratio:.1f}"),
    Column("MiB", lambda row: f"{row.peak_mib:.0f}"),
)

KEEP_COLUMNS: Final = (
    _PROJECT,
    _ENDPOINTS,
    Column("domains", lambda row: str(row.domains)),
    _MOVED,
    Column("body", lambda row: str(row.body_moved)),
    _REFUSED,
    _EQUAL,
    *_COST,
)

REWRITE_COLUMNS: Final = (
    _PROJECT,
    _ENDPOINTS,
    _MOVED,
    _REFUSED,
    Column("lines", lines),
    Column("names out", lambda row: str(_rewriting(row).moved)),
    Column("left", left),
    Column("because", staying, right=False),
    Column("files", lambda row: str(_rewriting(row).files)),
    _EQUAL,
    *_COST,
)
