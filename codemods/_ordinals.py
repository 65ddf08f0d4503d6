"""Number the top-level statements as ``ast`` does: statements joined by ``;`` count one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import libcst as cst

from codemods.errors import CannotRewrite

Line = cst.SimpleStatementLine | cst.BaseCompoundStatement


def selected_lines(module: cst.Module, ordinals: Collection[int]) -> Iterator[tuple[Line, bool]]:
    """Yield each line or block at the top level of *module* and whether *ordinals* select it.

    Raises:
        CannotRewrite: *ordinals* select only some of the statements on a line,
            or a statement that is not there. The ordinal is 0-based, that of
            ``ast.parse(…).body``.
    """
    chosen = frozenset(ordinals)
    first = 0
    answers: list[tuple[Line, bool]] = []
    for line in module.body:
        width = len(line.body) if isinstance(line, cst.SimpleStatementLine) else 1
        share = chosen.intersection(range(first, first + width))
        if share and len(share) < width:
            raise CannotRewrite(
                f"statement {min(share)}", "shares its line with statements that are not selected"
            )
        answers.append((line, bool(share)))
        first += width
    if missing := sorted(n for n in chosen if not 0 <= n < first):
        raise CannotRewrite(f"statement {missing[0]}", f"is not there: the module has {first}")
    yield from answers
