"""The contract is complete: each rule, and each wish of users, is shown by a test that runs.

A test says so with a mark (``@pytest.mark.rule("R-17")``, ``@pytest.mark.wish(17)``), a golden
case in its args.toml. docs/contract.md is the table of them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = [f"R-{number}" for number in range(1, 46)]
WISHES = [str(number) for number in range(1, 26)]
TABLE = (ROOT / "docs" / "contract.md").read_text("utf-8")


@pytest.fixture(scope="module")
def named() -> dict[str, dict[str, list[str]]]:
    """Tests by mark; collecting takes seconds, so it is done once."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.rules.collector"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, list[str]]] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_every_rule_is_shown_by_a_test(named: dict[str, dict[str, list[str]]]) -> None:
    assert sorted(set(RULES) - named["rule"].keys()) == []
    assert sorted(named["rule"].keys() - set(RULES)) == []


@pytest.mark.slow
def test_every_wish_is_shown_by_a_test(named: dict[str, dict[str, list[str]]]) -> None:
    assert sorted(set(WISHES) - named["wish"].keys()) == []
    assert sorted(named["wish"].keys() - set(WISHES)) == []


@pytest.mark.slow
def test_the_table_names_tests_that_carry_the_mark(
    named: dict[str, dict[str, list[str]]],
) -> None:
    wrong = []
    for kind, wanted in (("rule", RULES), ("wish", WISHES)):
        for name in wanted:
            row = re.search(rf"(?m)^\| {name} \|.*\| `([^`]+)` \|$", TABLE)
            told = row.group(1) if row else "no row"
            if not any(told in nodeid for nodeid in named[kind].get(name, ())):
                wrong.append(f"{name}: {told}")

    assert wrong == []
