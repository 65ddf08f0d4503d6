"""Can consecutive statements become the body of a function that is called in their place?

They can if nobody can tell: every name they read means the same object at the same time,
every name they bind is there for whoever reads it, and control comes out where it went in.
Source: https://docs.python.org/3/reference/executionmodel.html#resolution-of-names
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from aurum_refactor.analysis.lifting.captured import can_be_given, captured_by
from aurum_refactor.analysis.lifting.handlers import judge_handler
from aurum_refactor.analysis.lifting.readings import Readings
from aurum_refactor.analysis.lifting.returned import returned_by
from aurum_refactor.analysis.lifting.run import Run
from aurum_refactor.analysis.lifting.shape import judge_frame, judge_shape
from aurum_refactor.analysis.lifting.trees import root_of
from aurum_refactor.analysis.lifting.verdicts import ModuleFacts, Verdict
from aurum_refactor.analysis.nested import Nested
from aurum_refactor.analysis.reads import Reads
from aurum_refactor.analysis.suites import Suite


class Judge:
    """Judges runs of one module; remembers what each statement reads."""

    def __init__(self, facts: ModuleFacts) -> None:
        self._facts = facts
        self._readings = Readings(facts.literal_names)

    def reads(self, node: ast.stmt) -> Reads:
        """Names that a statement looks up outside the scopes inside it."""
        return self._readings.of(node)

    def verdict(self, suite: Suite, first: int, last: int, nested: Sequence[Nested]) -> Verdict:
        """Judge statements *first* to *last* of a suite."""
        return _verdict(Run(self._facts, self._readings, suite, first, last, nested))

    def read_outside(self, suite: Suite, first: int, last: int) -> frozenset[str]:
        """Names that the function around reads besides in these statements."""
        if not suite.functions:
            return frozenset()
        frame = suite.frames(first, last, self._readings.memo)[-1]
        run = {id(node) for node in suite.body[first : last + 1]}
        return frozenset(row[0] for row in self._readings.outside(frame.function.body, run))


def _verdict(run: Run) -> Verdict:
    for offset, node in enumerate(run.nodes):
        judge_shape(run, offset, node)
    for nested in run.nested:
        judge_handler(run, nested)
    judge_frame(run)
    captured = captured_by(run)
    returned = returned_by(run)
    roots = [root for n in run.nested for r in n.receivers if (root := root_of(r)) is not None]
    receivers = [r for r in dict.fromkeys(roots) if r in captured or can_be_given(run, r)]
    return Verdict(
        tuple(run.problems),
        tuple(receivers),
        tuple(name for name in captured if name not in receivers),
        frozenset(run.late),
        returned,
    )
