"""Classes that tell a registry of themselves as they are defined, in their module's order.

``class Item(Base)`` adds a table to ``Base.metadata``, and ``Base.metadata.create_all(engine)``
below it makes what is there by then. A framework's registry cannot be read; so what is told
to one is defined where it was.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from aurum_refactor.analysis.foreign_modules import Modules, Table, dotted
from aurum_refactor.language import BUILTINS, QUIET_PACKAGES

#: Packages whose classes keep a list of the classes that are derived from them.
_REGISTRIES = frozenset(
    {
        "beanie",
        "cassandra",
        "celery",
        "django",
        "edgy",
        "elasticsearch_dsl",
        "factory",
        "faust",
        "flask_sqlalchemy",
        "gino",
        "graphene",
        "marshmallow",
        "mongoengine",
        "neomodel",
        "odmantic",
        "ormar",
        "peewee",
        "piccolo",
        "pony",
        "pynamodb",
        "redis_om",
        "sqlalchemy",
        "sqlmodel",
        "tortoise",
        "umongo",
    }
)
#: Of them, what is a base and keeps no list.
_PLAIN = frozenset({"TypeDecorator", "UserDefinedType", "TypeEngine", "AsyncAttrs", "Session"})
_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Told:
    """A statement of the module that defines a class which its base may list."""

    ordinal: int
    line: int
    # As it is written.
    base: str


_ASKED = re.compile(rb"([A-Za-z_]\w*)[ \t]*\.[ \t]*__subclasses__\b|__subclasses__")


def asked_for_subclasses(files: Iterable[bytes]) -> frozenset[str]:
    """Names of which some file takes ``__subclasses__()``; "" where that is no name of a class."""
    found = {
        (match[1] or b"").decode()
        for data in files
        if b"__subclasses__" in data
        for match in _ASKED.finditer(data)
    }
    return frozenset(name if name[:1].isupper() else "" for name in found)


def told_classes(
    body: Sequence[ast.stmt], home: Table, modules: Modules, asked: Collection[str] = ()
) -> tuple[Told, ...]:
    """Every statement that defines a class which its base may list.

    Args:
        body: The statements of the monolith.
        home: Its table.
        modules: The modules of the project.
        asked: What some code takes ``__subclasses__()`` of, in the order of their definition.
    """
    called = _called_on(body) | (frozenset(asked) - {""})
    found = []
    for ordinal, node in enumerate(body):
        for inner in ast.walk(node) if isinstance(node, ast.ClassDef) else ():
            if isinstance(inner, ast.ClassDef):
                base = _telling(inner, home, modules, called, 0)
                if not base and "" in asked:
                    base = _of_the_project(inner, home, modules)
                if base:
                    found.append(Told(ordinal, inner.lineno, base))
                    break
    return tuple(found)


def _called_on(body: Sequence[ast.stmt]) -> frozenset[str]:
    """Names on which the module calls methods while it is executed: ``Base.metadata.create()``."""
    return frozenset(
        names[0]
        for node in body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        if len(names := dotted(node.value.func)) > 1
    )


def _of_the_project(node: ast.ClassDef, home: Table, modules: Modules) -> str:
    """A base that the project defines: any of them may be asked for its classes."""
    for base in node.bases:
        if modules.find(home, dotted(base)) is not None:
            return ast.unparse(base)
    return ""


def _telling(
    node: ast.ClassDef, table: Table, modules: Modules, called: Collection[str], depth: int
) -> str:
    """The base that is told of a class; "" for none."""
    for base in node.bases:
        if _tells(base, table, modules, called, depth):
            # Only of the class itself is it asked: one with a table may be derived from a schema.
            is_schema = depth == 0 and not _has_table(node) and _is_schema(base, table, modules)
            if not is_schema:
                return ast.unparse(base)
    return ""


def _has_table(node: ast.ClassDef) -> bool:
    """``class Item(SQLModel, table=True)``; other classes of SQLModel are schemas in no list."""
    return any(keyword.arg in ("table", None) for keyword in node.keywords)


def _is_schema(base: ast.expr, table: Table, modules: Modules) -> bool:
    names = dotted(base)
    found = modules.find(table, names)
    if found is None:
        return _origin(names, table, modules) == "sqlmodel"
    kind = found.table.classes.get(found.name)
    return (
        kind is not None
        and not found.rest
        and bool(kind.bases)
        and all(_is_schema(other, found.table, modules) for other in kind.bases)
    )


def _tells(
    base: ast.expr, table: Table, modules: Modules, called: Collection[str], depth: int
) -> bool:
    if depth > _DEPTH:
        return True
    match base:
        case ast.Subscript(value=value):
            return _tells(value, table, modules, called, depth + 1)
        case ast.Call(func=func):
            # ``namedtuple(…)`` makes a class of its own; ``declarative_base()`` a list of them.
            return not _is_quiet(func, table)
        case ast.Name() | ast.Attribute():
            names = dotted(base)
        case _:
            return True
    if not names or names[0] in called or names[-1] in called:
        return True
    found = modules.find(table, names)
    if found is None:
        origin = _origin(names, table, modules)
        return origin in _REGISTRIES and names[-1] not in _PLAIN
    if found.name in found.table.classes and not found.rest:
        kind = found.table.classes[found.name]
        return bool(_telling(kind, found.table, modules, (), depth + 1))
    if found.name in found.table.values and not found.rest:
        return _tells(found.table.values[found.name], found.table, modules, (), depth + 1)
    return True


def _is_quiet(func: ast.expr, table: Table) -> bool:
    names = dotted(func)
    if not names:
        return False
    if names[0] in table.imports:
        package = table.imports[names[0]][0].partition(".")[0]
        return package in QUIET_PACKAGES or package in sys.stdlib_module_names
    bound = {*table.functions, *table.classes, *table.values}
    return names[0] not in bound and names[0] in BUILTINS and names[0] != "type"


def _origin(names: Sequence[str], table: Table, modules: Modules) -> str:
    """The package that a name leaves the project to; "" for a builtin or what is not found."""
    seen: set[tuple[str, str]] = set()
    name = names[0]
    while name in table.imports and (table.module, name) not in seen:
        seen.add((table.module, name))
        module, attribute = table.imports[name]
        following = modules.table(module)
        if following is None or not attribute:
            return module.partition(".")[0]
        table, name = following, attribute
    return ""
