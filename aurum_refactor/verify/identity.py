"""Whether the same objects stand in the same places, whatever their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aurum_refactor.verify.difference import Difference, walk
from aurum_refactor.verify.observation import Mark, Observation


class Pattern:
    """A growing one-to-one pairing of the objects before with the objects after.

    Numbers as such mean nothing: one new object would shift all that follow.
    A dependency that was copied instead of imported is the second partner of
    its original, and that is what is reported, once for each pair.
    """

    def __init__(self, before: Observation, after: Observation) -> None:
        self.before, self.after = before.things, after.things
        self.compared = 0
        # Number to its partner's, and where the two were first seen.
        self._forth: dict[int, tuple[int, str]] = {}
        self._back: dict[int, tuple[int, str]] = {}
        self._told: set[tuple[int, int]] = set()

    def compare(
        self, where: str, before: Iterable[Mark], after: Iterable[Mark]
    ) -> Iterator[Difference]:
        """Yield what is broken in one row; both sides list their objects in one order."""
        # As a list, not by recursion: models may nest as deep as they like.
        waiting = list(zip(before, after, strict=False))[::-1]
        while waiting:
            (label, left), (other_label, right) = waiting.pop()
            self.compared += 1
            if label != other_label:
                # The rows differ in more than identity, and that is told elsewhere.
                continue
            fresh = self._fresh(left, right)
            yield from self.pair(where, label, left, right)
            if fresh:
                inner = zip(self.before[left].objects, self.after[right].objects, strict=False)
                waiting += list(inner)[::-1]

    def pair(self, where: str, label: str, left: int, right: int) -> Iterator[Difference]:
        """Pair two objects, or say why they cannot be partners."""
        if self._fresh(left, right):
            self._forth[left], self._back[right] = (right, where), (left, where)
            for mismatch in walk(self.before[left].shape, self.after[right].shape):
                what = f"fields of {label}: {mismatch.path}"
                yield Difference(where, what, mismatch.before, mismatch.after, "identity")
            return
        known, seen = self._forth.get(left, (None, where))
        if known == right or (left, right) in self._told:
            return
        self._told.add((left, right))
        if known is not None:
            sides = (f"the object that is also in {seen}", "another object")
        else:
            sides = ("an object of its own", f"the object that is also in {self._back[right][1]}")
        yield Difference(where, f"identity of {label}", *sides, "identity")

    def _fresh(self, left: int, right: int) -> bool:
        return left not in self._forth and right not in self._back

    def names(
        self, where: str, name: str, left: int | None, right: int | None
    ) -> Iterator[Difference]:
        """Compare the objects that a module's name is bound to; ``None`` is in no row."""
        if left is not None and right is not None:
            yield from self.pair(where, name, left, right)
        # An object without a partner is in a row that was lost or changed: told already.
        elif left in self._forth:
            sides = (f"the object that is in {self._forth[left][1]}", "another object")
            yield Difference(where, f"identity of {name}", *sides, "identity")
        elif right in self._back:
            sides = ("an object in no route", f"the object that is in {self._back[right][1]}")
            yield Difference(where, f"identity of {name}", *sides, "identity")
