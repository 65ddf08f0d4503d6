"""Consecutive statements of a suite, and what speaks against lifting them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cached_property

from aurum_refactor.analysis.bindings import bindings_of
from aurum_refactor.analysis.lifting.readings import Outside, Readings
from aurum_refactor.analysis.lifting.verdicts import ModuleFacts, Problem
from aurum_refactor.analysis.nested import Nested
from aurum_refactor.analysis.suites import Frame, Suite


class Run:
    """Statements of one suite that are lifted together; collects what speaks against it.

    Args:
        facts: What is known of the module.
        readings: What its statements read.
        suite: Where they stand.
        first: Index of the first of them.
        last: That of the last one.
        nested: The registrations of the suite.
    """

    def __init__(
        self,
        facts: ModuleFacts,
        readings: Readings,
        suite: Suite,
        first: int,
        last: int,
        nested: Sequence[Nested],
    ) -> None:
        self.facts = facts
        self.readings = readings
        self.suite = suite
        self.first = first
        self.nodes = list(suite.body[first : last + 1])
        self.nested = [n for n in nested if first <= n.index <= last]
        self.frames = suite.frames(first, last, readings.memo)
        self.problems: list[Problem] = []
        # Functions of the ones around that a forwarder does for.
        self.late: set[str] = set()
        # Offsets of the statements that bind each name.
        self.binds: dict[str, list[int]] = {}
        for offset, node in enumerate(self.nodes):
            for name in dict.fromkeys(binding.name for binding in bindings_of(node)):
                self.binds.setdefault(name, []).append(offset)

    def no(self, offset: int, reason: str, line: int = 0) -> None:
        """Note a reason against one of its statements."""
        line = line or self.nodes[offset].lineno
        self.problems.append(Problem(self.first + offset, line, reason))

    def owner(self, name: str) -> Frame | None:
        """The function around whose local variable a name is; None for the module's own."""
        for frame in reversed(self.frames):
            if name in frame.declared_global:
                return None
            if name in frame.local:
                return frame
        return None

    def bound_elsewhere(self, name: str) -> bool:
        """True if the function around binds a name of the run outside the run too."""
        frame = self.frames[-1]
        if name in {a.arg for a in ast.walk(frame.function.args) if isinstance(a, ast.arg)}:
            return True
        return name in self.others or (
            frame.rebound_by(name) is not None
            and _nonlocal_outside(frame.function, self.nodes, name)
        )

    @cached_property
    def others(self) -> frozenset[str]:
        """Names that the innermost function binds besides in the run."""
        run = {id(node) for node in self.nodes}
        return frozenset(self.readings.bound_outside(self.frames[-1].function.body, run))

    @cached_property
    def reads_outside(self) -> tuple[Outside, ...]:
        """What the innermost function reads besides in the run."""
        run = {id(node) for node in self.nodes}
        return tuple(self.readings.outside(self.frames[-1].function.body, run))


def _nonlocal_outside(function: ast.AST, run: Sequence[ast.stmt], name: str) -> bool:
    inside = {id(inner) for node in run for inner in ast.walk(node)}
    return any(
        isinstance(inner, ast.Nonlocal) and name in inner.names and id(inner) not in inside
        for inner in ast.walk(function)
    )
