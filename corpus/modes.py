"""The two end states that are tried, each with a table, a page and words of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corpus.columns import KEEP_COLUMNS, REWRITE_COLUMNS, Column
from corpus.wording import (
    KEEP_INTRODUCTION,
    KEEP_LEGEND,
    REWRITE_INTRODUCTION,
    REWRITE_LEGEND,
)

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Mode:
    """What becomes of references to the monolith, in the words of ``extract --references``."""

    references: str
    columns: tuple[Column, ...]
    # Of the page; the introduction has a place for "{command}".
    introduction: str
    legend: str
    # The committed table.
    table: Path
    # Words of the command line that choose this mode.
    words: tuple[str, ...]


KEEP: Final = Mode(
    references="keep",
    columns=KEEP_COLUMNS,
    introduction=KEEP_INTRODUCTION,
    legend=KEEP_LEGEND,
    table=_HERE / "table.json",
    words=(),
)

REWRITE: Final = Mode(
    references="rewrite",
    columns=REWRITE_COLUMNS,
    introduction=REWRITE_INTRODUCTION,
    legend=REWRITE_LEGEND,
    table=_HERE / "table-rewrite.json",
    words=("--references", "rewrite"),
)

MODES: Final = {mode.references: mode for mode in (KEEP, REWRITE)}
