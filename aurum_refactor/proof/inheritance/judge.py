"""Does a class that inherits some of its methods behave as if it had them itself?

Looking one up gives the same function, for the class, what is derived from it, and all of their
objects: the new bases come first, and hold nothing else. What could tell is shut out here one
by one: hooks and metaclasses that see a namespace, code that looks into it, ``super()`` and
``__class__`` by what the compiler made of them, private names, names of the class's scope by
CPython's own symbol table, and whatever runs while the methods are defined.
Source: https://docs.python.org/3/reference/datamodel.html#customizing-class-creation
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aurum_refactor.proof.inheritance.bindings import binds
from aurum_refactor.proof.inheritance.case import Case, Wrong
from aurum_refactor.proof.inheritance.defining import wrong_definition
from aurum_refactor.proof.inheritance.derived import wrong_bases
from aurum_refactor.proof.inheritance.family import Family
from aurum_refactor.proof.inheritance.scope import wrong_scope
from aurum_refactor.proof.inheritance.standing import wrong_code, wrong_names, wrong_supers
from aurum_refactor.proof.inheritance.watched import wrong_looks


def judge(family: Family, node: ast.ClassDef, names: frozenset[str]) -> list[Wrong]:
    """Everything that could tell that a class inherits its methods *names* now."""
    return list(_wrong(Case.of(family, node, names)))


def _wrong(case: Case) -> Iterator[Wrong]:
    if (
        sum(binds(n, case.node.name) for n in ast.walk(ast.Module(list(case.family.unit.body), [])))
        != 1
    ):
        yield case.node.lineno, "it may be bound more than once"
    if case.node.decorator_list:
        yield case.node.lineno, "its decorators see what it holds"
    yield from wrong_bases(case, case.family.home, case.node, 0)
    yield from wrong_scope(case)
    yield from wrong_code(case)
    yield from wrong_supers(case)
    for method in case.methods:
        yield from wrong_names(method)
        yield from wrong_definition(case, method)
    yield from wrong_looks(case)
