"""What is written to the disk, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class Change:
    """One file before and after; ``None`` means that it is absent on that side."""

    path: PurePosixPath
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Files to write, create or delete: sorted by path, without no-ops."""

    changes: tuple[Change, ...]

    @classmethod
    def of(cls, changes: Iterable[Change]) -> ChangeSet:
        real = (change for change in changes if change.before != change.after)
        return cls(tuple(sorted(real, key=lambda change: change.path)))

    @property
    def after(self) -> Mapping[str, bytes | None]:
        """Path (POSIX) to its new bytes, ``None`` where the file goes."""
        return {str(change.path): change.after for change in self.changes}


@dataclass(frozen=True, slots=True)
class LockedEndpoint:
    """What ``aurum-refactor.lock`` remembers of one endpoint."""

    name: str
    # "GET /v1/curves", one per registration in true order.
    routes: tuple[str, ...]
    domain: str
    reason: str
    # Ordinal in the monolith as it was before the first extraction.
    ordinal: int
    # Dotted module the endpoint lives in now.
    home: str
    # Digest of the definition as it was when it was moved or last planned.
    digest: str
    # Ordinal, as above, of the endpoint before which its router is wired when runs are
    # merged; -1 when they are not.
    place: int = -1


@dataclass(frozen=True, slots=True)
class Held:
    """An endpoint that stays because the proof failed when it moved (AR118)."""

    name: str
    # "G5 shop/v1/ash.py: what the proof said".
    because: str


@dataclass(frozen=True, slots=True)
class LockedMonolith:
    """The memory of one monolith: the whole assignment and where everything went."""

    module: str
    path: str
    endpoints: tuple[LockedEndpoint, ...]
    # "coalesce" and "factor": asked for once, they hold for the rest of the migration.
    options: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()
    # Digest of the monolith, and of this tool, for which that was found; "" if nothing is held.
    held_at: str = ""
