"""Routes that changed places: a mere change of order or not, by the rules of the target itself.

Paths that people would ask for are made from both patterns of a pair, and the target's
Starlette says which of them either route matches. One that both match shows the change.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aurum_refactor.verify.align import align
from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.observation import Observation, Row

_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
#: At least one fits every convertor of Starlette's.
_VALUES = ("1", "a", "1.5", "a/b", "01234567-89ab-cdef-0123-456789abcdef")
#: Of one pair; a pattern with four parameters has more combinations than anybody needs.
_PATHS = 600


@dataclass(frozen=True, slots=True)
class Swap:
    """Two routes that are tried in another order now."""

    first: Row
    second: Row

    @property
    def labels(self) -> tuple[str, str]:
        return self.first.label, self.second.label

    def __str__(self) -> str:
        return f"{self.first.label} was tried before {self.second.label}"


@dataclass(frozen=True, slots=True)
class Order:
    """What is known of the changes of order between the two states."""

    swaps: tuple[Swap, ...]
    # Those that nothing shows, and what the others make.
    hidden: tuple[Swap, ...]
    shown: tuple[Difference, ...]
    allowed: bool

    @property
    def detail(self) -> str:
        """One line for the check of the order; "" if there is nothing to say."""
        if not self.hidden or self.shown:
            return ""
        pairs = "1 pair" if len(self.hidden) == 1 else f"{len(self.hidden)} pairs"
        return f"{pairs} of routes changed places, and no path or name tells"

    def sorted_out(
        self, found: Iterable[Difference], before: Observation, after: Observation
    ) -> tuple[Difference, ...]:
        """The differences of one comparison, with those of order in their place.

        A mere change of order is one of its own category, and none at all where it
        was asked for; every pair that a request or a name shows is one.
        """
        found = tuple(found)
        if not any(d.category in ("order", "openapi-order") for d in found):
            return found
        known = {swap.labels for swap in self.hidden}
        swaps = swaps_between(before, after)
        pure = bool(swaps) and {swap.labels for swap in swaps} <= known
        kept: list[Difference] = []
        for difference in found:
            if difference.category == "order":
                if not pure:
                    kept += self.shown or (difference,)
                elif not self.allowed:
                    what = f"order, which no path or name shows ({len(swaps)} pairs of routes)"
                    kept.append(replace(difference, what=what, category="reordered"))
            elif difference.category != "openapi-order" or not (pure and self.allowed):
                kept.append(difference)
        return tuple(kept)


def swaps_between(before: Observation, after: Observation) -> tuple[Swap, ...]:
    """Every pair of routes whose order has changed, in the order before; O(n²)."""
    pairs = align(before.rows, after.rows).pairs
    return tuple(
        Swap(before.rows[one], before.rows[other])
        for index, (one, partner) in enumerate(pairs)
        for other, partner_2 in pairs[index + 1 :]
        if partner_2 < partner
    )


def paths_for(swaps: Iterable[Swap]) -> dict[str, tuple[str, ...]]:
    """For every pattern of a pair the paths to try on it; what depends on nothing has none."""
    found: dict[str, dict[str, None]] = {}
    for swap in swaps:
        if _compete(swap):
            one, other = _pattern(swap.first), _pattern(swap.second)
            for path in itertools.islice(
                itertools.chain(_instances(one, other), _instances(other, one)), _PATHS
            ):
                found.setdefault(one, {})[path] = None
                found.setdefault(other, {})[path] = None
    return {pattern: tuple(paths) for pattern, paths in found.items()}


def judged(
    swaps: Sequence[Swap], matched: Mapping[str, Sequence[str]]
) -> tuple[tuple[Swap, ...], tuple[Difference, ...]]:
    """Part the swaps in those that nothing shows, and the differences that others make.

    Args:
        swaps: Pairs of routes.
        matched: Per pattern, the paths that the target's Starlette says it matches.
    """
    hidden: list[Swap] = []
    shown: list[Difference] = []
    for swap in swaps:
        why = _shows(swap, matched)
        if why:
            shown.append(
                Difference(
                    swap.first.label,
                    f"order: {why}",
                    f"tried before {swap.second.label}",
                    "tried after it",
                    "order",
                )
            )
        else:
            hidden.append(swap)
    return tuple(hidden), tuple(shown)


def _compete(swap: Swap) -> bool:
    """False for an HTTP route and a WebSocket: no request is for both."""
    sockets = [row.kind.startswith("websocket") for row in (swap.first, swap.second)]
    kinds = {swap.first.kind, swap.second.kind}
    return sockets[0] == sockets[1] or bool(kinds & {"mount", "host", "frontend"})


def _shows(swap: Swap, matched: Mapping[str, Sequence[str]]) -> str:
    one, other = swap.first, swap.second
    known = {"api", "route", "websocket", "websocket-route", "mount"}
    if not {one.kind, other.kind} <= known:
        return "one of them matches by rules of its own"
    if _compete(swap):
        patterns = [_pattern(row) for row in (one, other)]
        for pattern in patterns:
            if pattern not in matched:
                return f"{pattern or 'an empty path'} cannot be tried"
        both = set(matched[patterns[0]]) & set(matched[patterns[1]])
        if both:
            path = min(both, key=lambda text: (len(text), text))
            return f"both match {path}"
    if one.name == other.name and _parameters(one) == _parameters(other):
        return f"both are called {one.name}"
    return ""


def _pattern(row: Row) -> str:
    """What a row matches: a mount everything below it."""
    return f"{row.path.rstrip('/')}/{{below:path}}" if row.kind == "mount" else row.path


def _parameters(row: Row) -> set[str]:
    return {match[1] for match in _PARAMETER.finditer(row.path)}


def _instances(pattern: str, against: str) -> Iterator[str]:
    """Paths of one pattern that come near to another one."""
    literals = [part for part in _PARAMETER.sub("/", against).split("/") if part]
    values = tuple(dict.fromkeys((*literals, *_VALUES)))
    pieces = _PARAMETER.split(pattern)[::2]
    for chosen in itertools.product(values, repeat=len(pieces) - 1):
        yield pieces[0] + "".join(map("".join, zip(chosen, pieces[1:], strict=True)))
    if len(pieces) == 1:
        yield f"{pattern}\n"
        yield f"{pattern.rstrip('/')}/"
