"""Where a function binds a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from aurum_refactor.analysis.nodes import children_of, nodes_of
from aurum_refactor.proof.closures.trees import FUNCTIONS, LOOPS, immediate


# It is asked for each argument of a function that was lifted out of another one.
@lru_cache(maxsize=16)
def nonlocals_of(function: ast.AST) -> tuple[ast.Nonlocal, ...]:
    """Every ``nonlocal`` in a function, and in those inside it."""
    found = nodes_of(function, (ast.Nonlocal,))
    return tuple(node for node in found if isinstance(node, ast.Nonlocal))


def stores(node: ast.AST, name: str) -> bool:
    """True if a node, without what is nested in it, binds or deletes a name."""
    match node:
        case ast.Name(id=other, ctx=ast.Store() | ast.Del()):
            return other == name
        case ast.FunctionDef(name=other) | ast.AsyncFunctionDef(name=other):
            return other == name
        case ast.ClassDef(name=other) | ast.ExceptHandler(name=other):
            return other == name
        case ast.alias(name=full, asname=alias):
            return (alias or full.split(".")[0]) == name
        case ast.MatchAs(name=other) | ast.MatchStar(name=other) | ast.MatchMapping(rest=other):
            return other == name
        case _:
            return False


_Bindings = Iterator[tuple[Any, list[ast.AST], list[tuple[ast.If, str]]]]


def bindings_of(
    body: Sequence[ast.AST],
    name: str,
    loops: Sequence[ast.AST] = (),
    arms: Sequence[tuple[ast.If, str]] = (),
) -> _Bindings:
    """Where a function binds a name: the node, the loops and the arms of ``if`` around it."""
    for node in body:
        if stores(node, name):
            where = node if hasattr(node, "lineno") else body[0]
            yield where, list(loops), list(arms)
        if isinstance(node, (*FUNCTIONS, ast.Lambda)):
            inside = [n for n in immediate(node) if n is not node]
            walrus = [n.target for n in inside if isinstance(n, ast.NamedExpr)]
            yield from bindings_of(walrus, name, loops, arms)
            continue
        if isinstance(node, ast.ClassDef):
            continue
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            walrus = [n.target for n in ast.walk(node) if isinstance(n, ast.NamedExpr)]
            yield from bindings_of(walrus, name, loops, arms)
            continue
        within = [*loops, node] if isinstance(node, LOOPS) else loops
        if isinstance(node, ast.If):
            yield from bindings_of([node.test], name, within, arms)
            yield from bindings_of(node.body, name, within, [*arms, (node, "body")])
            yield from bindings_of(node.orelse, name, within, [*arms, (node, "orelse")])
            continue
        yield from bindings_of(children_of(node), name, within, arms)
