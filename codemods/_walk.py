"""Walk and rebuild trees through the fields that hold code, passing whitespace by.

LibCST's own visitors call Python for every comma and blank line. Here context is
an argument of the function that descends, so there is no visitor to keep state in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from typing import TypeVar

import libcst as cst

Node = TypeVar("Node", bound=cst.CSTNode)

# Punctuation, whitespace and comments: nodes without names in them.
# fmt: off
_LAYOUT = frozenset({
    "asynchronous", "colon", "comma", "comment", "dot", "empty_lines", "equal", "first_colon",
    "first_line", "footer", "header", "indent", "last_line", "lbrace", "lbracket",
    "leading_lines", "leading_whitespace", "lines_after_decorators", "lpar", "newline",
    "operator", "posonly_ind", "rbrace", "rbracket", "relative", "rpar", "second_colon",
    "semicolon", "separator", "star", "trailing_comma", "trailing_whitespace",
})
# fmt: on
# Identifiers of another namespace: ``x.attr``, ``f(keyword=…)``, ``from module``.
_LABELS = frozenset({"attr", "keyword", "module"})
# Identifiers that are bound where they stand, and never read.
_BINDERS = frozenset({"name", "rest"})


@cache
def named_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of *kind* that can hold identifiers of the program, bound or read."""
    skipped = _LAYOUT | _LABELS
    if issubclass(kind, cst.MatchKeywordElement):
        skipped |= {"key"}
    return tuple(
        field.name
        for field in fields(kind)
        if field.name not in skipped and not field.name.startswith("whitespace")
    )


@cache
def code_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of *kind* that hold code: what is evaluated, or assigned to as a target."""
    if issubclass(kind, cst.ImportAlias):
        return ()
    if issubclass(kind, cst.AsName):
        return ("name",)
    return tuple(name for name in named_fields(kind) if name not in _BINDERS)


def children(
    node: cst.CSTNode,
    select: Callable[[type[cst.CSTNode]], tuple[str, ...]] = code_fields,
) -> Iterator[cst.CSTNode]:
    """Yield the nodes directly below *node* in the fields that *select* names."""
    for name in select(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from value


def rebuild(node: Node, change: Callable[[cst.CSTNode], cst.CSTNode]) -> Node:
    """Return *node* with *change* applied to the nodes directly below it that hold code.

    A node whose children all come back as they were is returned itself, so an
    unchanged tree is the same object and costs no copy.
    """
    changes: dict[str, cst.CSTNode | list[cst.CSTNode]] = {}
    for name in code_fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            new = change(value)
            if new is not value:
                changes[name] = new
        elif isinstance(value, (list, tuple)) and value:
            parts = [change(part) for part in value]
            if any(part is not old for part, old in zip(parts, value, strict=True)):
                changes[name] = parts
    return node.with_changes(**changes) if changes else node
