"""One turn of rewriting, with the names held back that the proof does not let leave."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from aurum_refactor.holding import first_breach, held_back, sentence
from aurum_refactor.model import Breach, ChangeSet, Proof, Rehoming, Stay
from aurum_refactor.rehoming.attempts import rehomed
from aurum_refactor.rehoming.proving import proof_of_rehoming
from aurum_refactor.rehoming.surroundings import Surrounding


class Turn(NamedTuple):
    """One turn of rewriting as it would be."""

    plan: Rehoming
    changes: ChangeSet
    proof: Proof


def turn(
    around: Surrounding,
    ending: Callable[[ChangeSet], ChangeSet] | None,
    held: Mapping[str, Stay],
    *,
    keep_exports: bool,
    tests_only: bool,
) -> Turn:
    """Plan, rewrite and prove once.

    Args:
        around: The monolith as the last turn left it.
        ending: Adds to the changes; None if nothing is to be added.
        held: Names that stay without being asked.
        keep_exports: Keep every public name whose value never changes.
        tests_only: Rewrite tests alone, and move nothing more.
    """
    found, changes = rehomed(around, keep_exports=keep_exports, tests_only=tests_only, held=held)
    if ending is not None:
        changes = ending(changes)
    proof = proof_of_rehoming(around, found, changes) if changes.changes else Proof(())
    return Turn(found, changes, proof)


def without_faults(step: Callable[[Mapping[str, Stay]], Turn]) -> Turn:
    """The turn with the names held back that the proof does not let leave."""
    first = step({})
    fault = first_breach(first.proof)
    if fault is None:
        return first
    names = [name for name, _ in first.plan.homes]

    def fault_of(leaving: Collection[str]) -> Breach | None:
        stays = {name: Stay(name, "held back", "", 0) for name in names if name not in leaving}
        return first_breach(step(stays).proof)

    out = held_back(names, fault, fault_of)
    last = step({name: _faulty(name, breach) for name, breach in out.items()})
    return last if last.proof.holds else first


def _faulty(name: str, breach: Breach) -> Stay:
    reason = f"the proof fails when it leaves, please report it: {sentence(breach)}"
    return Stay(name, reason, breach.path, breach.line)
