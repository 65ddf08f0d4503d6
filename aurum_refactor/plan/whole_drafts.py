"""The drafts of router objects that move whole (S0): one per object, with its places."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.model import HomeKind, Survey, WiringKind
from aurum_refactor.plan.homes import Homes, import_needs
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.objects import Objects, Whole
from aurum_refactor.plan.runs.drafts import Draft, Movable, Need
from aurum_refactor.plan.runs.joining import place_for
from aurum_refactor.plan.runs.needs import needs_of
from aurum_refactor.plan.runs.observers import Observers, first_observer


def whole_drafts(
    survey: Survey,
    movable: Mapping[int, Movable],
    names: NameTable,
    observers: Observers,
    settled: Mapping[str, str],
    objects: Objects,
    homes: Homes,
    handed_back: Mapping[int, int],
) -> list[Draft]:
    """One run per object: all of its endpoints, to be imported back with it.

    The place is the object's own line, or further down where an endpoint needs
    what is bound there, but above whatever looks at the object or its endpoints.

    Args:
        survey: The monolith.
        movable: Endpoints that move, by ordinal.
        names: History of the monolith's names.
        observers: What its statements may look up at import.
        settled: Names that leave the monolith; see ``drafts_of``.
        objects: The objects that move.
        homes: Where helpers and values go.
        handed_back: Imports of modules that we made, by ordinal, each with the
            original ordinal of the first endpoint there.
    """
    return [
        _draft(survey, whole, movable, names, observers, settled, homes, handed_back)
        for whole in objects.whole.values()
    ]


def _draft(
    survey: Survey,
    whole: Whole,
    movable: Mapping[int, Movable],
    names: NameTable,
    observers: Observers,
    settled: Mapping[str, str],
    homes: Homes,
    handed_back: Mapping[int, int],
) -> Draft:
    high = min(whole.high, len(survey.statements))
    needs: list[Need] = []
    for ordinal in whole.members:
        member = movable[ordinal]
        needs += needs_of(survey, member, movable, names, observers, settled)
        high = min(high, first_observer(survey, ordinal, member, movable, observers))
    making = survey.statements[whole.receiver.ordinal]
    for name, low, until in import_needs(making, names):
        if settled.get(name) not in ("", whole.domain):
            needs.append(Need(name, low, until, -1))
    # Whatever module comes to hold it must be executed before anything looks at it.
    needs.append(Need("", 0, high, -1))
    draft = Draft(
        domain=whole.domain,
        receiver=whole.receiver.name,
        wiring=WiringKind.OBJECT,
        because="",
        ordinals=whole.members,
        low=whole.low,
        high=high,
        needs=tuple(dict.fromkeys(needs)),
        labels=tuple(survey.statements[ordinal].label for ordinal in whole.members),
    )
    return _lowered(survey, draft, names, homes, handed_back, whole.original)


def _lowered(
    survey: Survey,
    draft: Draft,
    names: NameTable,
    homes: Homes,
    handed_back: Mapping[int, int],
    original: int,
) -> Draft:
    """Further down where the domain's own helpers and the shared leaf can be made.

    Behind what came there before, so that the order of extractions does not show.
    """
    along = homes.owned_by(draft.domain)
    inside = {b.name for o in along for b in survey.statements[o].binds}
    leaf = homes.of_kind(HomeKind.SHARED)
    inside |= {b.name for o in leaf for b in survey.statements[o].binds}
    wanted = [draft.low, homes.shared_place if leaf else -1]
    # The leaf that an earlier extraction made.
    wanted += [ordinal + 1 for ordinal, first in handed_back.items() if first < 0]
    for ordinal in along:
        rows = import_needs(survey.statements[ordinal], names)
        wanted += [low for name, low, _ in rows if name not in inside]
    for low in sorted(set(wanted), reverse=True):
        lowered = place_for(draft, (max(low, draft.low), draft.high))
        if lowered is not None:
            while lowered < draft.high and handed_back.get(lowered, original) < original:
                lowered += 1
            return Draft(
                domain=draft.domain,
                receiver=draft.receiver,
                wiring=draft.wiring,
                because=draft.because,
                ordinals=draft.ordinals,
                low=lowered,
                high=draft.high,
                needs=draft.needs,
                labels=draft.labels,
            )
    return draft
