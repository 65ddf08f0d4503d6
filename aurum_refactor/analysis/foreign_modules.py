"""Modules of the project as tables of what they define: functions, classes, values, imports."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeVar

from aurum_refactor.analysis.nodes import nodes_of, parsed
from aurum_refactor.analysis.statements import absolute_module
from aurum_refactor.analysis.surfaces import function_at, parsed_surface

Read = Callable[[str], tuple[bytes, str] | None]
Function = ast.FunctionDef | ast.AsyncFunctionDef
#: A name and the (module, attribute) that it is imported from.
Imported = tuple[str, tuple[str, str]]
Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Table:
    """What one module binds at its top level, blocks included; the last binding counts."""

    module: str
    # What relative imports start from.
    package: str = ""
    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)
    # Name to (module, attribute); the attribute is "" for a module.
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """Where a dotted name ends: a definition or value of one module, and what is left of it."""

    table: Table
    name: str
    rest: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return f"{self.table.module}.{self.name}"


class Modules:
    """All modules of a project, each read when it is first asked for."""

    def __init__(self, project: Collection[str], read: Read) -> None:
        self.project = project
        self.read = read
        self.known: dict[str, Table | None] = {}
        # Modules whose tables are without the bodies of functions.
        self.surfaces: set[str] = set()

    def add(self, module: str, package: str, body: Sequence[ast.stmt]) -> Table:
        """Take in a module that is parsed already."""
        self.known[module] = table = _table(module, package, body)
        return table

    def table(self, module: str) -> Table | None:
        if module not in self.known:
            self.known[module] = None
            content = self.read(module) if module in self.project else None
            tree = None if content is None else parsed_surface(content[0])
            if content is not None and tree is not None:
                self.add(module, content[1], tree.body)
                self.surfaces.add(module)
        return self.known[module]

    def whole(self, table: Table, node: Function) -> Function:
        """A function of a module with its body, which its table may be without."""
        content = self.read(table.module) if table.module in self.surfaces else None
        if content is None or not all(isinstance(inner, ast.Pass) for inner in node.body):
            return node
        return _whole(content[0], node.lineno, node.col_offset) or node

    def find(self, table: Table, names: Sequence[str]) -> Found | None:
        """Follow a dotted name through imports; None if it leaves the project."""
        seen: set[tuple[str, str]] = set()
        while names:
            name, rest = names[0], tuple(names[1:])
            if (table.module, name) in seen:
                return None
            seen.add((table.module, name))
            if name in table.functions or name in table.classes or name in table.values:
                return Found(table, name, rest)
            if name not in table.imports:
                return None
            module, attribute = table.imports[name]
            whole = f"{module}.{attribute}" if attribute else module
            if whole in self.project:
                while rest and f"{whole}.{rest[0]}" in self.project:
                    whole, rest = f"{whole}.{rest[0]}", rest[1:]
                module, names = whole, rest
            else:
                names = (attribute, *rest)
            following = self.table(module)
            if following is None:
                return None
            table = following
        return None

    def method(self, table: Table, node: ast.ClassDef, name: str) -> tuple[Table, Function] | None:
        """The function that an attribute of a class is, its bases included."""
        for owner, kind in self.line(table, node):
            for inner in kind.body:
                if isinstance(inner, Function) and inner.name == name:
                    return owner, inner
        return None

    def line(self, table: Table, node: ast.ClassDef) -> Iterator[tuple[Table, ast.ClassDef]]:
        """A class and those of its bases that the project defines."""
        waiting = [(table, node)]
        seen: set[int] = set()
        while waiting:
            owner, kind = waiting.pop(0)
            if id(kind) in seen:
                continue
            seen.add(id(kind))
            yield owner, kind
            for base in kind.bases:
                found = self.find(owner, dotted(base))
                if found is not None and found.name in found.table.classes:
                    waiting.append((found.table, found.table.classes[found.name]))


def dotted(node: ast.AST) -> list[str]:
    """``["a", "b"]`` for ``a.b``, ``a.b[0]`` and ``a.b()``; else empty."""
    names: list[str] = []
    while True:
        match node:
            case ast.Attribute(value=value, attr=name):
                names.append(name)
                node = value
            case ast.Subscript(value=value):
                names.clear()
                node = value
            case ast.Call(func=func):
                names.clear()
                node = func
            case ast.Name(id=name):
                return [name, *reversed(names)]
            case _:
                return []


def _table(module: str, package: str, body: Sequence[ast.stmt]) -> Table:
    table = Table(module, package)
    for node in _flat(body):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                table.functions[node.name] = node
            case ast.ClassDef():
                table.classes[node.name] = node
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Name):
                        table.values[target.id] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                table.values[name] = value
            case ast.Import() | ast.ImportFrom():
                table.imports.update(_imported(node, package))
            case _:
                pass
    return table


def _imported(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[Imported]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield alias.asname or top, (alias.name if alias.asname else top, "")
        return
    origin = absolute_module(package, node.level, node.module or "")
    for alias in node.names:
        yield alias.asname or alias.name, (origin, alias.name)


def inside(table: Table, statements: Sequence[ast.AST]) -> tuple[Table, frozenset[str]]:
    """The names of a module as a function sees them, and those that the function itself imports.

    Args:
        table: The module.
        statements: Everything that runs with the function.
    """
    nodes = [node for node in statements if isinstance(node, ast.Import | ast.ImportFrom)]
    own = {name: origin for node in nodes for name, origin in _imported(node, table.package)}
    if not own:
        return table, frozenset()

    def without(names: Mapping[str, Kind]) -> dict[str, Kind]:
        return {name: value for name, value in names.items() if name not in own}

    seen = replace(
        table,
        functions=without(table.functions),
        classes=without(table.classes),
        values=without(table.values),
        imports={**table.imports, **own},
    )
    return seen, frozenset(own)


def _flat(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            for name in ("body", "orelse", "finalbody"):
                yield from _flat(getattr(node, name, ()))
            for handler in getattr(node, "handlers", ()):
                yield from _flat(handler.body)


# A project is surveyed before and after a change: a function is parsed once.
@lru_cache(maxsize=4096)
def _whole(data: bytes, line: int, column: int) -> Function | None:
    found = function_at(data, line)
    if found is not None:
        return found
    tree = parsed(data)
    every = [] if tree is None else nodes_of(tree, (ast.FunctionDef, ast.AsyncFunctionDef))
    places = {(f.lineno, f.col_offset): f for f in every if isinstance(f, Function)}
    return places.get((line, column))
