"""Options that several commands share, declared once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

_F = TypeVar("_F", bound=Callable[..., Any])
_Decorator = Callable[[_F], _F]

#: Which domains; ``None`` for all of them.
Domains = frozenset[str] | None


def monolith_option() -> _Decorator[Any]:
    """``[PATH]`` and ``--monolith PATH``, which mean the same: the module to take apart.

    The command receives it as ``monolith``.
    """
    option = click.option(
        "--monolith",
        metavar="PATH",
        help="The module to take apart, also without the word: PATH alone. Default: the one "
        "with the most endpoints.",
    )
    argument = click.argument("module_path", metavar="[PATH]", required=False)

    def declare(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def told(*args: Any, module_path: str | None, monolith: str | None, **others: Any) -> Any:
            return command(*args, monolith=_one_of(module_path, monolith), **others)

        return argument(option(told))

    return declare


def _one_of(path: str | None, monolith: str | None) -> str | None:
    if path is None:
        return monolith
    if monolith is not None:
        raise click.UsageError(f"Two modules to take apart: {path} and {monolith}; name one.")
    if path.isidentifier() and click.get_current_context().params.get("names"):
        raise click.UsageError(
            f"{path} is no path of a module; several domains are written with commas: "
            f"--domain one,{path}."
        )
    return path


def version_option() -> _Decorator[Any]:
    """``--fastapi-version V``."""
    return click.option(
        "--fastapi-version",
        "version",
        metavar="V",
        help="The FastAPI it runs on, such as 0.115.6. Default: read from the lock file, the "
        "environment or the requirements; unknown, the rules of all versions apply.",
    )


def coalesce_option() -> _Decorator[Any]:
    """``--coalesce``."""
    return click.option(
        "--coalesce",
        is_flag=True,
        help="Merge the runs of a domain into one router where no request can tell; only the "
        "order of paths in the OpenAPI document may change. Once used, it holds for later "
        "extractions too.",
    )


def factor_option() -> _Decorator[Any]:
    """``--factor``."""
    return click.option(
        "--factor",
        is_flag=True,
        help="Lift a path prefix and a first tag that all endpoints of a domain share into "
        "APIRouter(prefix=..., tags=[...]). Once used, it holds for later extractions too.",
    )


def asked_for(*, coalesce: bool, factor: bool) -> frozenset[str]:
    """The names of the options that were given."""
    return frozenset(name for name, given in (("coalesce", coalesce), ("factor", factor)) if given)


def format_option(more: str = "") -> _Decorator[Any]:
    """``--format``, with a word on what this command does with it."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(("text", "json", "markdown")),
        default="text",
        show_default=True,
        help=f"How to print the result. {more}".strip(),
    )


def names_in(values: tuple[str, ...]) -> tuple[str, ...]:
    """Split repeated and comma-separated names: ``("a,b", "c")`` gives ``a``, ``b``, ``c``."""
    parts = (part.strip() for value in values for part in value.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def domains_of(names: tuple[str, ...], *, everything: bool) -> Domains:
    """Give the domains that ``--domain`` and ``--all`` ask for.

    Raises:
        click.UsageError: Both were given, or neither.
    """
    wanted = names_in(names)
    if everything and names:
        raise click.UsageError("--all already means every domain; leave out --domain.")
    if not everything and not wanted:
        raise click.UsageError("Say what to move: --domain NAME (see `plan`), or --all.")
    return None if everything else frozenset(wanted)


def untyped_option() -> _Decorator[Any]:
    """``--allow-untyped``."""
    return click.option(
        "--allow-untyped",
        is_flag=True,
        help="Let parameters that have no type be Any in the service; else they are an error.",
    )


def references_option(
    meaning: str = "keep: nobody else's file changes, and the monolith keeps what they use. "
    "rewrite: state and helpers leave it too, and every import, read, assignment and patch in "
    "the project follows.",
) -> _Decorator[Any]:
    """``--references keep|rewrite``."""
    return click.option(
        "--references",
        type=click.Choice(("keep", "rewrite")),
        help=f"{meaning} Default: the setting `references`, which is keep.",
    )
