"""What the statements of a module read through the module's own object, without an import above.

``sys.modules["shop.main"].LIMIT``, ``import_module(__name__).LIMIT``, ``from shop import main``
inside a function: no name of the module stands there, and yet one is looked up when it runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from aurum_refactor.analysis.statements import absolute_module
from aurum_refactor.model import Layout, Statement, StatementKind

#: Words without which no module gets at its own object but by an import of itself.
_GIVES = re.compile(r"\bmodules\b|\bimport_module\b|\b__import__\b|\bgetmodule\b")
_FINDERS = frozenset({"import_module", "__import__"})
_BY_NAME = frozenset({"getattr", "hasattr"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class OwnLook:
    """One look at the module's own object."""

    # The top-level statement, by its place in the module.
    ordinal: int
    line: int
    # "" where the object is handed on: whoever has it may read any name.
    name: str
    # False inside a function.
    at_import: bool
    # True if the name is bound there: ``sys.modules[__name__].LIMIT = 3``.
    stores: bool = False
    # True if it is the module of what is given: ``sys.modules[function.__module__]``.
    of_given: bool = False


def own_looks(tree: ast.Module, text: str, module: str, package: str) -> tuple[OwnLook, ...]:
    """Every look of a module at its own object, in the order of the source.

    Args:
        tree: The module.
        text: Its text.
        module: Its dotted name.
        package: Dotted name of its package; "" for none.
    """
    if _GIVES.search(text) is None and module.rpartition(".")[2] not in _imported_words(tree):
        return ()
    reader = _Reader(module, package)
    return tuple(
        look for ordinal, node in enumerate(tree.body) for look in reader.looks(ordinal, node)
    )


def _imported_words(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found |= {part for alias in names for part in alias.name.split(".")}
            case ast.ImportFrom(module=written, names=names):
                found |= {alias.name for alias in names} | set((written or "").split("."))
            case _:
                pass
    return found


class _Reader:
    """Follows names and expressions that are the module's object."""

    def __init__(self, module: str, package: str) -> None:
        self._module = module
        self._package = package
        self._aliases: set[str] = set()

    def looks(self, ordinal: int, node: ast.stmt) -> Iterator[OwnLook]:
        known = set(self._aliases)
        self._learn(node)
        yield from self._inside(ordinal, node, at_import=True)
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            # What a function calls the object is no name of others.
            self._aliases = known

    def _learn(self, node: ast.stmt) -> None:
        """Names for the object that a statement binds, in whatever scope."""
        while True:
            known = len(self._aliases)
            for inner in ast.walk(node):
                match inner:
                    case ast.Import(names=names):
                        for alias in names:
                            if alias.name == self._module:
                                self._aliases.add(alias.asname or alias.name)
                    case ast.ImportFrom(names=names):
                        origin = self._origin(inner)
                        for alias in names:
                            if f"{origin}.{alias.name}".lstrip(".") == self._module:
                                self._aliases.add(alias.asname or alias.name)
                    case ast.Assign(targets=targets, value=value) if self._is_own(value):
                        self._aliases |= {t.id for t in targets if isinstance(t, ast.Name)}
                    case ast.NamedExpr(target=target, value=value) if self._is_own(value):
                        self._aliases.add(target.id)
                    case _:
                        pass
            if len(self._aliases) == known:
                return

    def _origin(self, node: ast.ImportFrom) -> str:
        return absolute_module(self._package, node.level, node.module or "")

    def _inside(self, ordinal: int, node: ast.AST, *, at_import: bool) -> Iterator[OwnLook]:
        for field, value in ast.iter_fields(node):
            runs = at_import and not (isinstance(node, _FUNCTIONS) and field == "body")
            for child in value if isinstance(value, list) else [value]:
                if not isinstance(child, ast.AST):
                    continue
                yield from self._look(ordinal, node, child, at_import=runs)
                yield from self._inside(ordinal, child, at_import=runs)

    def _look(
        self, ordinal: int, parent: ast.AST, child: ast.AST, *, at_import: bool
    ) -> Iterator[OwnLook]:
        names: Sequence[str] = ()
        line, stores = getattr(child, "lineno", 1), False
        match child:
            case ast.ImportFrom(names=aliases) if self._origin(child) == self._module:
                names = [alias.name for alias in aliases]
            case ast.expr() if self._is_own(child) and _asks_given(child):
                # Whatever is given, it is the module that stands in.
                names = [""]
            case ast.expr() if self._is_own(child):
                match parent:
                    case ast.Attribute(attr=name, ctx=context):
                        names, stores = [name], not isinstance(context, ast.Load)
                    case ast.Call(func=func, args=[first, ast.Constant(value=str(name)), *_]) if (
                        first is child and _tail(func) in _BY_NAME
                    ):
                        names = [name]
                    case ast.Assign() | ast.NamedExpr() | ast.Expr() | ast.Compare():
                        pass
                    case ast.If() | ast.While() | ast.IfExp() | ast.UnaryOp():
                        # That there is one tells no name.
                        pass
                    case _:
                        names = [""]
            case _:
                pass
        for name in names:
            given = isinstance(child, ast.expr) and _asks_given(child)
            yield OwnLook(ordinal, line, name, at_import, stores, given)

    def _is_own(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                return name in self._aliases
            case ast.Attribute(ctx=ast.Load()) if "." in self._module:
                return ast.unparse(node) in self._aliases
            case ast.Subscript(value=table, slice=key):
                return _tail(table) == "modules" and self._is_name(key)
            case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[key, *_]):
                return _tail(table) == "modules" and self._is_name(key)
            case ast.Call(func=func, args=[key, *_]) if _tail(func) in _FINDERS:
                return self._is_name(key)
            case ast.Call(func=func) if _tail(func) == "getmodule":
                return True
            case ast.NamedExpr(value=value):
                return self._is_own(value)
            case _:
                return False

    def _is_name(self, node: ast.expr) -> bool:
        """The module's name, or one that is computed from something defined here."""
        match node:
            case ast.Constant(value=value):
                return value == self._module
            case ast.Name(id="__name__") | ast.Attribute(attr="__module__"):
                return True
            case _:
                return False


def _asks_given(node: ast.expr) -> bool:
    return any(
        (isinstance(inner, ast.Attribute) and inner.attr == "__module__")
        or (isinstance(inner, ast.Call) and _tail(inner.func) == "getmodule")
        for inner in ast.walk(node)
    )


def _tail(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def with_own_looks(
    statements: Sequence[Statement], tree: ast.Module, text: str, layout: Layout
) -> tuple[Statement, ...]:
    """The same statements, each with what it reads through the object of its module."""
    found = list(statements)
    bound = frozenset(binding.name for row in statements for binding in row.binds)
    keepers: set[str] = set()
    for look in own_looks(tree, text, layout.module, layout.package):
        row = found[look.ordinal]
        names = frozenset({look.name}) if look.name else bound
        looks = "looks at this module while it is executed"
        tie = (look.line, looks if look.at_import else "hands on the module it stands in")
        if look.of_given:
            keepers.add(row.label)
        found[look.ordinal] = replace(
            row,
            own_reads=row.own_reads | names,
            call_stores=row.call_stores | names if look.stores else row.call_stores,
            ties=(*row.ties, tie) if look.at_import or not look.name else row.ties,
        )
    for ordinal, row in enumerate(found):
        if row.kind in (StatementKind.FUNCTION, StatementKind.CLASS):
            for keeper in sorted(row.calls & keepers):
                tie = (row.span.first, f"calls {keeper}, which asks for the module it stands in")
                found[ordinal] = replace(found[ordinal], ties=(*found[ordinal].ties, tie))
    return tuple(found)
