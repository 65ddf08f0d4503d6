"""G5: every module can be imported first, and finds at import what it reads at import."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aurum_refactor.analysis.bindings import bindings_of
from aurum_refactor.language import MODULE_DUNDERS
from aurum_refactor.model import Breach
from aurum_refactor.proof.sides import Unit
from aurum_refactor.proof.state import State, entries_in, entries_of, imported_modules


def prove_imports(state: State) -> tuple[int, list[Breach]]:
    """Simulate the imports: the monolith top to bottom, a new module at its first import."""
    breaches = [*_circles(state), *_other_object(state)]
    for module, unit in state.result.modules.items():
        place = state.places.get(module)
        if place is None:
            message = f"the monolith never imports {module}"
            breaches.append(Breach("G5", unit.path, 1, message))
            continue
        breaches += _early(state, unit, place)
        if _reads_monolith(state, unit):
            breaches += _package(state, unit)
        breaches += _hidden(state, unit)
    script = state.wiring.script
    if script is not None and any(row.index < script for row in state.wiring.imports):
        message = "the script alias stands below the import of a new module"
        breaches.append(
            Breach("G5", state.layout.path, state.result.monolith.line(script), message)
        )
    return len(state.result.modules), breaches


def _circles(state: State) -> Iterator[Breach]:
    """New modules must not import each other in a circle."""
    modules = state.result.modules
    edges = {module: imported_modules(state.result, module) for module in modules}
    for start in sorted(modules):
        waiting, seen = list(edges[start]), set[str]()
        while waiting:
            module = waiting.pop()
            if module not in seen:
                seen.add(module)
                waiting += edges[module]
        if start in seen:
            message = f"{start} imports itself, by way of {', '.join(sorted(seen))}"
            yield Breach("G5", modules[start].path, 1, message)


def _reads_monolith(state: State, unit: Unit) -> bool:
    return any(
        state.is_monolith(entry.origin) or entry.origin[1] == state.layout.module
        for entry in entries_in(unit)
    )


def _early(state: State, unit: Unit, place: int) -> Iterator[Breach]:
    """What a new module imports from the monolith must be bound above its own import."""
    star = any(
        i.attribute == "*"
        for index, ordinal in state.kept.ordinal_at.items()
        if index < place
        for i in state.original.statements[ordinal].imports
    )
    line = state.result.monolith.line(place)
    for entry in entries_in(unit):
        if state.is_monolith(entry.origin) or entry.origin[:2] != (
            "attribute",
            state.layout.module,
        ):
            continue
        name = entry.origin[2]
        bound = state.history.is_bound(name, place) or name in MODULE_DUNDERS
        if not bound and not (star and name not in state.history.binds):
            message = (
                f"{unit.module} imports {name} from the monolith, which does not surely bind it "
                f"above line {line}, where it imports {unit.module}"
            )
            yield Breach("G5", unit.path, entry.line, message)


def _package(state: State, unit: Unit) -> Iterator[Breach]:
    """The package must import the monolith before any of its modules is executed."""
    monolith = state.layout.module
    if state.layout.is_package_init and unit.module.startswith(f"{monolith}."):
        return
    packages = [p for p in _ancestors(unit.module) if not f"{monolith}.".startswith(f"{p}.")]
    for package in packages:
        init = state.result.packages.get(package)
        if init is not None and _first_imports_monolith(state, init):
            return
    where = packages[-1] if packages else unit.module
    message = f"{where} does not import {monolith} first, but {unit.module} reads it"
    init = state.result.packages.get(where)
    yield Breach("G5", init.path if init else unit.path, 1, message)


def _ancestors(module: str) -> list[str]:
    """``["a", "a.b"]`` for ``a.b.c``: in the order in which they are imported."""
    parts = module.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _first_imports_monolith(state: State, init: Unit) -> bool:
    for index, node in enumerate(init.body):
        if init.is_remark(index):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            first = entries_of(node, index, init.package)[0]
            return (
                state.is_monolith(first.origin)
                or first.loads == state.layout.module
                or first.origin[1] == state.layout.module
            )
        return False
    return False


def _other_object(state: State) -> Iterator[Breach]:
    """``from package import monolith`` finds an attribute of the package before the module."""
    parent, _, last = state.layout.module.rpartition(".")
    unit = state.result.packages.get(parent)
    if unit is None or not any(_reads_monolith(state, u) for u in state.result.modules.values()):
        return
    for index, node in enumerate(unit.body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [
                e.name for e in entries_of(node, index, parent) if not state.is_monolith(e.origin)
            ]
        else:
            names = [binding.name for binding in bindings_of(node)]
        if last in names:
            message = (
                f"{parent} binds {last} to something else than the module {state.layout.module}"
            )
            yield Breach("G2", unit.path, node.lineno, message)


def _hidden(state: State, unit: Unit) -> Iterator[Breach]:
    """Importing ``package.v1`` sets ``v1`` on the package; no name may be lost by that."""
    module = state.layout.module
    if state.layout.is_package_init and unit.module.startswith(f"{module}."):
        name = unit.module[len(module) + 1 :].split(".")[0]
        if name in state.original.history.binds:
            message = (
                f"the name {name} of the monolith would be hidden by the package {module}.{name}"
            )
            yield Breach("G5", unit.path, 1, message)
