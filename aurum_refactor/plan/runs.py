"""Groups endpoints into runs and finds the places where each run can be wired.

A run is a maximal group of consecutive registrations of one domain on one
object. Its wiring may stand at the first line of the run or later, up to the
next registration of somebody else on the same object: nothing that looks at
the routes can tell. It must stand where every name that the run reads at
import has the value that the run saw (semantics R-33).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.model import (
    WITHOUT_HANDLE,
    Endpoint,
    Form,
    Phase,
    Receiver,
    ReceiverKind,
    StatementKind,
    Survey,
    WiringKind,
)
from aurum_refactor.plan.access import forward_names, is_rewritten_read
from aurum_refactor.plan.changes import Changes, run_at_import
from aurum_refactor.plan.names import FOREVER, NameTable
from aurum_refactor.plan.receivers import receiver_at
from aurum_refactor.plan.wiring import route_decorators_are_outermost


@dataclass(frozen=True, slots=True)
class Need:
    """A name that a moved statement reads at import, and where it has the right value."""

    name: str
    # Places (inclusive) before a statement at which the value is the same.
    low: int
    high: int
    # Ordinal of the moved endpoint of the same domain that binds it, or -1.
    provider: int
    # True for the object that a run is wired on: that matters where the wiring
    # stands, not where the new module is executed.
    wires: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A run without its place."""

    domain: str
    receiver: str
    wiring: WiringKind
    because: str
    ordinals: tuple[int, ...]
    # Places (inclusive) where the wiring may stand as far as routes and the
    # names that the run itself binds are concerned.
    low: int
    high: int
    needs: tuple[Need, ...]
    # Names of the endpoints.
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Movable:
    """An endpoint that may move, with its domain and its rung of the ladder."""

    endpoint: Endpoint
    domain: str
    wiring: WiringKind
    because: str

    @property
    def receiver(self) -> str:
        """What it is decorated with, or else registered on by a call."""
        rows = self.endpoint.registrations
        return next((r.receiver for r in rows if r.form is Form.DECORATOR), rows[0].receiver)


@dataclass(frozen=True, slots=True)
class Observers:
    """For every statement, which names it may look up while it is executed at import."""

    # Names read directly, by ordinal.
    reads: tuple[frozenset[str], ...]
    # Names read by the functions it may run, by ordinal.
    reached: tuple[frozenset[str], ...]
    # Ordinals that may import a module which looks back at the monolith.
    importers: frozenset[int]
    # Names that it may change, by ordinal.
    changes: tuple[frozenset[str], ...]

    @classmethod
    def of(
        cls, survey: Survey, reached: Mapping[str, frozenset[str]], own: frozenset[str]
    ) -> Observers:
        """Read the table off a survey and the closure over its functions.

        Args:
            survey: The monolith.
            reached: For every function, the names that running it may read.
            own: Modules of earlier extractions; they look back at nothing that
                is planned now.
        """
        looks_back = survey.looks_back - own
        tails = {module.rpartition(".")[2] for module in looks_back}
        looks = dict(survey.foreign_looks)
        direct = [
            frozenset(r.name for r in s.reads if r.phase is Phase.IMPORT)
            | looks.get(s.ordinal, frozenset())
            for s in survey.statements
        ]
        indirect = []
        importers = set()
        for statement in survey.statements:
            parts = [reached[name] for name in run_at_import(statement) if name in reached]
            indirect.append(frozenset().union(*parts))
            if statement.kind is StatementKind.IMPORT:
                may_import = any(
                    i.module in looks_back or f"{i.module}.{i.attribute}" in looks_back
                    for i in statement.imports
                )
            else:
                # A compound statement may import anything (``try: from .x import y``).
                may_import = statement.kind is StatementKind.COMPOUND and not tails.isdisjoint(
                    statement.identifiers
                )
            if may_import:
                importers.add(statement.ordinal)
        changes = Changes.of(survey).at_import
        return cls(tuple(direct), tuple(indirect), frozenset(importers), changes)


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


def needs_of(
    survey: Survey,
    member: Movable,
    movable: Mapping[int, Movable],
    names: NameTable,
    observers: Observers,
    settled: Mapping[str, str],
) -> tuple[Need, ...]:
    statement = survey.statements[member.endpoint.ordinal]
    receiver_name = member.receiver
    wanted = {
        read.name: statement.ordinal
        for read in statement.reads
        if read.phase is Phase.IMPORT
        and names.bindings(read.name)
        and settled.get(read.name) not in ("", member.domain)
        and not names.can_repeat_early(read.name)
        and not (read.name == receiver_name and is_rewritten_read(statement, receiver_name))
    }
    for name in forward_names(survey, [statement.ordinal], names):
        if settled.get(name) not in ("", member.domain) and not names.can_repeat_early(name):
            wanted.setdefault(name, statement.ordinal)
    receiver = receiver_at(survey.receivers, receiver_name, statement.ordinal)
    if member.wiring is WiringKind.OBJECT:
        wanted.pop(receiver_name, None)
    elif receiver is not None and receiver.route_class is not None:
        wanted.setdefault(receiver.route_class.split(".")[0], receiver.ordinal)
    found = []
    for name, ordinal in wanted.items():
        low, high = names.stable_between(name, ordinal)
        if not names.bound_before(name, ordinal):
            # Bound below only: from there on the new module could have it.
            later = names.bound[name][0] + 1
            low, high = later, max(names.stable_between(name, later)[1], later)
        provider = -1
        before = [o for o, _ in names.bindings(name) if o < ordinal]
        if before and len(names.bound[name]) == 1:
            other = movable.get(before[-1])
            unchanged = not names.touched.get(name)
            if other is not None and other.domain == member.domain and unchanged:
                provider = before[-1]
        found.append(Need(name, low, high, provider))
    found += _running_needs(survey, member, movable, names, observers, settled)
    effect = _effect_interval(survey, member, movable, observers)
    if effect is not None:
        found.append(Need("", *effect, -1))
    # The receiver itself must be there when it is wired.
    if member.wiring not in WITHOUT_HANDLE:
        low, high = names.same_object_between(receiver_name, statement.ordinal)
        found.append(Need(receiver_name, low, high, -1, wires=True))
    return tuple(found)


def _running_needs(
    survey: Survey,
    member: Movable,
    movable: Mapping[int, Movable],
    names: NameTable,
    observers: Observers,
    settled: Mapping[str, str],
) -> list[Need]:
    """Values that functions look at which run while an endpoint is defined.

    ``@marked`` and ``n: int = now()`` may read what is bound again, or changed, further
    below: in this module, or by way of functions of other modules.
    """
    ordinal = member.endpoint.ordinal
    found = []
    looked = dict(survey.foreign_looks).get(ordinal, frozenset())
    for name in sorted(looked | observers.reached[ordinal]):
        events = {*names.touched.get(name, ()), *names.bound.get(name, ())}
        if settled.get(name) in ("", member.domain) and not names.touched.get(name):
            # It leaves, so its value is one, and goes where it is needed.
            continue
        others = [
            o
            for o in events
            if o != ordinal and (o not in movable or movable[o].domain != member.domain)
        ]
        if others:
            low = max((o + 1 for o in others if o < ordinal), default=0)
            high = min((o for o in others if o > ordinal), default=FOREVER)
            found.append(Need(name, low, high, -1))
    return found


def _effect_interval(
    survey: Survey, member: Movable, movable: Mapping[int, Movable], observers: Observers
) -> tuple[int, int] | None:
    """Places that keep the order of effects of an endpoint's decorators and defaults.

    A decorator of this module that counts or collects what it decorates must
    not run before another use of what it changes, nor after.
    """
    ordinal = member.endpoint.ordinal
    changed = observers.changes[ordinal]
    if not changed:
        return None
    low, high = 0, FOREVER
    for statement in survey.statements:
        number = statement.ordinal
        other = movable.get(number)
        if number == ordinal or (other is not None and other.domain == member.domain):
            continue
        touched = observers.changes[number] | observers.reads[number] | observers.reached[number]
        if statement.kind is StatementKind.FUNCTION:
            touched = observers.changes[number]
        if changed.isdisjoint(touched):
            continue
        if number < ordinal:
            low = number + 1
        else:
            high = number
            break
    return low, high


def first_observer(
    survey: Survey,
    ordinal: int,
    member: Movable,
    movable: Mapping[int, Movable],
    observers: Observers,
) -> int:
    """The first statement after an endpoint that could miss its name if it came later."""
    name = member.endpoint.name
    for statement in survey.statements[ordinal + 1 :]:
        number = statement.ordinal
        other = movable.get(number)
        if other is not None and other.endpoint.name == name:
            return number
        if other is not None:
            if name in observers.reads[number] and other.domain != member.domain:
                # It is imported from wherever its own domain is wired.
                return ordinal
        elif (
            number in observers.importers
            or name in observers.reads[number]
            or name in observers.reached[number]
            or any(binding.name == name for binding in statement.binds)
        ):
            return number
    return FOREVER


def last_observer(survey: Survey, ordinal: int, name: str, observers: Observers) -> int | None:
    """The last statement above an endpoint that would meet its name if it were bound earlier."""
    for statement in reversed(survey.statements[:ordinal]):
        number = statement.ordinal
        if (
            number in observers.importers
            or name in observers.reads[number]
            or name in observers.reached[number]
            or any(binding.name == name for binding in statement.binds)
        ):
            return number
    return None
