"""Whether the same objects stand in the same places, whatever their numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from aurum_refactor.verify.difference import Difference, walk
from aurum_refactor.verify.observation import Json, Mark, Observation


class Pattern:
    """A growing one-to-one pairing of the objects before with the objects after.

    Numbers as such mean nothing: one new object would shift all that follow.
    A dependency that was copied instead of imported is the second partner of
    its original, and that is what is reported, once for each pair.
    """

    def __init__(self, before: Observation, after: Observation) -> None:
        self.before, self.after = before.things, after.things
        self.has_code = before.has_code and after.has_code
        self.compared = 0
        # Number to its partner's, and where the two were first seen.
        self._forth: dict[int, tuple[int, str]] = {}
        self._back: dict[int, tuple[int, str]] = {}
        self._told: set[tuple[int, int]] = set()

    def compare(
        self, where: str, before: Iterable[Mark], after: Iterable[Mark]
    ) -> Iterator[Difference]:
        """Yield what is broken in one row; both sides list their objects in one order."""
        # As a list, not by recursion: models and calls may nest as deep as they like.
        waiting = _partners(before, after)[::-1]
        while waiting:
            label, left, right = waiting.pop()
            self.compared += 1
            fresh = self._fresh(left, right)
            yield from self.pair(where, label, left, right)
            if fresh:
                inner = _partners(self.before[left].objects, self._whole(left, right)[1])
                waiting += inner[::-1]

    def seed(self, before: Iterable[Mark], after: Iterable[Mark]) -> None:
        """Pair the bindings of names that change at run time by who sets them, before all else."""
        others = dict(after)
        for label, left in before:
            right = others.get(label)
            if right is not None and self._fresh(left, right):
                self._forth[left], self._back[right] = (right, label), (left, label)

    def pair(self, where: str, label: str, left: int, right: int) -> Iterator[Difference]:
        """Pair two objects, or say why they cannot be partners."""
        if self._fresh(left, right):
            self._forth[left], self._back[right] = (right, where), (left, where)
            shapes = (self.before[left].shape, self._whole(left, right)[0])
            for mismatch in walk(*shapes) if self.has_code or None not in shapes else ():
                name = mismatch.path.removeprefix("looks up.")
                looked_up = name != mismatch.path
                what = (
                    f"what {label} looks up: {name}" if looked_up else f"fields of {label}: {name}"
                )
                category = "code" if looked_up else "identity"
                yield Difference(where, what, mismatch.before, mismatch.after, category)
            return
        known, seen = self._forth.get(left, (None, where))
        if known == right or (left, right) in self._told:
            return
        self._told.add((left, right))
        if label.startswith("binding of "):
            sides = (f"{self.before[left].name}, read when it is used", self.after[right].name)
            yield Difference(where, label, *sides, "code")
            return
        if known is not None:
            sides = (f"the object that is also in {seen}", "another object")
        else:
            sides = ("an object of its own", f"the object that is also in {self._back[right][1]}")
        yield Difference(where, f"identity of {label}", *sides, "identity")

    def _whole(self, left: int, right: int) -> tuple[Json, tuple[Mark, ...]]:
        """Shape and objects of one thing afterwards, with the parts of it that are functions now.

        A function whose endpoints were lifted out looks up the functions that hold
        them instead of what they look up: those that look up nothing else are parts of it.
        """
        shape, objects = self.after[right].shape, self.after[right].objects
        before, after = _looked_up(self.before[left].shape), _looked_up(shape)
        if not after.keys() - before.keys():
            return shape, objects
        names, marks = dict(after), list(objects)
        numbers = dict(objects)
        for name in after.keys() - before.keys():
            number = numbers.get(f"name {name}")
            part = None if number is None else self.after[number].shape
            # Only a function has such a shape.
            if number is None or not isinstance(part, dict) or "looks up" not in part:
                continue
            if _looked_up(part).keys() <= before.keys():
                del names[name]
                names |= {k: v for k, v in _looked_up(part).items() if k not in after}
                known = {label for label, _ in marks}
                marks += [m for m in self.after[number].objects if m[0] not in known]
        return {"looks up": dict(sorted(names.items()))}, tuple(marks)

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


def _looked_up(shape: Json) -> dict[str, Json]:
    """What the shape of a function says that it looks up; empty for others."""
    found = shape.get("looks up") if isinstance(shape, dict) else None
    return found if isinstance(found, dict) else {}


def _partners(before: Iterable[Mark], after: Iterable[Mark]) -> list[tuple[str, int, int]]:
    """Pair two lists of marks by label, repeated labels in their order.

    A label without a partner is a difference in more than identity, told elsewhere.
    """
    waiting: dict[str, list[int]] = defaultdict(list)
    for label, right in after:
        waiting[label].append(right)
    places = {label: iter(numbers) for label, numbers in waiting.items()}
    nothing: Iterator[int] = iter(())
    found = ((label, left, next(places.get(label, nothing), None)) for label, left in before)
    return [(label, left, right) for label, left, right in found if right is not None]
