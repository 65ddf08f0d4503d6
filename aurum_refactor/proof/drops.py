"""The block with which a monolith drops its parts, and how a part finds the monolith then."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from aurum_refactor.analysis.nodes import nodes_of

_BINDING = (
    *(ast.Name, ast.Import, ast.ImportFrom),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
)


@dataclass(frozen=True, slots=True)
class Drop:
    """``for _part in ("a", "b"): _sys.modules.pop(_part, None)`` below ``import sys as _sys``."""

    # Index of the loop, and of the import of ``sys``.
    index: int
    imported_at: int
    line: int
    # Modules that go.
    modules: tuple[str, ...]
    # Names that the two statements bind.
    binds: tuple[str, str]


def drops_of(body: Sequence[ast.stmt]) -> list[Drop]:
    """All such blocks of a module, each with the import directly above it."""
    found: list[Drop] = []
    for index, node in enumerate(body[1:], start=1):
        match body[index - 1]:
            case ast.Import(names=[ast.alias(name="sys", asname=str(sys))]):
                pass
            case _:
                continue
        match node:
            case ast.For(target=ast.Name(id=part), iter=ast.Tuple(elts=elements), orelse=[]):
                wanted = f"{sys}.modules.pop({part}, None)"
                names = [e.value for e in elements if isinstance(e, ast.Constant)]
                modules = tuple(name for name in names if isinstance(name, str))
                plain = len(modules) == len(elements)
                if plain and [ast.unparse(inner) for inner in node.body] == [wanted]:
                    found.append(Drop(index, index - 1, node.lineno, modules, (sys, part)))
            case _:
                pass
    return found


def found_in_sys_modules(body: Sequence[ast.stmt]) -> dict[int, tuple[str, str]]:
    """``_main = import_module("app.main")``: index to the name bound and the module meant.

    Only where the function is importlib's for sure: imported once above, bound nowhere else.
    """
    finders: dict[str, int] = {}
    stores: dict[str, int] = {}
    for index, node in enumerate(body):
        match node:
            case ast.ImportFrom(module="importlib", level=0, names=names):
                for alias in names:
                    if alias.name == "import_module":
                        finders[alias.asname or alias.name] = index
            case _:
                pass
    if not finders:
        return {}
    for node in body:
        for name in _bound(node):
            stores[name] = stores.get(name, 0) + 1
    found: dict[int, tuple[str, str]] = {}
    for index, node in enumerate(body):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(
                    func=ast.Name(id=finder), args=[ast.Constant(value=str(module))], keywords=[]
                ),
            ) if finders.get(finder, index) < index and stores[finder] == 1:
                found[index] = (name, module)
            case _:
                pass
    return found


def _bound(node: ast.stmt) -> list[str]:
    """Names that a statement may bind in its module, those inside functions included."""
    names: list[str] = []
    for inner in nodes_of(node, _BINDING):
        match inner:
            case ast.Name(id=name, ctx=ctx):
                if type(ctx) is not ast.Load:
                    names.append(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names += [alias.asname or alias.name.partition(".")[0] for alias in aliases]
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.append(name)
            case ast.ClassDef(name=name):
                names.append(name)
            case _:
                pass
    return names
