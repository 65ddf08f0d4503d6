"""G5, for copies under another name: whoever looks at one meets nothing that has moved.

The parts that a copy makes of itself read the monolith's names. That nobody can tell holds
if they have nothing but endpoints and functions, which find all state there, if no name that
is looked at in the copy leads to one of them, or to an application that serves them, and if
such a function does not run while the copy is made.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from aurum_refactor.analysis.routes import HARMLESS, INCLUDERS, route_call
from aurum_refactor.analysis.scopes import bound_in
from aurum_refactor.model import Breach, Form, ModuleUse, Phase, Statement
from aurum_refactor.proof.state import State

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_WORDS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})


def prove_copies(state: State, copies: Sequence[ModuleUse]) -> list[Breach]:
    """What somebody may see in a copy that is not the copy's own."""
    if not copies:
        return []
    breaches = list(_more_than_endpoints(state, copies))
    tainted = _tainted(state)
    for use in copies:
        for name in sorted(tainted & set(use.detail.split())):
            message = (
                f"{use.path}:{use.line} looks at {name} of a copy of this module, which leads "
                "to an endpoint that has moved"
            )
            breaches.append(Breach("G5", state.layout.path, 1, message))
    lines = [index for index in state.places.values() if _is_relative(state, index)]
    if lines:
        message = f"{copies[0].path}:{copies[0].line} makes a copy, to which this import is another"
        line = state.result.monolith.line(min(lines))
        breaches.append(Breach("G5", state.layout.path, line, message))
    return breaches


def _is_relative(state: State, index: int) -> bool:
    node = state.result.monolith.body[index]
    return isinstance(node, ast.ImportFrom) and bool(node.level)


def _more_than_endpoints(state: State, copies: Sequence[ModuleUse]) -> Iterator[Breach]:
    """What has moved and is no endpoint: functions that no copy runs, and nothing else."""
    use = copies[0]
    looked_at = {name for copy in copies for name in copy.detail.split()}
    tasks = _Running(state.original.statements)
    run: Collection[str] | None = None
    for row in state.homes.moved:
        node = state.original.unit.body[row.ordinal]
        if isinstance(node, _FUNCTIONS) and _is_endpoint(state, node):
            continue
        label = state.original.statements[row.ordinal].label
        message = (
            f"{label} has moved, and {use.path}:{use.line} makes a copy of the monolith that "
            "had one of its own"
        )
        if isinstance(node, _FUNCTIONS):
            run = tasks.from_names(looked_at) if run is None else run
            if node.name not in run:
                continue
            message = (
                f"{label} has moved, but a copy of the monolith, as {use.path}:{use.line} makes "
                "one, may run it"
            )
        unit = state.result.modules[row.module]
        yield Breach("G5", unit.path, unit.line(row.index), message)


class _Running:
    """What may run of a module: from its import, and from what somebody takes out of it."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.mentioned: dict[str, set[str]] = {}
        self.at_import: set[str] = set()
        for row in statements:
            for binding in row.binds:
                words = self.mentioned.setdefault(binding.name, set())
                words.update(read.name for read in row.reads)
            self.at_import.update(r.name for r in row.reads if r.phase is Phase.IMPORT)

    def from_names(self, names: Collection[str]) -> frozenset[str]:
        """All that somebody may run who has *names*, and that runs without anybody."""
        run = {*names, *self.at_import}
        while True:
            more = set().union(*(self.mentioned.get(name, ()) for name in run)) - run
            if not more:
                return frozenset(run)
            run |= more


def _is_endpoint(state: State, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    called = {r.handler for r in state.original.registrations if r.form is not Form.DECORATOR}
    return node.name in called or _registers(node)


def _registers(node: ast.AST) -> bool:
    """True for a function with a route, or around one."""
    return any(
        route_call(decorator) is not None
        for inner in ast.walk(node)
        if isinstance(inner, _FUNCTIONS)
        for decorator in inner.decorator_list
    )


def _tainted(state: State) -> set[str]:
    """Names of the result that lead to what has moved, or to what serves it."""
    served = frozenset(receiver.name for receiver in state.original.receivers)
    # Functions that no copy runs lead nowhere.
    plain = {
        node.name
        for row in state.homes.moved
        if isinstance(node := state.original.unit.body[row.ordinal], _FUNCTIONS)
        and not _is_endpoint(state, node)
    }
    handles = {
        row.local
        for row in state.wiring.imports
        if row.module in state.result.modules and row.attribute not in plain
    }
    body = state.result.monolith.body
    imports = (node for node in body if isinstance(node, ast.Import | ast.ImportFrom))
    fixed = {alias.asname or alias.name.partition(".")[0] for i in imports for alias in i.names}
    bound = frozenset().union(*(bound_in([node]).stored for node in body)) - fixed
    taint = _Taint(served, bound, {*handles, *served})
    while True:
        known = len(taint.found)
        for node in body:
            taint.spread(node, None)
        if len(taint.found) == known:
            return taint.found


#: Whether the function around has something tainted in it; None outside of functions.
_Inside = bool | None


@dataclass
class _Taint:
    """Who holds what is tainted is tainted, too; one round after the other."""

    # Applications and routers, which do nothing to what they are given.
    served: frozenset[str]
    # Names that are bound here, not imported: what is put into them is there.
    bound: frozenset[str]
    found: set[str]

    def spread(self, node: ast.AST, inside: _Inside) -> None:
        """One round; *inside* as above."""
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Lambda():
                return
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                if inside is None:
                    inside = self._define(node)
            case ast.Assign(targets=targets, value=value):
                self._store(targets, value, inside)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._store([target], value, inside)
            case (
                ast.AugAssign(target=target, value=value)
                | ast.NamedExpr(target=target, value=value)
            ):
                self._store([target], value, inside)
            case (
                ast.For(target=target, iter=value)
                | ast.withitem(context_expr=value, optional_vars=ast.expr() as target)
            ):
                self._store([target], value, inside)
            case ast.Call():
                self._call(node, inside)
            case _:
                pass
        for child in ast.iter_child_nodes(node):
            self.spread(child, inside)

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
        has = self._has(node)
        if has:
            stored = (inner for inner in ast.walk(node) if isinstance(inner, ast.Global))
            self.found |= {node.name, *(name for inner in stored for name in inner.names)}
        return has

    def _store(self, targets: Sequence[ast.expr], value: ast.expr, inside: _Inside) -> None:
        if not self._holds(value, inside):
            return
        for target in targets:
            if inside is None or isinstance(target, ast.Attribute | ast.Subscript):
                parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
                self.found |= {_base(part) for part in parts} & self.bound

    def _call(self, node: ast.Call, inside: _Inside) -> None:
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if _base(node.func) in self.served and (method in INCLUDERS or method in HARMLESS):
            return
        if not any(self._holds(value, inside) for value in values):
            return
        if method not in _WORDS:
            taken = {value.id for value in values if isinstance(value, ast.Name)}
            taken |= {_base(node.func)} if method else set()
            self.found |= taken & self.bound

    def _holds(self, node: ast.expr, inside: _Inside) -> bool:
        """True if a value may lead to what is tainted; in a function that does, by any name."""
        if self._has(node):
            return True
        return bool(inside) and any(isinstance(inner, ast.Name) for inner in ast.walk(node))

    def _has(self, node: ast.AST) -> bool:
        """True if a tainted name stands in some code, but for what it is only registered on."""
        waiting = [node]
        while waiting:
            inner = waiting.pop()
            match inner:
                case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                    if name in self.served and attribute in HARMLESS:
                        continue
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    calls = [row[2] for d in inner.decorator_list if (row := route_call(d))]
                    waiting += [c for c in ast.iter_child_nodes(inner) if c not in calls]
                    waiting += [a for c in calls for a in (*c.args, *(k.value for k in c.keywords))]
                    continue
                case ast.Name(id=name, ctx=ast.Load()) if name in self.found:
                    return True
                case _:
                    pass
            waiting.extend(ast.iter_child_nodes(inner))
        return False


def _base(node: ast.expr) -> str:
    """``a`` of ``a.b[0].c``; "" for anything without a name at its root."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
