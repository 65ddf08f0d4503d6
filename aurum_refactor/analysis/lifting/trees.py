"""What is executed with a statement, and names in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aurum_refactor.analysis.suites import Function


def immediate(node: ast.AST) -> Iterator[ast.AST]:
    """What is executed with a statement: not the bodies of functions."""
    yield node
    inside: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, Function):
        inside = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        inside += [
            a.annotation for a in ast.walk(node.args) if isinstance(a, ast.arg) and a.annotation
        ]
        inside += [node.returns] if node.returns else []
    elif isinstance(node, ast.Lambda):
        inside = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    for child in inside:
        yield from immediate(child)


def binds_name(node: ast.AST, name: str) -> bool:
    """True if a node, without what is nested in it, binds, deletes or declares a name."""
    match node:
        case ast.Name(id=other, ctx=ast.Store() | ast.Del()):
            return other == name
        case ast.alias(name=full, asname=alias):
            return (alias or full.split(".")[0]) == name
        case ast.arg(arg=other):
            return other == name
        case ast.Nonlocal(names=names) | ast.Global(names=names):
            return name in names
        case ast.MatchMapping(rest=other):
            return other == name
        case _:
            return getattr(node, "name", None) == name


def root_of(node: ast.expr) -> str | None:
    """``a`` of ``a.b.c``, ``a.b()`` and ``a[0]``; None if it begins with anything else."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
