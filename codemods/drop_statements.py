"""Drop some of the top-level statements of a module."""

from __future__ import annotations

from collections.abc import Collection

import libcst as cst

from codemods._ordinals import selected_lines


def drop_statements(module: cst.Module, ordinals: Collection[int]) -> cst.Module:
    """Drop the statements at *ordinals*, with the comments and blank lines above each.

    The complement of ``keep_statements``. The comment block at the head of the
    file and what follows the last statement stay.

    Args:
        module: The tree to take from.
        ordinals: 0-based positions in the body of ``ast.parse``: statements on
            one line, joined by ``;``, count one by one.

    Returns:
        A tree whose statements are those of *module*, the same objects;
        *module* itself if *ordinals* is empty.

    Raises:
        CannotRewrite: Only some of the statements on a line are selected, or
            an ordinal has no statement.
    """
    if not ordinals:
        return module
    body = [line for line, selected in selected_lines(module, ordinals) if not selected]
    return module.with_changes(body=body)
