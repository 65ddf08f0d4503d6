"""Names that stand for code which cannot surprise: plain route classes, pure functions."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.analysis.scopes import bound_in, parameters

#: Builtins and library names that only look at what they are given.
_HARMLESS = frozenset(
    {
        *("str", "len", "list", "tuple", "set", "dict", "sorted", "min", "max", "repr", "bool"),
        *("isinstance", "getattr", "hasattr", "enumerate", "zip", "reversed", "any", "all"),
        *("re", "APIRoute", "True", "False", "None"),
    }
)


@dataclass(frozen=True, slots=True)
class PlainNames:
    """The functions and classes of a module that are bound once, and FastAPI's APIRoute."""

    definitions: Mapping[str, ast.stmt]
    api_route: frozenset[str]

    @classmethod
    def of(cls, body: Sequence[ast.stmt]) -> PlainNames:
        """Read them off ``ast.Module.body``."""
        found: dict[str, list[ast.stmt]] = {}
        routes: set[str] = set()
        for node in body:
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    found.setdefault(name, []).append(node)
                case ast.ImportFrom(module="fastapi.routing", level=0, names=names):
                    routes |= {a.asname or a.name for a in names if a.name == "APIRoute"}
        once = {name: nodes[0] for name, nodes in found.items() if len(nodes) == 1}
        return cls(once, frozenset(routes) - found.keys())

    def is_route_class(self, node: ast.expr | None) -> bool:
        """True for no class, APIRoute, and a subclass that only wraps the handler.

        Whatever else a route class does may change what its routes match.
        """
        match node:
            case None:
                return True
            case ast.Name(id=name):
                if name in self.api_route:
                    return True
                match self.definitions.get(name):
                    case ast.ClassDef(
                        bases=[ast.Name(id=base)], keywords=[], decorator_list=[], body=body
                    ):
                        return base in self.api_route and all(map(_wraps_handler, body))
        return False

    def is_pure(self, node: ast.expr | None) -> bool:
        """True for nothing, and for a function here or a lambda that only reads its arguments."""
        match node:
            case None:
                return True
            case ast.Name(id=name):
                function = self.definitions.get(name)
                return isinstance(function, ast.FunctionDef) and _is_pure(function)
            case ast.Lambda(body=body):
                return _reads_only(node, [body])
        return False


def _wraps_handler(node: ast.stmt) -> bool:
    match node:
        case ast.FunctionDef(name="get_route_handler") | ast.Pass():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
    return False


def _is_pure(function: ast.FunctionDef) -> bool:
    if function.decorator_list:
        return False
    return _reads_only(function, function.body)


def _reads_only(function: ast.FunctionDef | ast.Lambda, body: Sequence[ast.AST]) -> bool:
    own = bound_in(body).local | {a.arg for a in parameters(function)}
    for node in (inner for part in body for inner in ast.walk(part)):
        match node:
            case ast.Global() | ast.Nonlocal() | ast.Import() | ast.ImportFrom():
                return False
            case ast.Attribute(ctx=ast.Store() | ast.Del()):
                return False
            case ast.Subscript(ctx=ast.Store() | ast.Del()):
                return False
            case ast.Name(id=name, ctx=ast.Load()) if name not in own | _HARMLESS:
                return False
    return True
