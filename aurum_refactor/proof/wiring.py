"""The statements that a move adds to the monolith: imports, includes, register calls."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.analysis.statements import absolute_module
from aurum_refactor.language import BUILTINS
from aurum_refactor.model import Breach, Layout
from aurum_refactor.proof.drops import Drop, drops_of
from aurum_refactor.proof.reloads import Reload, reloads_of
from aurum_refactor.proof.sides import Unit


@dataclass(frozen=True, slots=True)
class Imported:
    """One name that the monolith imports from a new module."""

    index: int
    line: int
    module: str
    attribute: str
    local: str


@dataclass(frozen=True, slots=True)
class Wired:
    """``receiver.include_router(local)`` or ``local(receiver)``."""

    index: int
    line: int
    receiver: str
    local: str
    includes: bool


@dataclass(frozen=True, slots=True)
class Wiring:
    """Everything the monolith does with the new modules, in order of execution."""

    imports: Sequence[Imported]
    wired: Sequence[Wired]
    # Index of the script alias, or None.
    script: int | None
    # Blocks that drop parts, those of earlier extractions included.
    drops: Sequence[Drop]
    # Statements that reload parts, those of earlier extractions included.
    reloads: Sequence[Reload]
    breaches: Sequence[Breach]
    # Builtins that the monolith imports, so that they are found where they are patched.
    builtins: Sequence[Imported] = ()

    def source_of(self, local: str) -> Imported | None:
        """Where a name that the wiring uses comes from."""
        found = [row for row in self.imports if row.local == local]
        return found[0] if len(found) == 1 else None

    def imported_back(self, module: str) -> frozenset[str]:
        """Names that the monolith imports from a new module under the name they have there."""
        return frozenset(
            row.attribute
            for row in self.imports
            if row.module == module and row.local == row.attribute
        )

    def registers_of(self, module: str) -> frozenset[str]:
        """Names of a new module's functions that the monolith calls with a receiver."""
        return frozenset(
            source.attribute
            for row in self.wired
            if not row.includes
            and (source := self.source_of(row.local)) is not None
            and source.module == module
        )


def read_wiring(
    after: Unit, added: Sequence[int], modules: Collection[str], layout: Layout
) -> Wiring:
    """Read what was added to the monolith; whatever else is new is a breach."""
    imports: list[Imported] = []
    wired: list[Wired] = []
    breaches: list[Breach] = []
    script: int | None = None
    drops = drops_of(after.body)
    reloads = reloads_of(after.body)
    builtins: list[Imported] = []
    dropping = {at for drop in drops for at in (drop.index, drop.imported_at)}
    dropping |= {at for row in reloads for at in (row.index, *row.imported_at)}
    for index in added:
        node = after.body[index]
        found = _imports(node, index, after.package, modules)
        one = _wired(node, index)
        if found:
            imports += found
        elif of_builtins := _builtins(node, index):
            builtins += of_builtins
        elif isinstance(one, Wired):
            wired.append(one)
        elif one:
            breaches.append(Breach("G3", after.path, node.lineno, one))
        elif is_script_alias(node, layout.module) and script is None:
            script = index
        elif index not in dropping:
            message = f"`{_first_line(node)}` is neither part of the original nor wiring"
            breaches.append(Breach("G1", after.path, node.lineno, message))
    return Wiring(imports, wired, script, drops, reloads, breaches, builtins)


def _imports(node: ast.stmt, index: int, package: str, modules: Collection[str]) -> list[Imported]:
    if not isinstance(node, ast.ImportFrom):
        return []
    module = absolute_module(package, node.level, node.module or "")
    if module not in modules or any(alias.name == "*" for alias in node.names):
        return []
    return [
        Imported(index, node.lineno, module, alias.name, alias.asname or alias.name)
        for alias in node.names
    ]


def _builtins(node: ast.stmt, index: int) -> list[Imported]:
    """``from builtins import len``, each under its own name."""
    match node:
        case ast.ImportFrom(module="builtins", level=0, names=names) if all(
            alias.asname is None and alias.name in BUILTINS for alias in names
        ):
            return [Imported(index, node.lineno, "builtins", a.name, a.name) for a in names]
        case _:
            return []


def _wired(node: ast.stmt, index: int) -> Wired | str | None:
    """The include or call that a statement is, a sentence about what is wrong, or nothing."""
    match node:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id=receiver), attr="include_router"),
                args=[ast.Name(id=local)],
                keywords=keywords,
            )
        ):
            if keywords:
                what = ", ".join(keyword.arg or "**" for keyword in keywords)
                return f"{local} is included with {what}, which its routes did not have"
            return Wired(index, node.lineno, receiver, local, includes=True)
        case ast.Expr(
            value=ast.Call(func=ast.Name(id=local), args=[ast.Name(id=receiver)], keywords=[])
        ):
            return Wired(index, node.lineno, receiver, local, includes=False)
        case _:
            return None


def is_script_alias(node: ast.stmt, module: str) -> bool:
    """True for the block that makes a script and the module of its name one and the same."""
    wanted = (
        'if __name__ == "__main__":\n'
        "    import sys as _sys\n"
        f"    _sys.modules[{module!r}] = _sys.modules[__name__]"
    )
    return isinstance(node, ast.If) and ast.dump(node) == ast.dump(ast.parse(wanted).body[0])


def _first_line(node: ast.stmt) -> str:
    return ast.unparse(node).split("\n", maxsplit=1)[0]


def positions(rows: Sequence[Imported]) -> Mapping[str, int]:
    """Index of the first import of each new module."""
    found: dict[str, int] = {}
    for row in rows:
        found.setdefault(row.module, row.index)
    return found
