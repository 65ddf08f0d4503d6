"""Finds the statements that have moved: each original once, in one new module."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.analysis.bindings import bindings_of, is_type_checking
from aurum_refactor.analysis.statements import absolute_module
from aurum_refactor.model import Breach
from aurum_refactor.proof.definitions import Definition
from aurum_refactor.proof.drops import found_in_sys_modules
from aurum_refactor.proof.levels import Use
from aurum_refactor.proof.lifted import Lifted, lifted_of
from aurum_refactor.proof.lockstep import DiffersError
from aurum_refactor.proof.normal import called_on, endpoint, lockstep_of, named
from aurum_refactor.proof.placement import Kept
from aurum_refactor.proof.sides import Original, Result, Unit
from aurum_refactor.proof.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Route:
    """A route decorator of the original, found again."""

    ordinal: int
    # Index of the decorator in the original, 0 = outermost.
    decorator: int
    # The router of the new module that it is called on.
    on: str
    line: int


@dataclass(frozen=True, slots=True)
class Moved:
    """An original statement that stands in a new module now."""

    ordinal: int
    module: str
    index: int
    uses: Sequence[Use]
    # Its route decorators that are still decorators, in the order they run.
    routes: Sequence[Route]
    # Lines of the original: with a rewritten name, of a route that is a call now, of a
    # ``global`` that is gone.
    rewritten: frozenset[int]
    removed: frozenset[int]
    globals: frozenset[int]
    # False where it is not the code of the original: then only its place is known.
    same: bool = True
    # Lines of route calls of which a prefix or tags were lifted, before and after, and the prefix.
    lifted: Sequence[tuple[tuple[int, int], tuple[int, int], str]] = ()


@dataclass(frozen=True, slots=True)
class Homes:
    """What the new modules consist of, besides imports and remarks."""

    moved: Sequence[Moved]
    # Per new module: name of a router to the index of the statement that makes it.
    routers: Mapping[str, Mapping[str, int]]
    # Per new module: name of a register function to its index.
    registers: Mapping[str, Mapping[str, int]]
    breaches: Sequence[Breach]

    def handles(self, module: str) -> dict[str, int]:
        """Routers and register functions of one new module, with their indexes."""
        return {**self.routers.get(module, {}), **self.registers.get(module, {})}


def find_homes(original: Original, result: Result, kept: Kept, wiring: Wiring) -> Homes:
    """Match the statements of all new modules with the originals that left the monolith."""
    finder = _Finder(original, kept)
    routers: dict[str, dict[str, int]] = {}
    registers: dict[str, dict[str, int]] = {}
    for name in sorted(result.modules):
        unit = result.modules[name]
        called = wiring.registers_of(name)
        makers = _router_makers(unit)
        back = wiring.imported_back(name)
        found = found_in_sys_modules(unit.body)
        for index, node in enumerate(unit.body):
            if unit.is_remark(index) or isinstance(node, ast.Import | ast.ImportFrom):
                continue
            if result.is_theirs(name, index):
                continue
            if found.get(index, ("", ""))[1] == original.layout.module:
                continue
            router = _router(node, makers)
            if router and not (router in back and finder.is_waiting(node)):
                finder.make(routers.setdefault(name, {}), router, unit, index)
            elif isinstance(node, ast.FunctionDef) and node.name in called:
                finder.make(registers.setdefault(name, {}), node.name, unit, index)
            else:
                made = routers.get(name, {})
                lifts = {router: lifted_of(unit.body[at]) for router, at in made.items()}
                finder.match(unit, index, lifts, called)
    finder.lost()
    return Homes(finder.moved, routers, registers, finder.breaches)


class _Finder:
    """Gives every statement of the new modules its original, each original once."""

    def __init__(self, original: Original, kept: Kept) -> None:
        self.original = original
        self.free: dict[tuple[str, str], list[int]] = {}
        self.taken: set[tuple[str, str]] = set()
        for ordinal, node in enumerate(original.unit.body):
            key = type(node).__name__, original.statements[ordinal].label or ast.dump(node)
            if ordinal in kept.index_of:
                self.taken.add(key)
            else:
                self.free.setdefault(key, []).append(ordinal)
        self.moved: list[Moved] = []
        self.breaches: list[Breach] = []

    def make(self, table: dict[str, int], name: str, unit: Unit, index: int) -> None:
        """Note a router or a register function; a second one would hide the first."""
        if name in table:
            message = f"{name} is made twice"
            self.breaches.append(Breach("G3", unit.path, unit.line(index), message))
        table.setdefault(name, index)

    def is_waiting(self, node: ast.stmt) -> bool:
        """True if a statement of this kind and name has left the monolith and is not found yet."""
        return bool(self.free.get(_key(node)))

    def match(
        self, unit: Unit, index: int, routers: Mapping[str, Lifted], called: frozenset[str]
    ) -> None:
        """Find the original of one statement, or say why there is none."""
        node = unit.body[index]
        if is_type_checking(node) and self._types_known(node, unit):
            return
        key = _key(node)
        first: DiffersError | None = None
        for ordinal in self.free.get(key, ()):
            found = self._compared(unit, index, ordinal, routers, called)
            if isinstance(found, Moved):
                self.moved.append(found)
                self._take(key, ordinal)
                return
            first = first or found
        if first is None:
            self._surplus(unit, index, key)
            return
        subject = f"{named(node)} is not the same as before"
        self.breaches.append(first.breach("G1", unit.path, subject))
        ordinal = self.free[key][0]
        self.moved.append(self._unlike(unit, index, ordinal, routers))
        self._take(key, ordinal)

    def _take(self, key: tuple[str, str], ordinal: int) -> None:
        self.free[key].remove(ordinal)
        self.taken.add(key)

    def _compared(
        self,
        unit: Unit,
        index: int,
        ordinal: int,
        routers: Mapping[str, Lifted],
        called: frozenset[str],
    ) -> Moved | DiffersError:
        old, new = self.original.unit.body[ordinal], unit.body[index]
        lockstep = lockstep_of(self.original.unit.package, unit.package)
        rows: list[tuple[int, str, int]] = []
        try:
            if isinstance(old, Definition) and isinstance(new, Definition):
                routes = {row.decorator for row in self.original.routes_of(ordinal)}
                rows = endpoint(lockstep, old, new, routes, routers, may_detach=bool(called))
            else:
                lockstep.walk(old, new)
        except DiffersError as error:
            return error
        return Moved(
            ordinal=ordinal,
            module=unit.module,
            index=index,
            uses=lockstep.uses,
            routes=tuple(Route(ordinal, *row) for row in reversed(rows)),
            rewritten=frozenset(lockstep.rewritten),
            removed=frozenset(lockstep.removed),
            globals=frozenset(lockstep.globals),
            lifted=tuple(
                (lines_span(old), lines_span(new), prefix) for old, new, prefix in lockstep.lifted
            ),
        )

    def _unlike(self, unit: Unit, index: int, ordinal: int, routers: Mapping[str, Lifted]) -> Moved:
        """The place of a statement that has changed, so that only the change is reported."""
        old, new = self.original.unit.body[ordinal], unit.body[index]
        found: list[Route] = []
        if isinstance(old, Definition) and isinstance(new, Definition):
            for row in self.original.routes_of(ordinal):
                decorators = new.decorator_list[row.decorator : row.decorator + 1]
                on = called_on(decorators[0]) if decorators else ""
                if on in routers:
                    found.append(Route(ordinal, row.decorator, on, new.lineno))
        nothing: frozenset[int] = frozenset()
        return Moved(
            ordinal, unit.module, index, (), tuple(found), nothing, nothing, nothing, same=False
        )

    def _types_known(self, node: ast.stmt, unit: Unit) -> bool:
        """True if a block for type checkers imports only what the original's blocks import."""
        known = {
            (row.bound, row.module, row.attribute)
            for statement in self.original.statements
            for row in statement.typing_imports
        }
        rows: set[tuple[str, str, str | None]]
        for inner in ast.iter_child_nodes(node):
            match inner:
                case ast.ImportFrom(module=written, names=names, level=level):
                    module = absolute_module(unit.package, level, written or "")
                    rows = {(a.asname or a.name, module, a.name) for a in names}
                case ast.Import(names=names):
                    rows = {(a.asname or a.name.split(".")[0], a.name, None) for a in names}
                case ast.expr():
                    continue
                case _:
                    return False
            if not rows <= known:
                return False
        return True

    def _surplus(self, unit: Unit, index: int, key: tuple[str, str]) -> None:
        node = unit.body[index]
        line = unit.line(index)
        message = f"{named(node)} is neither part of the original nor wiring"
        if key in self.taken:
            message = f"{named(node)} stands more than once"
            self.breaches.append(Breach("G1", unit.path, line, message))
            message = f"{named(node)} makes a second object of what there is already"
        self.breaches.append(Breach("G4", unit.path, line, message))

    def lost(self) -> None:
        """Name the originals that stand nowhere."""
        unit = self.original.unit
        for ordinal in sorted(ordinal for free in self.free.values() for ordinal in free):
            line = unit.line(ordinal)
            what = f"{named(unit.body[ordinal])} (line {line} of the original)"
            self.breaches.append(Breach("G1", unit.path, line, f"{what} is lost or changed"))


def lines_span(node: ast.expr) -> tuple[int, int]:
    """First and last line of a node."""
    return node.lineno, node.end_lineno or node.lineno


def _router_makers(unit: Unit) -> frozenset[str]:
    """Names of a new module that mean FastAPI's ``APIRouter``."""
    return frozenset(
        alias.asname or alias.name
        for node in unit.body
        if isinstance(node, ast.ImportFrom)
        and not node.level
        and node.module in ("fastapi", "fastapi.routing")
        for alias in node.names
        if alias.name == "APIRouter"
    )


def _router(node: ast.stmt, makers: frozenset[str]) -> str:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id=maker))):
            return name if maker in makers else ""
        case _:
            return ""


def _key(node: ast.stmt) -> tuple[str, str]:
    """Kind and first name of a statement; its code where it binds nothing."""
    binds = bindings_of(node)
    return type(node).__name__, binds[0].name if binds else ast.dump(node)
