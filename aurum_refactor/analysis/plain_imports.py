"""What a dotted name surely means, followed through modules that bind it once and plainly.

A name bound in a branch, twice, or by a star import may mean anything, and ends the search.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aurum_refactor.analysis.foreign_modules import Read
from aurum_refactor.analysis.scopes import bound_in, import_bound
from aurum_refactor.analysis.statements import absolute_module

#: How many imports are followed.
_FAR = 16


@dataclass(frozen=True, slots=True)
class Plain:
    """One module: its name, the package its relative imports start from, its statements."""

    module: str
    package: str
    body: Sequence[ast.stmt]

    def binder(self, name: str) -> ast.stmt | None:
        """The only statement that binds a name; None if there is none, or more than one."""
        found = [node for node in self.body if _may_bind(node, name)]
        return found[0] if len(found) == 1 else None

    def binds(self, name: str) -> bool:
        """True if any statement may bind a name."""
        return any(_may_bind(node, name) for node in self.body)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A definition, and the module that holds it."""

    home: Plain
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class PlainImports:
    """Reads modules of the project when they are asked for."""

    def __init__(self, home: Plain, project: Collection[str], read: Read) -> None:
        self.home = home
        self.project = project
        self.read = read
        self.known: dict[str, Plain | None] = {home.module: home}

    def module(self, name: str) -> Plain | None:
        """One module; None if it is not the project's, or cannot be parsed."""
        if name not in self.known:
            self.known[name] = None
            content = self.read(name) if name in self.project else None
            if content is not None:
                try:
                    body = ast.parse(content[0]).body
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    return None
                self.known[name] = Plain(name, content[1], body)
        return self.known[name]

    def find(self, home: Plain, text: str) -> Meaning | None:
        """The function or class that a dotted name means in a module."""
        for _ in range(_FAR):
            first, _, rest = text.partition(".")
            node = home.binder(first)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                return None if rest else Meaning(home, node)
            whole = _imported(home, node, first)
            if not whole:
                return None
            path = f"{whole}.{rest}" if rest else whole
            parts = path.split(".")
            homes = (".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1))
            name = next((name for name in homes if name in self.project), None)
            following = None if name is None else self.module(name)
            if following is None or name is None:
                return None
            home, text = following, path[len(name) + 1 :]
        return None

    def origin(self, home: Plain, text: str) -> str:
        """A dotted name as it is called where it comes from: ``abc.ABC``; "?" if that is open."""
        first, _, rest = text.partition(".")
        if not home.binds(first):
            return text
        whole = _imported(home, home.binder(first), first)
        return ".".join(filter(None, (whole, rest))) if whole else "?"


def _imported(home: Plain, node: ast.stmt | None, name: str) -> str:
    """What an import statement binds a name to; "" for anything else."""
    match node:
        case ast.ImportFrom(module=written, names=names, level=level):
            alias = next((a for a in names if import_bound(a) == name), None)
            module = absolute_module(home.package, level, written or "")
            return "" if alias is None else ".".join(filter(None, (module, alias.name)))
        case ast.Import(names=names):
            alias = next((a for a in names if import_bound(a) == name), None)
            return "" if alias is None else alias.name if alias.asname else name
        case _:
            return ""


def _may_bind(node: ast.stmt, name: str) -> bool:
    bound = bound_in([node])
    if name in bound.stored or name in bound.deleted:
        return True
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
