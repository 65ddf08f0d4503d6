"""``aurum-refactor service``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aurum_refactor.cli.extract import patch_of, recover_first, write
from aurum_refactor.cli.invocation import Invocation
from aurum_refactor.cli.options import domains_of, format_option, monolith_option, untyped_option
from aurum_refactor.cli.output import show, show_json

if TYPE_CHECKING:
    from aurum_refactor.cli.sentences import Step
    from aurum_refactor.layering import Layering


@click.command(short_help="Generate the service, DAO and tests of domains that have routers.")
@click.option(
    "--domain",
    "names",
    metavar="NAME",
    multiple=True,
    help="A domain that has a router; repeat it, or separate by commas.",
)
@click.option("--all", "everything", is_flag=True, help="Every domain that has a router.")
@monolith_option()
@click.option("--dao", is_flag=True, help="Also a DAO: one method per call into a data module.")
@click.option("--tests", is_flag=True, help="Also a test module, each test expected to fail yet.")
@untyped_option()
@click.option(
    "--dry-run",
    is_flag=True,
    help="Write nothing; print a patch for `git apply`, and the summary on stderr.",
)
@click.option("--force", is_flag=True, help="Also write over files that have uncommitted changes.")
@format_option("With --dry-run, text is the patch and JSON holds it.")
@click.pass_obj
def service(
    invocation: Invocation,
    names: tuple[str, ...],
    everything: bool,
    monolith: str | None,
    dao: bool,
    tests: bool,
    allow_untyped: bool,
    dry_run: bool,
    force: bool,
    form: str,
) -> None:
    """Generate the service, DAO and tests of domains that have routers.

    \b
      aurum-refactor service --domain curves
      aurum-refactor service --domain curves --dao --tests
      aurum-refactor service --all --dao --tests --dry-run

    An abstract interface with one method an endpoint, and a class whose methods
    raise NotImplementedError. Nothing that exists changes: routers go on
    answering. Run it again when endpoints have been added: it adds what is
    missing and leaves what you wrote alone. See docs/service.md.
    """
    from aurum_refactor.layering import LayerRequest, layers_of

    domains = domains_of(names, everything=everything)
    if not dry_run:
        recover_first(invocation.root())
    workspace = invocation.open(monolith)
    request = LayerRequest(domains, dao=dao, tests=tests, allow_untyped=allow_untyped)
    layering = layers_of(workspace, workspace.locks, request)
    written = not dry_run and bool(layering.changes.changes)
    if written:
        label = "service --all" if domains is None else f"service {', '.join(sorted(domains))}"
        write(workspace.root, layering.changes, label, force=force)
    _report(layering, invocation, form, dry_run=dry_run, written=written)


def _report(
    layering: Layering, invocation: Invocation, form: str, *, dry_run: bool, written: bool
) -> None:
    from aurum_refactor.cli.service_facts import SCHEMA, service_facts

    facts = service_facts(layering, written=written)
    patch = patch_of(layering.workspace.root, layering.changes) if dry_run else b""
    if form == "json":
        show_json(SCHEMA, facts, **({"patch": patch.decode("utf-8")} if dry_run else {}))
        return
    from aurum_refactor.cli.render_service import service_markdown, service_text

    steps = _next(invocation, written=written)
    if form == "markdown":
        click.echo(service_markdown(facts, steps), nl=False)
        return
    if dry_run:
        click.echo(patch, nl=False)
    show(*service_text(facts, steps), err=dry_run)


def _next(invocation: Invocation, *, written: bool) -> tuple[Step, ...]:
    from aurum_refactor.cli.sentences import Step

    if not written:
        return ()
    return (
        Step(invocation.command("verify --before HEAD"), "shows that no route has changed"),
        Step(invocation.command("undo"), "takes it back"),
    )
