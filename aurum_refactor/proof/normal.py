"""Holds one moved statement against its original, with the allowed rewrites undone.

What a move may change (``alias.NAME`` for ``NAME``, the level of a relative
import, a ``global`` that is gone, the object that a route is registered on) is
not compared but noted, for ``binding`` and ``routes`` to judge. Scopes are
resolved on both sides at once, so a name that is local here and global there
cannot pass.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from typing import Any

from aurum_refactor.analysis.scopes import import_bound
from aurum_refactor.analysis.statements import absolute_module
from aurum_refactor.proof import definitions
from aurum_refactor.proof.annotations import annotated
from aurum_refactor.proof.definitions import Definition
from aurum_refactor.proof.levels import AT_IMPORT, At
from aurum_refactor.proof.lifted import Lifted, undone
from aurum_refactor.proof.lockstep import DiffersError, Lockstep, Step, lines_of, quoted


def lockstep_of(before: str, after: str) -> Lockstep:
    """A fresh walk over code of two packages."""
    return Lockstep(_STEPS, before, after)


def _name(lockstep: Lockstep, old: ast.Name, new: Any, at: At) -> None:
    store = not isinstance(old.ctx, ast.Load)
    match new:
        case ast.Name(id=name):
            through = ""
        case ast.Attribute(value=ast.Name(id=through), attr=name):
            lockstep.rewritten.add(old.lineno)
        case _:
            lockstep.like(old, new)
            return
    lockstep.same(old.id, name, "the name")
    lockstep.like(old.ctx, new.ctx)
    lockstep.use(name, through, at, store=store)


def _import(lockstep: Lockstep, old: ast.Import | ast.ImportFrom, new: Any, at: At) -> None:
    lockstep.like(old, new)
    if isinstance(old, ast.ImportFrom):
        first = absolute_module(lockstep.before, old.level, old.module or "")
        second = absolute_module(lockstep.after, new.level, new.module or "")
        lockstep.same(first, second, "the imported module")
        if old.level != new.level:
            lockstep.rewritten.add(old.lineno)
    lockstep.same(
        [(alias.name, alias.asname) for alias in old.names],
        [(alias.name, alias.asname) for alias in new.names],
        "the imported names",
    )
    for alias in old.names:
        lockstep.binds(import_bound(alias), at)


def _named(lockstep: Lockstep, old: Any, new: Any, at: At) -> None:
    """Exception handlers and patterns, which bind a name that is a plain string."""
    lockstep.fields(old, new, at)
    lockstep.binds(getattr(old, "name", None) or getattr(old, "rest", None), at)


_STEPS: dict[type[ast.AST], Step] = {
    ast.Name: _name,
    ast.FunctionDef: definitions.function,
    ast.AsyncFunctionDef: definitions.function,
    ast.Lambda: definitions.lambda_,
    ast.ClassDef: definitions.class_,
    ast.ListComp: definitions.comprehension,
    ast.SetComp: definitions.comprehension,
    ast.DictComp: definitions.comprehension,
    ast.GeneratorExp: definitions.comprehension,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.ExceptHandler: _named,
    ast.MatchAs: _named,
    ast.MatchStar: _named,
    ast.MatchMapping: _named,
    ast.AnnAssign: annotated,
}


# ---------------------------------------------------------------- route decorators


def endpoint(
    lockstep: Lockstep,
    old: Definition,
    new: Definition,
    routes: Collection[int],
    routers: Mapping[str, Lifted],
    *,
    may_detach: bool,
) -> list[tuple[int, str, int]]:
    """Compare two top-level functions, whatever their routes are registered on.

    Args:
        lockstep: A fresh walk.
        old: The original.
        new: What stands in the new module.
        routes: Indexes of the original's route decorators, 0 = outermost.
        routers: Routers of the new module, with what they say for their routes.
        may_detach: True if a register function of the new module may make the
            calls that were decorators.

    Returns:
        ``(index, called on, line)`` of the routes that are still decorators.

    Raises:
        DiffersError: They are not the same code.
    """
    decorators = old.decorator_list
    found: list[tuple[int, str, int]] = []
    if routes and may_detach and len(new.decorator_list) == len(decorators) - len(routes):
        for index in routes:
            lockstep.removed |= lines_of(decorators[index])
        rest = [node for index, node in enumerate(decorators) if index not in routes]
        lockstep.all(rest, new.decorator_list, AT_IMPORT)
    else:
        if len(decorators) != len(new.decorator_list):
            lockstep.all(decorators, new.decorator_list, AT_IMPORT)
        for index, (one, two) in enumerate(zip(decorators, new.decorator_list, strict=True)):
            on = called_on(two)
            if index in routes and on in routers:
                same_call(lockstep, one, two, routers[on])
                found.append((index, on, two.lineno))
            else:
                lockstep.walk(one, two)
    definitions.undecorated(lockstep, old, new, AT_IMPORT)
    return found


def same_call(
    lockstep: Lockstep, old: ast.expr, new: ast.expr, lifted: Lifted | None = None
) -> None:
    """Compare two route calls, whatever they are called on; *lifted* is what that adds to them.

    Raises:
        DiffersError: The verb or an argument is another one.
    """
    lockstep.lines = (old.lineno, new.lineno)
    match old, new:
        case ast.Call(func=ast.Attribute(attr=one)), ast.Call(func=ast.Attribute(attr=two)):
            lockstep.same(one, two, "the verb")
            lockstep.rewritten.add(old.lineno)
            whole = new if lifted is None else undone(lockstep, old, new, lifted)
            lockstep.all(old.args, whole.args, AT_IMPORT)
            lockstep.all(old.keywords, whole.keywords, AT_IMPORT)
        case _:
            raise DiffersError(*lockstep.lines, "a route is not a call any more")


def called_on(node: ast.expr) -> str:
    """``router`` for ``router.get(...)``; "" for anything else."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
            return name
        case _:
            return ""


def named(node: ast.stmt) -> str:
    """How a message calls a statement."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return f"the function {name}"
        case ast.ClassDef(name=name):
            return f"the class {name}"
        case _:
            return f"`{quoted(ast.unparse(node))}`"
