"""``aurum-refactor plan``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aurum_refactor.cli.invocation import Invocation
from aurum_refactor.cli.options import format_option, monolith_option, version_option
from aurum_refactor.cli.output import show, show_json

if TYPE_CHECKING:
    from aurum_refactor.cli.plan_facts import PlanFacts
    from aurum_refactor.cli.sentences import Step


@click.command(short_help="Show the domains, what each needs, and what cannot move.")
@monolith_option()
@version_option()
@format_option("JSON has everything (schema aurum-refactor/plan/1).")
@click.pass_obj
@click.pass_context
def plan(
    ctx: click.Context,
    invocation: Invocation,
    monolith: str | None,
    version: str | None,
    form: str,
) -> None:
    """Show the domains, what each needs, and what cannot move. Writes nothing.

    \b
      aurum-refactor plan
      aurum-refactor plan --monolith src/app/main.py --format json > plan.json

    An endpoint that cannot be moved and proven stays where it is; the plan says
    why, and what would help. The status is 1 if there are any such endpoints.
    """
    from aurum_refactor.cli.collect_plan import plan_facts
    from aurum_refactor.cli.plan_facts import SCHEMA
    from aurum_refactor.pipeline import plan_of

    workspace = invocation.open(monolith, version)
    facts = plan_facts(workspace, plan_of(workspace))
    if form == "json":
        show_json(SCHEMA, facts)
    elif form == "markdown":
        from aurum_refactor.cli.markdown import plan_markdown

        click.echo(plan_markdown(facts, _next(facts, invocation)), nl=False)
    else:
        from aurum_refactor.cli.render_plan import plan_text

        show(*plan_text(facts, _next(facts, invocation)))
    ctx.exit(1 if facts.refused else 0)


def _next(facts: PlanFacts, invocation: Invocation) -> Step:
    from aurum_refactor.cli.sentences import Step

    if facts.movable:
        # The one that leans least on what stays is the easiest to review.
        domain = min(facts.movable, key=lambda d: (len(d.reads_through), d.name))
        command = invocation.command(f"extract --domain {domain.name} --dry-run")
        return Step(command, "shows it as a patch")
    if facts.refused:
        return Step("", "nothing can move as it is; each refusal says what would help")
    return Step("", "nothing is left to move")
