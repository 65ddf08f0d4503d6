"""When a module binds its names, and which definition a name means at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: After everything.
END = 10**9


@dataclass(frozen=True, slots=True)
class Bind:
    """One binding of a name, by the statement that makes the object."""

    # When: the position of the executing statement in its module.
    at: int
    # What: the ordinal, in the original, of the statement that defines it.
    ordinal: int
    definite: bool
    deletes: bool


@dataclass(frozen=True, slots=True)
class History:
    """Every binding of every name of one module, in order of execution."""

    binds: Mapping[str, Sequence[Bind]]

    def meaning(self, name: str, at: int) -> tuple[int, ...]:
        """Which definitions the name may stand for just before *at*.

        A binding that surely happens hides those above it; one that may not
        happen is listed besides them. Empty for a name that is not bound.
        """
        found: list[int] = []
        for bind in self.binds.get(name, ()):
            if bind.at >= at:
                break
            if bind.definite:
                found = []
            found.append(bind.ordinal)
        return tuple(found)

    def is_bound(self, name: str, at: int) -> bool:
        """True if the name is surely bound just before *at*."""
        bound = False
        for bind in self.binds.get(name, ()):
            if bind.at >= at:
                break
            bound = bind.definite or (bound and not bind.deletes)
        return bound
