"""The module of a class and the files around it, as far as they are known."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aurum_refactor.analysis.target import module_name, package_of
from aurum_refactor.errors import SourceError
from aurum_refactor.proof.inheritance.bindings import binds, bound_name, is_star
from aurum_refactor.proof.sides import Unit
from aurum_refactor.source.text import decode


@dataclass(frozen=True, slots=True)
class Module:
    """One of them."""

    name: str
    package: str
    body: Sequence[ast.stmt]


class Family:
    """The module of a class and the files around it, as far as they are known."""

    def __init__(self, unit: Unit, others: Mapping[str, bytes]) -> None:
        self.unit = unit
        self.home = Module(unit.module, unit.package, unit.body)
        self.others = others
        root = unit.path[: len(unit.path) - len(_tail(unit.path, unit.module))].rstrip("/")
        self.known: dict[str, Module] = {unit.module: self.home}
        self.read: dict[str, Sequence[ast.stmt]] = {}
        for path, data in others.items():
            try:
                body = ast.parse(decode(path, data).text).body
            except (SourceError, SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            self.read[path] = body
            if path != unit.path and path.startswith(root):
                name = module_name(path, root)
                self.known[name] = Module(name, package_of(path, root), body)

    def find(self, module: Module, text: str) -> tuple[Module, Any] | None:
        """The function or class that a dotted name means, followed through imports."""
        for _ in range(16):
            first, _, rest = text.partition(".")
            binders = [n for n in module.body if binds(n, first)]
            if len(binders) != 1 or any(is_star(n) for n in module.body):
                return None
            match binders[0]:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() as node:
                    return None if rest else (module, node)
                case ast.ImportFrom(module=written, names=names, level=level):
                    alias = next(a for a in names if (a.asname or a.name) == first)
                    source = _absolute(module.package, level, written or "")
                    whole = f"{source}.{alias.name}" if source else alias.name
                    path = f"{whole}.{rest}" if rest else whole
                case ast.Import(names=names):
                    alias = next(a for a in names if bound_name(a) == first)
                    path = f"{alias.name if alias.asname else first}.{rest}"
                case _:
                    return None
            home = next(
                (
                    name
                    for count in range(path.count("."), 0, -1)
                    if (name := ".".join(path.split(".")[:count])) in self.known
                ),
                None,
            )
            if home is None:
                return None
            module, text = self.known[home], path[len(home) + 1 :]
        return None

    def origin(self, module: Module, text: str) -> str:
        """What a dotted name of a module is called where it comes from."""
        first, _, rest = text.partition(".")
        binders = [n for n in module.body if binds(n, first)]
        if any(is_star(n) for n in module.body):
            return f"?{text}"
        if not binders:
            return text
        match binders:
            case [ast.ImportFrom(module=written, names=names, level=0)]:
                alias = next(a for a in names if (a.asname or a.name) == first)
                return ".".join(filter(None, (written, alias.name, rest)))
            case [ast.Import(names=names)]:
                alias = next(a for a in names if bound_name(a) == first)
                return ".".join(filter(None, (alias.name if alias.asname else first, rest)))
            case _:
                return f"?{text}"


def _tail(path: str, module: str) -> str:
    parts = module.replace(".", "/")
    return f"{parts}/__init__.py" if path.endswith(f"{parts}/__init__.py") else f"{parts}.py"


def _absolute(package: str, level: int, written: str) -> str:
    if not level:
        return written
    parts = package.split(".")
    base = parts[: len(parts) - (level - 1)]
    return ".".join([*base, *([written] if written else [])])
