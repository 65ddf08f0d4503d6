"""What a module made of the monolith reads of it by running functions as it is executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aurum_refactor.proof.resolve import Module, Side

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Methods that run as objects and classes are made.
_MAKING = frozenset({"__new__", "__init__", "__post_init__", "__init_subclass__", "__call__"})


def read_as_it_runs(side: Side, module: Module, home: str) -> frozenset[str]:
    """Names ``n`` of ``monolith.n`` in functions that *module* may run while it is executed.

    Args:
        side: The project with that module.
        module: A module made of the monolith.
        home: Dotted name of the monolith.
    """
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [
        (module.dotted, name) for node in module.tree.body for name in _called_at_import(node)
    ]
    while waiting:
        kind, *place = side.location(*waiting.pop())
        where = (place[0], place[-1])
        if kind != "loc" or where in seen or where[0] not in side.tracked:
            continue
        seen.add(where)
        owner = side.tracked[where[0]]
        for body in _bodies(owner, where[1]):
            for node in ast.walk(body):
                match node:
                    case ast.Attribute(value=ast.Name(id=alias), attr=name):
                        waiting.append((owner.dotted, alias))
                        rows = [row for row in owner.table.get(alias, ()) if row]
                        if any(side.imported(row) == ("module", home) for row in rows):
                            found.add(name)
                    case ast.Name(id=name):
                        waiting.append((owner.dotted, name))
                    case _:
                        pass
    return frozenset(found)


def _bodies(module: Module, name: str) -> Iterator[ast.AST]:
    """What running a definition of a module may run of it."""
    for node in module.tree.body:
        if isinstance(node, _FUNCTIONS) and node.name == name:
            yield from node.body
        elif isinstance(node, ast.ClassDef) and node.name == name:
            for inner in node.body:
                if isinstance(inner, _FUNCTIONS) and inner.name in _MAKING:
                    yield from inner.body


def _called_at_import(node: ast.AST) -> Iterator[str]:
    """Names that a statement calls or derives a class from; bodies of functions are left out."""
    if isinstance(node, ast.Call):
        yield from _root(node.func)
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        for decorator in node.decorator_list:
            yield from _root(decorator)
    if isinstance(node, ast.ClassDef):
        for base in node.bases:
            yield from _root(base)
    for name, value in ast.iter_fields(node):
        if isinstance(node, (*_FUNCTIONS, ast.Lambda)) and name == "body":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _called_at_import(child)


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Name):
        yield node.id
