"""Where a name is found: the scopes around a place in the code, on both sides at once.

Source: https://docs.python.org/3/reference/executionmodel.html#naming-and-binding
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from aurum_refactor.analysis.scopes import FunctionNode, bound_in, parameters
from aurum_refactor.model import Phase


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a name is looked up or stored at module level, before or after."""

    name: str
    # The name before the dot when the result says ``through.name``; else "".
    through: str
    phase: Phase
    # True in annotations, string ones included.
    annotation: bool
    # True for assignments, deletions and everything else that binds.
    store: bool
    line_before: int
    line_after: int
    # Whether the look-up ends in the module's namespace, on either side. For
    # ``through.name`` the right one is about ``through``.
    global_before: bool
    global_after: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What one scope binds, on one side."""

    # Found here by a load; in a class body only what has been stored so far.
    found: frozenset[str]
    stored: frozenset[str]
    declared: frozenset[str]

    @classmethod
    def plain(cls, names: Iterable[str]) -> Names:
        """A scope in which nothing is declared global."""
        local = frozenset(names)
        return cls(local, local, frozenset())

    @classmethod
    def of_function(cls, node: FunctionNode, body: Iterable[ast.AST]) -> Names:
        """The scope of a function or lambda."""
        bound = bound_in(body)
        local = frozenset(bound.local | {argument.arg for argument in parameters(node)})
        return cls(local, local, frozenset(bound.declared_global))


@dataclass(frozen=True, slots=True)
class Level:
    """One scope, on both sides."""

    kind: str  # "function", "class" or "comprehension"
    before: Names
    after: Names


@dataclass(frozen=True, slots=True)
class At:
    """Where the walk stands."""

    phase: Phase = Phase.IMPORT
    annotation: bool = False
    levels: tuple[Level, ...] = ()

    def inside(self, level: Level) -> At:
        """One scope further in."""
        return At(self.phase, self.annotation, (*self.levels, level))

    def running(self, level: Level) -> At:
        """In the body of a function, which runs when it is called."""
        return At(Phase.CALL, False, (*self.levels, level))  # noqa: FBT003 - a record's field

    def is_global_before(self, name: str, *, store: bool) -> bool:
        """True if the original finds, or stores, the name in its module."""
        return _is_global(name, [level.before for level in self._visible()], store=store)

    def is_global_after(self, name: str, *, store: bool) -> bool:
        """The same of the result."""
        return _is_global(name, [level.after for level in self._visible()], store=store)

    def _visible(self) -> list[Level]:
        """Scopes from the inside out; class bodies are seen by their own code only."""
        return [
            level
            for depth, level in enumerate(reversed(self.levels))
            if not depth or level.kind != "class"
        ]


AT_IMPORT = At()


def _is_global(name: str, scopes: list[Names], *, store: bool) -> bool:
    for names in scopes:
        if name in names.declared:
            return True
        if name in (names.stored if store else names.found):
            return False
    return True
