"""Names that a module may look for in vain, where it matters whether it is a name or an attribute.

``CONN`` that is not bound raises NameError; ``main.CONN`` raises AttributeError, or asks the
module's ``__getattr__``. Code that handles the one does not handle the other.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

_ERRORS = frozenset({"NameError", "UnboundLocalError"})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BLOCKS = (ast.If, ast.Try, ast.TryStar, ast.For, ast.While, ast.With, ast.Match)


def handles_missing_names(body: Iterable[ast.stmt]) -> bool:
    """True if a module names the error of a name that is not bound, or has a ``__getattr__``."""
    for statement in body:
        if isinstance(statement, _DEFINITIONS) and statement.name == "__getattr__":
            return True
        for node in ast.walk(statement):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) if name in _ERRORS:
                    return True
                case _:
                    pass
    return False


def deleted_by_functions(body: Iterable[ast.stmt]) -> frozenset[str]:
    """Names of a module that running its functions may delete."""
    found: set[str] = set()
    for statement in body:
        inside = list(ast.walk(statement))
        deleted = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Del)}
        if deleted:
            found |= {n for g in inside if isinstance(g, ast.Global) for n in g.names} & deleted
    return frozenset(found)


def sometimes_bound(body: Iterable[ast.stmt]) -> frozenset[str]:
    """Names that a module binds below its top level only, or in functions only."""
    surely: set[str] = set()
    maybe: set[str] = set()
    for statement in body:
        if isinstance(statement, _DEFINITIONS):
            surely.add(statement.name)
            maybe |= {n for g in ast.walk(statement) if isinstance(g, ast.Global) for n in g.names}
            continue
        bound = set(_bound(statement))
        if isinstance(statement, _BLOCKS):
            maybe |= bound
        else:
            surely |= bound
    return frozenset(maybe - surely)


def _bound(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.alias(name=name, asname=asname):
                yield asname or name.partition(".")[0]
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                yield name
            case _:
                pass


def attributes_of(trees: Iterable[ast.Module], names: Collection[str]) -> Counter[str]:
    """How often each of *names* is read or deleted as an attribute of a plain name."""
    return Counter(
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and not isinstance(node.ctx, ast.Store)
        and node.attr in names
    )
