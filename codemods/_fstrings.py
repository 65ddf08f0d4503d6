"""Replacement fields that print their own source, such as ``{N=}``."""

from __future__ import annotations

import libcst as cst

from codemods.errors import CannotRewrite


def source(node: cst.CSTNode) -> str:
    """The text of *node* alone."""
    return cst.Module([]).code_for_node(node)


def spelled_out(
    old: cst.BaseFormattedStringContent, new: cst.FormattedStringExpression, quote: str
) -> tuple[cst.FormattedStringText, cst.FormattedStringExpression]:
    """Split ``{N=}`` into the text it printed and a field that shows the value as it did.

    Args:
        old: The field as it was; its text is what stays.
        new: The same field with its expression rewritten.
        quote: What ends the string: the text must not.
    """
    text = source(old.with_changes(conversion=None, format_spec=None))[1:-1]
    if any(character in text for character in "{}\\\n") or quote[0] in text:
        raise CannotRewrite(text, "is shown by its source text in an f-string")
    plain = new.conversion is None and new.format_spec is None
    shown = new.with_changes(
        equal=None,
        conversion="r" if plain else new.conversion,
        whitespace_before_expression=cst.SimpleWhitespace(""),
        whitespace_after_expression=cst.SimpleWhitespace(""),
    )
    return cst.FormattedStringText(text), shown
