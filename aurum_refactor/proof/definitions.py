"""Compares what opens a scope: functions, lambdas, classes and comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from aurum_refactor.analysis.scopes import (
    Bound,
    Comprehension,
    FunctionNode,
    bound_in,
    parameters,
    type_parameters,
)
from aurum_refactor.proof.annotations import annotation
from aurum_refactor.proof.levels import At, Level, Names
from aurum_refactor.proof.lockstep import Lockstep

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def function(lockstep: Lockstep, old: Definition, new: Definition, at: At) -> None:
    """Compare two functions with their decorators."""
    other = lockstep.like(old, new)
    lockstep.all(old.decorator_list, other.decorator_list, at)
    undecorated(lockstep, old, other, at)


def undecorated(lockstep: Lockstep, old: Definition, new: Definition, at: At) -> None:
    """Compare two functions; their decorators are compared elsewhere."""
    lockstep.like(old, new)
    lockstep.same(old.name, new.name, "the function")
    lockstep.binds(old.name, at)
    inner = _typed(lockstep, old, new, at)
    _signature(lockstep, old, new, at, inner)
    annotation(lockstep, old.returns, new.returns, inner)
    _body(lockstep, (old, old.body), (new, new.body), inner)


def lambda_(lockstep: Lockstep, old: ast.Lambda, new: ast.AST, at: At) -> None:
    """Compare two lambdas."""
    other = lockstep.like(old, new)
    _signature(lockstep, old, other, at, at)
    _body(lockstep, (old, [old.body]), (other, [other.body]), at)


def _signature(lockstep: Lockstep, old: FunctionNode, new: FunctionNode, at: At, inner: At) -> None:
    if _shape(old) != _shape(new):
        lockstep.fail("the parameters are others")
    lockstep.all(old.args.defaults, new.args.defaults, at)
    lockstep.all(old.args.kw_defaults, new.args.kw_defaults, at)
    for one, other in zip(parameters(old), parameters(new), strict=True):
        lockstep.lines = (one.lineno, other.lineno)
        annotation(lockstep, one.annotation, other.annotation, inner)


def _shape(node: FunctionNode) -> list[list[str]]:
    """Parameter names, kind by kind."""
    arguments = node.args
    single = [[found.arg] if found else [] for found in (arguments.vararg, arguments.kwarg)]
    several = (arguments.posonlyargs, arguments.args, arguments.kwonlyargs)
    return [[argument.arg for argument in kind] for kind in several] + single


def _body(
    lockstep: Lockstep,
    old: tuple[FunctionNode, Sequence[ast.AST]],
    new: tuple[FunctionNode, Sequence[ast.AST]],
    at: At,
) -> None:
    level = Level("function", Names.of_function(*old), Names.of_function(*new))
    lockstep.all(old[1], new[1], at.running(level))


def _typed(lockstep: Lockstep, old: ast.AST, new: ast.AST, at: At) -> At:
    """Compare type parameters; they are a scope around the signature."""
    first, second = type_parameters(old), type_parameters(new)
    lockstep.same(first, second, "the type parameters")
    if not first:
        return at
    inner = at.inside(Level("function", Names.plain(first), Names.plain(second)))
    lockstep.all(getattr(old, "type_params", []), getattr(new, "type_params", []), inner)
    return inner


def class_(lockstep: Lockstep, old: ast.ClassDef, new: ast.AST, at: At) -> None:
    """Compare two classes."""
    other = lockstep.like(old, new)
    lockstep.same(old.name, other.name, "the class")
    lockstep.binds(old.name, at)
    lockstep.all(old.decorator_list, other.decorator_list, at)
    inner = _typed(lockstep, old, other, at)
    lockstep.all(old.bases, other.bases, inner)
    lockstep.all(old.keywords, other.keywords, inner)
    first, second = lockstep.suites(old.body, other.body)
    before, after = bound_in(old.body), bound_in(other.body)
    # A class body finds a name globally until it has bound it (LOAD_NAME).
    seen_before: set[str] = set()
    seen_after: set[str] = set()
    for one, two in zip(first, second, strict=False):
        level = Level("class", _so_far(before, seen_before), _so_far(after, seen_after))
        lockstep.walk(one, two, inner.inside(level))
        seen_before |= bound_in([one]).stored
        seen_after |= bound_in([two]).stored
    lockstep.same(len(first), len(second), "the number of statements in the class")


def _so_far(bound: Bound, seen: set[str]) -> Names:
    local = frozenset(bound.local)
    return Names(local & seen, local, frozenset(bound.declared_global))


def comprehension(lockstep: Lockstep, old: Comprehension, new: Any, at: At) -> None:
    """Compare two comprehensions; the first iterable belongs to the scope around them."""
    other = lockstep.like(old, new)
    lockstep.same(len(old.generators), len(other.generators), "the number of clauses")
    lockstep.walk(old.generators[0].iter, other.generators[0].iter, at)
    level = Level("comprehension", Names.plain(_targets(old)), Names.plain(_targets(other)))
    inner = at.inside(level)
    for index, (one, two) in enumerate(zip(old.generators, other.generators, strict=True)):
        lockstep.same(one.is_async, two.is_async, "the clause")
        lockstep.walk(one.target, two.target, inner)
        if index:
            lockstep.walk(one.iter, two.iter, inner)
        lockstep.all(one.ifs, two.ifs, inner)
    for field in ("key", "value") if isinstance(old, ast.DictComp) else ("elt",):
        lockstep.value(getattr(old, field), getattr(other, field), inner)


def _targets(node: Comprehension) -> Iterator[str]:
    for generator in node.generators:
        for inner in ast.walk(generator.target):
            if isinstance(inner, ast.Name):
                yield inner.id
