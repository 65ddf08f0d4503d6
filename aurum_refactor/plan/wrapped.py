"""Functions under a decorator of the monolith: where FastAPI looks their annotations up.

Before 0.123.5 the string annotations of ``@logged def endpoint(item: Item)``
are looked up in the module in which the function that ``logged`` returns is
written, not in the endpoint's (semantics R-20). Either both stand in one
module, or all that is annotated is found beside the decorator as well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aurum_refactor.model import Phase, Role, Statement, StatementKind, Survey
from aurum_refactor.plan.names import NameTable

_MAKES_FUNCTIONS = (StatementKind.FUNCTION, StatementKind.CLASS)


@dataclass(frozen=True, slots=True)
class Wrapped:
    """One function, the decorators of this module around it, and what it is annotated with."""

    ordinal: int
    wrappers: frozenset[int]
    annotated: frozenset[int]


def wrapped_functions(survey: Survey, names: NameTable) -> tuple[Wrapped, ...]:
    """Functions whose string annotations are looked up where their decorators are written."""
    if not survey.fastapi.may_be_below(0, 123, 5):
        return ()
    found = []
    for statement in survey.statements:
        around, annotations = read_where_decorated(statement, future=bool(survey.future))
        wrappers = _binders(around, survey, names, _MAKES_FUNCTIONS)
        if annotations and wrappers:
            annotated = _binders(annotations, survey, names, tuple(StatementKind))
            found.append(Wrapped(statement.ordinal, wrappers, annotated))
    return tuple(found)


def read_where_decorated(statement: Statement, *, future: bool) -> tuple[set[str], set[str]]:
    """Names of the decorators of a function, and those that its string annotations hold."""
    if statement.kind is not StatementKind.FUNCTION:
        return set(), set()
    text = (Role.ANNOTATION, Role.STRING) if future else (Role.STRING,)
    annotations = {read.name for read in statement.reads if read.role in text}
    around = {
        read.name
        for read in statement.reads
        if read.role is Role.DECORATOR
        and read.phase is Phase.IMPORT
        and not read.is_route_decorator
    }
    return around, annotations


def _binders(
    wanted: Collection[str], survey: Survey, names: NameTable, kinds: tuple[StatementKind, ...]
) -> frozenset[int]:
    return frozenset(
        ordinal
        for name in wanted
        for ordinal in names.bound.get(name, ())
        if survey.statements[ordinal].kind in kinds
    )


def parted(
    rows: Collection[Wrapped],
    domains: Mapping[int, str],
    owned: Mapping[int, str],
    shared: Collection[int],
) -> dict[int, str]:
    """Statements that have to stay since a function and its decorator part, with the reason.

    Args:
        rows: What is wrapped.
        domains: The domain of each endpoint that moves.
        owned: The domain of each other statement that goes along with one.
        shared: Statements that go to the shared leaf.
    """
    places = {**dict.fromkeys(shared, ""), **owned, **domains}
    found: dict[int, str] = {}
    for row in rows:
        for wrapper in row.wrappers:
            here, there = places.get(row.ordinal), places.get(wrapper)
            if here == there:
                continue
            why = "FastAPI before 0.123.5 looks annotations up where a decorator is written (R-20)"
            if there is not None:
                found[wrapper] = why
            found |= {ordinal: why for ordinal in row.annotated if ordinal in owned}
    return found
