"""The group of commands, and the one place where an error becomes a sentence and a status."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import click

from aurum_refactor import __version__
from aurum_refactor.cli.invocation import Invocation
from aurum_refactor.errors import AurumRefactorError

_COULD_NOT_RUN = 2
# What a shell reports for a program that SIGINT or SIGPIPE ended.
_INTERRUPTED = 130
_PIPE_CLOSED = 141


# In the order one uses them.
_COMMANDS = ("plan", "extract", "service", "verify", "check", "report", "undo", "graph", "init")


class _Group(click.Group):
    """Loads the command that is asked for; turns what it raises on purpose into one message."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"aurum_refactor.cli.{cmd_name}")
        return cast("click.Command", getattr(module, cmd_name))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except AurumRefactorError as error:
            click.echo(_message(error), err=True)
            ctx.exit(_COULD_NOT_RUN)
        except KeyboardInterrupt:
            click.echo("error: interrupted; no file of the project is half-written", err=True)
            ctx.exit(_INTERRUPTED)
        except BrokenPipeError:
            # Python flushes stdout once more on its way out, which would complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(_PIPE_CLOSED)
        return result


def _message(error: AurumRefactorError) -> str:
    # One line a mistake, each of which an editor can jump to; details are indented.
    lines = str(error).splitlines()
    return "\n".join(line if line.startswith(" ") else f"error: {line}" for line in lines)


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-C",
    "directory",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Work as if started in DIR; it may be any directory of the project.",
)
@click.option(
    "--config",
    "config_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Settings to use instead of aurum-refactor.toml or pyproject.toml.",
)
@click.version_option(__version__, prog_name="aurum-refactor")
@click.pass_context
def cli(ctx: click.Context, directory: Path, config_file: Path | None) -> None:
    """Take a FastAPI module that grew too large apart, and prove that nothing changed.

    \b
    1. see what would happen       aurum-refactor plan
    2. read it as a patch          aurum-refactor extract --domain curves --dry-run
    3. do it                       aurum-refactor extract --domain curves
    4. run both and compare        aurum-refactor verify
       change your mind            aurum-refactor undo

    No settings are needed: the module is the one with the most endpoints, and
    the domains come from tags and path prefixes. `init` writes both down, to be
    edited. Only `verify` ever runs your code; the others read it.

    \b
    Exit status: 0 all of it was done; 1 it ran, and something needs a look
    (refusals, differences); 2 it could not run, and nothing was changed.
    """
    ctx.obj = Invocation(directory, config_file)


def main() -> None:
    """Run the command line; the entry point of the package."""
    # Syntax trees have no cycles, but millions of nodes: looking for cycles among them takes
    # a third of the time on a large project, and frees nothing.
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets its escape, not a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    cli(prog_name="aurum-refactor")
