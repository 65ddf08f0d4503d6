"""A tree with guides, whose entries are paragraphs; decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from aurum_refactor.cli.render import Paragraph

_FORK, _LAST, _LINE, _BLANK = "├─ ", "└─ ", "│  ", "   "


@dataclass(frozen=True, slots=True)
class Node:
    """One entry and what hangs on it."""

    text: Text | str
    children: tuple[Node, ...] = ()


def tree(nodes: Sequence[Node], before: str = "  ") -> Iterator[RenderableType]:
    """Lay out a forest; *before* stands in front of every guide."""
    for number, node in enumerate(nodes, start=1):
        is_last = number == len(nodes)
        rest = before + (_BLANK if is_last else _LINE)
        first = before + (_LAST if is_last else _FORK)
        # The line down to its children goes on beside a text of several lines.
        hanging = rest + ("│ " if node.children else "")
        yield Paragraph(node.text, by=len(first), guides=(first, hanging))
        yield from tree(node.children, rest)
