"""G3: what looks at the routes of an object while it is executed finds those that it did before.

``n: int = len(app.routes)`` and ``@at(app.url_path_for("items"))`` read what is registered by
then. Read here from the text alone, apart from what the plan knows of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from aurum_refactor.model import Breach
from aurum_refactor.proof.expansion import Event, Expansion
from aurum_refactor.proof.normal import named
from aurum_refactor.proof.routes import after_of, events_by_ordinal
from aurum_refactor.proof.sides import Original
from aurum_refactor.proof.state import State

_TELLING = ("routes", "url_path_for", "openapi", "openapi_schema")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: The number of a look among the events of a statement.
_LOOK = -2


def prove_route_moments(state: State) -> tuple[int, list[Breach]]:
    """Statements that look at routes stay, and the same is registered above them.

    Returns:
        How many there are, and what is broken.
    """
    looking = _looking(state.original)
    breaches = [
        _breach(state, ordinal, "looks at the routes at another moment now")
        for ordinal in sorted(looking & state.home_of.keys())
    ]
    kept = sorted(looking - state.home_of.keys())
    if kept:
        table = dict(events_by_ordinal(state.original))
        for ordinal in kept:
            table[ordinal] = (("", (ordinal, _LOOK)), *table.get(ordinal, ()))
        before = [row for ordinal in sorted(table) for row in table[ordinal]]
        after = [row for rows in after_of(state, table, Expansion(state)) for row in rows]
        there, now = _above(before), _above(after)
        breaches += [
            _breach(state, ordinal, "finds other routes than it did")
            for ordinal in kept
            if there[ordinal] != now.get(ordinal)
        ]
    return len(looking), breaches


def _above(events: list[tuple[str, Event]]) -> Mapping[int, frozenset[tuple[str, Event]]]:
    """For every look what was registered by then."""
    found: dict[int, frozenset[tuple[str, Event]]] = {}
    done: set[tuple[str, Event]] = set()
    for row in events:
        if row[1][1] == _LOOK:
            found[row[1][0]] = frozenset(done)
        else:
            done.add(row)
    return found


def _breach(state: State, ordinal: int, what: str) -> Breach:
    unit = state.original.unit
    line = unit.line(ordinal)
    sentence = f"{named(unit.body[ordinal])} (line {line} of the original) {what}"
    return Breach("G3", state.layout.path, line, sentence)


def _looking(original: Original) -> frozenset[int]:
    body = original.unit.body
    objects = {receiver.name for receiver in original.receivers}
    functions = {node.name: node for node in body if isinstance(node, _FUNCTIONS)}
    # ``table = app.routes``: the same list by another name.
    lists = {
        row.id
        for node in body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        if node.value is not None and _is_look(node.value, objects, set(), set())
        for row in ast.walk(node)
        if isinstance(row, ast.Name) and isinstance(row.ctx, ast.Store)
    }
    telling = {name for name, node in functions.items() if _tells(node, lists)}
    while True:
        more = {
            name
            for name, node in functions.items()
            if name not in telling and not telling.isdisjoint(_called(node.body))
        }
        if not more:
            break
        telling |= more
    return frozenset(
        ordinal
        for ordinal, node in enumerate(body)
        if not isinstance(node, ast.Import | ast.ImportFrom)
        if any(_is_look(part, objects, telling, lists) for part in _run_by(node))
    )


def _is_look(node: ast.AST, objects: set[str], telling: set[str], lists: set[str]) -> bool:
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            return name in lists
        case ast.Attribute(attr=attr, value=value) if attr in _TELLING:
            written = ast.unparse(value)
            return any(written == name or written.startswith(f"{name}.") for name in objects)
        case ast.Call(func=ast.Name(id=name)):
            return name in telling
        case _:
            return False


def _run_by(node: ast.AST) -> Iterator[ast.AST]:
    """What runs with a statement, the decorators of a function as calls among it."""
    if isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef):
        arguments = node.args
        parts: list[ast.AST] = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
        if not isinstance(node, ast.Lambda):
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            every += filter(None, (arguments.vararg, arguments.kwarg))
            parts += [row.annotation for row in every if row.annotation is not None]
            parts += [node.returns] if node.returns is not None else []
            parts += node.decorator_list
            parts += [ast.Call(row, [], []) for row in node.decorator_list]
        for part in parts:
            yield from _run_by(part)
        return
    yield node
    for child in ast.iter_child_nodes(node):
        # A class with its router, which its decorator looks at, is compared as a view.
        if not (isinstance(node, ast.ClassDef) and child in node.decorator_list):
            yield from _run_by(child)


def _tells(node: ast.AST, lists: set[str]) -> bool:
    for inner in ast.walk(node):
        match inner:
            case ast.Attribute(attr=attr, value=value) if attr in _TELLING:
                if not ast.unparse(value).startswith("request"):
                    return True
            case ast.Name(id=name) if name in lists:
                return True
            case _:
                pass
    return False


def _called(body: list[ast.stmt]) -> set[str]:
    return {
        inner.func.id
        for node in body
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name)
    }
