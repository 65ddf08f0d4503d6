"""G3: every object gets the same registrations, in the same order, with the same arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from aurum_refactor.model import Breach, Form
from aurum_refactor.proof.expansion import Event, Expansion
from aurum_refactor.proof.normal import named
from aurum_refactor.proof.sides import Original
from aurum_refactor.proof.state import State

# Numbers of events that are no route decorators: making a receiver, and all the rest.
_RECEIVER = -1
_OTHER = 1000


def prove_routes(state: State) -> tuple[int, list[Breach]]:
    """Simulate all registrations on both sides; returns how many there are."""
    table = _events_by_ordinal(state.original)
    before = _in_order(table[ordinal] for ordinal in sorted(table))
    expansion = Expansion(state)
    after = _in_order(_after(state, table, expansion))
    breaches = expansion.breaches
    for receiver in sorted(before.keys() | after.keys()):
        breaches += _compared(state, receiver, before.get(receiver, []), after.get(receiver, []))
    return len(state.original.registrations), breaches


def _events_by_ordinal(original: Original) -> Mapping[int, Sequence[tuple[str, Event]]]:
    """What each statement does to receivers: binds them anew, or registers on them."""
    names = {receiver.name for receiver in original.receivers}
    found: dict[int, list[tuple[str, Event]]] = {}
    for statement in original.statements:
        for binding in statement.binds:
            if binding.name in names:
                event = (statement.ordinal, _RECEIVER)
                found.setdefault(statement.ordinal, []).append((binding.name, event))
    for row in original.registrations:
        rows = found.setdefault(row.ordinal, [])
        number = row.decorator if row.form is Form.DECORATOR else _OTHER + len(rows)
        rows.append((row.receiver, (row.ordinal, number)))
    return found


def _after(
    state: State, table: Mapping[int, Sequence[tuple[str, Event]]], expansion: Expansion
) -> Iterator[Sequence[tuple[str, Event]]]:
    """Events of the monolith afterwards, with what is wired written out at its place."""
    wired = {row.index: row for row in state.wiring.wired}
    for index in range(len(state.result.monolith.body)):
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
    else:
        first = next(one for one, other in zip(after, before, strict=True) if one != other)
        what = f"is registered on {receiver} in another order than before"
        yield Breach("G3", path, *_sentence(state, first, what))


def _sentence(state: State, event: Event, what: str) -> tuple[int, str]:
    ordinal = event[0]
    unit = state.original.unit
    line = unit.line(ordinal)
    return line, f"{named(unit.body[ordinal])} (line {line} of the original) {what}"
