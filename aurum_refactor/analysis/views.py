"""Class-based views: classes of the module's own suite whose methods are decorated as routes.

``@cbv(router) class Items: @router.get("/items") def list_items(self): ...``. The decorator of
the class takes the routes up again and gives each method its object, so nothing can be taken
out of the class: it is one unit, which registers when it is made.
Source: https://fastapi-utils.davidmontague.xyz/user-guide/class-based-views/
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from aurum_refactor.analysis.routes import route_call
from aurum_refactor.analysis.scopes import bound_in


@dataclass(frozen=True, slots=True)
class ViewRoute:
    """A route decorator of a method."""

    receiver: str
    verb: str
    call: ast.Call
    method: str


def view_routes(node: ast.ClassDef) -> Iterator[ViewRoute]:
    """Route decorators of the methods of a class, in the order in which they run.

    Those on names that the class itself binds are none: only running it would tell what they
    are called on.
    """
    own: frozenset[str] | None = None
    for inner in node.body:
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for decorator in reversed(inner.decorator_list):
            found = route_call(decorator)
            if found is None:
                continue
            if own is None:
                own = frozenset(bound_in(node.body).local)
            receiver, verb, call = found
            if receiver not in own:
                yield ViewRoute(receiver, verb, call, inner.name)
