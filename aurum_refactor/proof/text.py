"""The author's text is kept: lines, line endings, encoding (G1)."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import dropwhile, islice

from aurum_refactor.analysis.statements import absolute_module
from aurum_refactor.model import Breach
from aurum_refactor.proof.homes import Moved
from aurum_refactor.proof.normal import named
from aurum_refactor.proof.sides import Original, Unit
from aurum_refactor.proof.state import State

_BLANK = re.compile(r"\A(?:[ \t\f]*(?:\r\n|\r|\n))+")
_ENDING = re.compile("\r\n|\r|\n")
_RELATIVE = re.compile(r"\bfrom\s+\.+\s*")
_RECEIVER = re.compile(r"^([@(\s]*)\w+\s*\.")
_TAGS = re.compile(r",\s*\btags\s*=\s*\[[^\]]*\]")
_FIRST_PATH = re.compile(r"\(\s*[\"']|\bpath\s*=\s*[\"']")
_SELF_DOCUMENTING = re.compile(r"=\s*(?:![rsa])?(?::[^{}]*)?\}")


def prove_text(state: State) -> tuple[int, list[Breach]]:
    """Check the lines of what moved, and line endings and encoding of everything."""
    breaches = [*_endings(state), *_segments(state), *_tail(state)]
    for row in state.homes.moved:
        if row.same:
            breaches += _lines(state, row)
    return sum(row.same for row in state.homes.moved), breaches


# ---------------------------------------------------------------- lines


def _segments(state: State) -> Iterator[Breach]:
    """Statements that stay keep the comments above them, and the blank lines among those.

    How far they stand from the statement above is theirs as long as that one stays.
    """
    before, after = state.original.unit, state.result.monolith
    for index, ordinal in state.kept.ordinal_at.items():
        old, new = before.segment(ordinal), after.segment(index)
        if old == new:
            continue
        old, new = old.rstrip("\r\n"), new.rstrip("\r\n")
        head, first = _first_on_line(after, index), _first_on_line(before, ordinal)
        parted = state.kept.ordinal_at.get(head - 1, -1) != first - 1
        if parted or _is_wiring(state.original, ordinal):
            old, new = _BLANK.sub("", old), _BLANK.sub("", new)
        if old != new:
            message = f"what stands above {named(after.body[index])} has changed"
            yield Breach("G1", after.path, after.line(index), message)


def _is_wiring(original: Original, ordinal: int) -> bool:
    """True for an import that an earlier extraction wrote: such are put together."""
    match original.unit.body[ordinal]:
        case ast.ImportFrom(module=written, level=level):
            package = original.unit.package
            return absolute_module(package, level, written or "") in original.own
        case _:
            return False


def _first_on_line(unit: Unit, index: int) -> int:
    """The first of the statements that semicolons put on one line."""
    while index and unit.segments[index - 1].last >= unit.segments[index].first:
        index -= 1
    return index


def _tail(state: State) -> Iterator[Breach]:
    """What stands after the last statement, the last line ending included."""
    before, after = state.original.unit, state.result.monolith
    if not before.body or not after.body:
        return
    old = before.source.text[before.segments[-1].end :]
    new = after.source.text[after.segments[-1].end :]
    if old != new:
        yield Breach("G1", after.path, len(after.lines), "the end of the monolith has changed")
    last = len(after.body) - 1
    is_same_last = state.kept.ordinal_at.get(last) == len(before.body) - 1
    if is_same_last and before.source.text[-1:] != after.source.text[-1:]:
        message = "the last line ending of the monolith has changed"
        yield Breach("G1", after.path, len(after.lines), message)


def _lines(state: State, row: Moved) -> Iterator[Breach]:
    """A moved statement keeps every line that no rewrite touches."""
    before, after = state.original.unit, state.result.modules[row.module]
    aligner = _Aligner(row, _decorated(before, row.ordinal))
    old_lines, new_lines = _own_lines(before, row.ordinal), _own_lines(after, row.index)
    for (first, last), (second, end), prefix in row.lifted:
        was = [line for number, line in old_lines if first <= number <= last]
        now = [line for number, line in new_lines if second <= number <= end]
        if _whole(was, prefix) != _whole(now, ""):
            what = f"{named(before.body[row.ordinal])} is registered in other words than before"
            message = f"{what} (line {first} of the original)"
            yield Breach("G1", after.path, second, message)
        old_lines = [(n, line) for n, line in old_lines if not first <= n <= last]
        new_lines = [(n, line) for n, line in new_lines if not second <= n <= end]
    wrong = aligner.first_wrong(old_lines, new_lines)
    if wrong is not None:
        old, new = wrong
        message = (
            f"{named(before.body[row.ordinal])} is written otherwise than before "
            f"(line {old or before.segments[row.ordinal].last} of the original)"
        )
        yield Breach("G1", after.path, new or after.segments[row.index].last, message)


def _whole(lines: Sequence[str], prefix: str) -> str:
    """A route decorator without its tags and the prefix of its path: what may not change."""
    text = _RECEIVER.sub(r"\1.", "\n".join(lines))
    text = _TAGS.sub("", text, count=1)
    match = _FIRST_PATH.search(text)
    if match is None or not prefix or not text.startswith(prefix, match.end()):
        return text
    return text[: match.end()] + text[match.end() + len(prefix) :]


def _decorated(unit: Unit, index: int) -> frozenset[int]:
    """Lines on which the expression of a decorator begins."""
    decorators: list[ast.expr] = getattr(unit.body[index], "decorator_list", [])
    return frozenset(decorator.lineno for decorator in decorators)


def _own_lines(unit: Unit, index: int) -> list[tuple[int, str]]:
    """``(number, text)`` of the lines of a segment, without blank ones at its beginning."""
    segment = unit.segments[index]
    first = bisect_right(unit.starts, segment.start)
    last = bisect_right(unit.starts, max(segment.start, segment.end - 1))
    rows = [(n, unit.lines[n - 1].rstrip("\r\n")) for n in range(first, last + 1)]
    return list(dropwhile(lambda row: not row[1].strip(), rows))


class _Aligner:
    """Reads the lines of a moved statement against those of its original."""

    def __init__(self, row: Moved, decorated: frozenset[int]) -> None:
        self.row = row
        self.decorated = decorated
        aliases = sorted({re.escape(use.through) for use in row.uses if use.through})
        self.through = re.compile(rf"\b(?:{'|'.join(aliases)})\.") if aliases else None

    def first_wrong(
        self, old: Sequence[tuple[int, str]], new: Sequence[tuple[int, str]]
    ) -> tuple[int, int] | None:
        """Numbers of the first two lines that no allowed rewrite explains; None if all are."""
        first = second = 0
        # True from a line that is gone to the next one that is still there.
        near = False
        while first < len(old) or second < len(new):
            number, here = old[first] if first < len(old) else (0, None)
            other, there = new[second] if second < len(new) else (0, None)
            if here is not None and there is not None and self._same(number, here, there):
                first, second = first + 1, second + 1
                near = near and not here.strip()
            elif here is not None and self._is_gone(number):
                first, near = first + 1, True
            elif here is not None and not here.strip() and (near or self._ends_gone(old, first)):
                first += 1
            elif there is not None and near and _fills(there):
                second += 1
            else:
                return number, other
        return None

    def _ends_gone(self, old: Sequence[tuple[int, str]], first: int) -> bool:
        """True if the next line of the original that is not blank is gone."""
        for number, line in islice(old, first, None):
            if line.strip():
                return self._is_gone(number)
        return False

    def _same(self, number: int, here: str, there: str) -> bool:
        if here == there:
            return True
        is_decorator = number in self.decorated
        if self._undone(here, is_decorator=is_decorator) == self._undone(
            there, is_decorator=is_decorator
        ):
            return True
        if number in self.row.globals:
            # ``x = 1; global A`` keeps the rest of its line. Names that the function only
            # declares may stay declared.
            code = here.partition("#")[0]
            return ";" in code or ":" in code or there.lstrip().startswith("global ")
        return number in self.row.rewritten and (
            _SELF_DOCUMENTING.search(here) is not None or here.lstrip().startswith("from ")
        )

    def _undone(self, line: str, *, is_decorator: bool) -> str:
        plain = self.through.sub("", line) if self.through else line
        if is_decorator:
            # The object that a route is registered on; see ``routes``.
            plain = _RECEIVER.sub(r"\1.", plain)
        return _RELATIVE.sub("from .", plain)

    def _is_gone(self, number: int) -> bool:
        return number in self.row.removed or number in self.row.globals


def _fills(line: str) -> bool:
    """A blank line, ``pass`` or a comment in the place of what was removed."""
    text = line.strip()
    return not text or text == "pass" or text.startswith("#")


# ---------------------------------------------------------------- bytes


def _endings(state: State) -> Iterator[Breach]:
    """Line endings, byte order mark and encoding are those of the monolith."""
    before, after = state.original.unit.source, state.result.monolith.source
    if (before.bom, before.encoding) != (after.bom, after.encoding):
        message = f"the monolith was {before.encoding} and would be {after.encoding}"
        if before.encoding == after.encoding:
            message = "the byte order mark of the monolith is lost or added"
        yield Breach("G1", state.layout.path, 1, message)
    units = (state.result.monolith, *state.result.modules.values())
    for unit in units:
        text = unit.source.text
        there = state.result.earlier.get(unit.module)
        before = state.original.unit.source if there is None else there.source
        whose = "the monolith" if there is None else "it was"
        known = set(_ENDING.findall(before.text)) or {"\n"}
        plain = known == {"\n"} and "\r" not in text
        for match in () if plain else _ENDING.finditer(text):
            if match.group() not in known:
                line = bisect_right(unit.starts, match.start())
                message = f"{unit.path} ends lines with {match.group()!r}, unlike {whose}"
                yield Breach("G1", unit.path, line, message)
                break
        if unit.source.encoding != before.encoding and not text.isascii():
            message = f"{unit.path} is {unit.source.encoding}, {whose} {before.encoding}"
            yield Breach("G1", unit.path, 1, message)
