"""Answers before and after in, differences out; what is unstable by itself counts for nothing."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from aurum_refactor.verify.difference import Difference, Mismatch, walk
from aurum_refactor.verify.observation import Json
from aurum_refactor.verify.requests_case import Case
from aurum_refactor.verify.requests_run import Answers

# Headers whose order or presence says nothing of the application.
_IGNORED = ("date",)
_SETS = ("allow",)
# What differs because the body does.
_FOLLOWING = ("headers.content-length", "headers.etag", "text", "sha256")
_INDEX = re.compile(r"\[\d+\]")

# Mismatches by operation and place, each with the request that showed it.
Places = dict[tuple[str, str], list[tuple[Case, Mismatch]]]
# Where an answer is unstable: the operation, and the place in the answer without indices.
Unstable = frozenset[tuple[str, str]]
# In place of an operation: in all of them.
EVERYWHERE = "every operation"


def mismatches(
    cases: Sequence[Case], before: Answers, after: Answers
) -> Iterator[tuple[Case, Mismatch]]:
    """Every place where two runs answer differently, in the order of the cases.

    A request that was left out or not answered in time on either side is none.
    """
    for case in cases:
        left, right = before.by_case.get(case.number), after.by_case.get(case.number)
        if left is None or right is None or "skipped" in left or "skipped" in right:
            continue
        found = list(walk(*_comparable(left, right)))
        # Another body has another length and digest; that is told once.
        body = any(m.path.partition(".")[0].partition("[")[0] == "body" for m in found)
        for mismatch in found:
            if not (body and mismatch.path.startswith(_FOLLOWING)):
                yield case, mismatch


def unstable_places(cases: Sequence[Case], one: Answers, other: Answers) -> Unstable:
    """Where two runs of the same state differ."""
    return frozenset(
        (case.operation, place_of(mismatch)) for case, mismatch in mismatches(cases, one, other)
    )


def places_of(
    cases: Sequence[Case], before: Answers, after: Answers, unstable: Unstable = frozenset()
) -> Places:
    """Group the mismatches by operation and place, without the unstable ones."""
    found: Places = defaultdict(list)
    for case, mismatch in mismatches(cases, before, after):
        key = (case.operation, place_of(mismatch))
        if key not in unstable and (EVERYWHERE, key[1]) not in unstable:
            found[key].append((case, mismatch))
    return dict(found)


def shown_again(first: Places, again: Places) -> Places:
    """Of what one pair of runs showed, that which the same request showed in another.

    A clock that strikes during some request strikes during another one the next time.
    """
    found = {
        key: [
            (case, mismatch)
            for case, mismatch in shown
            if any(case.number == other.number for other, _mismatch in again.get(key, ()))
        ]
        for key, shown in first.items()
    }
    return {key: shown for key, shown in found.items() if shown}


def differences_of(
    places: Mapping[tuple[str, str], Sequence[tuple[Case, Mismatch]]],
) -> tuple[Difference, ...]:
    """One difference for each operation and place, with how many requests show it."""
    return tuple(
        Difference(
            where,
            f"answer to {first[0].line} ({first[0].about}): {first[1].path or 'all'}"
            + (f", and to {len(rest)} more" if rest else ""),
            first[1].before,
            first[1].after,
            "requests",
        )
        for (where, _place), (first, *rest) in places.items()
    )


def place_of(mismatch: Mismatch) -> str:
    """Where in an answer it is, whatever its number in a list."""
    return _INDEX.sub("[]", mismatch.path)


def _comparable(left: dict[str, Json], right: dict[str, Json]) -> tuple[Json, Json]:
    one, other = _plain(left), _plain(right)
    if "open" in one and "open" in other and one["open"] == other["open"] == "answering":
        # Two streams were cut at some time: one may have said more than the other by then.
        one, other = _cut(one, other), _cut(other, one)
    return one, other


def _plain(answer: Mapping[str, Json]) -> dict[str, Json]:
    """An answer with headers by name, and its body as JSON where it is JSON."""
    plain: dict[str, Json] = {k: v for k, v in answer.items() if k not in ("id", "size", "sha256")}
    headers: dict[str, list[str]] = defaultdict(list)
    listed = answer.get("headers")
    for pair in listed if isinstance(listed, list) else ():
        if isinstance(pair, list):
            headers[str(pair[0]).lower()].append(str(pair[1]))
    if "headers" in plain:
        for name in _SETS:
            if name in headers:
                headers[name] = sorted(x.strip() for v in headers[name] for x in v.split(","))
        kept = {name: values for name, values in headers.items() if name not in _IGNORED}
        plain["headers"] = {name: list[Json](values) for name, values in kept.items()}
    body = answer.get("body")
    if isinstance(body, str) and any("json" in value for value in headers.get("content-type", ())):
        try:
            plain["body"] = json.loads(body)
        except ValueError:
            pass
        # The text too: a repeated key, or the spelling of a number, is not in the value.
        else:
            plain["text"] = _skeleton(body)
    elif "sha256" in answer:
        plain["sha256"] = answer["sha256"]
    return plain


def _skeleton(body: str) -> str:
    """What JSON leaves open: blanks and the like; the values themselves are compared apart."""
    return re.sub(r'"(?:[^"\\]|\\.)*"|[^\s{}\[\],:]+', "_", body)[:2000]


def _cut(answer: dict[str, Json], other: dict[str, Json]) -> dict[str, Json]:
    cut = {k: v for k, v in answer.items() if k not in ("sha256", "text")}
    for key in ("body", "base64"):
        mine, its = cut.get(key), other.get(key)
        if isinstance(mine, str) and isinstance(its, str):
            cut[key] = mine[: min(len(mine), len(its))]
    messages, its = cut.get("messages"), other.get("messages")
    if isinstance(messages, list) and isinstance(its, list):
        cut["messages"] = messages[: min(len(messages), len(its))]
    return cut
