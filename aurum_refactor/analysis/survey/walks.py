"""Places that look through routes, or that give routers another route class."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from functools import lru_cache

from aurum_refactor.analysis.nodes import nodes_of, parsed
from aurum_refactor.analysis.statements import absolute_module
from aurum_refactor.model import ModuleUse

_LOOKS_UP = re.compile(rb"getattr\([^)\n]*[\"']routes[\"']")
_SETS_CLASS = re.compile(rb"\.route_class[ \t]*=[^=]|[\"']route_class[\"']")
_ROUTES_OF = re.compile(rb"\.\s*routes\b")
_WALK = re.compile(rb"(?m)^(?!\s*(?:from|import)\b).*\.\s*routes\b")


def walks(
    path: str,
    data: bytes,
    package: str,
    project: frozenset[str],
    tree: ast.Module | None = None,
) -> list[ModuleUse]:
    """Places that look through routes, or that give routers another route class."""
    found: list[ModuleUse] = []

    def add(match: re.Match[bytes], what: str, detail: str) -> None:
        found.append(ModuleUse(path, data.count(b"\n", 0, match.start()) + 1, what, detail))

    if b"routes" in data:
        # The attribute first: an expression that may start on any line takes ten times as long.
        if _ROUTES_OF.search(data) and _WALK.search(data):
            owners = _walked_owners(data, package) if tree is None else _owners(tree, package)
            walked = _walked(owners, project)
            found += [ModuleUse(path, line, "walks routes", owner) for line, owner in walked]
        for match in _LOOKS_UP.finditer(data):
            add(match, "walks routes", "")
    if b"route_class" in data:
        for match in _SETS_CLASS.finditer(data):
            add(match, "sets route class", "")
    if any(name in data for name in _LIBRARIES):
        for match in _ROUTE_LIBRARIES.finditer(data):
            add(match, "walks routes", match.group(0).decode())
    return found


def _walked(
    owners: Collection[tuple[int, str, str]], project: frozenset[str]
) -> list[tuple[int, str]]:
    """``(line, owner)`` of every attribute ``routes`` that is not a module of that name."""
    return [
        (line, owner)
        for line, owner, full in owners
        if f"{full}.routes" not in project and full not in ("fastapi", "starlette")
    ]


@lru_cache(maxsize=4096)
def _walked_owners(data: bytes, package: str) -> tuple[tuple[int, str, str], ...]:
    """``(line, owner, owner's full name)`` of every attribute ``routes`` of a file."""
    tree = parsed(data)
    if tree is None:
        # What such a file does is not known; a line that looks like a walk counts.
        matches = _WALK.finditer(data)
        return tuple((data.count(b"\n", 0, match.start()) + 1, "", "") for match in matches)
    return _owners(tree, package)


def _owners(tree: ast.Module, package: str) -> tuple[tuple[int, str, str], ...]:
    modules: dict[str, str] = {}
    attributes: list[ast.Attribute] = []
    for node in nodes_of(tree, (ast.Import, ast.ImportFrom, ast.Attribute)):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    top = alias.name.partition(".")[0]
                    modules[alias.asname or top] = alias.name if alias.asname else top
            case ast.ImportFrom(names=names):
                module = absolute_module(package, node.level, node.module or "")
                modules |= {alias.asname or alias.name: f"{module}.{alias.name}" for alias in names}
            case ast.Attribute(attr="routes"):
                attributes.append(node)
            case _:
                pass
    found = []
    for node in attributes:
        owner = ast.unparse(node.value)
        root, dot, rest = owner.partition(".")
        found.append((node.lineno, owner, modules.get(root, "") + dot + rest))
    return tuple(found)


#: Libraries that iterate ``app.routes`` themselves (semantics 5.2).
_LIBRARIES = (
    b"SlowAPIMiddleware",
    b"SlowAPIASGIMiddleware",
    b"fastapi_limiter",
    b"VersionedFastAPI",
)
_ROUTE_LIBRARIES = re.compile(rb"\b(?:" + b"|".join(_LIBRARIES) + rb")\b")
