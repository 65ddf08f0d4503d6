"""Every choice of a random example, drawn in bits.

Hypothesis mixes constants of all loaded modules of a project into integers, and every list
index is one: then an edit anywhere, or another test, decides which examples there are. It
leaves booleans alone, so these laws look at the same examples until they themselves change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]


class Chooser:
    """Chooses with Hypothesis; the first option is the one that examples shrink to."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw

    def chance(self) -> bool:
        return bool(self._draw(st.booleans()))

    def below(self, count: int) -> int:
        """A number from 0 to *count* - 1."""
        bits = [self.chance() for _ in range((count - 1).bit_length())]
        return sum(bit << place for place, bit in enumerate(bits)) % count

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def one_in(self, count: int) -> bool:
        """True for one of *count* examples, and never once they shrink."""
        return self.below(count) == count - 1

    def some(self, options: Sequence[T], most: int) -> list[T]:
        """Up to *most* of the options, none of them twice."""
        left = list(options)
        size = min(self.below(most + 1), len(left))
        return [left.pop(self.below(len(left))) for _ in range(size)]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        left = list(options)
        return [left.pop(self.below(len(left))) for _ in options]
