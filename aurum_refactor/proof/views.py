"""G3 of classes whose methods are routes: each stays together with the router of its methods.

A decorator of such a class (``@cbv(router)``) takes the routes of its methods off the router and
puts others in their place, so class and router are one: made in one module, router first, and
with nothing in between that may hold the same router by another name. That the code is the same
and finds the same objects is shown by ``homes`` and ``binding``; here it is shown when it runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from aurum_refactor.model import Breach, ReceiverKind
from aurum_refactor.proof.expansion import Event
from aurum_refactor.proof.normal import called_on, named
from aurum_refactor.proof.objects import moved_objects
from aurum_refactor.proof.state import State

#: What is registered, in order: (receiver, event).
Order = Sequence[tuple[str, Event]]


def prove_views(state: State, before: Order, after: Order) -> Iterator[Breach]:
    """Every class stands where its router is made, and runs between the same registrations."""
    objects = moved_objects(state)
    receivers = {receiver.name for receiver in state.original.receivers}
    homes = {row.ordinal: row.module for row in state.homes.moved}
    unit = state.original.unit
    for ordinal, node in enumerate(unit.body):
        if not isinstance(node, ast.ClassDef):
            continue
        for name in sorted(_routers(node) & receivers):
            if objects.get(name) != homes.get(ordinal):
                home = objects.get(name, unit.module)
                message = (
                    f"{named(node)} has routes of {name}, and is not made where that is ({home})"
                )
                yield Breach("G3", unit.path, unit.line(ordinal), message)
    kinds = {receiver.name: receiver.kind for receiver in state.original.receivers}
    foreign = {name for name, kind in kinds.items() if kind is ReceiverKind.FOREIGN}
    for name in sorted(foreign & objects.keys()):
        was, now = _between(name, foreign, before), _between(name, foreign, after)
        moved = next((event for event in was if was[event] != now.get(event)), None)
        if moved is not None:
            message = (
                f"{named(unit.body[moved[1][0]])} registers on {moved[0]} at another time than "
                f"before, which may be the same object as {name}"
            )
            yield Breach("G3", unit.path, unit.line(moved[1][0]), message)


def _routers(node: ast.ClassDef) -> set[str]:
    """Names whose methods decorate the methods of a class."""
    own = {
        inner.id
        for statement in node.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for inner in ast.walk(statement)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    }
    return {
        called_on(decorator)
        for inner in node.body
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in inner.decorator_list
    } - {"", *own}


def _between(name: str, others: set[str], order: Order) -> Mapping[tuple[str, Event], int]:
    """For what is registered on other objects that may be the same: how much came before it."""
    count = 0
    found: dict[tuple[str, Event], int] = {}
    for receiver, event in order:
        if receiver == name:
            count += 1
        elif receiver in others:
            found[receiver, event] = count
    return found
