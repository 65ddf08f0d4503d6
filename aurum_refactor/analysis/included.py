"""What a router of another module holds that is included, or handed to a register function, here.

Only what is written out is read: a router made once by ``APIRouter(...)``, decorated at
module level, or a function that makes route calls on its only parameter. Whatever else is
included stays unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from aurum_refactor.analysis.plain_names import PlainNames
from aurum_refactor.analysis.receivers import receivers_of
from aurum_refactor.analysis.registrations.reading import registrations_of
from aurum_refactor.analysis.routes import route_call
from aurum_refactor.analysis.statements import parse, statements_of
from aurum_refactor.errors import SourceError
from aurum_refactor.model import Form, Layout, ReceiverKind, Registration, Statement
from aurum_refactor.source.text import decode

#: Dotted module to (path, bytes), or None where there is no such file in the project.
ReadModule = Callable[[str], tuple[str, bytes] | None]

#: A class that is re-exported more often than this is not looked for.
_DEPTH = 3
_STARLETTE = frozenset({"route", "websocket_route"})


def included_routes(
    body: Sequence[ast.stmt],
    statements: Sequence[Statement],
    registrations: Sequence[Registration],
    layout: Layout,
    read: ReadModule,
    own: frozenset[str] = frozenset(),
) -> tuple[tuple[int, tuple[Registration, ...]], ...]:
    """What the wiring of a module stands for, by position of the registration that wires.

    Args:
        body: ``ast.Module.body`` of the module that includes.
        statements: The same statements, described.
        registrations: Its registrations in true order.
        layout: Where it stands.
        read: Gives other modules of the project.
        own: Modules that were made of this one. Importing them may look back at
            it, which registers nothing as long as they name none of its objects.
    """
    imports = _imported(statements)
    opened: dict[str, _Module | None] = {}
    found: list[tuple[int, tuple[Registration, ...]]] = []
    receivers = frozenset(row.receiver for row in registrations)

    def open_module(module: str) -> _Module | None:
        if module not in opened:
            opened[module] = _Module.read(module, layout, read)
        return opened[module]

    for row in registrations:
        imported = _own_imports(body[row.ordinal], statements[row.ordinal], row, own)
        if imported and all(
            (there := open_module(module)) is not None and there.leaves_alone(receivers, layout)
            for module in imported
        ):
            found.append((row.position, ()))
        wired = _wired(body[row.ordinal], row)
        if wired is None or wired[0] not in imports:
            continue
        local, prefix, includes = wired
        module, attribute = imports[local]
        there = open_module(module)
        rows = None
        if there is not None:
            rows = there.router(attribute) if includes else there.register(attribute)
        if rows is not None:
            full = [replace(entry, path=prefix + (entry.path or "")) for entry in rows]
            found.append((row.position, tuple(full)))
    return tuple(found)


def _imported(statements: Sequence[Statement]) -> Mapping[str, tuple[str, str]]:
    """Names that one from-import binds and nothing else does: (module, attribute)."""
    times: dict[str, int] = {}
    for statement in statements:
        for binding in statement.binds:
            times[binding.name] = times.get(binding.name, 0) + 1
        for name in statement.rebinds:
            times[name] = times.get(name, 0) + 2
    return {
        row.bound: (row.module, row.attribute)
        for statement in statements
        for row in statement.imports
        if row.attribute is not None and times.get(row.bound) == 1
    }


def _wired(node: ast.stmt, row: Registration) -> tuple[str, str, bool] | None:
    """``(name, prefix, whether it is included)`` if the statement wires one router."""
    match node:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id=receiver), attr="include_router"),
                args=[ast.Name(id=local)],
                keywords=keywords,
            )
        ) if receiver == row.receiver and row.form is Form.INCLUDE:
            match keywords:
                case []:
                    return local, "", True
                case [ast.keyword(arg="prefix", value=ast.Constant(value=str(prefix)))]:
                    return local, prefix, True
        case ast.Expr(
            value=ast.Call(func=ast.Name(id=local), args=[ast.Name(id=receiver)], keywords=[])
        ) if receiver == row.receiver and row.form is Form.OPAQUE:
            return local, "", False
    return None


def _own_imports(
    node: ast.stmt, statement: Statement, row: Registration, own: frozenset[str]
) -> frozenset[str]:
    """The modules that an import statement loads, if all of them are our own."""
    if row.form is not Form.OPAQUE or not isinstance(node, ast.ImportFrom):
        return frozenset()
    modules = frozenset(imported.module for imported in statement.imports)
    return modules if modules <= own else frozenset()


class _Module:
    """A module that holds routers, read as far as it is needed."""

    def __init__(
        self,
        body: Sequence[ast.stmt],
        statements: Sequence[Statement],
        text: str,
        open_module: Callable[[str], _Module | None],
    ) -> None:
        self.body = body
        self.statements = statements
        self.open = open_module
        self.receivers = receivers_of(body, statements)
        self.registrations = registrations_of(body, statements, self.receivers, text).registrations
        self.functions = [node for node in body if isinstance(node, ast.FunctionDef)]

    @classmethod
    def read(cls, module: str, layout: Layout, read: ReadModule) -> _Module | None:
        content = read(module)
        if content is None:
            return None
        path, data = content
        package = module.rpartition(".")[0]
        try:
            source = decode(path, data)
            tree = parse(source)
        except SourceError:
            return None
        here = replace(layout, path=path, module=module, package=package, is_package_init=False)
        return cls(
            tree.body,
            statements_of(source, tree, here),
            source.text,
            lambda other: cls.read(other, layout, read),
        )

    def leaves_alone(self, receivers: frozenset[str], layout: Layout) -> bool:
        """True if nothing here names one of the monolith's objects *receivers*."""
        last = layout.module.rpartition(".")[2]
        for node in (inner for statement in self.body for inner in ast.walk(statement)):
            match node:
                case ast.ImportFrom(names=names):
                    taken = {alias.name for alias in names} & receivers
                    if taken and (node.module or "").rpartition(".")[2] in (last, ""):
                        return False
                case ast.Attribute(value=ast.Name(), attr=attr) if attr in receivers:
                    return False
        return True

    def router(self, name: str) -> list[Registration] | None:
        """What a router of this module holds; None if that is not written out."""
        made = [receiver for receiver in self.receivers if receiver.name == name]
        if len(made) != 1 or made[0].kind is not ReceiverKind.ROUTER:
            return None
        if not made[0].is_plain and not self._has_plain_class(name, made[0].route_class):
            return None
        if made[0].mutated_at is not None or (made[0].has_prefix and not made[0].prefix):
            return None
        rows = [row for row in self.registrations if row.receiver == name]
        if not all(_is_known(row) for row in rows):
            return None
        return [replace(row, path=made[0].prefix + (row.path or "")) for row in rows]

    def _has_plain_class(self, router: str, route_class: str | None) -> bool:
        """True if a router is out of the ordinary by an imported, plain route class only."""
        for node in self.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(keywords=keywords)) if (
                    name == router
                ):
                    if {k.arg for k in keywords} <= {"route_class", "prefix", "tags"}:
                        return self.defines_plain_class(route_class or "", _DEPTH)
        return False

    def defines_plain_class(self, name: str, depth: int) -> bool:
        """True if a name is a plain route class, here or where it is imported from."""
        if PlainNames.of(self.body).is_route_class(ast.Name(name, ast.Load())):
            return True
        origin = _imported(self.statements).get(name)
        if origin is None or depth == 0:
            return False
        there = self.open(origin[0])
        return there is not None and there.defines_plain_class(origin[1], depth - 1)

    def register(self, name: str) -> list[Registration] | None:
        """What a function of this module registers on its only parameter."""
        found = [node for node in self.functions if node.name == name]
        if len(found) != 1 or found[0].decorator_list:
            return None
        arguments = found[0].args
        if len(arguments.args) != 1 or arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
            return None
        parameter = arguments.args[0].arg
        calls: list[ast.stmt] = []
        for node in found[0].body:
            match node:
                case ast.Expr(value=ast.Constant()):
                    continue
                case ast.Expr(value=ast.Call(func=ast.Call() as inner, args=[ast.Name()])):
                    call = route_call(inner)
                    if call is None or call[0] != parameter:
                        return None
                    calls.append(node)
                case _:
                    return None
        return self._called(calls, parameter)

    def _called(self, calls: Sequence[ast.stmt], parameter: str) -> list[Registration] | None:
        """Read route calls as if they stood at the top of a module."""
        maker = ast.parse(f"from fastapi import APIRouter\n{parameter} = APIRouter()\n")
        tree = ast.Module([*maker.body, *calls], [])
        text = ast.unparse(tree)
        source = decode("register.py", text.encode())
        parsed = parse(source)
        layout = Layout("register.py", "register", "", "", False, "", False)  # noqa: FBT003
        statements = statements_of(source, parsed, layout)
        receivers = receivers_of(parsed.body, statements)
        rows = registrations_of(parsed.body, statements, receivers, text).registrations
        lines = [call.lineno for call in calls]
        known = [row for row in rows if row.receiver == parameter]
        if len(known) != len(calls) or not all(_is_known(row) for row in known):
            return None
        return [
            replace(row, line=line, name=row.name or self._own_name(row.handler))
            for row, line in zip(known, lines, strict=True)
        ]

    def _own_name(self, handler: str) -> str | None:
        """The name of a handler that is one undecorated function of this module."""
        found = [
            node
            for node in self.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == handler
        ]
        return handler if len(found) == 1 and not found[0].decorator_list else None


def _is_known(row: Registration) -> bool:
    return (
        row.form in (Form.DECORATOR, Form.CALL)
        and row.path is not None
        and row.is_plain
        and row.verb not in _STARLETTE
    )
