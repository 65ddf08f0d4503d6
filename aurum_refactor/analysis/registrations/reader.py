"""Statement after statement: what each of them registers, and what it may register."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence, Set

from aurum_refactor.analysis.bindings import is_compound
from aurum_refactor.analysis.registrations.calls import handler_of, registration_of
from aurum_refactor.analysis.registrations.executed_uses import (
    executed,
    imports_any,
    is_harmless_use,
    root_name,
    uses_executed,
)
from aurum_refactor.analysis.registrations.unmoved import decorated, inside, why_compound
from aurum_refactor.analysis.routes import ADDERS, INCLUDERS, VERBS, route_call
from aurum_refactor.analysis.views import view_routes
from aurum_refactor.graph.closure import reached_by_running
from aurum_refactor.model import Form, Registration, Statement, StatementKind, Unmoved


class Reader:
    """Reads statement after statement; holds only what it has found so far."""

    def __init__(
        self,
        statements: Sequence[Statement],
        names: frozenset[str],
        constants: Mapping[str, str],
        looks_back: frozenset[str],
        registrars: frozenset[str],
        lines: Sequence[str],
        moved: Mapping[str, frozenset[str]],
        made: frozenset[str],
    ) -> None:
        self.lines = lines
        self.looks_back = looks_back
        self.registrars = registrars
        self.names = names
        self.constants = constants
        self.reached = reached_by_running(statements, moved=moved)
        self.made = made
        # Per name that a statement uses together with objects, these objects.
        self.wired: dict[str, set[str]] = {}
        for statement in statements:
            if statement.kind is StatementKind.EXPRESSION:
                read = {row.name for row in statement.reads}
                for name in read - names:
                    self.wired.setdefault(name, set()).update(read & names)
        self.registrations: list[Registration] = []
        self.unmoved: list[Unmoved] = []

    def read(self, node: ast.stmt, statement: Statement) -> None:
        """Add what the next statement registers."""
        if statement.route_look:
            # Whichever object that is of: nothing may be registered earlier, or later.
            for name in sorted(self.names):
                self._event(statement, statement.route_look, name)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._function(node, statement)
        elif isinstance(node, ast.ClassDef):
            self._class(node, statement)
        elif is_compound(node):
            before = len(self.unmoved)
            self.unmoved += inside(node, why_compound(node))
            receivers = {found.receiver for found in self.unmoved[before:]} & self.names
            self._opaque(node, statement, also=receivers)
        elif isinstance(node, ast.Expr) and self._call(node.value, statement):
            return
        else:
            self._opaque(node, statement)

    # ------------------------------------------------------------ classes

    def _class(self, node: ast.ClassDef, statement: Statement) -> None:
        """Routes of methods; what else it does, or its decorators, is not understood."""
        routes = [route for route in view_routes(node) if route.receiver in self.names]
        for route in routes:
            handler = f"{node.name}.{route.method}"
            self._add(route.call, statement, route.receiver, Form.METHOD, route.verb, handler)
        self._opaque(node, statement)
        calls = {route.call.lineno for route in routes}
        self.unmoved += [
            row
            for row in inside(node, "inside a class or function")
            if row.line not in calls or row.receiver not in self.names
        ]

    # ------------------------------------------------------------ functions

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, statement: Statement) -> None:
        others = []
        for index in range(len(node.decorator_list) - 1, -1, -1):
            decorator = node.decorator_list[index]
            found = route_call(decorator)
            if found is not None and found[0] in self.names:
                receiver, verb, call = found
                # A decorator below may hand on another function, with another name.
                own = node.name if index == len(node.decorator_list) - 1 else None
                own = node.name if own is None and _only_routes(node, index, self.names) else own
                self._add(call, statement, receiver, Form.DECORATOR, verb, node.name, index, own)
            else:
                others.append(decorator)
        self._opaque_decorators(others, statement)
        strangers = [
            row
            for row in decorated(node, "receiver is not a plain name")
            if row.receiver not in self.names
        ]
        if strangers:
            # ``@ROUTERS["x"].get``: nobody knows which of the objects that is.
            for name in sorted(self.names):
                self._event(statement, strangers[0].line, name)
        self.unmoved += strangers
        self.unmoved += [
            Unmoved(d.lineno, d.func.value.id, d.func.attr, None, node.name, "path is not written")
            for d in others
            if isinstance(d, ast.Call)
            and isinstance(d.func, ast.Attribute)
            and isinstance(d.func.value, ast.Name)
            and d.func.value.id in self.names
            and d.func.attr in VERBS
        ]
        if node.name not in self.registrars:
            self.unmoved += inside(node, "inside a function", skip_self=True)

    def _opaque_decorators(self, others: Sequence[ast.expr], statement: Statement) -> None:
        """A decorator of ours may register something itself."""
        for decorator in others:
            callee = decorator.func if isinstance(decorator, ast.Call) else decorator
            root = root_name(callee)
            if root is None or is_harmless_use(callee, self.names):
                continue
            for name in sorted(({root} | self.reached.get(root, frozenset())) & self.names):
                self._event(statement, decorator.lineno, name)

    # ------------------------------------------------------------ calls

    def _call(self, node: ast.expr, statement: Statement) -> bool:
        """Read ``x.get(p)(f)``, ``x.add_api_route(p, f)`` and ``x.include_router(r)``."""
        match node:
            case ast.Call(func=ast.Call() as inner, args=[ast.Name(id=handler)]):
                found = route_call(inner)
                if found is None or found[0] not in self.names:
                    return False
                receiver, verb, call = found
                self._add(call, statement, receiver, Form.CALL, verb, handler)
                return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id=receiver), attr=verb)) if (
                receiver in self.names
            ):
                if verb in ADDERS:
                    handler = handler_of(node)
                    self._add(node, statement, receiver, Form.ADD_ROUTE, verb, handler)
                    return True
                if verb in INCLUDERS:
                    self._include(node, statement, receiver, verb)
                    return True
        return False

    def _include(self, call: ast.Call, statement: Statement, receiver: str, verb: str) -> None:
        self._add(call, statement, receiver, Form.INCLUDE, verb, "")
        # An included router of ours is fixed at this moment (copied before 0.137).
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
            if isinstance(argument, ast.Name) and argument.id in self.names:
                self._event(statement, argument.lineno, argument.id)

    def _add(
        self,
        call: ast.Call,
        statement: Statement,
        receiver: str,
        form: Form,
        verb: str,
        handler: str,
        decorator: int = -1,
        own_name: str | None = None,
    ) -> None:
        self.registrations.append(
            registration_of(
                call,
                statement.ordinal,
                receiver,
                form,
                verb,
                handler,
                decorator,
                self.constants,
                own_name,
                self.lines,
            )
        )

    # ------------------------------------------------------------ what is not understood

    def _event(self, statement: Statement, line: int, receiver: str) -> None:
        self.registrations.append(
            Registration(
                position=-1,
                ordinal=statement.ordinal,
                line=line,
                receiver=receiver,
                form=Form.OPAQUE,
                verb="",
                methods=(),
                path=None,
                tags=(),
                handler="",
            )
        )

    def _opaque(
        self, node: ast.stmt, statement: Statement, also: frozenset[str] | set[str] = frozenset()
    ) -> None:
        """Assume that any unknown use of a receiver at import registers something."""
        used = set(also)
        if self.looks_back and imports_any(node, statement, self.looks_back):
            used |= self._registered_by(statement)
        reached: set[str] = set()
        for inner in executed(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
                reached |= self.reached.get(inner.id, frozenset())
        for owner, child in uses_executed(node, self.names):
            if not is_harmless_use(owner, self.names):
                used.add(child.id)
        used |= reached & self.names
        for name in sorted(used):
            self._event(statement, statement.span.first, name)

    def _registered_by(self, statement: Statement) -> Set[str]:
        """Objects on which a module may register that imports this one.

        One that we made does so where it is wired, just below its import: nothing comes between.
        """
        rows = statement.imports
        if rows and all({r.module, f"{r.module}.{r.attribute}"} & self.made for r in rows):
            return set[str]().union(*(self.wired.get(row.bound, ()) for row in rows))
        return self.names


def _only_routes(
    node: ast.FunctionDef | ast.AsyncFunctionDef, index: int, names: frozenset[str]
) -> bool:
    """True if every decorator below one registers the function too, and so hands it on."""
    found = [route_call(decorator) for decorator in node.decorator_list[index + 1 :]]
    return all(row is not None and row[0] in names for row in found)
