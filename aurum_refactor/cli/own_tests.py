"""The project's own tests, as they were asked for on the command line."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

# Seconds for one run of all tests.
_TIMEOUT = 1800.0

_OPTIONS = (
    click.option(
        "--tests",
        metavar="COMMAND",
        help="Also run the project's own tests before, before again, and after, in copies, and "
        'compare test by test: --tests "pytest -q". Tests that end differently in the two runs '
        "before are set aside and named.",
    ),
    click.option(
        "--tests-timeout",
        metavar="S",
        type=click.FloatRange(min=0, min_open=True),
        help="Seconds for one run of the tests, or of one file.  [default: 1800]",
    ),
    click.option(
        "--tests-by-file",
        is_flag=True,
        help="Give each file of tests a process of its own: one that hangs or ends its process "
        "then keeps no others from running.",
    ),
)


@dataclass(frozen=True, slots=True)
class OwnTests:
    """What runs the tests; None means the settings', or no tests."""

    command: str | None
    timeout: float | None
    by_file: bool

    def seconds(self, settings: float | None) -> float:
        """The time limit: as given, else that of the settings, else half an hour."""
        return self.timeout or settings or _TIMEOUT


def own_tests_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which takes them together as ``own_tests``."""

    @functools.wraps(command)
    def gathered(*args: Any, **given: Any) -> Any:
        words, timeout = given.pop("tests"), given.pop("tests_timeout")
        by_file = given.pop("tests_by_file")
        if words is not None and not _split(words):
            raise click.BadParameter(f"{words!r} is no command", param_hint="--tests")
        return command(*args, own_tests=OwnTests(words, timeout, by_file), **given)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered


def _split(words: str) -> list[str]:
    try:
        return shlex.split(words)
    except ValueError:
        # A quotation that does not end.
        return []
