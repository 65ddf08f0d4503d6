"""Decides where the names of an emptied monolith live when every reference is rewritten.

Endpoints have moved; what is left is state that functions re-bind, what tests
patch, and what nothing that moved needs. Needed by one new module and by
nothing that stays: it goes there. Everything else that is free goes to the
shared leaf, and is read there through the leaf's module object if its value
may change. What is tied to the monolith stays, with the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from aurum_refactor.graph.closure import reached_by_running
from aurum_refactor.model import NewModule, Rehoming, Stay, Survey
from aurum_refactor.plan.changes import inert_names
from aurum_refactor.plan.rehoming.answer import only_found, rehoming_of
from aurum_refactor.plan.rehoming.emptied import Emptied
from aurum_refactor.plan.rehoming.freedom import drop_unfit
from aurum_refactor.plan.rehoming.homes import homes_of
from aurum_refactor.plan.rehoming.leaving import Leaving, held_for_later
from aurum_refactor.plan.rehoming.places import late_or_cramped
from aurum_refactor.plan.rehoming.ties import RehomeTies
from aurum_refactor.plan.runs.observers import Observers


def plan_rehoming(
    survey: Survey,
    new: Sequence[NewModule],
    leaf: str,
    leaf_path: str,
    pinned: Mapping[str, Stay],
    exports: Collection[str],
    *,
    leaf_is_free: bool = True,
    waiting: Collection[int] = (),
    nothing_more: bool = False,
) -> Rehoming:
    """Give every name of the monolith that can leave it a home.

    Args:
        survey: The monolith after its endpoints have moved.
        new: The modules that extractions made; the leaf is among them if it exists.
        leaf: Dotted module of the shared leaf.
        leaf_path: Its file.
        pinned: Names that some reference ties to the monolith.
        exports: Names that it must go on binding.
        leaf_is_free: False if a file of that name is somebody's own; then what
            would go there stays.
        waiting: Statements that extractions to come will take along. What they
            need stays until then: it leaves once, to the home that the whole
            assignment gives it.
        nothing_more: Only say where what has moved already is found; the
            monolith and its modules stay as they are.
    """
    emptied = Emptied.of(survey, new, leaf, leaf_path, pinned, exports, leaf_is_free=leaf_is_free)
    return only_found(emptied) if nothing_more else _decided(emptied, waiting)


def _decided(emptied: Emptied, waiting: Collection[int]) -> Rehoming:
    """One fixed point: what cannot leave may hold others back."""
    ties = RehomeTies(
        emptied.survey,
        emptied.names,
        {name: stay.reason for name, stay in emptied.pinned.items()},
    )
    running = reached_by_running(emptied.statements, inert_names(emptied.survey))
    observers = Observers.of(emptied.survey, running, frozenset(emptied.new))
    leaving = Leaving.of(emptied, ties)
    held = held_for_later(emptied, leaving, waiting)
    while True:
        drop_unfit(emptied, ties.reached, leaving)
        homes = homes_of(emptied, leaving.candidates)
        late = late_or_cramped(emptied, observers, homes)
        if not late:
            return rehoming_of(emptied, homes, leaving.stays, held)
        leaving.stay(late)
