"""Which names a piece of code binds locally; the scope rules of CPython, over ``ast``."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from aurum_refactor.analysis.nodes import children_of

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

# Nodes that open a scope of their own: what they bind inside stays inside.
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def target_names(target: ast.expr) -> Iterator[ast.Name]:
    """The plain names that an assignment target binds, in source order."""
    if isinstance(target, ast.Name):
        yield target
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from target_names(element)
    elif isinstance(target, ast.Starred):
        yield from target_names(target.value)


def import_bound(alias: ast.alias) -> str:
    """The name that one alias of an import binds: ``a`` for ``import a.b``."""
    return alias.asname or alias.name.split(".")[0]


def parameters(node: FunctionNode) -> list[ast.arg]:
    """Every parameter of a function, in order of declaration."""
    arguments = node.args
    found = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg:
        found.append(arguments.vararg)
    found += arguments.kwonlyargs
    if arguments.kwarg:
        found.append(arguments.kwarg)
    return found


def type_parameters(node: ast.AST) -> list[str]:
    """Names of PEP 695 type parameters; empty on grammars that have none."""
    return [parameter.name for parameter in getattr(node, "type_params", None) or ()]


def evaluated_outside(node: FunctionNode | ast.ClassDef) -> list[ast.AST]:
    """The parts of a definition that belong to the scope around it, in source order.

    Decorators, defaults, annotations, base classes: whatever is evaluated
    when the definition is executed and not when its body is.
    """
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    found: list[ast.AST] = [*getattr(node, "decorator_list", ())]
    found += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    if not isinstance(node, ast.Lambda):
        found += [argument.annotation for argument in parameters(node) if argument.annotation]
        found += [node.returns] if node.returns else []
    return found


class Bound:
    """Names bound directly in one scope, and those it declares global or nonlocal."""

    def __init__(self) -> None:
        self.stored: set[str] = set()
        self.deleted: set[str] = set()
        self.declared_global: set[str] = set()
        self.declared_nonlocal: set[str] = set()

    @property
    def local(self) -> set[str]:
        """Names that a look-up in this scope finds here."""
        return (self.stored | self.deleted) - self.declared_global - self.declared_nonlocal

    @property
    def rebinds(self) -> set[str]:
        """Module-level names that running this scope re-binds or deletes."""
        return self.declared_global & (self.stored | self.deleted)

    @property
    def unbinds(self) -> set[str]:
        """Module-level names that running this scope deletes."""
        return self.declared_global & self.deleted


def bound_in(body: Iterable[ast.AST]) -> Bound:
    """Collect what statements or expressions of one scope bind, without nested scopes.

    A walrus inside a comprehension counts for the scope around it, as PEP 572 says.
    """
    bound = Bound()
    for node in body:
        _collect(node, bound, in_comprehension=False)
    return bound


def _collect(  # noqa: C901 - one case per kind of node
    node: ast.AST, bound: Bound, *, in_comprehension: bool
) -> None:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            bound.stored.add(node.name)
            for child in evaluated_outside(node):
                _collect(child, bound, in_comprehension=in_comprehension)
            return
        case ast.Lambda():
            for child in evaluated_outside(node):
                _collect(child, bound, in_comprehension=in_comprehension)
            return
        case ast.Name(id=name, ctx=ast.Store()) if not in_comprehension:
            bound.stored.add(name)
        case ast.Name(id=name, ctx=ast.Del()):
            bound.deleted.add(name)
        case ast.NamedExpr():
            bound.stored.add(node.target.id)
            _collect(node.value, bound, in_comprehension=in_comprehension)
            return
        case ast.Import() | ast.ImportFrom():
            bound.stored.update(import_bound(a) for a in node.names if a.name != "*")
        case ast.ExceptHandler(name=str(name)):
            bound.stored.add(name)
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            bound.stored.add(name)
        case ast.MatchMapping(rest=str(name)):
            bound.stored.add(name)
        case ast.Global():
            bound.declared_global.update(node.names)
        case ast.Nonlocal():
            bound.declared_nonlocal.update(node.names)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            in_comprehension = True
        case _ if type(node).__name__ == "TypeAlias":
            bound.stored.add(node.name.id)  # type: ignore[attr-defined]
    for child in children_of(node):
        _collect(child, bound, in_comprehension=in_comprehension)


def bound_without_target(body: Iterable[ast.AST], names: frozenset[str]) -> Iterator[int]:
    """Lines where one of *names* is bound by a form that cannot bind an attribute instead.

    ``global N`` followed by ``import N``, ``def N``, ``except E as N``, a
    walrus or a match capture has no spelling as ``module.N``.
    """
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                if node.name in names:
                    yield node.lineno
                continue
            case ast.Lambda():
                continue
            case ast.Import() | ast.ImportFrom():
                if any(import_bound(alias) in names for alias in node.names):
                    yield node.lineno
            case ast.ExceptHandler(name=str(name)) if name in names:
                yield node.lineno
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) if name in names:
                yield node.lineno
            case ast.MatchMapping(rest=str(name)) if name in names:
                yield node.lineno
            case ast.NamedExpr() if node.target.id in names:
                yield node.lineno
        yield from bound_without_target(children_of(node), names)
