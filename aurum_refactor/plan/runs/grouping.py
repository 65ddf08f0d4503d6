"""Groups endpoints into runs, and cuts runs that no single place suits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aurum_refactor.model import (
    WITHOUT_HANDLE,
    Form,
    Receiver,
    ReceiverKind,
    StatementKind,
    Survey,
    WiringKind,
)
from aurum_refactor.plan.names import FOREVER, NameTable
from aurum_refactor.plan.receivers import receiver_at
from aurum_refactor.plan.runs.drafts import Draft, Movable
from aurum_refactor.plan.runs.joining import (
    has_unique_labels,
    joined,
    place_for,
    single_draft,
    strongest,
)
from aurum_refactor.plan.runs.observers import Observers
from aurum_refactor.plan.wiring import route_decorators_are_outermost


def drafts_of(
    survey: Survey,
    movable: Mapping[int, Movable],
    names: NameTable,
    observers: Observers,
    settled: Mapping[str, str],
) -> tuple[Draft, ...]:
    """Group the movable endpoints into runs, in the order of the monolith.

    Args:
        survey: The monolith.
        movable: Endpoints that may move, by ordinal.
        names: History of its names.
        observers: What each of its statements may look up at import.
        settled: Names that leave the monolith, with the domain that owns them
            or "" for the shared leaf: always there for whoever needs them.
    """
    drafts: list[Draft] = []
    for members, end in _groups(survey, movable):
        for same in _by_wiring(members):
            drafts += _split(survey, same, end, movable, names, observers, settled)
    return tuple(sorted(drafts, key=lambda draft: draft.ordinals[0]))


def _groups(survey: Survey, movable: Mapping[int, Movable]) -> list[tuple[list[Movable], int]]:
    """Maximal runs per object, each with the ordinal of the next foreign registration."""
    groups: list[tuple[list[Movable], int]] = []
    for together in same_order(survey):
        current: list[Movable] = []
        binding: Receiver | None = None
        for row in survey.registrations:
            if row.receiver not in together:
                continue
            member = movable.get(row.ordinal) if row.form is Form.DECORATOR else None
            if member is not None and member.wiring in WITHOUT_HANDLE:
                member = None
            receiver = receiver_at(survey.receivers, row.receiver, row.ordinal)
            if member is None or (
                current and (current[0].domain != member.domain or binding != receiver)
            ):
                if current:
                    groups.append((current, row.ordinal))
                current = []
            if member is not None and member not in current:
                current.append(member)
                binding = receiver
        if current:
            groups.append((current, FOREVER))
    # Bodies whose registration stays: nothing to keep in order but names.
    for member in movable.values():
        if member.wiring in WITHOUT_HANDLE - {WiringKind.OBJECT}:
            groups.append(([member], FOREVER))  # noqa: PERF401 - reads as what it does
    return groups


def same_order(survey: Survey) -> list[frozenset[str]]:
    """Receivers whose registrations may land in one route table and so keep one order.

    Objects made here by FastAPI() and APIRouter() are distinct. A foreign one
    may be any other foreign one; if it is made here (``r2 = r``, a factory's
    result) it may be any object at all.
    """
    names = {row.receiver for row in survey.registrations}
    foreign = {r.name for r in survey.receivers if r.kind is ReceiverKind.FOREIGN} & names
    made_here = {
        r.name
        for r in survey.receivers
        if r.kind is ReceiverKind.FOREIGN
        and survey.statements[r.ordinal].kind is not StatementKind.IMPORT
    } & names
    if made_here:
        return [frozenset(names)]
    groups = [frozenset({name}) for name in sorted(names - foreign)]
    return [*groups, frozenset(foreign)] if foreign else groups


def _by_wiring(members: Sequence[Movable]) -> list[list[Movable]]:
    """One rung for a whole run, unless an endpoint in it cannot be split from its decorators."""
    mixed = len({member.wiring for member in members}) > 1
    if not mixed or all(route_decorators_are_outermost(m.endpoint) for m in members):
        return [list(members)]
    parts: list[list[Movable]] = []
    for member in members:
        if parts and parts[-1][-1].wiring is member.wiring:
            parts[-1].append(member)
        else:
            parts.append([member])
    return parts


def _split(
    survey: Survey,
    members: Sequence[Movable],
    end: int,
    movable: Mapping[int, Movable],
    names: NameTable,
    observers: Observers,
    settled: Mapping[str, str],
) -> list[Draft]:
    """Cut a run where no single place suits all of its endpoints."""
    rung = strongest(members)
    drafts: list[Draft] = []
    for member in members:
        single = single_draft(survey, member, end, rung, movable, names, observers, settled)
        if drafts:
            together = joined(drafts[-1], single)
            if place_for(together) is not None and has_unique_labels(together):
                drafts[-1] = together
                continue
        drafts.append(single)
    return drafts
