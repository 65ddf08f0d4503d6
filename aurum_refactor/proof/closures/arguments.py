"""Arguments of a lifted function: they have their value when it is called, and keep it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from aurum_refactor.proof.closures.case import Case
from aurum_refactor.proof.closures.names_bound import bindings_of, nonlocals_of
from aurum_refactor.proof.closures.paths import is_bound_on
from aurum_refactor.proof.closures.trees import FUNCTIONS, immediate, parameters_of
from aurum_refactor.proof.closures.values import Wrong


def wrong_argument(case: Case, name: str, *, later: bool) -> Iterator[Wrong]:
    """An argument has its value when the function is called, and keeps it."""
    line = case.lines[0]
    if not case.functions:
        if later:
            yield line, f"{name} is the module's, but its functions keep the argument"
        return
    owner = case.owner(name)
    if owner is None:
        return
    depth, function = owner
    if name in case.late:
        if not _is_only_called(case, name, function):
            yield line, f"{name} is a forwarder, but more than called when its users run"
        return
    way = case.way_inside(depth)
    if name not in parameters_of(function) and not is_bound_on(way, name):
        yield line, f"{name} is not surely bound before the call"
    for inner in nonlocals_of(function):
        if name in inner.names:
            yield inner.lineno, f"{name} is re-bound with nonlocal"
    if not later:
        return
    for node, loops, arms in bindings_of(function.body, name):
        here = _position(node) < (case.lines[0], 0)
        repeated = any(case.is_around(loop) for loop in loops)
        exclusive = any(case.is_in_other_arm(branch, arm) for branch, arm in arms)
        if (not here and not exclusive) or repeated:
            yield node.lineno, f"{name} is bound again after the call"


def _is_only_called(case: Case, name: str, function: Any) -> bool:
    """True if all that the lifted functions do with a local function is to call it.

    What a frame looks like is not to be asked for, since a forwarder stands in between.
    """
    called: set[int] = set()
    for node in case.place.run:
        now = {id(inner) for inner in immediate(node)}
        calls = [n for n in ast.walk(node) if isinstance(n, ast.Call) and id(n) not in now]
        called |= {id(call.func) for call in calls}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and inner.id == name and id(inner) not in called:
                return False
    makers = [node for node, _, _ in bindings_of(function.body, name)]
    return name not in parameters_of(function) and all(
        isinstance(maker, FUNCTIONS) and not _asks_for_frames(maker) for maker in makers
    )


def _asks_for_frames(node: ast.AST) -> bool:
    words = {"_getframe", "currentframe", "stack", "getmodule", "stacklevel"}
    return any(
        getattr(inner, "attr", None) in words or getattr(inner, "arg", None) in words
        for inner in ast.walk(node)
    )


def _position(node: Any) -> tuple[int, int]:
    return node.lineno, node.col_offset
