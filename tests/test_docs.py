"""The documentation says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from aurum_refactor.guard.rules import RULES

ROOT = Path(__file__).parent.parent


def test_every_code_has_a_row_in_the_rules_and_every_row_a_code() -> None:
    written = re.findall(r"^\| (AR\d{3}) \|", (ROOT / "docs/rules.md").read_text(), re.MULTILINE)
    used = {
        code
        for path in (ROOT / "aurum_refactor").rglob("*.py")
        for code in re.findall(r'"(AR\d{3})"', path.read_text())
    }

    assert written == sorted(used)


def test_every_rule_of_check_has_a_section() -> None:
    sections = re.findall(r"^### (AR\d{3})$", (ROOT / "docs/check.md").read_text(), re.MULTILINE)

    assert sections == [rule.code for rule in RULES]
