"""Which lines two texts have in common, in linear time: a patience diff, grouped into hunks."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

#: Unchanged lines around a change.
CONTEXT = 3


@dataclass(frozen=True, slots=True)
class Edit:
    """``before[left:left_end]`` gives way to ``after[right:right_end]``; 0-based, half open."""

    left: int
    left_end: int
    right: int
    right_end: int


def hunks(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[tuple[Edit, ...]]:
    """Group the edits between two texts, so that no two groups share lines of context.

    Cost:
        O(n log n) in the number of lines. Between two neighbouring lines that
        are unique on both sides, everything is replaced.
    """
    group: list[Edit] = []
    for edit in _edits(before, after):
        if group and edit.left - group[-1].left_end > 2 * CONTEXT:
            yield tuple(group)
            group = []
        group.append(edit)
    if group:
        yield tuple(group)


def _edits(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[Edit]:
    left = right = 0
    for start, other, size in (*_equal(before, after), (len(before), len(after), 0)):
        if start > left or other > right:
            yield Edit(left, start, right, other)
        left, right = start + size, other + size


def _equal(before: Sequence[bytes], after: Sequence[bytes]) -> list[tuple[int, int, int]]:
    """Equal stretches (start before, start after, length), in order, none touching the next."""
    found: list[tuple[int, int, int]] = []
    # Pieces still to be compared; the next one in the order of the text is last.
    pending = [(0, len(before), 0, len(after))]
    while pending:
        left, left_end, right, right_end = pending.pop()
        head = _common(before[left:left_end], after[right:right_end])
        _add(found, left, right, head)
        left, right = left + head, right + head
        if left == left_end or right == right_end:
            continue
        tail = _common(before[left:left_end][::-1], after[right:right_end][::-1])
        anchors = _anchors(before, after, (left, left_end - tail, right, right_end - tail))
        if anchors or tail:
            pending += reversed(_between(anchors, (left, left_end, right, right_end), tail))
    return found


def _between(
    anchors: Sequence[tuple[int, int]], piece: tuple[int, int, int, int], tail: int
) -> list[tuple[int, int, int, int]]:
    """The pieces that begin at each anchor, the first also before it, and the common tail."""
    left, left_end, right, right_end = piece
    starts = [*anchors, (left_end - tail, right_end - tail)]
    pieces = []
    if anchors:
        for next_left, next_right in starts:
            pieces.append((left, next_left, right, next_right))
            left, right = next_left, next_right
    pieces.append((left_end - tail, left_end, right_end - tail, right_end))
    return pieces


def _anchors(
    before: Sequence[bytes], after: Sequence[bytes], piece: tuple[int, int, int, int]
) -> list[tuple[int, int]]:
    """Lines that are unique on both sides: the longest chain of them in the same order."""
    left, left_end, right, right_end = piece
    theirs = _unique(after, right, right_end)
    pairs = [
        (position, theirs[line])
        for line, position in _unique(before, left, left_end).items()
        if line in theirs
    ]
    return _longest_rising(pairs)


def _unique(lines: Sequence[bytes], start: int, end: int) -> dict[bytes, int]:
    counts = Counter(lines[start:end])
    return {lines[i]: i for i in range(start, end) if counts[lines[i]] == 1}


def _longest_rising(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    # Patience sorting; every card remembers the top of the pile to its left.
    tops: list[int] = []
    cards: list[tuple[int, int, int]] = []
    piles: list[int] = []
    for position, other in pairs:
        pile = bisect_left(tops, other)
        cards.append((position, other, piles[pile - 1] if pile else -1))
        tops[pile : pile + 1] = [other]
        piles[pile : pile + 1] = [len(cards) - 1]
    chain: list[tuple[int, int]] = []
    card = piles[-1] if piles else -1
    while card >= 0:
        position, other, card = cards[card]
        chain.append((position, other))
    return chain[::-1]


def _common(ours: Sequence[bytes], theirs: Sequence[bytes]) -> int:
    """How many lines at the start are equal."""
    count = 0
    for mine, other in zip(ours, theirs, strict=False):
        if mine != other:
            break
        count += 1
    return count


def _add(found: list[tuple[int, int, int]], left: int, right: int, size: int) -> None:
    if not size:
        return
    if found:
        last_left, last_right, last = found[-1]
        if last_left + last == left and last_right + last == right:
            found[-1] = (last_left, last_right, last + size)
            return
    found.append((left, right, size))
