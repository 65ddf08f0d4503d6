"""Keep only some of the top-level statements of a module."""

from __future__ import annotations

from collections.abc import Collection

import libcst as cst

from codemods._ordinals import selected_lines


def keep_statements(module: cst.Module, ordinals: Collection[int]) -> cst.Module:
    """Keep the statements at *ordinals*, with the comments and blank lines above each.

    With ``drop_statements`` and the same ordinals this is a partition: every
    statement is in exactly one of the two. The comment block at the head of
    the file and what follows the last statement are on the other side.

    Args:
        module: The tree to select from.
        ordinals: 0-based positions in the body of ``ast.parse``: statements on
            one line, joined by ``;``, count one by one.

    Returns:
        A tree whose statements are those of *module*, the same objects.

    Raises:
        CannotRewrite: Only some of the statements on a line are selected, or
            an ordinal has no statement.
    """
    body = [line for line, selected in selected_lines(module, ordinals) if selected]
    return module.with_changes(header=(), body=body, footer=())
