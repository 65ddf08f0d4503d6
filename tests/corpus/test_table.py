"""The table in its three forms, and what counts as worse."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.causes import cause_of
from corpus.manifest import Project
from corpus.markdown import as_markdown, as_page
from corpus.modes import REWRITE
from corpus.row import DIFFERENT, EQUAL, FAILED, TIMEOUT, Rewriting, Row
from corpus.table import SCHEMA, TableError, merged, read_table, table_to_json
from corpus.text import as_text
from corpus.worse import worse

pytestmark = pytest.mark.static

_GOLDEN = Path(__file__).resolve().parents[2] / "fixtures" / "corpus"

_TOWN = Row(
    name="town",
    module="town/api.py",
    pin="a" * 40,
    lines=1200,
    lines_after=90,
    endpoints=30,
    domains=4,
    moved=25,
    body_moved=2,
    refused={"AR101": 1, "AR114": 2},
    equal=EQUAL,
    compared=34,
    seconds=1.25,
    ratio=2.5,
    peak_mib=51,
    verify_seconds=9.5,
    requests=1200,
    tests=7,
    tool="0123456789ab",
)
_ROWS = (
    _TOWN,
    replace(_TOWN, name="city", equal=DIFFERENT, equal_trouble="route 3: path `/a|b` <x>"),
    Row("ruin", "ruin.py", "ruin==1.0", status=FAILED, trouble="ruin.py:3: unexpected end"),
)
_EMPTIED = replace(
    _TOWN, rewriting=Rewriting(moved=40, stays={"forwarded": 1, "receiver": 2}, files=3)
)
_REWRITTEN = (
    _EMPTIED,
    replace(
        _TOWN,
        name="city",
        lines_after=700,
        rewriting=Rewriting(refused="tests/t.py:3 executes the monolith again"),
    ),
    _ROWS[-1],
)
_PROJECTS = {
    "town": Project("town", "town/api.py", repo="us/town", commit="a" * 40, note="two | routers"),
    "ruin": Project("ruin", "ruin.py", pypi="ruin==1.0"),
}


def _golden(name: str, text: str, update: bool) -> None:
    if update:
        (_GOLDEN / name).write_text(text, encoding="utf-8")
    assert (_GOLDEN / name).read_text(encoding="utf-8") == text


def test_the_text_is_the_golden_one(update_golden: bool):
    _golden("table.txt", as_text(_ROWS), update_golden)


def test_the_markdown_is_the_golden_one(update_golden: bool):
    _golden("table.md", as_markdown(_ROWS), update_golden)


def test_the_page_is_the_golden_one(update_golden: bool):
    _golden("page.md", as_page(_ROWS, _PROJECTS, "python -m corpus.run"), update_golden)


def test_rewrite_mode_has_columns_and_sums_of_its_own(update_golden: bool):
    _golden("table-rewrite.txt", as_text(_REWRITTEN, REWRITE), update_golden)


def test_rewrite_mode_has_a_page_of_its_own(update_golden: bool):
    page = as_page(_REWRITTEN, _PROJECTS, "python -m corpus.run --references rewrite", REWRITE)

    _golden("page-rewrite.md", page, update_golden)


def test_the_json_holds_every_row_and_comes_back(tmp_path: Path):
    path = tmp_path / "table.json"
    path.write_text(table_to_json(_ROWS))

    assert json.loads(path.read_text())["schema"] == SCHEMA
    assert read_table(path) == _ROWS


def test_a_table_of_the_other_mode_is_an_error(tmp_path: Path):
    path = tmp_path / "table.json"
    path.write_text(table_to_json(_REWRITTEN, REWRITE))

    assert read_table(path, REWRITE) == _REWRITTEN
    with pytest.raises(TableError, match="is the table of --references rewrite"):
        read_table(path)


def test_no_table_yet_is_an_empty_one_and_a_wrong_one_an_error(tmp_path: Path):
    path = tmp_path / "table.json"

    assert read_table(path) == ()
    path.write_text('{"schema": "aurum-refactor/corpus/0", "rows": []}')
    with pytest.raises(TableError, match="corpus/0"):
        read_table(path)
    path.write_text(f'{{"schema": "{SCHEMA}", "references": "keep", "rows": [{{"nom": "x"}}]}}')
    with pytest.raises(TableError, match="not a table of this version"):
        read_table(path)


def test_rows_of_projects_that_were_not_tried_stay(tmp_path: Path):
    newer = replace(_TOWN, moved=26)

    assert merged(_ROWS, (newer,), ("ruin", "town")) == [_ROWS[2], newer]


def test_the_same_again_is_not_worse():
    assert worse(_ROWS, _ROWS) == []


def test_better_is_not_worse():
    assert worse((_TOWN,), (replace(_TOWN, moved=27, body_moved=3, refused={}),)) == []


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (
            replace(_TOWN, moved=24, refused={"AR101": 2, "AR114": 2}),
            [
                "town: 24 endpoints moved instead of 25",
                "town: 4 endpoints refused instead of 3 (AR101 1 → 2)",
            ],
        ),
        (
            replace(_TOWN, moved=24, body_moved=3),
            ["town: 24 endpoints moved instead of 25"],
        ),
        (
            replace(_TOWN, endpoints=29, refused={"AR114": 2}),
            ["town: 29 endpoints seen instead of 30"],
        ),
        (
            replace(_TOWN, equal=DIFFERENT, equal_trouble="GET /: tags"),
            ["town: running both states: different: GET /: tags"],
        ),
        (
            replace(_TOWN, equal=TIMEOUT, equal_trouble="stopped after 9 s"),
            ["town: running both states: timeout: stopped after 9 s"],
        ),
        (replace(_TOWN, compared=33), ["town: 33 routes compared instead of 34"]),
        (
            replace(_TOWN, status=FAILED, trouble="KeyError: 1"),
            ["town: failed: KeyError: 1"],
        ),
    ],
    ids=["refused", "body-only", "unseen", "different", "timeout", "fewer-routes", "crash"],
)
def test_what_is_worse_is_said(now: Row, said: list[str]):
    assert worse((_TOWN,), (now,)) == said


def _emptied(**changed: object) -> Row:
    assert _EMPTIED.rewriting is not None
    return replace(_EMPTIED, rewriting=replace(_EMPTIED.rewriting, **changed))


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (_EMPTIED, []),
        (_emptied(stays={"receiver": 1}), []),
        (
            _emptied(stays={"forwarded": 3, "receiver": 1}),
            ["town: 4 names stay instead of 3 (forwarded 1 → 3)"],
        ),
        (
            replace(_EMPTIED, lines_after=91),
            ["town: 91 lines stay instead of 90"],
        ),
        (
            replace(_EMPTIED, lines_after=700, rewriting=Rewriting(refused="m.py:1 is odd")),
            ["town: references are not rewritten any more: m.py:1 is odd"],
        ),
    ],
    ids=["same", "fewer", "names", "lines", "refused"],
)
def test_what_is_worse_in_rewrite_mode_is_said(now: Row, said: list[str]):
    assert worse((_EMPTIED,), (now,)) == said


def test_what_was_refused_as_a_whole_and_is_rewritten_now_is_better():
    assert worse((_REWRITTEN[1],), (replace(_EMPTIED, name="city"),)) == []


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("endpoints are registered on it", "receiver"),
        ("tests/a.py:7 passes it on by name", "forwarded"),
        ("it reads app, which endpoints are registered on", "reads a receiver"),
        ("it reads X, which may come from a star import", "reads a star import"),
        ("it needs X, which stays, when it is defined", "needs what stays"),
        ("it needs X of app.v1.a", "needs a domain's"),
        ("a.py:3 says it on line 4 so", "... says it on ... so"),
    ],
)
def test_reasons_are_named_by_their_kind(reason: str, kind: str):
    assert cause_of(reason) == kind


def test_another_pin_is_another_project():
    assert worse((_TOWN,), (replace(_TOWN, pin="b" * 40, moved=1, refused={"AR101": 29}),)) == []


def test_what_is_wrong_counts_without_a_table():
    found = worse((), (replace(_TOWN, equal=DIFFERENT, equal_trouble="tags"),))

    assert found == ["town: running both states: different: tags"]
