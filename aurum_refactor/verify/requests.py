"""Differential requests: the same ones to both states, in process, and every answer compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.observe import Running, UnobservableError
from aurum_refactor.verify.requests_case import Case
from aurum_refactor.verify.requests_clocks import with_clocks
from aurum_refactor.verify.requests_compare import (
    EVERYWHERE,
    Unstable,
    differences_of,
    places_of,
    shown_again,
    unstable_places,
)
from aurum_refactor.verify.requests_run import Answers, Sending, answers_of
from aurum_refactor.verify.target import Target
from aurum_refactor.verify.verdict import Asked, Check, Requests

_HUNDRED = 100
# An answer that shows an endpoint at work.
_GOOD = ("2xx", "3xx", "accept")
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of sending requests to both states."""

    differences: tuple[Difference, ...]
    summary: Requests


def send_both(
    before: Path,
    after: Path,
    target: Target,
    cases: Sequence[Case],
    sending: Sending,
    running: Running,
) -> Outcome:
    """Send the same requests to both states and compare what comes back.

    Each state runs in a copy of its own directory, so that both begin with the
    same files. If the answers differ, both states are asked once more: what
    a state answers differently by itself (a time, an id) is set aside for that
    operation and named (a header that measures something: for all of them), and only what
    the same request shows again is a difference.

    Raises:
        UnobservableError: (a VerifyError) A state cannot be asked; names the side.

    Cost:
        Two imports and all requests twice; twice of that if anything differs.
    """

    def ask() -> tuple[Answers, Answers]:
        with ThreadPoolExecutor(max_workers=2) as pool:
            try:
                jobs = [
                    pool.submit(_asked, side, tree, target, cases, sending, running)
                    for side, tree in (("before", before), ("after", after))
                ]
                return jobs[0].result(), jobs[1].result()
            except BaseException:
                running.end_all()
                raise

    left, right = ask()
    places, startup = places_of(cases, left, right), _startup(left, right)
    unstable: Unstable = frozenset()
    if places or startup:
        left_again, right_again = ask()
        unstable = unstable_places(cases, left, left_again)
        unstable = with_clocks(cases, left, left_again, unstable)
        first = {
            key: found for key, found in places.items() if (EVERYWHERE, key[1]) not in unstable
        }
        again = places_of(cases, left_again, right_again, unstable)
        # What one pair of runs shows and another does not is no property of the state after.
        places = shown_again(first, again)
        unstable |= {key for key in first if key not in places}
        startup = startup if _startup(left_again, right_again) else ()
    differences = (*startup, *differences_of(places))
    return Outcome(differences, _summary(cases, left, right, unstable))


def _asked(
    side: str,
    tree: Path,
    target: Target,
    cases: Sequence[Case],
    sending: Sending,
    running: Running,
) -> Answers:
    try:
        return answers_of(tree, target, cases, sending, running)
    except UnobservableError as error:
        raise UnobservableError(f"{side}: {error}", timed_out=error.timed_out) from None


def _startup(left: Answers, right: Answers) -> tuple[Difference, ...]:
    if left.lifespan == right.lifespan:
        return ()
    return (Difference("the application", "startup", left.lifespan, right.lifespan, "requests"),)


def _summary(cases: Sequence[Case], left: Answers, right: Answers, unstable: Unstable) -> Requests:
    sent = [c for c in cases if _is_answer(left, c) and _is_answer(right, c)]
    counts: dict[str, Counter[str]] = {case.operation: Counter() for case in cases}
    for case in sent:
        counts[case.operation][_class(left, case)] += 1
    unanswered = [c for c in sent if "open" in left.by_case[c.number]]
    return Requests(
        sent=len(sent),
        left_out=len(cases) - len(sent),
        unanswered=tuple(
            c.line for c in unanswered if left.by_case[c.number]["open"] != "answering"
        ),
        operations=tuple(
            Asked(operation, sum(count.values()), tuple(sorted(count.items())))
            for operation, count in counts.items()
        ),
        unstable=tuple(sorted(f"{where}: {place}" for where, place in unstable)),
        lifespan=left.lifespan,
        refused=tuple(sorted(left.refused | right.refused)),
    )


def _is_answer(answers: Answers, case: Case) -> bool:
    return "skipped" not in answers.by_case.get(case.number, {"skipped": True})


def _class(answers: Answers, case: Case) -> str:
    """``2xx`` and so on; ``raised``, ``accepted``, ``ended``, ``open`` where there is no status."""
    answer = answers.by_case[case.number]
    status = answer.get("status")
    if isinstance(status, int):
        return f"{status // _HUNDRED}xx"
    for key in ("ended", "open", "raised"):
        if key in answer:
            return key
    messages = answer.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else {}
    kind = first.get("type") if isinstance(first, dict) else None
    return str(kind or "nothing").rpartition(".")[2]


def check_of(outcome: Outcome) -> Check:
    """One line for the verdict, with what a reader must know to judge it."""
    summary = outcome.summary
    classes: Counter[str] = Counter()
    for asked in summary.operations:
        classes.update(dict(asked.answers))
    told = ", ".join(f"{count} {name}" for name, count in sorted(classes.items()))
    lines = [f"to {len(summary.operations)} operations: {told}"] if classes else []
    failing = [
        o for o in summary.operations if o.sent and not any(n in _GOOD for n, _ in o.answers)
    ]
    if failing:
        names = ", ".join(o.operation for o in failing[:_NAMED])
        more = f" and {len(failing) - _NAMED} more" if len(failing) > _NAMED else ""
        lines.append(f"never answered with success, so little of their code ran: {names}{more}")
    if summary.lifespan not in ("", "complete"):
        lines.append(f"startup does not come to an end on either side: {summary.lifespan}")
    if summary.refused:
        lines.append(f"refused to the endpoints: {', '.join(summary.refused)} (--with-effects)")
    if summary.unanswered:
        lines.append(f"{len(summary.unanswered)} not answered in time, {summary.left_out} left out")
    if summary.unstable:
        names = ", ".join(summary.unstable[:_NAMED])
        more = f" and {len(summary.unstable) - _NAMED} more" if summary.unstable[_NAMED:] else ""
        lines.append(
            f"{len(summary.unstable)} places differ by themselves and were set aside: {names}{more}"
        )
    equal = not outcome.differences
    return Check("requests", summary.sent, equal, "\n".join(lines))
