"""G3: every object gets the same registrations, in the same order, with the same arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from aurum_refactor.model import Breach, Form, OrderFacts, Receiver, Registration
from aurum_refactor.proof.expansion import Event, Expansion
from aurum_refactor.proof.normal import named
from aurum_refactor.proof.objects import moved_objects, prove_objects, written_in
from aurum_refactor.proof.precedence import Seen, objection, read_route
from aurum_refactor.proof.sides import Original
from aurum_refactor.proof.state import State
from aurum_refactor.proof.views import prove_views

# Numbers of events that are no route decorators: making a receiver, and all the rest.
_RECEIVER = -1
_OTHER = 1000


def prove_routes(state: State) -> tuple[int, list[Breach]]:
    """Simulate all registrations on both sides; returns how many there are."""
    table = events_by_ordinal(state.original)
    expansion = Expansion(state)
    every = [row for ordinal in sorted(table) for row in table[ordinal]]
    then = [row for rows in after_of(state, table, expansion) for row in rows]
    before, after = _in_order([every]), _in_order([then])
    breaches = [*expansion.breaches, *prove_objects(state, table)]
    breaches += prove_views(state, every, then)
    for receiver in sorted(before.keys() | after.keys()):
        breaches += _compared(state, receiver, before.get(receiver, []), after.get(receiver, []))
    return len(state.original.registrations), breaches


def prove_reordering(state: State) -> tuple[int, list[Breach]]:
    """Judge every pair of registrations that changed places; returns how many there are."""
    facts = state.original.order
    if facts is None:
        return 0, []
    table = events_by_ordinal(state.original)
    before = _in_order(table[ordinal] for ordinal in sorted(table))
    after = _in_order(after_of(state, table, Expansion(state)))
    routes = _Routes(state.original, facts)
    count = 0
    breaches: list[Breach] = []
    for receiver in sorted(before.keys() & after.keys()):
        for first, second in _changed_places(before[receiver], after[receiver]):
            count += 1
            why = routes.objection(first, second)
            if why:
                what = f"is tried after what it came before, and that shows: {why}"
                breaches.append(Breach("G3", state.layout.path, *_sentence(state, first, what)))
    return count, breaches


def _changed_places(
    before: Sequence[Event], after: Sequence[Event]
) -> Iterator[tuple[Event, Event]]:
    """Pairs that stood in this order before and stand in the other one now."""
    if sorted(before) != sorted(after) or len(set(before)) < len(before):
        # Not the same registrations, or one twice: that is a breach already.
        return
    place = {event: number for number, event in enumerate(after)}
    for index, first in enumerate(before):
        for second in before[index + 1 :]:
            if place[second] < place[first]:
                yield first, second


class _Routes:
    """The routes that an event of a receiver adds to the table."""

    def __init__(self, original: Original, facts: OrderFacts) -> None:
        self.facts = facts
        self.rows: dict[Event, Sequence[Seen]] = {}
        included = dict(original.included)
        for _, event, row in _events(original):
            if row is not None:
                receiver = _receiver_of(original, row)
                wired = included.get(row.position, (row,))
                self.rows[event] = [read_route(one, receiver) for one in wired]

    def objection(self, first: Event, second: Event) -> str:
        if first not in self.rows or second not in self.rows:
            return "one of them makes the object itself"
        for one in self.rows[first]:
            for other in self.rows[second]:
                if why := objection(one, other, self.facts):
                    return f"{one.label} and {other.label}: {why}"
        return ""


def _receiver_of(original: Original, row: Registration) -> Receiver | None:
    found = [r for r in original.receivers if r.name == row.receiver and r.ordinal < row.ordinal]
    return found[-1] if found else None


def events_by_ordinal(original: Original) -> Mapping[int, Sequence[tuple[str, Event]]]:
    """What each statement does to receivers: binds them anew, or registers on them."""
    found: dict[int, list[tuple[str, Event]]] = {}
    for name, event, _ in _events(original):
        found.setdefault(event[0], []).append((name, event))
    return found


def _events(original: Original) -> Iterator[tuple[str, Event, Registration | None]]:
    """``(receiver, event, registration)``, by statement; the first ones only bind the name."""
    names = {receiver.name for receiver in original.receivers}
    count: dict[int, int] = {}
    for statement in original.statements:
        for binding in statement.binds:
            if binding.name in names:
                count[statement.ordinal] = count.get(statement.ordinal, 0) + 1
                yield binding.name, (statement.ordinal, _RECEIVER), None
    for row in original.registrations:
        rank = count.get(row.ordinal, 0)
        count[row.ordinal] = rank + 1
        number = row.decorator if row.form is Form.DECORATOR else _OTHER + rank
        yield row.receiver, (row.ordinal, number), row


def after_of(
    state: State, table: Mapping[int, Sequence[tuple[str, Event]]], expansion: Expansion
) -> Iterator[Sequence[tuple[str, Event]]]:
    """Events of the monolith afterwards, with what is wired written out at its place."""
    wired = {row.index: row for row in state.wiring.wired}
    objects = moved_objects(state)
    executed: dict[int, list[str]] = {}
    for module, index in state.places.items():
        executed.setdefault(index, []).append(module)
    for index in range(len(state.result.monolith.body)):
        for module in executed.get(index, ()):
            yield from written_in(state, module, objects, table)
        if index in state.kept.ordinal_at:
            yield table.get(state.kept.ordinal_at[index], ())
        elif index in wired:
            row = wired[index]
            yield [(row.receiver, event) for event in expansion.of(row)]
    expansion.finish()


def _in_order(rows: Iterable[Sequence[tuple[str, Event]]]) -> dict[str, list[Event]]:
    events: dict[str, list[Event]] = {}
    for row in rows:
        for receiver, event in row:
            events.setdefault(receiver, []).append(event)
    return events


def _compared(
    state: State, receiver: str, before: Sequence[Event], after: Sequence[Event]
) -> Iterator[Breach]:
    """The first difference between two lists of registrations, if there is one."""
    if list(before) == list(after):
        return
    path = state.layout.path
    missing = [event for event in before if event not in set(after)]
    extra = [event for event in after if list(after).count(event) > list(before).count(event)]
    if missing:
        yield Breach("G3", path, *_sentence(state, missing[0], f"is not registered on {receiver}"))
    elif extra:
        what = f"is registered on {receiver} once more than before"
        yield Breach("G3", path, *_sentence(state, extra[0], what))
    elif state.original.order is None:
        first = next(one for one, other in zip(after, before, strict=True) if one != other)
        what = f"is registered on {receiver} in another order than before"
        yield Breach("G3", path, *_sentence(state, first, what))


def _sentence(state: State, event: Event, what: str) -> tuple[int, str]:
    ordinal = event[0]
    unit = state.original.unit
    line = unit.line(ordinal)
    return line, f"{named(unit.body[ordinal])} (line {line} of the original) {what}"
