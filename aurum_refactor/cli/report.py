"""``aurum-refactor report``."""

from __future__ import annotations

from pathlib import Path

import click

from aurum_refactor.cli.invocation import Invocation
from aurum_refactor.cli.options import format_option, monolith_option, version_option
from aurum_refactor.cli.output import show, show_json
from aurum_refactor.errors import UsageError


@click.command(short_help="Show how far the migration is, and what remains.")
@monolith_option()
@version_option()
@click.option(
    "--coverage",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A coverage.xml, for the criterion on the services' tests.",
)
@format_option("Checklists are in JSON and Markdown.")
@click.pass_obj
def report(
    invocation: Invocation,
    monolith: str | None,
    version: str | None,
    coverage: Path | None,
    form: str,
) -> None:
    """Show how far the migration is, and what remains.

    \b
      aurum-refactor report
      aurum-refactor report --coverage coverage.xml
      aurum-refactor report --format markdown > migration.md

    Per domain: endpoints that are left, refused or moved, and how much of the
    service is written. Then the roadmap's criteria: met, not met, or, where the
    code cannot show it, not measurable. Boxes of checklists are ticked only where
    the code shows it. Nothing is run. See docs/report.md.
    """
    from aurum_refactor.cli.report_facts import SCHEMA, report_facts
    from aurum_refactor.status.read import status_of

    workspace = invocation.open(monolith, version)
    facts = report_facts(status_of(workspace, _coverage(invocation, coverage)))
    if form == "json":
        show_json(SCHEMA, facts)
    elif form == "markdown":
        from aurum_refactor.cli.report_markdown import report_markdown

        click.echo(report_markdown(facts), nl=False)
    else:
        from aurum_refactor.cli.render_report import report_text

        show(*report_text(facts))


def _coverage(invocation: Invocation, file: Path | None) -> tuple[str, bytes] | None:
    if file is None:
        return None
    place = invocation.start / file
    try:
        return str(file), place.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
