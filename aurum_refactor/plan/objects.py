"""Which router objects can move whole (S0): the object with every one of its registrations.

A domain that is all registrations of one router object needs no new router: the
statement that makes the object goes along, the decorators stay as they are, and
the monolith imports the object back. That may be done where nothing looks at the
object between its making and its last registration, so that whoever looks at it
afterwards finds it complete, as before (semantics R-4, R-5, R-30).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.language import BUILTINS, MODULE_DUNDERS
from aurum_refactor.model import (
    Assignment,
    Form,
    Phase,
    Receiver,
    ReceiverKind,
    Registration,
    Statement,
    StatementKind,
    Survey,
)
from aurum_refactor.plan.names import FOREVER, NameTable
from aurum_refactor.plan.ties import Ties


@dataclass(frozen=True, slots=True)
class Whole:
    """A router object that moves with a domain, and where it may be imported back."""

    receiver: Receiver
    domain: str
    # Ordinals of the endpoints that are registered on it, in source order.
    members: tuple[int, ...]
    # Ordinal of the first of them before any extraction.
    original: int
    # Places (inclusive) in the monolith; equal where its making must keep its moment.
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Objects:
    """What is known of every router object: those that move whole, and why the others do not."""

    whole: Mapping[int, Whole]
    # By ordinal of the statement that makes the object.
    reasons: Mapping[int, str]

    def of(self, ordinal: int) -> Whole | None:
        """The object that an endpoint moves with."""
        return next((row for row in self.whole.values() if ordinal in row.members), None)

    @property
    def domains(self) -> dict[int, str]:
        """Domain by ordinal of the statement that makes the object."""
        return {ordinal: row.domain for ordinal, row in self.whole.items()}


def objects_of(
    survey: Survey,
    assignments: Sequence[Assignment],
    names: NameTable,
    ruled_out: Mapping[int, str],
) -> Objects:
    """Look at every router that the module makes.

    Args:
        survey: The monolith.
        assignments: The domain of each endpoint.
        names: History of its names.
        ruled_out: Objects that turned out not to move, with the reason.
    """
    domains = {row.ordinal: row for row in assignments}
    ties = Ties(survey, names)
    whole: dict[int, Whole] = {}
    reasons: dict[int, str] = dict(ruled_out)
    for receiver in survey.receivers:
        if receiver.ordinal in reasons:
            continue
        found = _whole(survey, receiver, domains, names, ties)
        if isinstance(found, Whole):
            whole[receiver.ordinal] = found
        else:
            reasons[receiver.ordinal] = found
    return Objects(whole, {ordinal: _sentence(why) for ordinal, why in reasons.items()})


#: Decorators that register on an object, and move with it.
_OWN = (Form.DECORATOR, Form.METHOD)


def _is_made_for_views(survey: Survey, receiver: Receiver) -> bool:
    """True for what a call makes here for the classes below, and nothing else registers till then.

    It may be an object that others hold as well, or one of a kind of its own: that is all one
    where it is made and all that is registered on it follows at once.
    """
    making = survey.statements[receiver.ordinal]
    if making.kind is not StatementKind.ASSIGNMENT or not making.calls:
        return False
    rows = [row for row in survey.registrations if row.receiver == receiver.name]
    own = [row.ordinal for row in rows if row.form is Form.METHOD]
    if not own or any(row.form is Form.DECORATOR for row in rows):
        return False
    between = range(receiver.ordinal + 1, max(own))
    return all(row.ordinal in own for row in survey.registrations if row.ordinal in between)


def _sentence(why: str) -> str:
    """``of curves, orders`` says whose endpoints; everything else is a further reason."""
    if why.startswith("of "):
        return f"endpoints {why} are registered on it"
    return f"endpoints are registered on it, and {why}" if why else "endpoints are registered on it"


def _whole(
    survey: Survey,
    receiver: Receiver,
    domains: Mapping[int, Assignment],
    names: NameTable,
    ties: Ties,
) -> Whole | str:
    """The object as it can move, or why it stays."""
    statement = survey.statements[receiver.ordinal]
    if receiver.kind is ReceiverKind.APP:
        return ""
    if receiver.kind is not ReceiverKind.ROUTER and not _is_made_for_views(survey, receiver):
        return "it is not made here by APIRouter()"
    reason = _why_bound_otherwise(statement, receiver.name, names)
    if reason:
        return reason
    ours = {
        s.ordinal
        for s in survey.statements
        if s.imports and all(row.module in names.own for row in s.imports)
    }
    rows = [
        row
        for row in survey.registrations
        if row.receiver == receiver.name
        and row.ordinal not in ours
        # What runs before it is made cannot touch it.
        and row.ordinal > receiver.ordinal
    ]
    own = [row for row in rows if row.form in _OWN]
    if not own:
        return "no endpoint is registered on it by a decorator"
    several = sorted({domains[row.ordinal].domain for row in own if row.ordinal in domains})
    if len(several) != 1:
        return f"of {', '.join(several)}"
    members = tuple(sorted({row.ordinal for row in own}))
    if _is_wired_already(survey, rows, names):
        # The whole assignment decides, and this was decided when that domain moved (G7).
        return "endpoints of another domain were registered on it"
    heir = _heir(survey, members)
    if heir:
        # What a base class does to its router as a class is derived from it is not known.
        return f"{heir}, with routes of another router, is derived from a class with its routes"
    reason = _why_disturbed(survey, rows, members) or _why_unfit(survey, members, receiver, names)
    if reason:
        return reason
    high = _first_look(survey, receiver, members, rows)
    if high is None:
        return "another statement reads it before its last registration"
    low = receiver.ordinal
    if ties.why_effect(statement) is not None:
        # What its making calls or reads may give another value at another moment.
        high = low
    first = domains[members[0]].original
    original = members[0] if first < 0 else first
    return Whole(receiver, several[0], members, original, low, high)


def _why_bound_otherwise(statement: Statement, name: str, names: NameTable) -> str:
    if len(names.bindings(name)) != 1 or name in names.rebound:
        return "its name is bound more than once"
    if len(statement.binds) != 1 or statement.kind is not StatementKind.ASSIGNMENT:
        return "its statement binds other names too"
    if statement.ties or any(
        read.name in MODULE_DUNDERS and read.name not in names.bound for read in statement.reads
    ):
        return "its making looks at the module it stands in"
    if any(names.may_come_from_star(read.name) for read in statement.reads):
        return "its making may read a name of a star import"
    if names.unbound_matters:
        return "this module handles unbound names, and the move binds some earlier"
    return ""


def _heir(survey: Survey, members: Collection[int]) -> str:
    """A class with routes elsewhere whose making reads one of the classes of an object."""
    views = {endpoint.name for endpoint in survey.endpoints if endpoint.is_class}
    ours = {survey.statements[ordinal].label for ordinal in members} & views
    for endpoint in survey.endpoints:
        reads = survey.statements[endpoint.ordinal].reads if endpoint.is_class else ()
        if endpoint.ordinal not in members and any(
            read.name in ours and read.phase is Phase.IMPORT for read in reads
        ):
            return endpoint.name
    return ""


def _is_wired_already(survey: Survey, rows: Sequence[Registration], names: NameTable) -> bool:
    """True if an earlier extraction wired a router or a register function of ours to the object."""
    handles = {
        row.bound
        for statement in survey.statements
        for row in statement.imports
        if row.module in names.own and row.alias is not None
    }
    return any(
        read.name in handles for row in rows for read in survey.statements[row.ordinal].reads
    )


def _why_disturbed(survey: Survey, rows: Sequence[Registration], members: Collection[int]) -> str:
    """Whatever else touches the object up to its last endpoint would touch it at another stage."""
    last = max(members)
    for row in rows:
        if row.ordinal < last and row.ordinal not in members:
            what = row.verb or "another use of it"
            return f"{what} on line {row.line} comes before its last registration"
        is_class = survey.statements[row.ordinal].kind is StatementKind.CLASS
        # A decorator of a class may do what it likes: the class and the object stay together.
        if row.ordinal in members and row.form is not Form.DECORATOR and not is_class:
            return f"line {row.line} may register something else on it"
    return ""


def _why_unfit(survey: Survey, members: Sequence[int], receiver: Receiver, names: NameTable) -> str:
    labels = [survey.statements[ordinal].label for ordinal in members]
    for label, ordinal in zip(labels, members, strict=True):
        if len(names.bound.get(label, ())) != 1 or label in names.rebound:
            return f"the name of its endpoint {label} is bound more than once"
        if label in BUILTINS:
            return f"its endpoint {label} has the name of a builtin"
        others = {
            row.receiver
            for row in survey.registrations
            if row.ordinal == ordinal and row.form is not Form.ADD_ROUTE
        }
        if len(others) != 1:
            return f"its endpoint {label} is decorated with {' and '.join(sorted(others))}"
    reading = {read.name for read in survey.statements[receiver.ordinal].reads}
    objects = reading & {row.name for row in survey.receivers}
    return f"it is made from {', '.join(sorted(objects))}" if objects else ""


def _first_look(
    survey: Survey, receiver: Receiver, members: Sequence[int], rows: Sequence[Registration]
) -> int | None:
    """The first statement besides its endpoints that reads the object at import."""
    inside = set(members)
    endpoints = {endpoint.ordinal for endpoint in survey.endpoints}
    first = FOREVER
    for statement in survey.statements:
        if statement.ordinal in inside:
            continue
        reads = any(
            read.name == receiver.name and read.phase is Phase.IMPORT for read in statement.reads
        )
        if not reads:
            continue
        # An endpoint of another object may move to where this one is not there yet.
        if statement.ordinal in endpoints or statement.ordinal < max(members):
            return None
        first = min(first, statement.ordinal)
    return min([first, *(row.ordinal for row in rows if row.ordinal not in inside)])
