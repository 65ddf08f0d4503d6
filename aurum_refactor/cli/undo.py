"""``aurum-refactor undo``."""

from __future__ import annotations

import click

from aurum_refactor.cli.invocation import Invocation
from aurum_refactor.errors import UsageError


@click.command(short_help="Take the last extraction back.")
@click.pass_obj
def undo(invocation: Invocation) -> None:
    """Take the last extraction back.

    \b
      aurum-refactor undo

    Every file is restored, byte for byte, and what was new is removed. If one
    of the files has been touched since, nothing is done and they are named.
    Again, and the extraction before that one is taken back.
    """
    from aurum_refactor.source import journal
    from aurum_refactor.source.run_lock import STATE

    root = invocation.root()
    if not (root / STATE).exists():
        # Taking the lock would make the folder.
        raise UsageError("nothing to undo: no extraction is recorded in this project")
    with journal.RunLock(root):
        done = journal.undo(root)
    click.echo(f"undone: {done.label}")
    for path in done.files:
        click.echo(f"  {'restored' if (root / path).exists() else 'removed'}  {path}")
