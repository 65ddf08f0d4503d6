"""Where a look-up ends: through imports, in the module that binds the name for good.

One ``Side`` is the project before names left the monolith, or after. Nothing of
the decisions that moved them is known here.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from aurum_refactor.analysis.nodes import nodes_of
from aurum_refactor.analysis.scopes import bound_in, import_bound
from aurum_refactor.analysis.statements import absolute_module

#: ``("loc", module, name)``, ``("module", dotted)``, ``("lib", module, name)`` and the like.
Token = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the project, with what its top level binds."""

    path: str
    dotted: str
    package: str
    tree: ast.Module
    # Name to what imports bind it to; the empty token stands for a definition.
    table: Mapping[str, tuple[Token, ...]]


def read_module(path: str, dotted: str, package: str, data: bytes) -> Module:
    """Parse one file.

    Raises:
        SyntaxError: It is no Python.
    """
    tree = ast.parse(data)
    table: dict[str, list[Token]] = {}
    for name, token in imported(tree.body, package):
        table.setdefault(name, []).append(token)
    defined = bound_in([node for node in tree.body if not isinstance(node, _IMPORTS)])
    counts = {name: len(rows) for name, rows in table.items()}
    nested = {name for name, _ in imported(tree.body, package, nested=True)}
    for name in defined.stored | defined.deleted:
        if name not in nested or not counts.get(name):
            table.setdefault(name, []).append(())
    return Module(
        path, dotted, package, tree, {n: tuple(dict.fromkeys(r)) for n, r in table.items()}
    )


_IMPORTS = (ast.Import, ast.ImportFrom)


def imported(
    body: list[ast.stmt], package: str, *, nested: bool = False
) -> list[tuple[str, Token]]:
    """What the import statements of one scope bind; *nested* looks into blocks alone."""
    found: list[tuple[str, Token]] = []
    for node in body:
        if isinstance(node, _IMPORTS):
            if not nested:
                found += tokens_of(node, package)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.stmt):
                    found += imported([child], package)
                elif isinstance(child, ast.ExceptHandler | ast.match_case):
                    found += imported(child.body, package)
    return found


def tokens_of(node: ast.Import | ast.ImportFrom, package: str) -> list[tuple[str, Token]]:
    """What one import statement binds: ``("from", module, name)`` or ``("module", dotted)``."""
    rows: list[tuple[str, Token]] = []
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            module = absolute_module(package, node.level, node.module or "")
            rows.append((alias.asname or alias.name, ("from", module, alias.name)))
        elif alias.asname:
            rows.append((alias.asname, ("module", alias.name)))
        else:
            rows.append((import_bound(alias), ("module", alias.name.split(".")[0])))
    return rows


@dataclass(frozen=True)
class Side:
    """The project at one moment: the monolith with the modules made of it, and where names went."""

    # The monolith and the modules that extractions made, by dotted name.
    tracked: Mapping[str, Module]
    # (module, name) of names whose value may be replaced while the program runs.
    live: frozenset[tuple[str, str]]
    # Where a (module, name) of this side is found on the other; identity if absent.
    moved: Mapping[tuple[str, str], tuple[str, str]]

    def location(self, module: str, name: str) -> Token:
        """What ``module.name`` of a tracked module is: the place that binds it, or a library's."""
        seen: set[tuple[str, str]] = set()
        while (module, name) not in seen:
            seen.add((module, name))
            if (module, name) in self.live:
                break
            rows = self.tracked[module].table.get(name, ())
            if not rows or () in rows:
                break
            # Of several imports of one name the last one stays.
            token = rows[-1]
            if token[0] == "from" and token[1] in self.tracked:
                module, name = token[1], token[2]
                continue
            return self.imported(token)
        # A name that functions bind is a place, wherever these functions stand.
        is_place = name in self.tracked[module].table or (module, name) in self.live
        kind = "loc" if is_place else "unbound"
        return (kind, *self.moved.get((module, name), (module, name)))

    def imported(self, token: Token) -> Token:
        """What an import binds, with modules of ours recognised whichever way they are spelled."""
        if token[0] == "from":
            dotted = f"{token[1]}.{token[2]}" if token[1] else token[2]
            if dotted in self.tracked:
                return ("module", dotted)
            if token[1] in self.tracked:
                found = self.location(token[1], token[2])
                return ("snap", *found) if self.is_live(found) else found
            return ("lib", token[1], token[2])
        return token

    def is_live(self, token: Token) -> bool:
        """True for a place whose value may be replaced."""
        return token[0] in ("loc", "unbound") and tuple(token[1:]) in self._live_places

    @cached_property
    def _live_places(self) -> frozenset[tuple[str, ...]]:
        return frozenset(self.moved.get(row, row) for row in self.live)


def found_otherwise(old: Side, new: Side) -> frozenset[str]:
    """Names without which a file finds the same on both sides.

    Those that a module of ours binds and whose look-up ends elsewhere now, those that may be
    replaced on one side only, and the last names of modules that are ours on one side only.
    """
    both = old.tracked.keys() & new.tracked.keys()
    names = {m.rpartition(".")[2] for m in old.tracked.keys() ^ new.tracked.keys()}
    names |= {name for _, name in old.moved} | {name for _, name in old.live ^ new.live}
    for module in both:
        for name in old.tracked[module].table.keys() | new.tracked[module].table.keys():
            first, second = old.location(module, name), new.location(module, name)
            if first != second or old.is_live(first) != new.is_live(second):
                names.add(name)
    return frozenset(names)


def may_look_into(data: bytes, package: str, tracked: Collection[str]) -> bool:
    """False for a file that surely reaches none of some modules: it neither imports nor names one.

    Packages above them count, and so does a file that cannot be read.
    """
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    above = set(tracked)
    for module in tracked:
        parts = module.split(".")
        above |= {".".join(parts[:length]) for length in range(1, len(parts))}
    for node in nodes_of(tree, (ast.ImportFrom, ast.Import, ast.Constant)):
        match node:
            case ast.ImportFrom(module=written, level=level, names=names):
                module = absolute_module(package, level, written or "")
                if module in tracked or module == "":
                    return True
                if any(f"{module}.{alias.name}" in above for alias in names):
                    return True
            case ast.Import(names=names):
                if any(alias.name in above for alias in names):
                    return True
            case ast.Constant(value=str(text)) if any(module in text for module in tracked):
                return True
            case _:
                pass
    return False
