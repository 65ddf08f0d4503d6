"""Which modules of the project do nothing when they are imported but define what is in them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aurum_refactor.analysis.bindings import is_type_checking
from aurum_refactor.analysis.statements import absolute_module
from aurum_refactor.analysis.surfaces import parsed_surface
from aurum_refactor.language import BUILTINS, LOUD_BUILTINS, QUIET_PACKAGES

Read = Callable[[str], tuple[bytes, str] | None]


def loud_modules(modules: Collection[str], project: Collection[str], read: Read) -> frozenset[str]:
    """Those of *modules* whose import may be noticed: it may not come earlier than it did.

    Args:
        modules: Dotted names; those that are not of the project are left out.
        project: All modules of the project.
        read: Bytes and package of a module of the project, or None.
    """
    search = _Search(frozenset(project), read)
    return frozenset(module for module in sorted(modules) if search.reaches_loud(module))


class _Search:
    """Asks one module after the other, and reads no further than to the first loud one."""

    def __init__(self, project: frozenset[str], read: Read) -> None:
        self._project = project
        self._read = read
        self._loud: set[str] = set()
        self._quiet: set[str] = set()

    def reaches_loud(self, start: str) -> bool:
        """True if a module is loud, or imports one that is, directly or not."""
        if start not in self._project or start in self._quiet:
            return False
        path: list[tuple[str, Iterator[str]]] = []
        seen: set[str] = set()
        if start not in self._loud:
            path.append((start, self._origins_of(start)))
            seen.add(start)
        while path and path[-1][0] not in self._loud:
            origins = path[-1][1]
            new = next((o for o in origins if o not in seen and o not in self._quiet), None)
            if new is None:
                path.pop()
                continue
            seen.add(new)
            path.append((new, self._origins_of(new) if new not in self._loud else iter(())))
        if not path and start not in self._loud:
            # In a circle of imports as well: all of it has been seen.
            self._quiet |= seen
            return False
        # Whoever imports a loud module is loud.
        self._loud.update(module for module, _ in path)
        return True

    def _origins_of(self, module: str) -> Iterator[str]:
        content = self._read(module)
        runs = None if content is None else _runs(*content)
        if runs is None or not runs.defines_only:
            # Whatever it imports besides makes no difference to those that import it.
            self._loud.add(module)
            return iter(())
        return iter([origin for origin in runs.origins if origin in self._project])


@dataclass(frozen=True, slots=True)
class _Runs:
    """What a file does when it is imported."""

    # Modules it imports, in its order.
    origins: tuple[str, ...]
    defines_only: bool


@lru_cache(maxsize=8192)
def _runs(data: bytes, package: str) -> _Runs | None:
    """None for a file that does not parse."""
    # Nothing that a body of a function says is asked here.
    tree = parsed_surface(data)
    if tree is None:
        return None
    origins = list(_origins(tree.body, package))
    quiet = set(BUILTINS - LOUD_BUILTINS)
    quiet |= {name for name, origin in origins if origin.partition(".")[0] in QUIET_PACKAGES}
    quiet |= {node.name for node in tree.body if isinstance(node, ast.ClassDef) and _is_plain(node)}
    only = all(_defines(node, quiet) for node in tree.body)
    return _Runs(tuple(dict.fromkeys(origin for _, origin in origins)), only)


def first_effect(body: Sequence[ast.stmt], package: str) -> ast.stmt | None:
    """The first statement that does more than to define something; None if none does.

    To register a function on a router that is made here only defines a route.
    """
    origins = list(_origins(body, package))
    quiet = set(BUILTINS - LOUD_BUILTINS)
    quiet |= {name for name, origin in origins if origin.partition(".")[0] in QUIET_PACKAGES}
    quiet |= {node.name for node in body if isinstance(node, ast.ClassDef) and _is_plain(node)}
    makers = {
        name for name, origin in origins if origin in ("fastapi.APIRouter", "fastapi.routing")
    }
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id=maker))):
                if maker in makers:
                    quiet.add(name)
            case _:
                pass
    return next((node for node in body if not _defines(node, quiet)), None)


def _is_plain(node: ast.ClassDef) -> bool:
    """True if making an object of a class runs nothing that is written here."""
    return not any(
        isinstance(inner, ast.FunctionDef)
        and inner.name in ("__init__", "__new__", "__post_init__", "__set_name__")
        for inner in node.body
    )


def _origins(body: Sequence[ast.stmt], package: str) -> Iterator[tuple[str, str]]:
    """``(name, module)`` of every import that runs with the module."""
    for node in _executed(body):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield alias.asname or alias.name.partition(".")[0], alias.name
            case ast.ImportFrom(module=written, names=names, level=level):
                origin = absolute_module(package, level, written or "")
                for alias in names:
                    yield alias.asname or alias.name, origin
                    yield alias.asname or alias.name, f"{origin}.{alias.name}"
            case _:
                pass


def _executed(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if is_type_checking(node):
            continue
        if isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
            inner = [child for child in ast.walk(node) if isinstance(child, ast.stmt)]
            yield from (child for child in inner if child is not node)


def _defines(node: ast.stmt, quiet: Collection[str]) -> bool:
    """True if a statement only defines something, by means of *quiet* names."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
            decorated = all(_decorates(d, quiet) for d in node.decorator_list)
            return decorated and all(_is_quiet(default, quiet) for default in defaults)
        case ast.ClassDef(body=body, decorator_list=decorators):
            return all(_decorates(d, quiet) for d in decorators) and all(
                _defines(child, quiet) for child in body
            )
        case ast.Assign(targets=targets, value=value):
            return all(isinstance(t, ast.Name) for t in targets) and _is_quiet(value, quiet)
        case ast.AnnAssign(target=ast.Name(), value=value):
            return value is None or _is_quiet(value, quiet)
        case ast.If() if is_type_checking(node):
            return True
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            parts = [*body, *orelse, *final, *(s for h in handlers for s in h.body)]
            return all(_defines(child, quiet) for child in parts)
        case _:
            return False


def _is_quiet(node: ast.expr, quiet: Collection[str]) -> bool:
    """True if every call in an expression is of a quiet name."""
    return all(
        _root(inner.func) in quiet for inner in ast.walk(node) if isinstance(inner, ast.Call)
    )


def _decorates(node: ast.expr, quiet: Collection[str]) -> bool:
    match node:
        case ast.Attribute(attr="setter" | "getter" | "deleter"):
            return True
        case ast.Call(func=func):
            return _root(func) in quiet and _is_quiet(node, quiet)
        case _:
            return _root(node) in quiet


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
