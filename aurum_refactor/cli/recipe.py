"""How the application is run, as it was written on the command line."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from aurum_refactor.cli.options import names_in
from aurum_refactor.source.app_name import app_mistake

#: ``--stub`` alone, and the word for it among names.
AUTO = "auto"

_OPTIONS = (
    click.option(
        "--app",
        metavar="MODULE:NAME",
        help="The application: app.main:app, a factory app.main:create_app(debug=True), an "
        "APIRouter, or Python statements that leave one of these in `app`. Default: the object "
        "that the monolith's endpoints are registered on, or the factory that makes it.",
    ),
    click.option(
        "--python",
        metavar="EXE",
        help="The interpreter that runs it. Default: that of the project's .venv, else this one.",
    ),
    click.option(
        "--path",
        metavar="DIR",
        multiple=True,
        help="Where its imports start, in the project; repeat it for more. "
        "Default: the source root.",
    ),
    click.option(
        "--cwd", metavar="DIR", help="The directory it runs in, in the project. Default: its root."
    ),
    click.option(
        "--env", metavar="K=V", multiple=True, help="A variable it needs; repeat it for more."
    ),
    click.option("--argv", metavar="WORDS", help="Its command line, without the program's name."),
    click.option(
        "--stub",
        metavar="[auto|NAME,...]",
        is_flag=False,
        flag_value=AUTO,
        multiple=True,
        help="Make up modules: those named, even where they are installed; auto, or nothing, "
        "means whatever the project imports and does not find.",
    ),
    click.option(
        "--never-stub",
        metavar="NAME,...",
        multiple=True,
        help="Modules that are never made up.",
    ),
    click.option(
        "--pre",
        metavar="CODE",
        multiple=True,
        help="Python statements to run before the application is imported; repeat it for more.",
    ),
    click.option(
        "--timeout",
        metavar="S",
        type=click.FloatRange(min=0, min_open=True),
        help="Seconds for one import; several are made.  [default: 60]",
    ),
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """The options as given; what was left out is None or empty, and the settings fill it in."""

    app: str | None
    python: str | None
    path: tuple[str, ...]
    cwd: str | None
    env: tuple[tuple[str, str], ...]
    argv: str | None
    stub: tuple[str, ...]
    never_stub: tuple[str, ...]
    pre: tuple[str, ...]
    timeout: float | None


def recipe_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which takes them together as ``recipe``."""

    @functools.wraps(command)
    def gathered(*args: Any, **given: Any) -> Any:
        values = {field.name: given.pop(field.name) for field in fields(Recipe)}
        values["env"] = tuple(map(_variable, values["env"]))
        for name in ("stub", "never_stub"):
            values[name] = names_in(values[name])
        if values["app"] is not None and (mistake := app_mistake(values["app"])):
            raise click.BadParameter(f"{values['app']!r} {mistake}", param_hint="--app")
        return command(*args, recipe=Recipe(**values), **given)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered


def interpreter(given: str | None, start: Path) -> str | None:
    """A command as it is, a path from *start*: each state runs in a directory of its own."""
    if given is None or Path(given).name == given:
        return given
    # Not resolved: a venv is found by its own path.
    return str((start / given).absolute())


def _variable(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise click.BadParameter(f"{text!r} is not of the form K=V", param_hint="--env")
    return key, value
