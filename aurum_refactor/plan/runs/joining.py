"""Runs of one endpoint, runs put together, and the place that suits a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aurum_refactor.model import Survey, WiringKind
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.runs.drafts import Draft, Movable
from aurum_refactor.plan.runs.needs import needs_of
from aurum_refactor.plan.runs.observers import Observers, first_observer


def single_draft(
    survey: Survey,
    member: Movable,
    end: int,
    rung: tuple[WiringKind, str],
    movable: Mapping[int, Movable],
    names: NameTable,
    observers: Observers,
    settled: Mapping[str, str],
) -> Draft:
    """The run of one endpoint; *end* is the last place that its routes allow."""
    ordinal = member.endpoint.ordinal
    observer = first_observer(survey, ordinal, member, movable, observers)
    return Draft(
        domain=member.domain,
        receiver=member.receiver,
        wiring=rung[0],
        because=rung[1],
        ordinals=(ordinal,),
        low=ordinal,
        high=max(ordinal, min(end, observer, len(survey.statements))),
        needs=needs_of(survey, member, movable, names, observers, settled),
        labels=(member.endpoint.name,),
    )


def joined(first: Draft, second: Draft) -> Draft:
    """Two runs as one, wired where the first one may be."""
    return Draft(
        domain=first.domain,
        receiver=first.receiver,
        wiring=first.wiring,
        because=first.because,
        ordinals=(*first.ordinals, *second.ordinals),
        low=first.low,
        high=min(first.high, second.high),
        # Most endpoints need the same.
        needs=tuple(dict.fromkeys((*first.needs, *second.needs))),
        labels=(*first.labels, *second.labels),
    )


def has_unique_labels(draft: Draft) -> bool:
    """False if two endpoints of a run have one name, which one module cannot hold."""
    return len(set(draft.labels)) == len(draft.labels)


def strongest(members: Sequence[Movable]) -> tuple[WiringKind, str]:
    """One rung for the whole run: the highest that any of its endpoints needs."""
    order = [WiringKind.INCLUDE, WiringKind.REGISTER, WiringKind.BODY, WiringKind.LIFTED]
    best = max(members, key=lambda member: order.index(member.wiring))
    return best.wiring, best.because


def place_for(draft: Draft, places: tuple[int, int] | None = None) -> int | None:
    """The first place that suits a run, its needs included; None if there is none."""
    low, high = places or (draft.low, draft.high)
    for need in draft.needs:
        if need.provider >= 0 and need.provider in draft.ordinals:
            continue
        low, high = max(low, need.low), min(high, need.high)
    return low if low <= high else None
