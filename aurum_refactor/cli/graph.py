"""``aurum-refactor graph``."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aurum_refactor.cli.invocation import Invocation
from aurum_refactor.cli.options import monolith_option, version_option
from aurum_refactor.cli.output import note
from aurum_refactor.errors import TargetError, UsageError

if TYPE_CHECKING:
    from aurum_refactor.graph.export import Place
    from aurum_refactor.model import Plan, Survey


@click.command(short_help="Write what endpoints need as a graph, for other tools.")
@monolith_option()
@version_option()
@click.option(
    "--format",
    "form",
    type=click.Choice(("graphml", "dot", "mermaid", "json")),
    default="mermaid",
    show_default=True,
    help="GraphML and JSON (schema aurum-refactor/graph/1) have everything; Mermaid has what fits "
    "on a page.",
)
@click.option(
    "--endpoints-only",
    is_flag=True,
    help="Leave out helpers; endpoints that need the same names are joined instead.",
)
@click.option("-o", "--output", metavar="FILE", help="Write a file instead of stdout.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@click.pass_obj
def graph(
    invocation: Invocation,
    monolith: str | None,
    version: str | None,
    form: str,
    endpoints_only: bool,
    output: str | None,
    force: bool,
) -> None:
    """Write what endpoints need as a graph, for other tools.

    \b
      aurum-refactor graph > graph.mmd
      aurum-refactor graph --format graphml -o graph.graphml
      aurum-refactor graph --format dot | dot -Tsvg > graph.svg

    A node is a statement of the module: an endpoint, a helper, a class, a value,
    an import. An arrow says that one looks up a name of the other, when, and on
    which line. Nodes are grouped by the domain they would move to.
    """
    from aurum_refactor.graph.formats import graph_text
    from aurum_refactor.workspace import plan_of

    file = None if output is None else _free(invocation.start / output, output, force=force)
    workspace = invocation.open(monolith, version)
    places = _places(plan_of(workspace), workspace.survey)
    text = graph_text(workspace.survey, places, form, endpoints_only=endpoints_only)
    if file is None:
        click.echo(text, nl=False)
    else:
        _write(file, text)
        note(f"wrote {output}")


def _places(plan: Plan, survey: Survey) -> dict[int, Place]:
    """The home of every statement, as the plan has it."""
    from aurum_refactor.graph.export import Place
    from aurum_refactor.model import StatementKind

    found = {
        statement.ordinal: Place("import", "")
        for statement in survey.statements
        if statement.kind is StatementKind.IMPORT
    }
    found |= {row.ordinal: Place(str(row.kind), row.domain) for row in plan.homes}
    # An endpoint that stays is drawn with its domain all the same.
    return found | {row.ordinal: Place("endpoint", row.domain) for row in plan.assignments}


def _free(file: Path, given: str, *, force: bool) -> Path:
    if file.is_dir() or not file.parent.is_dir():
        what = "is a directory" if file.is_dir() else "its directory does not exist"
        raise UsageError(f"{given}: {what}")
    if (file.exists() or file.is_symlink()) and not force:
        raise TargetError(f"{given} exists already; replace it with --force")
    return file


def _write(file: Path, text: str) -> None:
    from aurum_refactor.source.atomic import replace_with

    place = file.resolve()
    temporary = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        replace_with(place, text.encode("utf-8"), None, temporary)
    except OSError as error:
        raise TargetError(f"{file} could not be written: {error.strerror}") from None
