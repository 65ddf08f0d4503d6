"""Everything that reaches stdout and stderr; results to the one, notes to the other."""

from __future__ import annotations

import io
import json
import shutil
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from rich.console import RenderableType

# Wider than this, a line of prose is hard to follow.
_WIDEST = 120
# What trees are drawn with, and what stands for it where that cannot be shown.
_GUIDES = "├└─│"
_PLAIN_GUIDES = str.maketrans(_GUIDES, "+`-|")


def note(text: str) -> None:
    """Say something that is not the result."""
    click.echo(f"note: {text}", err=True)


def show(*parts: RenderableType, err: bool = False) -> None:
    """Print what rich lays out: coloured on a terminal, plain in a pipe.

    Lines are broken at the width of the terminal (80 in a pipe, or COLUMNS),
    between words only: no name is ever cut.
    """
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=min(shutil.get_terminal_size((80, 24)).columns, _WIDEST),
        # None would look at the buffer, which is no terminal.
        force_terminal=stream.isatty(),
        highlight=False,
        markup=False,
        emoji=False,
    )
    for part in parts:
        console.print(part, soft_wrap=True)
    text = buffer.getvalue()
    if not _has_guides(stream.encoding):
        text = text.translate(_PLAIN_GUIDES)
    click.echo(text, nl=False, err=err)


def _has_guides(encoding: str | None) -> bool:
    """Whether a terminal of this encoding can draw a tree."""
    try:
        _GUIDES.encode(encoding or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def show_json(schema: str, value: DataclassInstance, **further: Any) -> None:
    """Print one JSON document: equal values give equal bytes."""
    document = {"schema": schema, **asdict(value), **further}
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
