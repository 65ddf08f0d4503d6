"""Dotted names as text and as trees."""

from __future__ import annotations

import libcst as cst


def dotted_text(node: cst.BaseExpression | None) -> str:
    """``a.b.c`` of a name or attribute, ``""`` of nothing; no spaces, whatever the source had."""
    if isinstance(node, cst.Attribute):
        return f"{dotted_text(node.value)}.{node.attr.value}"
    return cst.ensure_type(node, cst.Name).value if node else ""


def dotted_name(text: str) -> cst.Name | cst.Attribute:
    """The tree of ``a.b.c``."""
    rest, _, last = text.rpartition(".")
    return cst.Attribute(dotted_name(rest), cst.Name(last)) if rest else cst.Name(last)
