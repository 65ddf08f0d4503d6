"""``aurum-refactor plan``."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from aurum_refactor.cli.invocation import Invocation
from aurum_refactor.cli.options import (
    asked_for,
    coalesce_option,
    factor_option,
    format_option,
    monolith_option,
    references_option,
    version_option,
)
from aurum_refactor.cli.output import show, show_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aurum_refactor.cli.extract_facts import ReferencesFacts
    from aurum_refactor.cli.plan_facts import PlanFacts
    from aurum_refactor.cli.sentences import Step
    from aurum_refactor.model import Plan
    from aurum_refactor.workspace import Workspace


@click.command(short_help="Show the domains, what each needs, and what cannot move.")
@monolith_option()
@version_option()
@click.option(
    "--explain", "symbol", metavar="NAME", help="Tell where one name goes, and why, and stop."
)
@click.option(
    "--suggest",
    is_flag=True,
    help="Propose other domains, found by clustering what the endpoints need, and stop.",
)
@coalesce_option()
@factor_option()
@references_option()
@click.option("-v", "--verbose", is_flag=True, help="List everything that is otherwise counted.")
@format_option("JSON has everything (schema aurum-refactor/plan/1, explain/1, suggest/1).")
@click.pass_obj
@click.pass_context
def plan(
    ctx: click.Context,
    invocation: Invocation,
    monolith: str | None,
    version: str | None,
    symbol: str | None,
    suggest: bool,
    coalesce: bool,
    factor: bool,
    references: str | None,
    verbose: bool,
    form: str,
) -> None:
    """Show the domains, what each needs, and what cannot move. Writes nothing.

    \b
      aurum-refactor plan
      aurum-refactor plan --explain list_curves
      aurum-refactor plan --suggest
      aurum-refactor plan src/app/main.py --format json > plan.json

    An endpoint that cannot be moved and proven stays where it is; the plan says
    why, and what would help. The status is 1 if there are any such endpoints.
    """
    from aurum_refactor.workspace import plan_of

    if suggest and symbol is not None:
        raise click.UsageError("--explain and --suggest are two questions; ask one at a time.")
    options = asked_for(coalesce=coalesce, factor=factor)
    workspace = invocation.open(monolith, version, options=options)
    made = plan_of(workspace)
    if symbol is not None:
        _explain(workspace, made, symbol, form, verbose=verbose)
    elif suggest:
        _suggest(workspace, made, form, verbose=verbose)
    else:
        rewrite = (references or workspace.config.references) == "rewrite"
        found = _references(workspace) if rewrite else None
        asked = {
            "--monolith": monolith,
            "--fastapi-version": version,
            "--coalesce": coalesce,
            "--factor": factor,
            "--references": references,
        }
        ctx.exit(_plan(workspace, made, invocation, form, found, _repeated(asked), verbose=verbose))


def _repeated(asked: Mapping[str, str | bool | None]) -> str:
    """The options of this plan, for the extraction that carries it out; each behind a blank."""
    words = []
    for option, value in asked.items():
        if value:
            words += [option] if value is True else [option, shlex.quote(str(value))]
    return "".join(f" {word}" for word in words)


def _references(workspace: Workspace) -> ReferencesFacts | None:
    """What rewriting would do on top of the plan; computed in memory, as `extract` does it."""
    from aurum_refactor.cli.extract_facts import references_facts
    from aurum_refactor.pipeline import extraction_of
    from aurum_refactor.rehoming.rewritten import rewritten

    return references_facts(rewritten(extraction_of(workspace, None)))


def _plan(
    workspace: Workspace,
    made: Plan,
    invocation: Invocation,
    form: str,
    references: ReferencesFacts | None,
    shape: str,
    *,
    verbose: bool,
) -> int:
    from aurum_refactor.cli.collect_plan import plan_facts
    from aurum_refactor.cli.plan_facts import SCHEMA

    facts = plan_facts(workspace, made)
    if form == "json":
        further = {} if references is None else {"references": asdict(references)}
        show_json(SCHEMA, facts, **further)
    elif form == "markdown":
        from aurum_refactor.cli.markdown import plan_markdown, references_markdown

        click.echo(plan_markdown(facts, _next(facts, invocation, shape)), nl=False)
        if references is not None:
            click.echo("\n".join(references_markdown(references)))
    else:
        from aurum_refactor.cli.render_plan import plan_text
        from aurum_refactor.cli.render_references import references_text

        below = () if references is None else references_text(references)
        show(*plan_text(facts, _next(facts, invocation, shape), below, verbose=verbose))
    return 1 if facts.refused else 0


def _explain(workspace: Workspace, made: Plan, symbol: str, form: str, *, verbose: bool) -> None:
    from aurum_refactor.cli.collect_explain import explain_facts
    from aurum_refactor.cli.explain import echo_markdown, show_story
    from aurum_refactor.cli.explain_facts import SCHEMA

    facts = explain_facts(workspace, made, symbol)
    if form == "json":
        show_json(SCHEMA, facts)
    else:
        tell = echo_markdown if form == "markdown" else show_story
        tell(facts, verbose=verbose)


def _suggest(workspace: Workspace, made: Plan, form: str, *, verbose: bool) -> None:
    from aurum_refactor.cli.collect_suggest import suggest_facts
    from aurum_refactor.cli.suggest import echo_markdown, show_suggestions
    from aurum_refactor.cli.suggest_facts import SCHEMA

    facts = suggest_facts(workspace, made)
    if form == "json":
        show_json(SCHEMA, facts)
    else:
        tell = echo_markdown if form == "markdown" else show_suggestions
        tell(facts, verbose=verbose)


def _next(facts: PlanFacts, invocation: Invocation, shape: str) -> Step:
    from aurum_refactor.cli.sentences import Step

    if facts.movable:
        domain = facts.ordered[0]
        command = invocation.command(f"extract --domain {domain.name} --dry-run{shape}")
        return Step(command, "shows it as a patch")
    if facts.refused:
        return Step("", "nothing can move as it is; each refusal says what would help")
    return Step("", "nothing is left to move")
