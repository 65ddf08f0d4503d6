"""Functions that only register: they move whole, as they are."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from aurum_refactor.analysis.bindings import bindings_of
from aurum_refactor.analysis.lifting.nested_module import Domains, NestedModule
from aurum_refactor.analysis.nested import Nested
from aurum_refactor.analysis.scopes import parameters
from aurum_refactor.analysis.suites import Suite
from aurum_refactor.model import Registrar


def registrar_of(
    module: NestedModule,
    suite: Suite,
    found: Sequence[Nested],
    domains: Domains,
    known: Mapping[tuple[str, tuple[str, ...]], tuple[str, str]],
    kept: Mapping[int, str],
) -> Registrar | None:
    """The function whose body a suite is, if that does nothing else."""
    if len(suite.way) != 1 or not isinstance(suite.way[0].node, ast.FunctionDef):
        return None
    function = suite.way[0].node
    own = {argument.arg for argument in parameters(function)}
    if function.decorator_list or not _only_registers(suite, found):
        return None
    bound = {b.name for node in suite.body for b in bindings_of(node)}
    is_given = True
    for nested in found:
        for receiver in nested.receivers:
            root = receiver
            while isinstance(root, ast.Attribute):
                root = root.value
            if not isinstance(root, ast.Name) or root.id in bound:
                return None
            is_given = is_given and root.id in own
        if nested.endpoint.ordinal in kept:
            return None
    if sum(b.name == function.name for s in module.statements for b in s.binds) != 1:
        return None
    routes = tuple(route for nested in found for route in nested.endpoint.routes)
    if (row := known.get((function.name, routes))) is not None:
        return Registrar(function.name, *row)
    # One that registers on an object of the module may be the author's, and do so to be
    # read as a whole; ours is known.
    if not is_given:
        return None
    rows = [domains[nested.endpoint.ordinal] for nested in found]
    if len({domain for domain, _ in rows}) != 1:
        return None
    return Registrar(function.name, *rows[0])


def _only_registers(suite: Suite, found: Sequence[Nested]) -> bool:
    registering = {nested.index for nested in found}
    for index, node in enumerate(suite.body):
        match node:
            case ast.Expr(value=ast.Constant(value=str())) if index == 0:
                continue
            case ast.Return() if index == len(suite.body) - 1:
                continue
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                continue
            case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name()):
                continue
            case _ if index in registering:
                continue
            case _:
                return False
    return True
