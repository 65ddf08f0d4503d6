"""Recognise FastAPI's route decorators: ``@receiver.verb(…)`` on top-level functions.

Source: the decorator methods of ``fastapi.APIRouter`` and ``fastapi.FastAPI``.
https://fastapi.tiangolo.com/reference/apirouter/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from codemods.errors import CannotRewrite

# fmt: off
VERBS = frozenset({
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
    "api_route", "route", "websocket", "websocket_route",
})
# fmt: on


class Registrations(NamedTuple):
    """A top-level function and how many of its outermost decorators register it."""

    function: cst.FunctionDef
    depth: int

    @property
    def decorators(self) -> tuple[cst.Decorator, ...]:
        """The route decorators, outermost first: the reverse of the order they run in."""
        return tuple(self.function.decorators[: self.depth])


def route_verb(decorator: cst.Decorator, receiver: str) -> str | None:
    """The verb of a route decorator of *receiver*; ``None`` if it is something else."""
    match decorator.decorator:
        case cst.Call(
            func=cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value=verb))
        ) if owner == receiver and verb in VERBS:
            return verb
    return None


def registrations(module: cst.Module, receiver: str) -> Iterator[Registrations]:
    """Yield the functions at the top level of *module* that *receiver* registers, in source order.

    Raises:
        CannotRewrite: A route decorator stands below another decorator: it
            registers the function before that one wraps it, so the object it
            is given is not the one its name is bound to.
    """
    for statement in module.body:
        if isinstance(statement, cst.FunctionDef):
            routes = [route_verb(decorator, receiver) for decorator in statement.decorators]
            count = next((i for i, verb in enumerate(routes) if verb is None), len(routes))
            if any(routes[count:]):
                raise CannotRewrite(
                    statement.name.value, "is registered below a decorator that wraps it"
                )
            if count:
                yield Registrations(statement, count)
