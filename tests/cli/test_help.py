"""The help teaches: the path through the commands, an example first."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import aurum_refactor
from aurum_refactor.cli.main import cli


def shown(*arguments: str) -> str:
    """What a command prints when asked for help."""
    result = CliRunner().invoke(cli, [*arguments, "--help"], prog_name="aurum-refactor")
    assert result.exit_code == 0
    return result.stdout


def test_the_path_stands_before_the_options() -> None:
    text = shown()

    steps = [
        "aurum-refactor plan",
        "--dry-run",
        "extract --domain curves\n",
        "aurum-refactor verify",
    ]
    places = [text.index(step) for step in steps]
    assert places == sorted(places)
    assert places[-1] < text.index("Options:")


def test_the_commands_are_listed_in_the_order_of_use() -> None:
    _, _, listed = shown().partition("Commands:\n")

    assert [line.split()[0] for line in listed.splitlines()] == [
        "plan",
        "extract",
        "service",
        "verify",
        "check",
        "report",
        "undo",
        "graph",
        "init",
    ]


@pytest.mark.parametrize(
    "command", ["plan", "extract", "service", "verify", "check", "report", "undo", "graph", "init"]
)
def test_every_help_begins_with_an_example(command: str) -> None:
    lines = shown(command).splitlines()

    assert lines[0].startswith(f"Usage: aurum-refactor {command} [OPTIONS]")
    assert lines[4].startswith(f"    aurum-refactor {command}")
    assert all(len(line) <= 80 for line in lines)


def test_the_version_is_the_package_s() -> None:
    result = CliRunner().invoke(cli, ["--version"])

    assert result.stdout == f"aurum-refactor, version {aurum_refactor.__version__}\n"
