"""Which binding of a receiver a statement sees."""

from __future__ import annotations

from collections.abc import Sequence

from aurum_refactor.model import Receiver


def receiver_at(receivers: Sequence[Receiver], name: str, ordinal: int) -> Receiver | None:
    """The binding of *name* that a statement sees: the last one above it."""
    found = [r for r in receivers if r.name == name and r.ordinal < ordinal]
    return found[-1] if found else None
