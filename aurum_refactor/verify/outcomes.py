"""Whether the project's own tests end alike in both states, test by test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from aurum_refactor.errors import VerifyError
from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.observe import Running
from aurum_refactor.verify.own_tests import Outcome, Session, run_tests
from aurum_refactor.verify.own_tests_by_file import run_tests_by_file
from aurum_refactor.verify.target import Target
from aurum_refactor.verify.verdict import Check, Verdict

_KINDS = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
# More than this many names are no help.
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the tests have to say, for a verdict to take up."""

    check: Check
    differences: tuple[Difference, ...]
    # What could not be compared, and why.
    notes: tuple[str, ...]


def compare_tests(
    before: Path,
    after: Path,
    target: Target,
    command: str,
    *,
    timeout: float,
    by_file: bool = False,
    tell: Callable[[str], None] = lambda _text: None,
) -> Comparison:
    """Run the tests of both states, the first one twice, and compare test by test.

    A test that ends differently in two runs of the same state can show nothing:
    it is set aside and named. Tests that are only there afterwards are counted.

    Args:
        before: Directory with the state that is right by definition.
        after: Directory with the state that must not differ.
        target: How the application is run; the same for both.
        command: What runs the tests, such as ``pytest -q``.
        timeout: Seconds for one run; there are three, or three for each file.
        by_file: Whether each file of tests gets processes of its own.
        tell: Takes a line about what is going on.

    Raises:
        VerifyError: One of the runs did not come to its end, or ran nothing.

    Cost:
        Three runs of the tests, one after the other: they may share a port.
    """
    running = Running()
    how = run_tests_by_file if by_file else run_tests

    def run(side: str, tree: Path, number: int) -> Session:
        tell(f"running `{command}` {side} ({number} of 3)")
        try:
            return how(tree, target, command, timeout, running)
        except VerifyError as error:
            raise VerifyError(f"{side}: {error}") from None

    try:
        first = run("before", before, 1)
        again = run("before", before, 2)
        last = run("after", after, 3)
    finally:
        running.end_all()
    return judge(first, again, last)


def judge(first: Session, again: Session, after: Session) -> Comparison:
    """Compare two runs of the state before and one of the state after."""
    flaky = sorted(
        test
        for test in {**first.tests, **again.tests}
        if first.tests.get(test) != again.tests.get(test)
    )
    stable = {test: outcome for test, outcome in first.tests.items() if test not in set(flaky)}
    differences = tuple(
        Difference(test, "test", str(outcome), _now(after.tests.get(test)), "tests")
        for test, outcome in stable.items()
        if after.tests.get(test) != outcome
    )
    new = len(set(after.tests) - set(first.tests) - set(again.tests))
    counts = Counter(outcome.kind for outcome in stable.values())
    parts = [f"{counts[kind]} {kind}" for kind in _KINDS if counts[kind]]
    parts += [f"{len(flaky)} flaky"] if flaky else []
    parts += [f"{new} new"] if new else []
    notes = tuple(
        f"{test}: a test that ends differently in two runs of the state before"
        for test in flaky[:_NAMED]
    )
    if len(flaky) > _NAMED:
        notes += (f"{len(flaky) - _NAMED} more tests that end differently in two such runs",)
    if stable and not counts["passed"]:
        notes += ("most of what its tests are about: none of them passes before",)
    if not first.reached:
        notes += ("the monolith by its tests: no test process has imported it",)
    check = Check("tests", len(stable), not differences, ", ".join(parts))
    return Comparison(check, differences, notes)


def _now(outcome: Outcome | None) -> str:
    return "did not run" if outcome is None else str(outcome)


def with_tests(verdict: Verdict, tested: Comparison) -> Verdict:
    """The verdict that has heard the tests too."""
    return replace(
        verdict,
        equal=verdict.equal and not tested.differences,
        checks=(*verdict.checks, tested.check),
        differences=(*verdict.differences, *tested.differences),
        cannot_see=(*tested.notes, *verdict.cannot_see),
    )
