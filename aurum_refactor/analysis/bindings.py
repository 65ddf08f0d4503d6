"""What a top-level statement binds in its module's namespace, and whether it surely does."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from aurum_refactor.analysis.nodes import children_of
from aurum_refactor.analysis.scopes import (
    COMPREHENSIONS,
    evaluated_outside,
    import_bound,
    target_names,
)
from aurum_refactor.model import Binding

_COMPOUND = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.Match,
)


def is_compound(node: ast.stmt) -> bool:
    """True for if, try, with, for, while and match, which run statements of their own."""
    return isinstance(node, _COMPOUND) or type(node).__name__ == "TryStar"


def is_type_checking(node: ast.AST) -> bool:
    """True for ``if TYPE_CHECKING:``, whose body never runs."""
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            return True
        case _:
            return False


def bindings_of(node: ast.stmt) -> tuple[Binding, ...]:
    """List the names a top-level statement binds or deletes, in source order.

    A binding inside a compound statement is definite only if every path
    through the statement that goes on binds the name, as both branches of
    ``try: import x / except ImportError: x = None`` do.
    """
    found: list[tuple[str, int, bool]] = []
    _collect(node, found)
    sure = definite([node])
    return tuple(
        Binding(name, line, definite=not deletes and name in sure, deletes=deletes)
        for name, line, deletes in found
    )


def _collect(
    node: ast.AST, found: list[tuple[str, int, bool]], *, in_comprehension: bool = False
) -> None:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            found.append((node.name, node.lineno, False))
            _collect_all(evaluated_outside(node), found)
            return
        case ast.Lambda():
            _collect_all(evaluated_outside(node), found)
            return
        case ast.If() if is_type_checking(node):
            _collect_all(node.orelse, found)
            return
        case ast.Import() | ast.ImportFrom():
            found += [
                (import_bound(alias), node.lineno, False)
                for alias in node.names
                if alias.name != "*"
            ]
            return
        case ast.AnnAssign(value=None):
            # ``x: int`` declares a name and binds nothing.
            return
        case ast.NamedExpr():
            # PEP 572: inside a comprehension it binds in the scope around that.
            found.append((node.target.id, node.lineno, False))
            _collect(node.value, found, in_comprehension=in_comprehension)
            return
        case ast.Name(ctx=ast.Store()) if not in_comprehension:
            found.append((node.id, node.lineno, False))
        case ast.Name(ctx=ast.Del()):
            found.append((node.id, node.lineno, True))
        case ast.ExceptHandler(name=str(name)):
            # The name is bound for the handler and unbound after it.
            found.append((name, node.lineno, True))
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            found.append((name, node.lineno, False))
        case ast.MatchMapping(rest=str(name)):
            found.append((name, node.lineno, False))
        case _ if isinstance(node, COMPREHENSIONS):
            in_comprehension = True
        case _ if type(node).__name__ == "TypeAlias":
            found.append((node.name.id, node.lineno, False))  # type: ignore[attr-defined]
            return
    for inner in children_of(node):
        _collect(inner, found, in_comprehension=in_comprehension)


def _collect_all(nodes: Sequence[ast.AST], found: list[tuple[str, int, bool]]) -> None:
    for node in nodes:
        _collect(node, found)


def definite(body: Sequence[ast.stmt]) -> frozenset[str]:
    """Names that are bound whenever *body* runs to its end."""
    bound: set[str] = set()
    for node in body:
        match node:
            case ast.If() if is_type_checking(node):
                bound |= definite(node.orelse)
            case ast.If():
                bound |= _all_paths([node.body, node.orelse])
            case ast.Try():
                paths = [[*node.body, *node.orelse]]
                paths += [handler.body for handler in node.handlers]
                bound |= _all_paths(paths) | definite(node.finalbody)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    if item.optional_vars is not None:
                        bound |= {name.id for name in target_names(item.optional_vars)}
                bound |= definite(node.body)
            case ast.Match():
                irrefutable = any(
                    isinstance(case.pattern, ast.MatchAs)
                    and case.pattern.pattern is None
                    and case.guard is None
                    for case in node.cases
                )
                if irrefutable:
                    bound |= _all_paths([case.body for case in node.cases])
            case ast.For() | ast.AsyncFor() | ast.While():
                pass
            case ast.Delete():
                for target in node.targets:
                    bound -= {name.id for name in target_names(target)}
            case _ if type(node).__name__ == "TryStar":
                pass
            case _:
                found: list[tuple[str, int, bool]] = []
                _collect(node, found)
                bound |= {name for name, _, deletes in found if not deletes}
    return frozenset(bound)


def _all_paths(paths: Sequence[Sequence[ast.stmt]]) -> frozenset[str]:
    going_on = [definite(path) for path in paths if not _leaves(path)]
    if not going_on:
        return frozenset()
    return frozenset.intersection(*going_on)


def _leaves(path: Sequence[ast.stmt]) -> bool:
    """True if the path surely raises, so that nothing after it sees its bindings."""
    return bool(path) and isinstance(path[-1], ast.Raise)
