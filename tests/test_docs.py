"""The documentation says what the code says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from aurum_refactor.cli.main import cli
from aurum_refactor.guard.rules import RULES

pytestmark = pytest.mark.static

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


def commands_in(page: Path) -> list[str]:
    """The command lines of a page that call this program, without what is sent on or remarked."""
    lines = re.findall(r"^\$ (aurum-refactor .*)$", page.read_text(), re.MULTILINE)
    return [re.split(r"\s+#|\s+[>|]", line)[0] for line in lines]


PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_command_lines_are_ones_that_there_are(page: Path) -> None:
    for line in commands_in(page):
        _program, *words = shlex.split(line)
        while words[0] in ("-C", "--config"):
            words = words[2:]
        command = cli.get_command(click.Context(cli), words[0])
        assert command is not None, line
        # Parses the options, and complains of one that is not there; runs nothing.
        command.make_context(words[0], words[1:])
