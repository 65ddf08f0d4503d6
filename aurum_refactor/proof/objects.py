"""G3 of a router object that has moved whole: made once, complete before anybody looks at it.

Its decorators are plain decorators of the new module, on an object that the
same module makes. They run when the monolith imports the module, all at once.
So every statement that looks at the object must find as many registrations on
it as it found before: FastAPI before 0.137 copies them when it includes a
router (semantics R-4), and other code may do what it likes with them (R-30).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aurum_refactor.graph.closure import reached_by_running
from aurum_refactor.model import Breach, Phase, Statement
from aurum_refactor.proof.expansion import Event
from aurum_refactor.proof.normal import named
from aurum_refactor.proof.state import State

#: What each statement does to receivers; see ``routes``.
Table = Mapping[int, Sequence[tuple[str, Event]]]


def moved_objects(state: State) -> Mapping[str, str]:
    """Name of every receiver that a new module makes now, with that module."""
    made = {receiver.ordinal: receiver.name for receiver in state.original.receivers}
    return {made[row.ordinal]: row.module for row in state.homes.moved if row.ordinal in made}


def written_in(
    state: State, module: str, objects: Mapping[str, str], table: Table
) -> Iterator[Sequence[tuple[str, Event]]]:
    """What the statements of one new module do to the objects that it makes, in order."""
    rows = sorted(
        (row for row in state.homes.moved if row.module == module), key=lambda row: row.index
    )
    for row in rows:
        # The routes of a definition without its decorators are made by a register call.
        if row.removed or not row.same:
            continue
        rewritten = {route.decorator for route in row.routes}
        yield [
            (receiver, event)
            for receiver, event in table.get(row.ordinal, ())
            if objects.get(receiver) == module and event[1] not in rewritten
        ]


def prove_objects(state: State, table: Table) -> Iterator[Breach]:
    """Whoever looks at a moved object at import finds it as complete as before."""
    objects = moved_objects(state)
    if not objects:
        return
    reached = reached_by_running(state.original.statements)
    unit = state.original.unit
    for name, module in objects.items():
        events = sorted(o for o, rows in table.items() if any(row[0] == name for row in rows))
        made = {r.ordinal for r in state.original.receivers if r.name == name}
        for statement in state.original.statements:
            if not _looks(statement, name, reached):
                continue
            here = state.moment(statement.ordinal)
            before = {o for o in events if o < statement.ordinal}
            after = {o for o in events if o != statement.ordinal and state.moment(o) < here}
            if before != after:
                what = "fewer" if len(after) < len(before) else "other"
                was, now = len(before - made), len(after - made)
                message = (
                    f"{named(unit.body[statement.ordinal])} finds {what} registrations on {name} "
                    f"than before: {now} instead of {was}, because {module} makes them when it "
                    "is imported"
                )
                yield Breach("G3", state.layout.path, statement.span.first, message)


def _looks(statement: Statement, name: str, reached: Mapping[str, frozenset[str]]) -> bool:
    """True if executing a statement may look at an object, besides decorating with it."""
    direct = {read.name for read in statement.reads if read.phase is Phase.IMPORT}
    return name in direct or any(name in reached.get(other, ()) for other in direct)
