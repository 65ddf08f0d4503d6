"""Before ≡ after, shown by importing both states of the application, each in its own process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from aurum_refactor.errors import VerifyError
from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.judge import compared_with, judge
from aurum_refactor.verify.looks import Looks, Seen
from aurum_refactor.verify.observation import Observation
from aurum_refactor.verify.observe import Running, UnobservableError
from aurum_refactor.verify.reordering import Order, judged, paths_for, swaps_between
from aurum_refactor.verify.requests import check_of, send_both
from aurum_refactor.verify.requests_fuzz import generated
from aurum_refactor.verify.requests_plan import plan_of
from aurum_refactor.verify.requests_run import Sending
from aurum_refactor.verify.summary import moved_between
from aurum_refactor.verify.target import Target
from aurum_refactor.verify.verdict import CANNOT_SEE, WITHOUT_REQUESTS, Check, Verdict

_Judged = tuple[tuple[Difference, ...], tuple[Check, ...]]


def verify(before: Path, after: Path, target: Target, sending: Sending | None = None) -> Verdict:
    """Show whether two states of one application are the same to its callers.

    Both states are imported and looked at: routes in order, identity of what
    they use, OpenAPI text, application, names of the monolith. Then every new
    module is imported first, and every other module that could be before.
    A difference that a state also has with itself, when looked at twice, is
    no difference but is listed in ``cannot_see``.

    Args:
        before: Directory with the state that is right by definition.
        after: Directory with the state that must not differ.
        target: How to import the application; the same for both.
        sending: How to send requests to both; ``None`` sends none.

    Returns:
        ``equal`` is true if and only if ``differences`` is empty; its members
        are in the order of the checks.

    Raises:
        VerifyError: A side cannot be looked at, or both; the message names it.
            Two crashes are not an equality.

    Cost:
        Two imports of the target, one more for each group of modules that can be
        imported first (see ``first_looks``) on each side they are on, and two if
        anything differs or requests are sent, and one if routes changed places; two at
        a time.
    """
    running = Running()
    target = replace(target, inputs=sending is not None)
    with Looks(before, after, target, running) as looks:
        seen = looks.plain()
        left, right = _both(seen)
        order = _order(left, right, looks)
        seen |= looks.first(left, right)
        (differences, checks), unstable = _settled(seen, left, right, order, looks)
        outcome = None
        if sending is not None:
            cases = plan_of(left, right, sending.headers)
            if sending.fuzz:
                cases += generated(left, sending.fuzz, len(cases), sending.headers)
            outcome = send_both(before, after, target, cases, sending, running)
            differences = (*differences, *outcome.differences)
            checks = (*checks, check_of(outcome))
    notes = tuple(
        f"{where}: {what}, which differs between two imports of the same state"
        for where, what in sorted(unstable)
    )
    return Verdict(
        equal=not differences,
        checks=checks,
        differences=differences,
        cannot_see=(
            *notes,
            *_unreached(left, right, target),
            *_made_up(left),
            *(CANNOT_SEE if outcome else WITHOUT_REQUESTS + CANNOT_SEE),
        ),
        moved=moved_between(left, right),
        before_versions=tuple(left.versions.items()),
        after_versions=tuple(right.versions.items()),
        fabricated=left.fabricated,
        reordered=tuple(swap.labels for swap in order.hidden),
        reordering_allowed=target.allow_reordered,
        requests=outcome.summary if outcome else None,
    )


def _both(seen: Seen) -> tuple[Observation, Observation]:
    """Give both plain looks, or fail with what is wrong with either."""
    left, right = seen["before", None], seen["after", None]
    sides: dict[str, list[str]] = {}
    for side, look in (("before", left), ("after", right)):
        if isinstance(look, UnobservableError):
            sides.setdefault(str(look), []).append(side)
    wrong = [f"{' and '.join(where)}: {said}" for said, where in sides.items()]
    if isinstance(left, UnobservableError) or isinstance(right, UnobservableError):
        raise VerifyError("\n".join(wrong))
    return left, right


def _order(left: Observation, right: Observation, looks: Looks) -> Order:
    """Judge the routes that changed places; they are looked at once more if there are any."""
    swaps = swaps_between(left, right)
    matched = looks.matched(paths_for(swaps)) if swaps else {}
    return Order(swaps, *judged(swaps, matched), looks.target.allow_reordered)


def _settled(
    seen: Seen, left: Observation, right: Observation, order: Order, looks: Looks
) -> tuple[_Judged, frozenset[tuple[str, str]]]:
    """Compare all looks; also give what (where, what) the state before differs in from itself."""
    target = looks.target
    first = judge(seen, left, right, target, order)
    if not first[0]:
        return first, frozenset()
    again = looks.look("before")
    if isinstance(again, UnobservableError):
        raise VerifyError(f"before: crashes on one import and not on another: {again}")
    unstable = frozenset((d.where, d.what) for d in compared_with(left, again, target))
    return judge(seen, left, right, target, order, unstable), unstable


def _unreached(left: Observation, right: Observation, target: Target) -> tuple[str, ...]:
    """Say so when the application has no route of the module all this is about."""
    homes = {target.monolith, *target.new_modules}
    if not target.monolith or any(row.module in homes for row in (*left.rows, *right.rows)):
        return ()
    return (f"{target.monolith} itself: {target.title} has no route that is defined in it",)


def _made_up(left: Observation) -> tuple[str, ...]:
    if not left.fabricated:
        return ()
    return (f"what {len(left.fabricated)} fabricated modules would have done on import",)
