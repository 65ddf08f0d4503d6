"""Before ≡ after, shown by importing both states of the application, each in its own process."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from aurum_refactor.errors import VerifyError
from aurum_refactor.verify.compare import compare
from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.first import first_looks, never_first
from aurum_refactor.verify.observation import Observation
from aurum_refactor.verify.observe import Running, UnobservableError, observe
from aurum_refactor.verify.reordering import Order, judged, paths_for, swaps_between
from aurum_refactor.verify.requests import check_of, send_both
from aurum_refactor.verify.requests_fuzz import generated
from aurum_refactor.verify.requests_plan import plan_of
from aurum_refactor.verify.requests_run import Sending
from aurum_refactor.verify.summary import checks_of, moved_between
from aurum_refactor.verify.target import Target
from aurum_refactor.verify.verdict import CANNOT_SEE, WITHOUT_REQUESTS, Check, Verdict
from aurum_refactor.verify.warm import Server, Warm

# One look: a side ("before" or "after") and the module imported first.
_Look = tuple[str, str | None]
_Seen = dict[_Look, Observation | UnobservableError]


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
    trees = {"before": before, "after": after}
    server = Server(trees, target, running)
    warm = server.states
    pool = ThreadPoolExecutor(max_workers=2)

    def look(side: str, first: str | None = None) -> Observation | UnobservableError:
        return _look(trees[side], target, first, running, warm[side])

    try:
        plain = {side: pool.submit(look, side) for side in ("before", "after")}
        seen: _Seen = {(side, None): job.result() for side, job in plain.items()}
        left, right = _both(seen)
        swaps = swaps_between(left, right)
        matched: Mapping[str, Sequence[str]] = {}
        if swaps:
            wanted = paths_for(swaps)
            matched = observe(after, target, None, running, wanted, warm["after"]).matched
        order = Order(swaps, *judged(swaps, matched), target.allow_reordered)
        jobs = {
            side: pool.submit(
                first_looks, _first_of(side, target), own, functools.partial(look, side)
            )
            for side, own in (("before", left), ("after", right))
        }
        for side, job in jobs.items():
            seen |= {(side, module): found for module, found in job.result().items()}
        unstable = frozenset[tuple[str, str]]()
        differences, checks = _judge(seen, left, right, target, order)
        if differences:
            again = look("before")
            if isinstance(again, UnobservableError):
                raise VerifyError(f"before: crashes on one import and not on another: {again}")
            unstable = frozenset((d.where, d.what) for d in _compared(left, again, target))
            differences, checks = _judge(seen, left, right, target, order, unstable)
        outcome = None
        if sending is not None:
            cases = plan_of(left, right, sending.headers)
            if sending.fuzz:
                cases += generated(left, sending.fuzz, len(cases), sending.headers)
            outcome = send_both(before, after, target, cases, sending, running)
            differences = (*differences, *outcome.differences)
            checks = (*checks, check_of(outcome))
        server.close()
    finally:
        # Without this an interrupt would wait for the target's own time limit.
        running.end_all()
        server.close()
        pool.shutdown(cancel_futures=True)
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


def _look(
    tree: Path, target: Target, first: str | None, running: Running, warm: Warm
) -> Observation | UnobservableError:
    try:
        return observe(tree, target, first, running, warm=warm)
    except UnobservableError as error:
        return error


def _both(seen: _Seen) -> tuple[Observation, Observation]:
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


def _first_of(side: str, target: Target) -> tuple[str, ...]:
    """Which modules to import first on one side."""
    new = target.new_modules if side == "after" else ()
    return (*_monolith_first(target), *new, *target.other_first)


def _monolith_first(target: Target) -> tuple[str, ...]:
    """The monolith, unless the application is in it: then the plain look has it first."""
    if target.monolith in ("", target.module):
        return ()
    return (target.monolith,)


def _judge(
    seen: _Seen,
    left: Observation,
    right: Observation,
    target: Target,
    order: Order,
    unstable: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[tuple[Difference, ...], tuple[Check, ...]]:
    """Compare everything that was looked at; *unstable* (where, what) count for nothing."""
    found = order.sorted_out(_compared(left, right, target), left, right)
    plain = tuple(d for d in found if (d.where, d.what) not in unstable)
    first: list[Difference] = []
    skipped: dict[str, UnobservableError] = {}
    compared = 0
    for module in (*_monolith_first(target), *target.other_first):
        reference = seen["before", module]
        if isinstance(reference, UnobservableError):
            _refuse_timeout("before", reference)
            # It could not be imported first before, so nothing is promised for after.
            skipped[module] = reference
            continue
        compared += 1
        first += _first(module, reference, seen["after", module], target, order, unstable)
    # each new module gives what the monolith gives when that is imported first.
    expected = seen.get(("after", target.monolith), right)
    expected = right if isinstance(expected, UnobservableError) else expected
    for module in target.new_modules:
        compared += 1
        first += _first(module, expected, seen["after", module], target, order, unstable)
    imports = Check("first import", compared, not first, never_first(skipped))
    return (*plain, *first), (*checks_of(left, plain, order.detail), imports)


def _first(
    module: str,
    expected: Observation,
    found: Observation | UnobservableError,
    target: Target,
    order: Order,
    unstable: frozenset[tuple[str, str]],
) -> list[Difference]:
    """What is different when *module* is imported first."""
    if isinstance(found, UnobservableError):
        _refuse_timeout("after", found)
        return [Difference(module, "first import", "gives the same routes", str(found), "import")]
    # Documents are made, and code is read, in plain looks only.
    sides = (replace(expected, openapi={}, chain=()), replace(found, openapi={}, chain=()))
    if sides[0] == sides[1]:
        return []
    return [
        replace(d, where=f"{d.where} with {module} imported first", category="import")
        for d in order.sorted_out(_compared(*sides, target), *sides)
        if (d.where, d.what) not in unstable
    ]


def _compared(left: Observation, right: Observation, target: Target) -> tuple[Difference, ...]:
    return compare(left, right, module=target.monolith, released=target.released)


def _refuse_timeout(side: str, error: UnobservableError) -> None:
    # A slow machine must not look like a module that cannot be imported.
    if error.timed_out:
        raise VerifyError(f"{side}: {error}")


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
