"""Uses of a receiver that run while a statement is executed, and those that register nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aurum_refactor.analysis.bindings import is_compound
from aurum_refactor.analysis.nodes import children_of
from aurum_refactor.analysis.routes import HARMLESS
from aurum_refactor.model import Statement


def imports_any(node: ast.stmt, statement: Statement, modules: frozenset[str]) -> bool:
    """True if executing a statement imports one of *modules*, in a branch of it or always."""
    if any(
        row.module in modules or f"{row.module}.{row.attribute}" in modules
        for row in statement.imports
    ):
        return True
    tails = {module.rpartition(".")[2] for module in modules}
    return is_compound(node) and not tails.isdisjoint(statement.identifiers)


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes that are executed when *node* is, without the bodies of functions."""
    yield node
    for child in children_of(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in child.decorator_list:
                yield from executed(decorator)
        elif isinstance(child, ast.Lambda):
            # A lambda handed to a call may be run by it: count what it reads.
            yield from executed(child.body)
        else:
            yield from executed(child)


def uses_executed(node: ast.AST, names: frozenset[str]) -> Iterator[tuple[ast.AST, ast.Name]]:
    """Loads of a receiver that are executed with *node*, each with the node around it."""
    for parent in executed(node):
        for child in children_of(parent):
            if (
                isinstance(child, ast.Name)
                and child.id in names
                and isinstance(child.ctx, ast.Load)
            ):
                yield parent, child


def is_harmless_use(node: ast.AST, names: frozenset[str]) -> bool:
    """True for ``receiver.middleware`` and the like."""
    current = node
    while isinstance(current, ast.Attribute) and isinstance(
        current.value, ast.Attribute | ast.Call
    ):
        current = current.value.func if isinstance(current.value, ast.Call) else current.value
    return (
        isinstance(current, ast.Attribute)
        and isinstance(current.value, ast.Name)
        and current.value.id in names
        and current.attr in HARMLESS
    )


def root_name(node: ast.expr) -> str | None:
    """``a`` of ``a.b.c`` and of ``a.b().c``; None if it begins with anything else."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else None
