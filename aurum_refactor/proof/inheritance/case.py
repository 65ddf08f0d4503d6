"""A class, the methods that it inherits now, and what the compiler makes of it."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

from aurum_refactor.proof.inheritance.family import Family
from aurum_refactor.proof.inheritance.running import FUNCTIONS

#: (line of the original, message)
Wrong = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One class that inherits some of its methods now, as it was before."""

    family: Family
    node: ast.ClassDef
    # Names of the methods, and the methods.
    names: frozenset[str]
    methods: Sequence[Any]
    # The table of the class.
    table: symtable.SymbolTable
    # The whole module.
    code: CodeType

    @classmethod
    def of(cls, family: Family, node: ast.ClassDef, names: frozenset[str]) -> Case:
        """The case of one class.

        Args:
            family: Its module, and the files around it.
            node: The class.
            names: Methods that it inherits now.
        """
        source = family.unit.source.text
        table = next(
            child
            for child in symtable.symtable(source, family.unit.path, "exec").get_children()
            if child.get_name() == node.name and child.get_type() == "class"
        )
        return cls(
            family=family,
            node=node,
            names=names,
            methods=[n for n in node.body if isinstance(n, FUNCTIONS) and n.name in names],
            table=table,
            code=compile(source, family.unit.path, "exec", dont_inherit=True),
        )
