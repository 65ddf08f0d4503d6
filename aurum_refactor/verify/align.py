"""Which row before is which row after, and whether they are tried in the same order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.observation import Row

# From the surest to the weakest reason to call two rows the same route. Rows that are
# equal in all of it (one route registered twice) are paired in their order.
_KEYS: tuple[Callable[[Row], Hashable], ...] = (
    lambda row: (row.kind, row.path, row.methods, row.handler, row.name),
    lambda row: (row.kind, row.path, row.methods),
    lambda row: (row.kind, row.path, row.handler),
    lambda row: (row.handler, row.name) if row.handler else id(row),
)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Pairs of places in the two tables, in the order of the table before."""

    pairs: tuple[tuple[int, int], ...]
    # Places without a partner.
    lost: tuple[int, ...]
    new: tuple[int, ...]


def align(before: Sequence[Row], after: Sequence[Row]) -> Alignment:
    """Pair the rows of two tables, O(n) in their length."""
    left, right = dict(enumerate(before)), dict(enumerate(after))
    pairs: list[tuple[int, int]] = []
    for key in _KEYS:
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for place, row in reversed(right.items()):
            waiting[key(row)].append(place)
        for place, row in tuple(left.items()):
            if waiting[key(row)]:
                partner = waiting[key(row)].pop()
                pairs.append((place, partner))
                del left[place], right[partner]
    return Alignment(tuple(sorted(pairs)), tuple(left), tuple(right))


def lost_and_new(
    before: Sequence[Row], after: Sequence[Row], alignment: Alignment
) -> list[Difference]:
    """Name the routes that are on one side only."""
    lost = [
        Difference(before[i].label, "route", f"number {i + 1}", "lost", "routes")
        for i in alignment.lost
    ]
    new = [
        Difference(after[i].label, "route", "absent", f"new, number {i + 1}", "routes")
        for i in alignment.new
    ]
    return lost + new


def reordered(
    before: Sequence[Row], after: Sequence[Row], alignment: Alignment
) -> list[Difference]:
    """Name the first two routes that have changed places; none if the order is the same."""
    ranks = [partner for _place, partner in alignment.pairs]
    if ranks == sorted(ranks):
        return []
    # The first row that a later one now precedes, and that later one.
    least = list(accumulate(reversed(ranks), min))[::-1]
    overtaken = next(i for i, rank in enumerate(ranks) if rank > least[i])
    overtaker = ranks.index(least[overtaken])
    first = before[alignment.pairs[overtaken][0]]
    second = after[ranks[overtaker]]
    moved = sum(rank != place for rank, place in zip(ranks, sorted(ranks), strict=True))
    return [
        Difference(
            first.label,
            f"order ({moved} of {len(ranks)} routes stand elsewhere)",
            f"tried before {second.label}",
            "tried after it",
            "order",
        )
    ]
