"""How a monolith reloads its parts with it, and when that is as good as one module.

A part that is executed again in its own module object, at the very place where it was
executed first, binds what it bound, and whoever has something of it reads what is there
now: as it is in the monolith itself.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from aurum_refactor.analysis.statements import absolute_module
from aurum_refactor.model import Breach


@dataclass(frozen=True, slots=True)
class Reload:
    """``if "a" in _sys.modules: _reload(_sys.modules["a"])``, and what its names are."""

    index: int
    line: int
    module: str
    # Indexes of the imports of ``sys`` and of ``reload``, and what these bind.
    imported_at: tuple[int, int]
    binds: tuple[str, str]


def reloads_of(body: Sequence[ast.stmt]) -> list[Reload]:
    """All such statements of a module below the two imports, which nothing else may bind."""
    header = _header(body)
    if header is None:
        return []
    at, sys, reload = header
    found: list[Reload] = []
    for index, node in enumerate(body[at + 2 :], start=at + 2):
        match node:
            case ast.If(test=ast.Compare(left=ast.Constant(value=str(module)))):
                wanted = f"if {module!r} in {sys}.modules:\n    {reload}({sys}.modules[{module!r}])"
                if ast.unparse(node) == wanted:
                    row = Reload(index, node.lineno, module, (at, at + 1), (sys, reload))
                    found.append(row)
            case _:
                pass
    return found


def _header(body: Sequence[ast.stmt]) -> tuple[int, str, str] | None:
    """Index of the two imports and the names they bind, if these are bound nowhere else."""
    for index, pair in enumerate(pairwise(body)):
        match pair:
            case (
                ast.Import(names=[ast.alias(name="sys", asname=str(sys))]),
                ast.ImportFrom(
                    module="importlib", level=0, names=[ast.alias(name="reload", asname=str(name))]
                ),
            ):
                bound = [n for node in body for n in _bound(node) if n in (sys, name)]
                if len(bound) == len({sys, name}) == 1 + 1:
                    return index, sys, name
            case _:
                pass
    return None


def _bound(node: ast.stmt) -> Iterator[str]:
    """Names that a statement, or code in it, may bind in its module."""
    for inner in ast.walk(node):
        match inner:
            case ast.alias(name=name, asname=asname):
                # The alias of scripts is the same module, bound once more.
                if (name, asname) != ("sys", "_sys") or inner in getattr(node, "names", ()):
                    yield asname or name.partition(".")[0]
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Global(names=names):
                yield from names
            case _:
                pass


def prove_reloads(
    path: str,
    body: Sequence[ast.stmt],
    places: Mapping[str, int],
    imports: Callable[[str], Collection[str]],
    between: Callable[[int], bool],
    made: Collection[str] = (),
) -> Iterator[Breach]:
    """Each part is reloaded once, where it is imported first, and above those that import it.

    Args:
        path: The monolith.
        body: Its statements.
        places: The statement that imports each part first.
        imports: Parts that a part imports while it is executed.
        between: True for a statement (its index) that may stand between a reload and
            the import without telling them apart.
        made: Parts that the monolith need not import itself: they need nothing of it.
    """
    rows: dict[str, list[Reload]] = {}
    for row in reloads_of(body):
        rows.setdefault(row.module, []).append(row)
    at = {module: found[0].index for module, found in rows.items()}
    own = {row.index for found in rows.values() for row in found}
    for module, place in places.items():
        found = rows.get(module, [])
        if not found:
            message = f"{module} is not reloaded with this module"
            yield Breach("G5", path, body[place].lineno, message)
            continue
        line = found[0].line
        if len(found) > 1:
            yield Breach("G5", path, found[1].line, f"{module} is reloaded twice")
        if found[0].index >= place:
            yield Breach("G5", path, line, f"{module} is reloaded below its first import")
        inside = range(found[0].index + 1, place)
        if not all(index in own or between(index) for index in inside):
            message = f"{module} is reloaded at another place than it is imported first"
            yield Breach("G5", path, line, message)
        for other in imports(module):
            if at.get(other, len(body)) > at[module]:
                message = f"{module} is reloaded before {other}, which it imports"
                yield Breach("G5", path, line, message)
    for module in sorted(rows.keys() - places.keys() - {*made}):
        message = f"{module} is reloaded, but is no part of this module"
        yield Breach("G5", path, rows[module][0].line, message)


def parts_imported(node: ast.stmt, package: str, parts: Collection[str]) -> list[str]:
    """Parts that a statement imports, or imports names of."""
    names: list[str] = []
    match node:
        case ast.Import(names=aliases):
            names = [alias.name for alias in aliases]
        case ast.ImportFrom(module=written, level=level, names=aliases):
            module = absolute_module(package, level, written or "")
            names = [module, *(f"{module}.{alias.name}" for alias in aliases)]
        case _:
            pass
    return [name for name in dict.fromkeys(names) if name in parts]


def is_import_of_parts(
    body: Sequence[ast.stmt], index: int, package: str, parts: Collection[str]
) -> bool:
    """True for an import that executes nothing but parts, and for those of ``reload`` itself."""
    if parts_imported(body[index], package, parts):
        return True
    return any(index in row.imported_at for row in reloads_of(body)[:1])


def first_places(
    body: Sequence[ast.stmt], package: str, within: Mapping[str, Collection[str]]
) -> Mapping[str, int]:
    """The statement that makes each part run first, itself or through another part."""
    places: dict[str, int] = {}

    def run(module: str, index: int) -> None:
        if module not in places:
            places[module] = index
            for other in within[module]:
                run(other, index)

    for index, node in enumerate(body):
        for module in parts_imported(node, package, within):
            run(module, index)
    return places


__all__ = [
    "Reload",
    "first_places",
    "is_import_of_parts",
    "parts_imported",
    "prove_reloads",
    "reloads_of",
]
