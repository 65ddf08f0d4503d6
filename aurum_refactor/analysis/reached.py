"""Which endpoints can be met by somebody who looks at some names of a module, and nothing else.

An endpoint, or an application that serves it, is met through a definition in which its
name stands, or through a value into which a line puts something that leads to it. What a
library keeps of what it decorates is not read.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from aurum_refactor.analysis.dotted import last_part
from aurum_refactor.analysis.routes import HARMLESS, INCLUDERS, route_call

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: What makes a logger; what it is given it makes text of.
_LOGGERS = frozenset({"getLogger", "get_logger"})
_LOGS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})


def met_from(
    tree: ast.Module, names: Collection[str], receivers: Collection[str]
) -> frozenset[str]:
    """Endpoints and applications that are met from *names*.

    Args:
        tree: The module.
        names: What is looked at.
        receivers: Names of the applications and routers that routes are registered on.

    Returns:
        Names of functions with routes, and of *receivers*.
    """
    leads = _Leads(tree, receivers)
    leads.settle()
    found = frozenset[str]()
    for name in names:
        found |= leads.to.get(name, frozenset()) | (leads.ends & {name})
    return found


@dataclass
class _Leads:
    """For every name of the module, the endpoints and receivers that it leads to."""

    tree: ast.Module
    receivers: Collection[str]
    to: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ends = set(self.receivers)
        self.values: set[str] = set()
        self.loggers: set[str] = set()
        # (name, names that stand in what gives it its value)
        self.edges: list[tuple[str, frozenset[str]]] = []
        bound: set[str] = set()
        for node in _executed(self.tree.body):
            if isinstance(node, _FUNCTIONS) and any(map(route_call, node.decorator_list)):
                self.ends.add(node.name)
            for name in self._bound_by(node):
                bound.add(name)
                self.edges.append((name, self._mentioned(node)))
        self.values |= bound - self.ends
        self._puts(self.tree, None)

    def _bound_by(self, node: ast.AST) -> set[str]:
        """Names of the module that a node binds, functions with ``global`` among them."""
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                inner = (n for n in ast.walk(node) if isinstance(n, ast.Global))
                return {name, *(row for n in inner for row in n.names)}
            case ast.ClassDef(name=name):
                return {name}
            case ast.Import() | ast.ImportFrom() | ast.expr():
                return set()
            case ast.stmt():
                found = _stored(node)
                value = getattr(node, "value", None)
                if isinstance(value, ast.Call) and last_part(value.func) in _LOGGERS:
                    self.loggers |= found
                return found
            case _:
                return set()

    def _mentioned(self, node: ast.AST) -> frozenset[str]:
        """Names that stand in a definition, but for what it is only registered on."""
        found: set[str] = set()
        waiting: list[ast.AST] = [node]
        while waiting:
            inner = waiting.pop()
            match inner:
                case (
                    ast.FunctionDef(decorator_list=decorators)
                    | ast.AsyncFunctionDef(decorator_list=decorators)
                ):
                    calls = [row[2] for d in decorators if (row := route_call(d))]
                    kept = [c for c in ast.iter_child_nodes(inner) if c not in calls]
                    waiting += [*kept, *(a for c in calls for a in _arguments(c))]
                    continue
                case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                    if name in self.receivers and attribute in HARMLESS:
                        continue
                case ast.Name(id=name, ctx=ast.Load()):
                    found.add(name)
                case _:
                    pass
            waiting.extend(ast.iter_child_nodes(inner))
        return frozenset(found)

    def _puts(self, node: ast.AST, around: str | None) -> None:
        """Lines that put something into a value of the module."""
        for child in ast.iter_child_nodes(node):
            inside = around
            if isinstance(child, _FUNCTIONS) and around is None:
                inside = child.name
            if isinstance(child, ast.Call):
                self._call(child, around)
            elif isinstance(child, ast.Assign | ast.AnnAssign | ast.AugAssign):
                targets = child.targets if isinstance(child, ast.Assign) else [child.target]
                for target in targets:
                    root = _root(target)
                    if child.value is not None and root and not isinstance(target, ast.Name):
                        self._into(root, [child.value], around)
            self._puts(child, inside)

    def _call(self, call: ast.Call, around: str | None) -> None:
        given = _arguments(call)
        if isinstance(call.func, ast.Attribute):
            root, method = _root(call.func), call.func.attr
            if root in self.loggers and method in _LOGS:
                return
            if root in self.receivers and (method in INCLUDERS or method in HARMLESS):
                # An application keeps what it is given, and does nothing to it.
                return
            if root:
                self._into(root, given, around)
        for taken in given:
            if isinstance(taken, ast.Name):
                self._into(taken.id, [g for g in given if g is not taken], around)

    def _into(self, root: str, given: Iterable[ast.expr], around: str | None) -> None:
        if root not in self.values:
            return
        names = frozenset[str]().union(*map(self._mentioned, given))
        if around is not None and not names <= self.values | self.ends:
            # A local name may hold whatever its function meets.
            names |= {around}
        if names:
            self.edges.append((root, names))

    def settle(self) -> None:
        """Until nothing new is met."""
        readers: dict[str, set[str]] = {}
        for name, mentioned in self.edges:
            for other in mentioned:
                readers.setdefault(other, set()).add(name)
        waiting = list(self.ends)
        while waiting:
            name = waiting.pop()
            leads = self.to.get(name, frozenset()) | (self.ends & {name})
            for reader in readers.get(name, ()):
                known = self.to.get(reader, frozenset())
                if not leads <= known:
                    self.to[reader] = known | leads
                    waiting.append(reader)


def _executed(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every node that runs while a module is executed, functions as a whole."""
    for node in body:
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
            yield from _executed(ast.iter_child_nodes(node))


def _stored(node: ast.AST) -> set[str]:
    """Names that a statement binds itself, not in the blocks below it."""
    found: set[str] = set()
    waiting: list[ast.AST] = [node]
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            if isinstance(child, ast.Name) and not isinstance(child.ctx, ast.Load):
                found.add(child.id)
            if isinstance(child, ast.expr | ast.withitem) and not isinstance(child, ast.Lambda):
                waiting.append(child)
    return found


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _root(node: ast.expr) -> str:
    """``a`` of ``a.b[0].c``."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
