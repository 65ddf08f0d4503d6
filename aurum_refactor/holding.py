"""Which endpoints are held back because the proof fails when they move; pure.

The proof is the last word. What it does not let pass is a fault of planning or
rewriting, and one endpoint with such a fault must not keep sixty from moving.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from aurum_refactor import __version__
from aurum_refactor.model import Breach, Held, LockedMonolith, Proof

_Fault = TypeVar("_Fault")


def held_back(
    names: Sequence[str], fault: _Fault, fault_of: Callable[[Sequence[str]], _Fault | None]
) -> dict[str, _Fault]:
    """The names that must stay so that the others move without a fault, each with its fault.

    Groups are tried in halves, so that one culprit among *n* names costs about
    ``2 log n`` trials. After ``4 log n + 4`` of them all that was not tried
    stays. A smaller set than the one that is found may exist.

    Args:
        names: Endpoints that would move, neighbours beside each other.
        fault: What is wrong when all of them move.
        fault_of: What is wrong when these move and no others do; None if nothing is.
    """
    left = 4 * len(names).bit_length() + 4
    base: list[str] = []
    out: dict[str, _Fault] = {}

    def halves(group: Sequence[str], fault: _Fault) -> None:
        if len(group) <= 1:
            out.update(dict.fromkeys(group, fault))
            return
        middle = len(group) // 2
        add(group[:middle], fault)
        add(group[middle:], fault)

    def add(group: Sequence[str], known: _Fault) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            out.update(dict.fromkeys(group, known))
            return
        fault = fault_of((*base, *group))
        if fault is None:
            base.extend(group)
        else:
            halves(group, fault)

    halves(names, fault)
    return out


def first_breach(proof: Proof) -> Breach | None:
    """What a proof stumbles over first; None if it holds."""
    return None if proof.holds else proof.breaches[0]


def sentence(breach: Breach) -> str:
    """``G5 shop/v1/items.py: what is wrong there``, with no line.

    It goes into the lock, and lines depend on what has been extracted before.
    """
    message = re.sub(r" \(line \d+ of the original\)", "", breach.message)
    return f"{breach.guarantee} {breach.path}: {re.sub(r'line [0-9]+', 'a line', message)}"


def remembered(lock: LockedMonolith | None, data: bytes) -> dict[str, str]:
    """What an earlier run held back, if the monolith is still what that run left behind.

    After an edit, or with another version of this tool, all is tried again.
    """
    if lock is None or lock.held_at != _mark(data):
        return {}
    return {row.name: row.because for row in lock.held}


def with_held(lock: LockedMonolith, held: Mapping[str, str], data: bytes) -> LockedMonolith:
    """The lock, for a monolith that is left with these bytes."""
    rows = tuple(Held(name, held[name]) for name in sorted(held))
    return replace(lock, held=rows, held_at=_mark(data) if rows else "")


def _mark(data: bytes) -> str:
    return hashlib.sha256(f"{__version__}\0".encode() + data).hexdigest()[:16]
