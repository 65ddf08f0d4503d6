"""A verdict reads the same in a terminal, in a comment and in a file."""

from __future__ import annotations

import json

import pytest

from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.render import as_json, as_markdown, as_text
from aurum_refactor.verify.verdict import Check, Moved, Verdict

SAME = Verdict(
    equal=True,
    checks=(Check("routes", 2, True), Check("OpenAPI", 0, True, "fails equally: <X>")),
    differences=(),
    cannot_see=("bodies",),
    moved=(Moved("GET /a|b (f)", "app", "app.v1"),),
    before_versions=(("python", "3.11.7"),),
    after_versions=(("python", "3.11.7"),),
)
OTHER = Verdict(
    equal=False,
    checks=(Check("routes", 2, False),),
    differences=(Difference("GET /a (f)", "status_code", "200", "201", "routes"),),
    cannot_see=(),
    moved=(),
    before_versions=(),
    after_versions=(("python", "3.11.7"),),
)


def test_equal_as_text() -> None:
    assert as_text(SAME) == (
        "before ≡ after (python 3.11.7)\n"
        "\n"
        "  equal      routes   2 compared\n"
        "  nothing    OpenAPI  0 compared\n"
        "                      fails equally: <X>\n"
        "\n"
        "endpoints moved: 1\n"
        "\n"
        "not shown by this:\n"
        "  bodies\n"
    )


def test_different_as_text() -> None:
    assert as_text(OTHER) == (
        "before ≠ after (python 3.11.7)\n"
        "\n"
        "  different  routes  2 compared\n"
        "\n"
        "differences: 1\n"
        "  GET /a (f): status_code\n"
        "    before  200\n"
        "    after   201\n"
        "\n"
        "not shown by this:\n"
    )


def test_equal_as_markdown_keeps_its_table_whatever_the_text() -> None:
    assert as_markdown(SAME) == (
        "### before ≡ after (python 3.11.7)\n"
        "\n"
        "| check | compared | result |\n"
        "|---|--:|---|\n"
        "| routes | 2 | equal |\n"
        "| OpenAPI | 0 | nothing: fails equally: &lt;X&gt; |\n"
        "\n"
        "<details><summary>Endpoints moved: 1</summary>\n"
        "\n"
        "- GET /a\\|b (f): `app` → `app.v1`\n"
        "\n"
        "</details>\n"
        "\n"
        "<details><summary>Not shown by this</summary>\n"
        "\n"
        "- bodies\n"
        "\n"
        "</details>\n"
    )


def test_json_has_all_of_it() -> None:
    assert json.loads(as_json(OTHER)) == {
        "schema": "aurum-refactor/verify/1",
        "equal": False,
        "checks": [{"name": "routes", "compared": 2, "equal": False, "detail": ""}],
        "differences": [
            {
                "where": "GET /a (f)",
                "what": "status_code",
                "before": "200",
                "after": "201",
                "category": "routes",
            }
        ],
        "cannot_see": [],
        "moved": [],
        "before_versions": {},
        "after_versions": {"python": "3.11.7"},
    }


@pytest.mark.parametrize("render", [as_text, as_markdown])
def test_a_hundred_differences_are_cut_for_people(render: object) -> None:
    assert callable(render)
    many = Verdict(False, OTHER.checks, OTHER.differences * 100, (), (), (), ())

    assert "and 50 more" in render(many)
    assert len(json.loads(as_json(many))["differences"]) == 100
