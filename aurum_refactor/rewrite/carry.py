"""Writes a module with some methods of its classes in classes of their own, to be inherited."""

from __future__ import annotations

import tokenize
from collections.abc import Sequence

from aurum_refactor.model import Carry
from aurum_refactor.rewrite.imports import LINE_LENGTH
from aurum_refactor.rewrite.lift import LiftedText
from aurum_refactor.source.text import line_starts, split_lines


def carried(text: str, rows: Sequence[Carry], newline: str) -> LiftedText:
    """Carry methods out of the classes where they stand.

    Args:
        text: The module.
        rows: What goes, those of one class together.
        newline: Line ending of new lines.
    """
    lines = split_lines(text)
    starts = line_starts(text)
    above: dict[int, list[Carry]] = {}
    heads: dict[int, list[Carry]] = {}
    for row in rows:
        above.setdefault(starts.index(row.place) + 1, []).append(row)
        heads.setdefault(row.line, []).append(row)
    gone = _gone(lines, rows)
    out: list[str] = []
    origin: list[int] = []

    def put(written: Sequence[str], numbers: Sequence[int]) -> None:
        out.extend(written)
        origin.extend(numbers)

    number = 1
    while number <= len(lines):
        for row in above.get(number, ()):
            first = not out
            if not first:
                put([newline, newline], [number] * 2)
            put([f"class {row.name}:{newline}"], [row.line])
            for index, span in enumerate(row.spans):
                if index:
                    put([newline], [span.first])
                put(lines[span.first - 1 : span.last], range(span.first, span.last + 1))
            if first:
                put([newline, newline], [number] * 2)
        if number in heads:
            written, used = _head(lines, number, [row.name for row in heads[number]], newline)
            put(written, [number] * len(written))
            number += used
            if number in gone:
                # What stands below follows at once, as the first method did.
                while number in gone or not lines[number - 1].strip():
                    number += 1
            continue
        if number not in gone:
            put([lines[number - 1]], [number])
        number += 1
    return LiftedText("".join(out), tuple(origin))


def _gone(lines: Sequence[str], rows: Sequence[Carry]) -> set[int]:
    """Lines that leave: the methods, and the blank lines that parted them from what is above."""
    found: set[int] = set()
    for row in rows:
        for span in row.spans:
            found.update(range(span.first, span.last + 1))
    for row in rows:
        for span in row.spans:
            number = span.first - 1
            while number > row.line and not lines[number - 1].strip():
                found.add(number)
                number -= 1
    return found


def _head(
    lines: Sequence[str], number: int, names: Sequence[str], newline: str
) -> tuple[list[str], int]:
    """The lines of a ``class`` statement that open it, with further bases, and how many it had."""
    row, column, opened = _opening(lines, number)
    line = lines[number + row - 1]
    added = ", ".join(names)
    before = list(lines[number - 1 : number + row - 1])
    if not opened:
        short = f"{line[:column]}({added}){line[column:]}"
        if len(short.rstrip()) <= LINE_LENGTH:
            return [*before, short], row + 1
        rows = [f"    {name},{newline}" for name in names]
        return [*before, f"{line[:column]}({newline}", *rows, f"){line[column:]}"], row + 1
    head, rest = line[: column + 1], line[column + 1 :]
    if not rest.strip():
        indent = lines[number + row][: -len(lines[number + row].lstrip())] or "    "
        return [*before, line, *(f"{indent}{name},{newline}" for name in names)], row + 1
    comma = "" if rest.lstrip().startswith(")") else ", "
    short = f"{head}{added}{comma}{rest}"
    bases, closing, tail = rest.rpartition("):")
    one_line = bool(closing) and not tail.strip() and "#" not in bases
    if len(short.rstrip()) <= LINE_LENGTH or not one_line:
        return [*before, short], row + 1
    written = [f"    {name},{newline}" for name in names]
    if bases.strip():
        written.append(f"    {bases.strip().rstrip(',')},{newline}")
    return [*before, f"{head}{newline}", *written, f"){closing[1:]}{tail}"], row + 1


def _opening(lines: Sequence[str], number: int) -> tuple[int, int, bool]:
    """Row below a ``class`` line and column where its bases open, or where its colon stands."""
    waiting = iter(lines[number - 1 :])
    for token in tokenize.generate_tokens(lambda: next(waiting, "")):
        if token.type == tokenize.OP and token.string in ("(", ":"):
            return token.start[0] - 1, token.start[1], token.string == "("
    raise ValueError(number)
