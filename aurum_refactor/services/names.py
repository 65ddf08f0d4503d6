"""What the names of one module mean: where each was imported from, or that it is defined there."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aurum_refactor.analysis.bindings import is_type_checking
from aurum_refactor.analysis.scopes import target_names
from aurum_refactor.analysis.statements import absolute_module

_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a name comes from, as the import that binds it."""

    bound: str
    # Absolute module; of a module object its own name.
    module: str
    # What is imported from it; None for the module object itself.
    attribute: str | None
    alias: str | None
    # True if it was written with dots.
    relative: bool
    # False where it may be bound to something else, or not at all, when the module runs.
    definite: bool = True
    # True under ``if TYPE_CHECKING:``.
    typing_only: bool = False
    # The module that the attribute is, if it is one.
    submodule: str = ""

    @property
    def as_module(self) -> str:
        """The module that the name stands for; "" if it stands for something in one."""
        return self.submodule if self.attribute is not None else self.module


@dataclass(frozen=True, slots=True)
class Place:
    """One module of the project as it was read."""

    module: str
    path: str
    package: str
    tree: ast.Module
    names: Mapping[str, Origin]


class Modules:
    """Reads the modules of a project, each once.

    Args:
        paths: Dotted name to path, of every module of the project.
        read: Text of a file by its path; None if it cannot be read.
        monolith: Dotted name of the monolith.
    """

    def __init__(
        self, paths: Mapping[str, str], read: Callable[[str], str | None], monolith: str
    ) -> None:
        self.paths = paths
        self.monolith = monolith
        self._read = read
        self._places: dict[str, Place | None] = {}

    def place(self, module: str) -> Place | None:
        """A module of the project; None if it is none, or cannot be read."""
        if module not in self._places:
            self._places[module] = self._opened(module)
        return self._places[module]

    def _opened(self, module: str) -> Place | None:
        path = self.paths.get(module)
        text = None if path is None else self._read(path)
        if path is None or text is None:
            return None
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        is_init = path.rpartition("/")[2] == "__init__.py"
        package = module if is_init else module.rpartition(".")[0]
        return Place(module, path, package, tree, self._names(tree.body, module, package))

    def _names(self, body: Sequence[ast.stmt], module: str, package: str) -> dict[str, Origin]:
        found: dict[str, Origin] = {}
        for origin in self._bound(body, module, package, definite=True, typing_only=False):
            before = found.get(origin.bound)
            if before is not None and not origin.definite:
                # ``except ImportError: x = None`` says less than the import above it.
                is_fallback = origin.module == module and before.module != module
                if is_fallback or replace(before, definite=False) == origin:
                    continue
            found[origin.bound] = origin
        return found

    def _bound(
        self,
        body: Sequence[ast.stmt],
        module: str,
        package: str,
        *,
        definite: bool,
        typing_only: bool,
    ) -> Iterator[Origin]:
        for node in body:
            match node:
                case ast.Import() | ast.ImportFrom():
                    for origin in self.imported(node, package):
                        yield replace(origin, definite=definite, typing_only=typing_only)
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    yield Origin(
                        node.name,
                        module,
                        node.name,
                        None,
                        relative=True,
                        definite=definite,
                        typing_only=typing_only,
                    )
                case ast.Assign(targets=targets):
                    for name in (n for target in targets for n in target_names(target)):
                        yield Origin(
                            name.id, module, name.id, None, relative=True, definite=definite
                        )
                case ast.AnnAssign(target=ast.Name(id=bound)):
                    yield Origin(bound, module, bound, None, relative=True, definite=definite)
                case _:
                    inner = [
                        *_suites(node),
                        *(h.body for h in getattr(node, "handlers", ())),
                        *(c.body for c in getattr(node, "cases", ())),
                    ]
                    checking = typing_only or is_type_checking(node)
                    for suite in inner:
                        yield from self._bound(
                            suite, module, package, definite=checking, typing_only=checking
                        )

    def imported(self, node: ast.Import | ast.ImportFrom, package: str) -> Iterator[Origin]:
        """What an import statement binds, star imports apart."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.split(".")[0]
                yield Origin(bound, alias.name, None, alias.asname, relative=False)
            return
        module = absolute_module(package, node.level, node.module or "")
        for alias in node.names:
            if alias.name != "*":
                below = f"{module}.{alias.name}"
                yield Origin(
                    alias.asname or alias.name,
                    module,
                    alias.name,
                    alias.asname,
                    relative=node.level > 0,
                    submodule=below if below in self.paths else "",
                )

    def resolve(
        self, chain: Sequence[str], names: Mapping[str, Origin]
    ) -> tuple[Origin, tuple[str, ...]] | None:
        """Follow a dotted name to where it comes from.

        What is read through the monolith's module object, or imported from
        the monolith although it imports it from elsewhere, is followed there.

        Returns:
            The origin and the attributes that are left; None for builtins and
            for names that are not bound in the module.
        """
        origin = names.get(chain[0])
        if origin is None:
            return None
        rest = tuple(chain[1:])
        if origin.as_module == self.monolith and rest:
            home = self.place(self.monolith)
            inner = None if home is None else home.names.get(rest[0])
            if inner is None:
                return Origin(rest[0], self.monolith, rest[0], None, origin.relative), rest[1:]
            return replace(inner, relative=inner.relative or False), rest[1:]
        if origin.module == self.monolith and origin.attribute is not None:
            home = self.place(self.monolith)
            inner = None if home is None else home.names.get(origin.attribute)
            if inner is not None and inner.module != self.monolith:
                alias = None if origin.bound == inner.attribute else origin.bound
                return replace(inner, bound=origin.bound, alias=alias), rest
        return origin, rest


def _suites(node: ast.stmt) -> list[list[ast.stmt]]:
    fields = ("body", "orelse", "finalbody")
    return [
        getattr(node, field) for field in fields if isinstance(getattr(node, field, None), list)
    ]


def is_builtin(name: str) -> bool:
    """True for names that every module has."""
    return name in _BUILTINS


def chain_of(node: ast.expr) -> list[str] | None:
    """``a.b.c`` as its parts; None for anything but names and attributes of names."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return [node.id, *reversed(parts)]
