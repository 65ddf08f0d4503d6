"""Which names a piece of code binds in its own scope, as CPython's symbol table sees it.

It does not know who reads them; that is for the rewrites that walk with a scope in hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

import libcst as cst

from codemods._walk import children


class Form(StrEnum):
    """How a name is bound; the text completes "bound by …"."""

    TARGET = "an assignment target"
    WALRUS = "a walrus"
    IMPORT = "an import"
    FUNCTION = "a def"
    CLASS = "a class statement"
    EXCEPT = "an except clause"
    CAPTURE = "a match capture"
    ALIAS = "a type statement"
    GLOBAL = "a global statement"
    NONLOCAL = "a nonlocal statement"


class Binding(NamedTuple):
    """One name, and the form that binds or declares it."""

    name: str
    form: Form


def bindings(*roots: cst.CSTNode) -> Iterator[Binding]:
    """Yield what executing *roots* binds or declares in the scope they stand in.

    Nested functions and classes count as the name they bind; what their
    decorators, defaults, annotations and bases bind (walruses) counts too, for
    these run out here. A walrus in a comprehension counts, its targets do not.
    The order is not that of the source.
    """
    stack = list(roots)
    while stack:
        node = stack.pop()
        yield from _own(node)
        stack.extend(_in_same_scope(node))


def target_names(target: cst.CSTNode) -> Iterator[str]:
    """Yield the plain names among the targets in *target*: not those inside ``x.y`` or ``x[y]``."""
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from target_names(element.value)
    elif isinstance(target, cst.StarredElement):
        yield from target_names(target.value)


def parameter_names(parameters: cst.Parameters) -> Iterator[str]:
    """Yield the name of every parameter, the starred ones included."""
    for node in children(parameters):
        if isinstance(node, cst.Param):
            yield node.name.value


def type_parameter_names(parameters: cst.TypeParameters | None) -> Iterator[str]:
    """Yield the names that a PEP 695 list such as ``[T: int, *Ts, **P]`` binds."""
    for parameter in parameters.params if parameters else ():
        yield parameter.param.name.value


def comprehension_names(comprehension: cst.BaseComp) -> Iterator[str]:
    """Yield the targets of all ``for`` clauses: the scope of a comprehension is these alone."""
    clause: cst.CompFor | None = comprehension.for_in
    while clause:
        yield from target_names(clause.target)
        clause = clause.inner_for_in


def imported_name(alias: cst.ImportAlias) -> str:
    """The name an import alias binds: ``c`` for ``a.b as c``, ``a`` for ``a.b``."""
    if alias.asname:
        return next(target_names(alias.asname.name))
    root: cst.BaseExpression = alias.name
    while isinstance(root, cst.Attribute):
        root = root.value
    return cst.ensure_type(root, cst.Name).value


def _own(node: cst.CSTNode) -> Iterable[Binding]:
    """What *node* binds by itself, without what is below it."""
    binder = _BINDERS.get(type(node))
    return binder(node) if binder else ()


def _targets(
    node: cst.AssignTarget | cst.AugAssign | cst.AnnAssign | cst.For | cst.Del,
) -> Iterator[Binding]:
    # ``N: int`` makes N local without a value too. ``(N): int`` would not; LibCST cannot parse it.
    return _all(target_names(node.target), Form.TARGET)


def _as_name(alias: cst.AsName | None, form: Form) -> Iterator[Binding]:
    return _all(target_names(alias.name) if alias else (), form)


def _captured(name: cst.Name | None) -> Iterator[Binding]:
    return _all((name.value,) if name else (), Form.CAPTURE)


def _declared(node: cst.Global | cst.Nonlocal, form: Form) -> Iterator[Binding]:
    return _all((item.name.value for item in node.names), form)


def _all(names: Iterable[str], form: Form) -> Iterator[Binding]:
    return (Binding(name, form) for name in names)


_BINDERS: dict[type[cst.CSTNode], Callable[[Any], Iterable[Binding]]] = {
    cst.AssignTarget: _targets,
    cst.AugAssign: _targets,
    cst.For: _targets,
    cst.Del: _targets,
    cst.AnnAssign: _targets,
    cst.WithItem: lambda node: _as_name(node.asname, Form.TARGET),
    cst.NamedExpr: lambda node: _all(target_names(node.target), Form.WALRUS),
    cst.ImportAlias: lambda node: _all((imported_name(node),), Form.IMPORT),
    cst.FunctionDef: lambda node: _all((node.name.value,), Form.FUNCTION),
    cst.ClassDef: lambda node: _all((node.name.value,), Form.CLASS),
    cst.TypeAlias: lambda node: _all((node.name.value,), Form.ALIAS),
    cst.ExceptHandler: lambda node: _as_name(node.name, Form.EXCEPT),
    cst.ExceptStarHandler: lambda node: _as_name(node.name, Form.EXCEPT),
    cst.MatchAs: lambda node: _captured(node.name),
    cst.MatchStar: lambda node: _captured(node.name),
    cst.MatchMapping: lambda node: _captured(node.rest),
    cst.Global: lambda node: _declared(node, Form.GLOBAL),
    cst.Nonlocal: lambda node: _declared(node, Form.NONLOCAL),
}


def _in_same_scope(node: cst.CSTNode) -> Iterable[cst.CSTNode]:
    """The nodes below *node* that run in the scope *node* stands in."""
    match node:
        case cst.FunctionDef():
            returns = (node.returns,) if node.returns else ()
            return (*node.decorators, node.params, *returns)
        case cst.Lambda():
            return (node.params,)
        case cst.ClassDef():
            return (*node.decorators, *node.bases, *node.keywords)
        case cst.TypeAlias():
            return ()
        case _:
            return children(node)
