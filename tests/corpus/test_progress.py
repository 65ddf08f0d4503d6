"""What a run says on stderr while it goes on: a bar on a terminal, one line a project anywhere."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from corpus.manifest import Project
from corpus.progress import Report
from corpus.row import EQUAL, FAILED, Row

pytestmark = pytest.mark.static

_TOWN = Row("town", "m.py", "p", endpoints=3, moved=2, refused={"AR101": 1}, equal=EQUAL)
_RUIN = Row("ruin", "m.py", "p", status=FAILED, trouble="[m.py:3] unexpected end")
_LINES = [
    "town: 2 of 3 moved, refused AR101 1, equal (0)",
    "ruin: failed: [m.py:3] unexpected end",
]
_CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def _said(*, terminal: bool) -> list[str]:
    """All that was ever written, bar by bar and line by line."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=100, _environ={})
    with Report(2, console) as report:
        for row in (_TOWN, _RUIN):
            report.started(Project(row.name, row.module))
            report._progress.refresh()
        for row in (_TOWN, _RUIN):
            report._progress.refresh()
            report.done(row)
            report._progress.refresh()
    return [line.strip() for line in re.split(r"[\r\n]+", _CONTROLS.sub("", out.getvalue()))]


def test_a_terminal_has_a_bar_with_what_runs_and_how_many_are_done():
    said = _said(terminal=True)
    # Without the bar itself, and without the clock behind it.
    bars = [re.sub(r"[━╺╸]+|\d+:\d\d:\d\d", "", line) for line in said if "/2" in line]

    assert [line for line in said if line in _LINES] == _LINES
    assert list(dict.fromkeys(" ".join(bar.split()) for bar in bars)) == [
        "0/2",
        "town 0/2",
        "town, ruin 0/2",
        "ruin 1/2",
        "2/2",
    ]


def test_elsewhere_there_are_lines_alone():
    assert [line for line in _said(terminal=False) if line] == _LINES
