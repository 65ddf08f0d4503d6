"""``aurum-refactor check``."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import TYPE_CHECKING

import click

from aurum_refactor.cli.extract import place_in_repository
from aurum_refactor.cli.invocation import Invocation
from aurum_refactor.cli.options import monolith_option
from aurum_refactor.cli.output import note, show, show_json
from aurum_refactor.errors import TargetError

if TYPE_CHECKING:
    from aurum_refactor.cli.check_facts import CheckFacts
    from aurum_refactor.guarding import Guarding

_FORMATS = ("text", "json", "sarif", "github", "markdown")


@click.command(short_help="Fail if the migration slid back; for continuous integration.")
@monolith_option()
@click.option(
    "--baseline",
    metavar="FILE",
    help="Findings that are accepted. Default: aurum-refactor.baseline, if it is there.",
)
@click.option(
    "--update-baseline",
    is_flag=True,
    help="Remove from the baseline what is not found any more. Where there is none yet, write "
    "one with all that is found.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="How to print the result; github prints annotations for its Actions.",
)
@click.pass_obj
@click.pass_context
def check(
    ctx: click.Context,
    invocation: Invocation,
    monolith: str | None,
    baseline: str | None,
    update_baseline: bool,
    form: str,
) -> None:
    """Fail if the migration slid back; for continuous integration.

    \b
      aurum-refactor check
      aurum-refactor check --format sarif > check.sarif
      aurum-refactor check --update-baseline

    Finds endpoints that were added to the monolith, domains that import each other
    or too much of the monolith, and circles of imports among new modules. A comment
    `# aurum: ignore[AR401] reason` on the line silences a finding. The baseline
    accepts what was there before, and only ever gets shorter. See docs/check.md.
    """
    from aurum_refactor.cli.check_facts import check_facts
    from aurum_refactor.guarding import check_project

    guarding = check_project(
        invocation.root(),
        invocation.start,
        invocation.config(),
        monolith=monolith,
        baseline=baseline,
        first_baseline=update_baseline,
    )
    if update_baseline:
        guarding = _updated(guarding)
    facts = check_facts(guarding, updated=update_baseline)
    _print(facts, guarding, form)
    ctx.exit(1 if any(row.severity == "error" for row in facts.findings) else 0)


def _updated(guarding: Guarding) -> Guarding:
    """Write the baseline: shorter than it was, or whole where there was none."""
    from dataclasses import replace

    from aurum_refactor.guard.baseline import render_baseline
    from aurum_refactor.model import Severity
    from aurum_refactor.source.atomic import replace_with

    checked, before = guarding.checked, guarding.accepted
    current = Counter(checked.current)
    kept = current if before is None else before & current
    place = guarding.root / guarding.baseline
    temporary = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        replace_with(place, render_baseline(kept.elements()), None, temporary)
    except OSError as error:
        raise TargetError(f"{guarding.baseline} could not be written: {error.strerror}") from None
    if before is None:
        errors = tuple(f for f in checked.findings if f.severity is Severity.ERROR)
        errors = tuple(f for f in errors if f.code != "AR405")
        rest = tuple(f for f in checked.findings if f not in errors)
        checked = replace(checked, findings=rest, known=(*checked.known, *errors))
    else:
        removed = (before - kept).total()
        note(f"{removed} removed from {guarding.baseline}; it never grows")
    return replace(guarding, accepted=kept, checked=replace(checked, gone=()))


def _print(facts: CheckFacts, guarding: Guarding, form: str) -> None:
    place = place_in_repository(guarding.root)
    if form == "json":
        from aurum_refactor.cli.check_facts import SCHEMA

        show_json(SCHEMA, facts)
    elif form == "sarif":
        from aurum_refactor.cli.sarif import sarif

        click.echo(sarif(facts.findings, place))
    elif form == "github":
        from aurum_refactor.cli.annotations import annotate

        click.echo(annotate(facts.findings, place), nl=False)
    elif form == "markdown":
        from aurum_refactor.cli.check_sentences import check_markdown

        click.echo(check_markdown(facts), nl=False)
    else:
        from aurum_refactor.cli.render_check import check_text

        show(*check_text(facts))
