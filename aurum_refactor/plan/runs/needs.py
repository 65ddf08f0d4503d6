"""Names that a moved endpoint needs at import, and where they have the value that it saw."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.model import WITHOUT_HANDLE, Phase, StatementKind, Survey, WiringKind
from aurum_refactor.plan.access import forward_names, is_rewritten_read
from aurum_refactor.plan.names import FOREVER, NameTable
from aurum_refactor.plan.receivers import receiver_at
from aurum_refactor.plan.runs.drafts import Movable, Need
from aurum_refactor.plan.runs.observers import Observers


def needs_of(
    survey: Survey,
    member: Movable,
    movable: Mapping[int, Movable],
    names: NameTable,
    observers: Observers,
    settled: Mapping[str, str],
) -> tuple[Need, ...]:
    """Everything that decides where a run with this endpoint may be wired or executed.

    Args:
        survey: The monolith.
        member: The endpoint.
        movable: Endpoints that may move, by ordinal.
        names: History of the monolith's names.
        observers: What each of its statements may look up at import.
        settled: Names that leave the monolith, with the domain that owns them
            or "" for the shared leaf.
    """
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
