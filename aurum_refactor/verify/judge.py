"""Compares all looks at two states, with and without a module imported first."""

from __future__ import annotations

from dataclasses import replace

from aurum_refactor.errors import VerifyError
from aurum_refactor.verify.compare import compare, names_left
from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.first import never_first, reason_of
from aurum_refactor.verify.looks import Seen, monolith_first
from aurum_refactor.verify.observation import Observation
from aurum_refactor.verify.observe import UnobservableError
from aurum_refactor.verify.reordering import Order
from aurum_refactor.verify.summary import checks_of
from aurum_refactor.verify.target import TOGETHER, Target
from aurum_refactor.verify.verdict import Check


def judge(
    seen: Seen,
    left: Observation,
    right: Observation,
    target: Target,
    order: Order,
    unstable: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[tuple[Difference, ...], tuple[Check, ...]]:
    """Compare everything that was looked at; *unstable* (where, what) count for nothing."""
    found_plain = order.sorted_out(compared_with(left, right, target), left, right)
    plain = tuple(d for d in found_plain if (d.where, d.what) not in unstable)
    first: list[Difference] = []
    skipped: dict[str, UnobservableError] = {}
    compared = 0
    for module in (*monolith_first(target), *target.other_first):
        reference = seen["before", module]
        if isinstance(reference, UnobservableError):
            _refuse_timeout("before", reference)
            # It could not be imported first before, so nothing is promised for after.
            skipped[module] = reference
            continue
        compared += 1
        found = seen["after", module]
        if reference is not left or found is not right:
            first += _first(module, reference, found, target, order, unstable)
    if target.together_first:
        label = together(target)
        reference = seen["before", TOGETHER]
        if isinstance(reference, UnobservableError):
            _refuse_timeout("before", reference)
            skipped[label] = reference
        else:
            compared += sum(not raised for raised in reference.together.values())
            found = seen["after", TOGETHER]
            first += _raised(reference, found)
            first += _first(label, reference, found, target, order, unstable)
    # each new module gives what the monolith gives when that is imported first.
    expected = seen.get(("after", target.monolith), right)
    expected = right if isinstance(expected, UnobservableError) else expected
    alone = skipped.get(target.monolith)
    for module in target.new_modules:
        part = seen["after", module]
        if alone is not None and isinstance(part, UnobservableError):
            _refuse_timeout("after", part)
            if reason_of(target.monolith, alone) == reason_of(module, part):
                # What others have to do for the monolith first, its parts need as well.
                skipped[module] = part
                continue
        compared += 1
        first += _first(module, expected, part, target, order, unstable)
    imports = Check("first import", compared, not first, never_first(skipped))
    gone = names_left(left, right)
    names = f"{gone} of them in new modules only" if target.released and gone else ""
    return (*plain, *first), (*checks_of(left, plain, order.detail, names), imports)


def together(target: Target) -> str:
    """What to call the modules that are imported first one after another."""
    names = target.together_first
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _raised(reference: Observation, found: Observation | UnobservableError) -> list[Difference]:
    """Which of the modules that are imported together cannot be any more."""
    if isinstance(found, UnobservableError):
        return []
    return [
        Difference(module, "first import", "can be imported", text, "import")
        for module, raised in reference.together.items()
        # What could not be imported before is promised nothing.
        if (text := found.together.get(module, "")) and not raised
    ]


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
    sides = (_bare(expected), _bare(found))
    if sides[0] == sides[1]:
        return []
    return [
        replace(d, where=f"{d.where} with {module} imported first", category="import")
        for d in order.sorted_out(compared_with(*sides, target), *sides)
        if (d.where, d.what) not in unstable
    ]


def _bare(seen: Observation) -> Observation:
    return replace(seen, openapi={}, chain=(), together={}, opened=False)


def compared_with(left: Observation, right: Observation, target: Target) -> tuple[Difference, ...]:
    return compare(left, right, module=target.monolith, released=target.released)


def _refuse_timeout(side: str, error: UnobservableError) -> None:
    # A slow machine must not look like a module that cannot be imported.
    if error.timed_out:
        raise VerifyError(f"{side}: {error}")
