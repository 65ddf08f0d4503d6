"""Calls that endpoints make into data modules, through the helpers of their own module too."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from aurum_refactor.analysis.scopes import COMPREHENSIONS, bound_in, parameters, target_names
from aurum_refactor.services.names import Modules, Origin, Place, chain_of

#: Words that name a module of data access, alone or with others (``trino_client``).
DATA_WORDS = frozenset(
    {
        *("catalog", "client", "clients", "crud", "dao", "daos", "data", "database", "databases"),
        *("db", "queries", "query", "reference", "repo", "repos", "repositories", "repository"),
        *("service", "services", "sql", "storage", "store", "stores", "warehouse"),
    }
)
#: Last parts of modules that hold what data looks like, not access to it.
_SHAPES = frozenset(
    {"config", "constants", "errors", "exceptions", "models", "schema", "schemas", "settings"}
)
_LONGEST = 3

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, order=True)
class DataCall:
    """One thing of a data module that is called."""

    module: str
    # ``("query_curves",)`` or ``("STORE", "find")``.
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """A data call and the import through which the code reaches it."""

    call: DataCall
    origin: Origin
    # Attributes behind the imported name.
    rest: tuple[str, ...]


class Calls:
    """Finds data calls in one router module.

    Args:
        modules: The project.
        place: The router module.
        globs: Dotted names of data modules with ``*``; empty for those that are called like it.
        never: Modules that are none, whatever they are called: those of generated layers.
    """

    def __init__(
        self, modules: Modules, place: Place, globs: tuple[str, ...], never: frozenset[str]
    ) -> None:
        self._modules = modules
        self._place = place
        self._globs = globs
        self._never = never
        self._functions = {
            node.name: node for node in place.tree.body if isinstance(node, FunctionNode)
        }

    def made_by(self, node: FunctionNode) -> tuple[Reached, ...]:
        """Data calls of a function and of the module's functions that it calls, each once."""
        found: dict[DataCall, Reached] = {}
        waiting: list[FunctionNode] = [node]
        seen = {id(node)}
        for function in waiting:
            for chain, names in _called(function, self._place, self._modules):
                own = self._functions.get(chain[0]) if len(chain) == 1 else None
                if own is not None and names.get(chain[0]) == self._place.names.get(chain[0]):
                    if id(own) not in seen:
                        seen.add(id(own))
                        waiting.append(own)
                    continue
                reached = self._reached(chain, names)
                if reached is not None:
                    found.setdefault(reached.call, reached)
        return tuple(found.values())

    def _reached(self, chain: list[str], names: Mapping[str, Origin]) -> Reached | None:
        resolved = self._modules.resolve(chain, names)
        if resolved is None:
            return None
        origin, rest = resolved
        module, path = self._split(origin, rest)
        if not path or len(path) > _LONGEST or not self.is_data(module):
            return None
        if path[-1].endswith(("Error", "Exception")):
            return None
        return Reached(DataCall(module, path), origin, rest)

    def _split(self, origin: Origin, rest: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """The longest module of the project, and what is called in it."""
        parts = [*([origin.attribute] if origin.attribute else []), *rest]
        module = origin.module
        if origin.attribute is None and origin.alias is None:
            module = origin.bound
        while parts and f"{module}.{parts[0]}" in self._modules.paths:
            module = f"{module}.{parts.pop(0)}"
        return module, tuple(parts)

    def is_data(self, module: str) -> bool:
        """Whether a module of the project is one that data comes from."""
        if module not in self._modules.paths or module in self._never:
            return False
        if module == self._modules.monolith:
            return False
        if self._globs:
            return any(fnmatchcase(module, glob) for glob in self._globs)
        parts = module.split(".")
        if parts[-1] in _SHAPES:
            return False
        return any(DATA_WORDS & set(part.strip("_").split("_")) for part in parts[1:] or parts)


def _called(
    node: FunctionNode, place: Place, modules: Modules
) -> Iterator[tuple[list[str], Mapping[str, Origin]]]:
    """Dotted names that are called in a function, with what names mean there."""
    yield from _in_scope(node, place.names, place, modules)


def _in_scope(
    node: ast.AST, names: Mapping[str, Origin], place: Place, modules: Modules
) -> Iterator[tuple[list[str], Mapping[str, Origin]]]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            names = _inner(node, node.body, names, place, modules)
            children: list[ast.AST] = list(node.body)
        case ast.Lambda():
            bound = {argument.arg for argument in parameters(node)}
            names = {name: origin for name, origin in names.items() if name not in bound}
            children = [node.body]
        case _ if isinstance(node, COMPREHENSIONS):
            bound = {n.id for g in node.generators for n in target_names(g.target)}
            names = {name: origin for name, origin in names.items() if name not in bound}
            children = list(ast.iter_child_nodes(node))
        case ast.Raise():
            # What is raised is an error, not data.
            return
        case _:
            children = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call):
        chain = chain_of(node.func)
        if chain is not None and chain[0] in names:
            yield chain, names
    for child in children:
        yield from _in_scope(child, names, place, modules)


def _inner(
    node: FunctionNode,
    body: list[ast.stmt],
    names: Mapping[str, Origin],
    place: Place,
    modules: Modules,
) -> dict[str, Origin]:
    local = bound_in(body).local | {argument.arg for argument in parameters(node)}
    inner = {name: origin for name, origin in names.items() if name not in local}
    for statement in ast.walk(ast.Module(body, [])):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for origin in modules.imported(statement, place.package):
                inner[origin.bound] = origin
    return inner
