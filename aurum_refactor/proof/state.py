"""Everything that is known of both sides once the statements have been matched."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from aurum_refactor.analysis.bindings import bindings_of
from aurum_refactor.analysis.statements import absolute_module
from aurum_refactor.model import Layout, StatementKind
from aurum_refactor.proof.drops import found_in_sys_modules
from aurum_refactor.proof.history import Bind, History
from aurum_refactor.proof.homes import Homes, Moved
from aurum_refactor.proof.placement import Kept
from aurum_refactor.proof.sides import Original, Result, Unit
from aurum_refactor.proof.wiring import Wiring, positions

#: ``("module", dotted)`` or ``("attribute", module, name)``.
Origin = tuple[str, ...]


#: What binds an object that no statement changes in place.
VALUELESS = {StatementKind.FUNCTION, StatementKind.CLASS, StatementKind.IMPORT}


@dataclass(frozen=True, slots=True)
class Entry:
    """One binding at the top level of a new module."""

    name: str
    index: int
    line: int
    # What an import binds; () for everything else.
    origin: Origin = ()
    # Modules that ``import a.b`` loads besides binding ``a``.
    loads: str = ""
    # The original statement that binds it, or -1.
    ordinal: int = -1

    @property
    def what(self) -> str:
        """How a message calls it."""
        if self.origin:
            return "imported from " + " ".join(self.origin[1:])
        return "defined in the new module"


@dataclass(frozen=True)
class State:
    """Both sides, aligned."""

    original: Original
    result: Result
    kept: Kept
    wiring: Wiring
    homes: Homes
    # Index in the monolith at which each new module is executed; in order of execution.
    places: Mapping[str, int]

    @property
    def layout(self) -> Layout:
        return self.original.layout

    @cached_property
    def home_of(self) -> Mapping[int, Moved]:
        """Moved statements by ordinal."""
        return {row.ordinal: row for row in self.homes.moved}

    @cached_property
    def moved_as(self) -> Mapping[tuple[str, str], int]:
        """Ordinal of what a new module's name is bound to once the module has run."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for row in self.homes.moved:
            for binding in self.original.statements[row.ordinal].binds:
                key = (row.module, binding.name)
                found[key] = max(found.get(key, (-1, -1)), (row.index, row.ordinal))
        return {key: ordinal for key, (_, ordinal) in found.items()}

    @cached_property
    def history(self) -> History:
        """The monolith's names afterwards, with definitions named by their old ordinals."""
        binds: dict[str, list[Bind]] = {}
        for index, ordinal in self.kept.ordinal_at.items():
            for name, rows in self._binds_by_ordinal.get(ordinal, {}).items():
                binds.setdefault(name, []).append(Bind(index, ordinal, rows.definite, rows.deletes))
        for row in self.wiring.imports:
            ordinal = self.moved_as.get((row.module, row.attribute), -1)
            if ordinal >= 0:
                binds.setdefault(row.local, []).append(
                    Bind(row.index, ordinal, definite=True, deletes=False)
                )
        return History({name: sorted(rows, key=lambda b: b.at) for name, rows in binds.items()})

    @cached_property
    def _binds_by_ordinal(self) -> Mapping[int, Mapping[str, Bind]]:
        found: dict[int, dict[str, Bind]] = {}
        for name, rows in self.original.history.binds.items():
            for row in rows:
                found.setdefault(row.ordinal, {})[name] = row
        return found

    @cached_property
    def names(self) -> Mapping[str, Mapping[str, Sequence[Entry]]]:
        """Per new module, every name bound at its top level."""
        ordinals: dict[tuple[str, int], int] = {
            (row.module, row.index): row.ordinal for row in self.homes.moved
        }
        found: dict[str, Mapping[str, Sequence[Entry]]] = {}
        for module, unit in self.result.modules.items():
            table: dict[str, list[Entry]] = {}
            for index, node in enumerate(unit.body):
                for entry in self._entries(unit, index, node, ordinals.get((module, index), -1)):
                    table.setdefault(entry.name, []).append(entry)
            found[module] = table
        return found

    def _entries(self, unit: Unit, index: int, node: ast.stmt, ordinal: int) -> list[Entry]:
        if isinstance(node, ast.Import | ast.ImportFrom):
            return entries_of(node, index, unit.package)
        if index in self._found[unit.module]:
            return self._found[unit.module][index]
        if ordinal >= 0:
            binds = self.original.statements[ordinal].binds
            return [Entry(b.name, index, unit.line(index), ordinal=ordinal) for b in binds]
        if self.result.is_theirs(unit.module, index):
            return [Entry(b.name, index, unit.line(index)) for b in bindings_of(node)]
        own = self.homes.handles(unit.module)
        return [Entry(n, index, unit.line(index)) for n, at in own.items() if at == index]

    @cached_property
    def _found(self) -> Mapping[str, Mapping[int, list[Entry]]]:
        """Per new module, the statements that find the monolith in ``sys.modules``."""
        found: dict[str, dict[int, list[Entry]]] = {}
        for module, unit in self.result.modules.items():
            table = found.setdefault(module, {})
            for entry in entries_in(unit):
                if not isinstance(unit.body[entry.index], ast.Import | ast.ImportFrom):
                    table.setdefault(entry.index, []).append(entry)
        return found

    @cached_property
    def _turns(self) -> Mapping[str, int]:
        """Number of each new module in the order in which they are executed."""
        return {module: turn for turn, module in enumerate(self.places, start=1)}

    def moment(self, ordinal: int) -> tuple[int, int, int]:
        """When a statement of the original is executed now; comparable."""
        moved = self.home_of.get(ordinal)
        if moved is None:
            return self.kept.index_of.get(ordinal, -1), 0, 0
        module = moved.module
        return self.places.get(module, -1), self._turns.get(module, 0), moved.index

    @cached_property
    def touching(self) -> Mapping[str, Sequence[int]]:
        """Per name of a value, the statements that may change it in place as they run."""
        found: dict[str, list[int]] = {}
        objects = {receiver.name for receiver in self.original.receivers}
        for statement in self.original.statements:
            rewires = statement.ordinal in self.original.rewired
            for name in statement.touches - (objects if rewires else set()):
                found.setdefault(name, []).append(statement.ordinal)
        kinds = self.original.statements
        return {
            name: rows
            for name, rows in found.items()
            if any(
                kinds[bind.ordinal].kind not in VALUELESS and not kinds[bind.ordinal].is_immutable
                for bind in self.original.history.binds.get(name, ())
            )
        }

    def overtaken(self, name: str, ordinal: int) -> int | None:
        """A statement that changes the value *name* on the other side of *ordinal* now."""
        here = self.moment(ordinal)
        for other in self.touching.get(name, ()):
            if other != ordinal and (other < ordinal) != (self.moment(other) < here):
                return other
        return None

    def is_monolith(self, origin: Origin) -> bool:
        """True if importing *origin* binds the monolith's module object."""
        module = self.layout.module
        parent, _, last = module.rpartition(".")
        return origin == ("module", module) or (
            bool(parent) and origin == ("attribute", parent, last)
        )

    def is_alias(self, module: str, name: str) -> bool:
        """True if a new module binds *name* once, to the monolith's module object."""
        found = self.names[module].get(name, ())
        return len(found) == 1 and self.is_monolith(found[0].origin) and not found[0].loads


def entries_in(unit: Unit) -> list[Entry]:
    """What a module binds by imports and by look-ups in ``sys.modules``, top to bottom."""
    found = found_in_sys_modules(unit.body)
    entries: list[Entry] = []
    for index, node in enumerate(unit.body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            entries += entries_of(node, index, unit.package)
        elif index in found:
            name, module = found[index]
            entries.append(Entry(name, index, node.lineno, ("module", module)))
    return entries


def entries_of(node: ast.Import | ast.ImportFrom, index: int, package: str) -> list[Entry]:
    """What an import statement binds and where that comes from."""
    found: list[Entry] = []
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            module = absolute_module(package, node.level, node.module or "")
            origin: Origin = ("attribute", module, alias.name)
            found.append(Entry(alias.asname or alias.name, index, node.lineno, origin))
        elif alias.asname:
            found.append(Entry(alias.asname, index, node.lineno, ("module", alias.name)))
        else:
            root = alias.name.split(".")[0]
            loads = alias.name if root != alias.name else ""
            found.append(Entry(root, index, node.lineno, ("module", root), loads))
    return found


def places_of(
    result: Result, wiring: Wiring, early: Mapping[str, int] | None = None
) -> Mapping[str, int]:
    """Simulate the import of the monolith: where does each new module run?

    A new module that another new module imports runs before that one. The result
    is in order of execution. *early* is where a module may be executed already.
    """
    places: dict[str, int] = {}
    started: set[str] = set()

    def run(module: str, index: int) -> None:
        if module in started:
            return
        started.add(module)
        for other in imported_modules(result, module):
            run(other, index)
        places[module] = index

    first = dict(positions(wiring.imports))
    for module, index in (early or {}).items():
        if module in first:
            first[module] = min(first[module], index)
    for module, index in sorted(first.items(), key=lambda row: row[1]):
        run(module, index)
    return places


def imported_modules(result: Result, module: str) -> list[str]:
    """New modules that a new module imports while it runs."""
    unit = result.modules[module]
    found: list[str] = []
    for index, node in enumerate(unit.body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for entry in entries_of(node, index, unit.package):
                names = {entry.loads, entry.origin[1], ".".join(entry.origin[1:])}
                found += sorted(names & set(result.modules))
    return found
