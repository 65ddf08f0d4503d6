"""Can methods of a class become those of a base class of it, that stands directly above it?

A class finds what it inherits as it finds its own, so nobody can tell by looking a method up on
it, on a class derived from it or on an object of theirs, or by replacing it there. What can tell
is whatever reads the class's own namespace: a metaclass, ``__init_subclass__``, a decorator of
the class, ``__dict__``; what asks where a method stands: ``super()``, private names; and what
may hold an order that is another now: decorators and defaults, which run with the class.
Source: https://docs.python.org/3/reference/datamodel.html#customizing-class-creation
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from aurum_refactor.analysis.carrying.methods import method_stays
from aurum_refactor.analysis.carrying.namespaces import class_stays
from aurum_refactor.analysis.carrying.owner import Owner, Reason
from aurum_refactor.analysis.plain_imports import PlainImports
from aurum_refactor.analysis.suites import Function


class ClassJudge:
    """Judges the classes of one module."""

    def __init__(self, imports: PlainImports, others: Mapping[str, bytes]) -> None:
        """Take in what is read of the project.

        Args:
            imports: The monolith, and modules of the project that are asked for.
            others: Further files that may name its classes, by path.
        """
        self._imports = imports
        self._others = others
        self._known: dict[int, Owner] = {}

    def class_stays(self, body: Sequence[ast.stmt], node: ast.ClassDef) -> str:
        """Why nothing of a class can be inherited instead; "" if it can."""
        return class_stays(self._imports, self._others, body, node)

    def method_stays(self, node: Function, owner: ast.ClassDef, *, lazy: bool) -> Reason | None:
        """Why one method of a class cannot be inherited instead; None if it can.

        Args:
            node: The method.
            owner: The class, which is free to lose methods.
            lazy: True with ``from __future__ import annotations``.
        """
        if id(owner) not in self._known:
            self._known[id(owner)] = Owner(owner)
        return method_stays(self._imports, node, self._known[id(owner)], lazy=lazy)
