"""Functions that hand registrations on: ``def add_api_route(self, path, handler, **options)``.

What such a function registers is what its callers give it. They call it by the name that
registers, and so are the registrations themselves; the call inside would be counted twice.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from aurum_refactor.analysis.nodes import nodes_of
from aurum_refactor.analysis.routes import ADDERS
from aurum_refactor.analysis.scopes import bound_in, parameters

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def forwarding_calls(tree: ast.AST) -> frozenset[int]:
    """Ids of calls in a tree that give a parameter of the function around on as the handler."""
    return frozenset(
        id(call)
        for function in nodes_of(tree, _FUNCTIONS)
        if isinstance(function, _FUNCTIONS) and function.name in ADDERS
        for call in nodes_of(function, (ast.Call,))
        if isinstance(call, ast.Call) and forwards(call, function)
    )


def forwards(call: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """True if a call in *function* registers what that is given: its handler is a parameter."""
    if function.name not in ADDERS:
        return False
    match call.func:
        case ast.Attribute(attr=verb) if verb in ADDERS:
            pass
        case _:
            return False
    given = {argument.arg for argument in parameters(function)} - bound_in(function.body).stored
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return _are_given((a.value for a in call.args if isinstance(a, ast.Starred)), given)
    named = [keyword.value for keyword in call.keywords if keyword.arg == "endpoint"]
    return _are_given([*call.args[1:2], *named], given)


def _are_given(values: Iterable[ast.expr], given: set[str]) -> bool:
    rows = list(values)
    return bool(rows) and all(isinstance(row, ast.Name) and row.id in given for row in rows)
