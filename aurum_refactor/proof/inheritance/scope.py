"""Names of a class's scope, by the compiler's own table."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aurum_refactor.proof.inheritance.bindings import binds
from aurum_refactor.proof.inheritance.case import Case, Wrong
from aurum_refactor.proof.inheritance.running import outside, run


def wrong_scope(case: Case) -> Iterator[Wrong]:
    """Names of the class's scope, by the compiler's own table."""
    for name in sorted(case.names):
        symbol = case.table.lookup(name)
        if symbol.is_referenced():
            yield case.node.lineno, f"its body reads {name}"
        if sum(binds(n, name) for n in case.node.body) != 1:
            yield case.node.lineno, f"{name} is bound more than once"
        if name.startswith("__"):
            yield case.node.lineno, f"{name} is special or private"
    for statement in case.node.body:
        if isinstance(statement, ast.Global):
            yield statement.lineno, "its body binds global names"
    looks = {"locals", "vars", "dir", "exec", "eval"}
    for name in sorted(looks & set(case.table.get_identifiers())):
        if case.table.lookup(name).is_referenced():
            yield case.node.lineno, f"its body may look at itself with {name}"
    lazy = "annotations" in case.family.unit.future
    for method in case.methods:
        for part in outside(method, lazy=lazy):
            for inner in run(part):
                if isinstance(inner, ast.Name) and _is_own(case, inner.id):
                    yield inner.lineno, f"{method.name} reads {inner.id} of the class"


def _is_own(case: Case, name: str) -> bool:
    if name in ("__module__", "__qualname__"):
        return True
    try:
        return case.table.lookup(name).is_assigned()
    except KeyError:
        return False
