"""Take names out of the ``global`` statements of one block, keeping the author's comments."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import dropwhile

import libcst as cst

# A trailing comment of this kind is about the removed statement, and goes with it.
_DIRECTIVE = re.compile(r"#\s*(noqa|pylint|nosec|pragma|type:|pyright|ruff|fmt)", re.IGNORECASE)


def undeclare_in_block(block: cst.IndentedBlock, names: Collection[str]) -> cst.IndentedBlock:
    """Remove *names* from the ``global`` statements directly in *block*.

    A statement left without names goes away; the lines above it, and its own
    trailing comment unless that is a linter's directive, move to the next
    statement. A block left without statements gets ``pass``, and so does one that would
    open with a text now: that text would become the docstring.
    """
    kept: list[cst.BaseStatement] = []
    above: list[cst.EmptyLine] = []
    squeeze = False
    for line in block.body:
        new = _without(line, names)
        if new is None:
            lead = _leading_lines(line)
            # Blank lines below it must neither add up with those above nor open the block.
            squeeze = squeeze or bool(lead) or not kept
            above += [*lead, *_trailing_comment(line)]
            continue
        if not kept and _opens_with_text(new) and not _opens_with_text(block.body[0]):
            if line is block.body[0]:
                above, new = _leading_lines(new), new.with_changes(leading_lines=[])
            kept.append(cst.SimpleStatementLine([cst.Pass()], leading_lines=above))
        elif above or squeeze:
            lead = _leading_lines(new)
            if squeeze:
                lead = list(dropwhile(lambda empty: empty.comment is None, lead))
            new = new.with_changes(leading_lines=[*above, *lead])
        kept.append(new)
        above, squeeze = [], False
    if len(kept) == len(block.body) and all(map(_same, kept, block.body)):
        return block
    if not kept:
        only = cst.SimpleStatementLine([cst.Pass()], leading_lines=above)
        return block.with_changes(body=[only])
    return block.with_changes(body=kept, footer=[*above, *block.footer])


def undeclare_in_suite(
    suite: cst.SimpleStatementSuite, names: Collection[str]
) -> cst.SimpleStatementSuite:
    """Remove *names* from the ``global`` statements of a suite on the line of its header."""
    small = _smaller(suite.body, names)
    if small is suite.body:
        return suite
    if small and _is_text(small[0]) and not _is_text(suite.body[0]):
        small = [cst.Pass(), *small]
    return suite.with_changes(body=small or [cst.Pass()])


def _opens_with_text(line: cst.BaseStatement) -> bool:
    return isinstance(line, cst.SimpleStatementLine) and _is_text(line.body[0])


def _is_text(statement: cst.BaseSmallStatement) -> bool:
    strings = (cst.SimpleString, cst.ConcatenatedString)
    return isinstance(statement, cst.Expr) and isinstance(statement.value, strings)


def _same(new: object, old: object) -> bool:
    return new is old


def _without(line: cst.BaseStatement, names: Collection[str]) -> cst.BaseStatement | None:
    if not isinstance(line, cst.SimpleStatementLine):
        return line
    small = _smaller(line.body, names)
    if small is line.body:
        return line
    return line.with_changes(body=small) if small else None


def _smaller(
    body: Sequence[cst.BaseSmallStatement], names: Collection[str]
) -> Sequence[cst.BaseSmallStatement]:
    """The small statements without the declarations of *names*; *body* itself if it has none."""
    kept: list[cst.BaseSmallStatement] = []
    for statement in body:
        if not isinstance(statement, cst.Global) or not _declares(statement, names):
            kept.append(statement)
        elif left := [item for item in statement.names if item.name.value not in names]:
            left[-1] = left[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            kept.append(statement.with_changes(names=left))
    if all(map(_same, kept, body)) and len(kept) == len(body):
        return body
    if kept:
        # ``x = 1; global A`` must not become ``x = 1;``.
        kept[-1] = kept[-1].with_changes(semicolon=body[-1].semicolon)
    return kept


def _declares(statement: cst.Global, names: Collection[str]) -> bool:
    return any(item.name.value in names for item in statement.names)


def _leading_lines(line: cst.BaseStatement) -> list[cst.EmptyLine]:
    # Every statement has them, but the common base class does not say so.
    return list(getattr(line, "leading_lines", ()))


def _trailing_comment(line: cst.BaseStatement) -> list[cst.EmptyLine]:
    if not isinstance(line, cst.SimpleStatementLine):
        return []
    comment = line.trailing_whitespace.comment
    if comment is None or _DIRECTIVE.match(comment.value):
        return []
    return [cst.EmptyLine(comment=comment, newline=line.trailing_whitespace.newline)]
