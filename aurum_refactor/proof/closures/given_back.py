"""What a lifted function gives back: all that is read of it elsewhere, and nothing too late."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator
from typing import Any

from aurum_refactor.analysis.nodes import children_of
from aurum_refactor.proof.closures.case import Case
from aurum_refactor.proof.closures.names_bound import bindings_of, nonlocals_of
from aurum_refactor.proof.closures.tables import free_names
from aurum_refactor.proof.closures.trees import FUNCTIONS, LOOPS, immediate, parameters_of
from aurum_refactor.proof.closures.values import Wrong

#: They keep what they are given, and run it only when a request comes.
_KEEPERS = frozenset(
    {
        *("Depends", "Security", "Query", "Path", "Body", "Header", "Cookie", "Form", "File"),
        *("get", "put", "post", "delete", "options", "head", "patch", "trace", "api_route"),
        *("websocket", "websocket_route", "route", "add_api_route", "add_api_websocket_route"),
    }
)


def wrong_returns(case: Case, later: set[str]) -> Iterator[Wrong]:
    """Names that the lifted statements bind must be there for whoever reads them.

    Args:
        case: The function.
        later: Names that its own functions look up when they run.
    """
    line = case.lines[0]
    if not case.functions:
        for name in sorted(case.bound - case.returned - case.parameters):
            yield line, f"{name} is not bound in the module any more"
        for name in sorted(later & case.bound):
            yield line, f"{name} is read from the new function, and may be replaced"
        return
    function = case.functions[-1]
    run = {id(node) for node in case.place.run}
    outside = _read_outside(function, case.tables[-1], run, case.lines)
    in_loop = any(isinstance(n, LOOPS) for n in case.inside_function())
    for name in sorted(case.bound - case.parameters):
        others = [n for n, _, _ in bindings_of(function.body, name) if not case.holds(n)]
        if name in outside and name not in case.returned:
            yield line, f"{name} is read outside of the new function"
        if (name in outside or name in later) and (others or name in parameters_of(function)):
            yield line, f"{name} is bound more than once"
        if name not in outside:
            continue
        if in_loop:
            yield line, f"{name} is bound in a loop and read outside"
        for inner in nonlocals_of(function):
            if name in inner.names:
                yield inner.lineno, f"{name} is re-bound with nonlocal"
        if outside[name] < case.lines[0] and not _runs_nothing(case):
            yield line, f"{name} may be read above while it is not there yet"


def _runs_nothing(case: Case) -> bool:
    """True if executing the lifted statements calls no function of the one around."""
    local = {
        name
        for table in case.tables
        if table.get_type() == "function"
        for name in table.get_identifiers()
        if table.lookup(name).is_local() or table.lookup(name).is_free()
    }
    for node in case.place.run:
        for decorator in getattr(node, "decorator_list", ()):
            if isinstance(decorator, ast.Name) and decorator.id in local:
                return False
        for inner in immediate(node):
            if not isinstance(inner, ast.Call):
                continue
            function = inner.func
            last = getattr(function, "attr", "") or getattr(function, "id", "")
            if last in _KEEPERS:
                continue
            if any(isinstance(n, ast.Name) and n.id in local for n in ast.walk(inner)):
                return False
    return True


def _read_outside(
    function: Any, table: symtable.SymbolTable, run: set[int], lines: range
) -> dict[str, int]:
    """Names that a function reads besides in the lifted statements, with the first line."""
    found: dict[str, int] = {}

    def note(name: str, line: int) -> None:
        found[name] = min(found.get(name, line), line)

    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if id(node) in run:
            continue
        if isinstance(node, (*FUNCTIONS, ast.Lambda)):
            waiting += [n for n in immediate(node) if n is not node]
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            note(node.id, node.lineno)
        waiting += children_of(node)
    for child in table.get_children():
        if child.get_lineno() not in lines:
            for name in free_names(child):
                note(name, child.get_lineno())
    return found
