"""Which names of a file mean one module's object, scope by scope, as CPython resolves them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import libcst as cst

from codemods._dotted import dotted_text
from codemods._scopes import bindings, imported_name
from codemods._walk import children

#: An import statement of one scope.
ImportNode = cst.Import | cst.ImportFrom


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that is bound by nothing but imports of the module, or of a package above it."""

    # What follows the name to reach the module: ``("api", "routes")`` for ``import aurum``.
    rest: tuple[str, ...]
    # The statements that bind it here; nodes are told apart by identity.
    statements: tuple[ImportNode, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What the interesting names mean at one place; None hides an alias further out."""

    visible: Mapping[str, Alias | None] = field(default_factory=dict)
    inherited: Mapping[str, Alias | None] = field(default_factory=dict)
    # Every name that is local to a function around this place.
    locals: frozenset[str] = frozenset()

    def hiding(self, names: Collection[str]) -> Scope:
        """The scope of a comprehension or lambda that binds *names*."""
        hidden = dict.fromkeys(names)
        return Scope(
            {**self.visible, **hidden}, {**self.inherited, **hidden}, self.locals | set(names)
        )


def absolute(package: str, node: cst.ImportFrom) -> str:
    """The absolute module of a from-import inside *package*; starts with a dot above the top."""
    level = len(node.relative)
    written = dotted_text(node.module)
    if not level:
        return written
    parts = package.split(".") if package else []
    if level > len(parts):
        return "." * level + written
    return ".".join([*parts[: len(parts) - level + 1], *([written] if written else [])])


def imports_in(roots: Iterable[cst.CSTNode]) -> Iterator[ImportNode]:
    """The import statements that run in the scope that *roots* stand in, in source order."""
    for root in roots:
        if isinstance(root, cst.Import | cst.ImportFrom):
            yield root
        elif not isinstance(root, cst.FunctionDef | cst.ClassDef | cst.BaseExpression):
            yield from imports_in(children(root))


def aliases_of(
    roots: Collection[cst.CSTNode], package: str, module: str
) -> Mapping[str, Alias | None]:
    """Names that the code of one scope binds to *module* alone; None for mixed ones.

    A name that no import of the module or of a package above it binds is not
    in the answer.
    """
    found: dict[str, list[tuple[tuple[str, ...], ImportNode]]] = {}
    for node in imports_in(roots):
        for name, rest in _bound(node, package, module):
            found.setdefault(name, []).append((rest, node))
    if not found:
        return {}
    count: dict[str, int] = {}
    for binding in bindings(*roots):
        if binding.name in found:
            count[binding.name] = count.get(binding.name, 0) + 1
    result: dict[str, Alias | None] = {}
    for name, rows in found.items():
        pure = count[name] == len(rows) and len({rest for rest, _ in rows}) == 1
        result[name] = Alias(rows[0][0], tuple(node for _, node in rows)) if pure else None
    return result


def _bound(node: ImportNode, package: str, module: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(node.names, cst.ImportStar):
        return
    for alias in node.names:
        name = imported_name(alias)
        written = dotted_text(alias.name)
        if isinstance(node, cst.ImportFrom):
            above = absolute(package, node)
            what = f"{above}.{written}" if above else written
        elif alias.asname:
            what = written
        else:
            what = name
        if module == what:
            yield name, ()
        elif module.startswith(what + "."):
            yield name, tuple(module[len(what) + 1 :].split("."))


def chain(node: cst.BaseExpression) -> tuple[str, tuple[str, ...]] | None:
    """``("a", ("b", "c"))`` of ``a.b.c``; None of anything else."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    return (node.value, tuple(reversed(parts))) if isinstance(node, cst.Name) else None


def alias_at(node: cst.BaseExpression, scope: Scope) -> Alias | None:
    """The alias that an expression spells the module's object by, if it does."""
    found = chain(node)
    if found is None:
        return None
    alias = scope.visible.get(found[0])
    return alias if alias is not None and alias.rest == found[1] else None


def used_names(module: cst.Module) -> frozenset[str]:
    """Every word of a file but attributes and inner parts of dotted names.

    Whatever is not among them is surely no name of it.
    """
    return frozenset(re.findall(r"(?<![\w.])\w+", module.code))
