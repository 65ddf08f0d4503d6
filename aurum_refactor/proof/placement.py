"""Finds the statements that stay in the monolith: the same text, in the same order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.model import Breach
from aurum_refactor.proof.normal import named
from aurum_refactor.proof.sides import Original, Unit


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the statements of the monolith afterwards come from."""

    # Index afterwards to ordinal before; both ascend where there is no breach.
    ordinal_at: Mapping[int, int]
    index_of: Mapping[int, int]
    # Indexes of statements that were not there before.
    added: Sequence[int]
    breaches: Sequence[Breach]


def kept_in_monolith(original: Original, after: Unit) -> Kept:
    """Align the statements that stay: the same text, in the same order."""
    places: dict[tuple[str, int], list[int]] = {}
    for ordinal, key in enumerate(_texts(original.unit)):
        places.setdefault(key, []).append(ordinal)
    ordinal_at: dict[int, int] = {}
    added: list[int] = []
    breaches: list[Breach] = []
    following = 0
    in_order = True
    for index, key in enumerate(_texts(after)):
        ordinals = places.get(key, [])
        if not ordinals:
            added.append(index)
            continue
        position = bisect_left(ordinals, following)
        if position < len(ordinals):
            ordinal = ordinals[position]
            following = ordinal + 1
        else:
            free = [ordinal for ordinal in ordinals if ordinal not in ordinal_at.values()]
            ordinal = free[0] if free else ordinals[-1]
            # One statement in a wrong place puts all after it in the wrong place.
            if in_order or not free:
                what = "has changed places in the monolith" if free else "stands more than once"
                message = f"{named(after.body[index])} {what}"
                breaches.append(Breach("G1", after.path, after.line(index), message))
            in_order = in_order and not free
        ordinal_at[index] = ordinal
    index_of = {ordinal: index for index, ordinal in ordinal_at.items()}
    return Kept(ordinal_at, index_of, tuple(added), tuple(breaches))


def _texts(unit: Unit) -> list[tuple[str, int]]:
    """The text of each statement, without comments above; rank where a line is shared."""
    found: list[tuple[str, int]] = []
    rank, last = 0, (0, 0)
    for segment in unit.segments:
        lines = (segment.first, segment.last)
        rank = rank + 1 if segment.first <= last[1] else 0
        found.append(("".join(unit.lines[lines[0] - 1 : lines[1]]).rstrip("\r\n"), rank))
        last = lines
    return found
