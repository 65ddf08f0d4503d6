"""G4: nothing exists twice; new modules hold what moved, its wiring, and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aurum_refactor.model import Breach
from aurum_refactor.proof.drops import found_in_sys_modules
from aurum_refactor.proof.normal import named
from aurum_refactor.proof.sides import Unit
from aurum_refactor.proof.state import Entry, State, entries_of

_ROUTER_HOMES = ("fastapi", "fastapi.routing")


def prove_identity(state: State) -> tuple[int, list[Breach]]:
    """Check that the new modules load what the monolith loads and make no object of their own.

    Statements that have no original are breaches already (see ``placement``);
    routers are new by design, and exactly these.
    """
    known: set[tuple[str, ...]] = {
        ("attribute", row.module, row.attribute) if row.attribute else ("module", row.module)
        for statement in state.original.statements
        for row in statement.imports
    }
    breaches: list[Breach] = []
    count = 0
    for unit in state.result.modules.values():
        count += len(unit.body)
        for index, node in enumerate(unit.body):
            if state.result.is_theirs(unit.module, index):
                continue
            if isinstance(node, ast.Import | ast.ImportFrom):
                for entry in entries_of(node, index, unit.package):
                    if entry.origin == _FINDER and _finds_monolith(state, unit):
                        continue
                    if not _is_known(state, unit, entry, known):
                        message = (
                            f"{unit.module} imports {_dotted(entry)}, which the monolith never did"
                        )
                        breaches.append(Breach("G4", unit.path, node.lineno, message))
    return count, [*breaches, *_packages(state)]


_FINDER = ("attribute", "importlib", "import_module")


def _finds_monolith(state: State, unit: Unit) -> bool:
    """True if a new module looks the monolith up in ``sys.modules``."""
    found = found_in_sys_modules(unit.body).values()
    return any(module == state.layout.module for _, module in found)


def _packages(state: State) -> Iterator[Breach]:
    """A package file that is written gets a docstring and the import of the monolith."""
    for package, first in state.result.grown.items():
        unit = state.result.packages[package]
        for index in range(first, len(unit.body)):
            node = unit.body[index]
            if unit.is_remark(index):
                continue
            if isinstance(node, ast.Import | ast.ImportFrom):
                entries = entries_of(node, index, unit.package)
                if all(
                    state.is_monolith(e.origin) or e.loads == state.layout.module for e in entries
                ):
                    continue
            message = f"{named(node)} is new in {unit.path} and no import of the monolith"
            yield Breach("G4", unit.path, node.lineno, message)


def _is_known(state: State, unit: Unit, entry: Entry, known: set[tuple[str, ...]]) -> bool:
    origin = ("module", entry.loads) if entry.loads else entry.origin
    if origin in known or state.is_monolith(origin):
        return True
    match origin:
        case ("attribute", module, attribute):
            return (
                module in (state.layout.module, "__future__")
                or module in state.result.modules
                or (module in _ROUTER_HOMES and attribute == "APIRouter")
            )
        case ("module", module):
            return module in state.result.modules and module != unit.module
        case _:
            return False


def _dotted(entry: Entry) -> str:
    return entry.loads or ".".join(entry.origin[1:])
