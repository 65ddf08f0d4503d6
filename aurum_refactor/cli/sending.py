"""How requests are sent, as it was written on the command line."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

_OPTIONS = (
    click.option(
        "--requests",
        is_flag=True,
        help="Also send every operation the same requests before and after, in process, and "
        "compare the answers. This runs the endpoints: connections, programs and files outside "
        "the copy they run in are refused to them.",
    ),
    click.option(
        "--fuzz",
        metavar="N",
        type=click.IntRange(min=1),
        help="With it, N more requests per operation, generated from its schema; always the "
        "same ones. Needs the extra aurum-refactor[fuzz].",
    ),
    click.option(
        "--header",
        metavar="NAME:VALUE",
        multiple=True,
        help="A header for these requests, such as a token; repeat it for more.",
    ),
    click.option(
        "--request-timeout",
        metavar="S",
        type=click.FloatRange(min=0, min_open=True),
        help="Seconds for one request.  [default: 5]",
    ),
    click.option(
        "--no-lifespan", is_flag=True, help="Send them without the application's startup."
    ),
    click.option(
        "--with-effects",
        is_flag=True,
        help="Let the endpoints connect, start programs and write anywhere.",
    ),
)
_NAMES = ("requests", "fuzz", "header", "request_timeout", "no_lifespan", "with_effects")


def sending_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which takes them together as ``sending``, or ``None``."""

    @functools.wraps(command)
    def gathered(*args: Any, **given: Any) -> Any:
        values = {name: given.pop(name) for name in _NAMES}
        if not values.pop("requests"):
            for name, value in values.items():
                if value:
                    option = f"--{name.replace('_', '-')}"
                    raise click.UsageError(f"{option} says how requests are sent; add --requests.")
            return command(*args, sending=None, **given)
        return command(*args, sending=_sending(**values), **given)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered


def _sending(
    fuzz: int | None,
    header: tuple[str, ...],
    request_timeout: float | None,
    no_lifespan: bool,
    with_effects: bool,
) -> Any:
    from aurum_refactor.verify.requests_run import Sending

    return Sending(
        headers=tuple(map(_header, header)),
        fuzz=fuzz or 0,
        lifespan=not no_lifespan,
        effects=with_effects,
        limit=request_timeout or 5.0,
    )


def _header(text: str) -> tuple[str, str]:
    name, colon, value = (part.strip() for part in text.partition(":"))
    bad = not name or not colon or not name.isascii() or not name.isprintable() or " " in name
    if bad or any(c in value for c in "\r\n") or not _is_latin(value):
        raise click.BadParameter(f"{text!r} is not of the form NAME:VALUE", param_hint="--header")
    return name.lower(), value


def _is_latin(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
