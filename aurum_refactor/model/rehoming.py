"""What rewrite mode decides: new modules, names that stay, rooms."""

from __future__ import annotations

from dataclasses import dataclass

from aurum_refactor.model.statements import Statement
from aurum_refactor.model.survey import Layout


@dataclass(frozen=True, slots=True)
class NewModule:
    """A module that extractions made, and what it does with the monolith's names."""

    module: str
    path: str
    statements: tuple[Statement, ...]
    # Names of the monolith that it reads or imports, and those that it stores to.
    uses: frozenset[str]
    stores: frozenset[str]


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """A name that stays in the monolith although it was asked to leave, and why."""

    name: str
    reason: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Room:
    """What moves into one new home, and how it reaches everything else from there."""

    module: str
    path: str
    # Ordinals of the statements that move in, in source order.
    ordinals: tuple[int, ...]
    # Imports to repeat, as in ``DomainModule``; those of patched names among them.
    reimports: tuple[tuple[int, tuple[str, ...]], ...]
    typing_imports: tuple[tuple[int, tuple[str, ...]], ...]
    neighbours: tuple[tuple[str, tuple[str, ...]], ...]
    # Names that they read through the monolith's module object, or the leaf's.
    through_monolith: tuple[str, ...]
    through_leaf: tuple[str, ...]
    # Names of the monolith that leave it for here.
    leaving: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rehoming:
    """Where the names of an emptied monolith live from now on (``references = "rewrite"``)."""

    layout: Layout
    rooms: tuple[Room, ...]
    # Every name that is found elsewhere now, those of earlier steps too, with its module.
    homes: tuple[tuple[str, str], ...]
    # Those of them whose value may be replaced while the program runs.
    live: frozenset[str]
    # Names that the monolith binds no longer.
    gone: frozenset[str]
    # Imports of the monolith that nothing needs any more: (ordinal, name).
    unused: tuple[tuple[int, str], ...]
    leaf: str
    leaf_path: str
    # The monolith imports the leaf before this ordinal; -1 if there is none.
    leaf_place: int
    # What statements that stay read of the leaf: once, or through its module object.
    from_leaf: tuple[str, ...]
    through_leaf: tuple[str, ...]
    stays: tuple[Stay, ...]

    @property
    def moved(self) -> frozenset[int]:
        """Ordinals of the statements that leave."""
        return frozenset(ordinal for room in self.rooms for ordinal in room.ordinals)
