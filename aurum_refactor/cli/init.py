"""``aurum-refactor init``."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import click

from aurum_refactor.cli.invocation import Invocation
from aurum_refactor.cli.options import monolith_option
from aurum_refactor.cli.output import note
from aurum_refactor.errors import TargetError

if TYPE_CHECKING:
    from aurum_refactor.workspace import Workspace


@click.command(short_help="Write the settings that were detected, to be edited.")
@monolith_option()
@click.option("--force", is_flag=True, help="Replace an aurum-refactor.toml that is there.")
@click.pass_obj
def init(invocation: Invocation, monolith: str | None, force: bool) -> None:
    """Write the settings that were detected, to be edited.

    \b
      aurum-refactor init
      aurum-refactor init src/app/main.py

    Makes aurum-refactor.toml with the module, where its imports start, and the
    domains as URL paths. Edit the domains, then look at `aurum-refactor plan`.
    """
    from aurum_refactor.cli.globs import globs_of
    from aurum_refactor.source.config import OWN_FILE, SHARED_FILE, render_config

    root = invocation.root()
    file = root / OWN_FILE
    if file.exists() and not force:
        raise TargetError(f"{OWN_FILE} exists already; edit it, or replace it with --force")
    workspace = invocation.open(monolith)
    if workspace.config.path == SHARED_FILE:
        raise TargetError(f"{SHARED_FILE} has a table [tool.aurum-refactor] already; edit that")
    paths = _paths(workspace)
    globs = globs_of(paths)
    layout = workspace.survey.layout
    text = render_config([layout.path], [layout.source_root or "."], globs)
    _write(workspace, OWN_FILE, text.encode("utf-8"))
    click.echo(f"wrote {OWN_FILE}: {layout.path}, {len(globs)} domains")
    open_ends = sorted({domain for domain, _path in paths} - set(globs))
    if open_ends:
        names = ", ".join(open_ends)
        note(f"no URL path tells {names} from the other domains; tags decide there, as before")
    note(f"next: {invocation.command('plan')}")


def _paths(workspace: Workspace) -> tuple[tuple[str, str], ...]:
    """Domain and URL path of every endpoint whose path is known."""
    from aurum_refactor.workspace import plan_of

    survey = workspace.survey
    domains = {row.ordinal: row.domain for row in plan_of(workspace).assignments}
    prefixes = {receiver.name: receiver.prefix for receiver in survey.receivers}
    found = []
    for endpoint in survey.endpoints:
        # Of stacked decorators the topmost decides, as it does for the plan.
        first = min(endpoint.registrations, key=lambda row: (row.ordinal, row.decorator))
        if first.path is not None:
            path = prefixes.get(first.receiver, "") + first.path
            found.append((domains[endpoint.ordinal], path))
    return tuple(found)


def _write(workspace: Workspace, name: str, data: bytes) -> None:
    from aurum_refactor.source.atomic import replace_with

    place = workspace.root / name
    temporary = place.with_name(f".{name}.{secrets.token_hex(4)}")
    try:
        replace_with(place, data, None, temporary)
    except OSError as error:
        raise TargetError(f"{name} could not be written: {error.strerror}") from None
