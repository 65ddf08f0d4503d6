"""A lifted function, and the place where its body stood."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

#: (line of the original, message)
Wrong = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the body of a lifted function stood in the original."""

    # Statements, handlers and cases around, outermost first.
    around: Sequence[ast.AST]
    suite: Sequence[ast.stmt]
    first: int
    # Exclusive.
    end: int

    @property
    def run(self) -> Sequence[ast.stmt]:
        """The statements that were lifted."""
        return self.suite[self.first : self.end]


@dataclass(frozen=True, slots=True)
class Registering:
    """A new function and the one statement that calls it."""

    node: ast.FunctionDef
    call: ast.stmt
    # Parameters, by position and by name.
    parameters: tuple[str, ...]
    # Those that the call hands on as forwarders.
    late: frozenset[str]
    returned: tuple[str, ...]
    # What the call stands for.
    body: Sequence[ast.stmt]
