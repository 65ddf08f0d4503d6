"""Every registration of a module in the order in which it is executed.

What is not understood is an opaque registration at its place (semantics R-29,
R-30): it counts for order and never moves.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from aurum_refactor.analysis.registrations.endpoints import endpoints_of
from aurum_refactor.analysis.registrations.literal_paths import constants_of
from aurum_refactor.analysis.registrations.reader import Reader
from aurum_refactor.model import Endpoint, Form, Receiver, Registration, Statement, Unmoved
from aurum_refactor.source.text import split_lines


@dataclass(frozen=True, slots=True)
class Registered:
    """What a module registers: in true order, by endpoint, and what cannot move."""

    registrations: tuple[Registration, ...]
    endpoints: tuple[Endpoint, ...]
    unmoved: tuple[Unmoved, ...]


def registrations_of(
    body: Sequence[ast.stmt],
    statements: Sequence[Statement],
    receivers: Sequence[Receiver],
    text: str,
    looks_back: frozenset[str] = frozenset(),
    registrars: frozenset[str] = frozenset(),
    moved: Mapping[str, frozenset[str]] = MappingProxyType({}),
    made: frozenset[str] = frozenset(),
) -> Registered:
    """Read all registrations of a module.

    Args:
        body: ``ast.Module.body``.
        statements: The same statements, described.
        receivers: The module-level objects that endpoints are registered on.
        text: The module's text, for digests.
        looks_back: Modules whose import may run code that imports this one,
            and registers on its objects.
        registrars: Functions whose registrations are theirs and move with them.
        moved: Imported functions that stood here before, with the names they read.
        made: Modules of earlier extractions: they register only where they are wired.

    Returns:
        Registrations numbered from 0 in the order of execution (stacked
        decorators bottom-up), and the endpoints in source order.
    """
    names = frozenset(receiver.name for receiver in receivers)
    lines = split_lines(text)
    constants = constants_of(body, statements)
    reader = Reader(statements, names, constants, looks_back, registrars, lines, moved, made)
    for node, statement in zip(body, statements, strict=True):
        reader.read(node, statement)
    ordered = tuple(
        replace(registration, position=position)
        for position, registration in enumerate(reader.registrations)
    )
    endpoints = endpoints_of(body, statements, ordered, text, names)
    placed = {r.position for endpoint in endpoints for r in endpoint.registrations}
    stray = tuple(
        Unmoved(r.line, r.receiver, r.verb, r.path, r.handler, "handler is not a function here")
        for r in ordered
        if r.form in (Form.CALL, Form.ADD_ROUTE) and r.position not in placed
    )
    return Registered(ordered, endpoints, tuple(reader.unmoved) + stray)
