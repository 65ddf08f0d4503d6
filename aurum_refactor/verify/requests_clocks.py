"""Headers that count by themselves, as a clock does: set aside in every operation, and named."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from aurum_refactor.verify.requests_case import Case
from aurum_refactor.verify.requests_compare import EVERYWHERE, Unstable, mismatches, place_of
from aurum_refactor.verify.requests_run import Answers

# ``12``, ``0.004``, ``3.1e-05``.
_NUMBER = re.compile(r"\d[\d.]*(?:e[-+]?\d+)?", re.IGNORECASE)
# One operation with a number of its own says nothing of the others.
_FEWEST = 2


def with_clocks(
    cases: Sequence[Case], one: Answers, other: Answers, unstable: Unstable
) -> Unstable:
    """Set a header aside in every operation where most show that it measures something.

    How long an answer took agrees in two runs by accident now and then. A header whose
    numbers, and nothing else in it, differ between two runs of one state in two
    operations and in half of those that have it, is such a measure in all of them.

    Args:
        cases: What was sent.
        one: A run of the state before.
        other: Another run of it.
        unstable: Where the two differ.

    Returns:
        The same, but with one place in ``EVERYWHERE`` for all places of such a header.
    """
    having: dict[str, set[str]] = defaultdict(set)
    moving: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        listed = one.by_case.get(case.number, {}).get("headers")
        for pair in listed if isinstance(listed, list) else ():
            if isinstance(pair, list):
                having[f"headers.{str(pair[0]).lower()}[]"].add(case.operation)
    for case, mismatch in mismatches(cases, one, other):
        if _NUMBER.sub("0", mismatch.before) == _NUMBER.sub("0", mismatch.after):
            moving[place_of(mismatch)].add(case.operation)
    clocks = {
        place
        for place, operations in moving.items()
        if len(operations) >= max(_FEWEST, len(having[place]) / 2) and place in having
    }
    rest = {key for key in unstable if key[1] not in clocks}
    return frozenset(rest | {(EVERYWHERE, place) for place in clocks})
