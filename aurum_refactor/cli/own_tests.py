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
        help="Seconds for one run of the tests.  [default: 1800]",
    ),
)


@dataclass(frozen=True, slots=True)
class OwnTests:
    """What runs the tests; None means the settings', or no tests."""

    command: str | None
    timeout: float


def own_tests_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which takes them together as ``own_tests``."""

    @functools.wraps(command)
    def gathered(*args: Any, **given: Any) -> Any:
        words, timeout = given.pop("tests"), given.pop("tests_timeout")
        if words is not None and not _split(words):
            raise click.BadParameter(f"{words!r} is no command", param_hint="--tests")
        return command(*args, own_tests=OwnTests(words, timeout or _TIMEOUT), **given)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered


def _split(words: str) -> list[str]:
    try:
        return shlex.split(words)
    except ValueError:
        # A quotation that does not end.
        return []
