"""May two registrations change places unobserved? The decision procedure of semantics §3.2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from aurum_refactor.model import (
    Form,
    OrderFacts,
    Receiver,
    ReceiverKind,
    Registration,
    Survey,
)
from aurum_refactor.plan.overlap import common_path, format_of, language_of, parameters_of
from aurum_refactor.plan.receivers import receiver_at

#: Starlette's own registrations: they do not take the prefix of the router.
_WITHOUT_PREFIX = frozenset(
    {"route", "websocket_route", "add_route", "add_websocket_route", "mount", "host"}
)
_WEBSOCKETS = frozenset(
    {"websocket", "websocket_route", "add_api_websocket_route", "add_websocket_route"}
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why two registrations must keep their order, and a request that would tell."""

    first: str
    second: str
    because: str
    # A path that both match; "" where something else than a request tells.
    witness: str = ""

    def __str__(self) -> str:
        return f"{self.first} and {self.second}: {self.because}"


@dataclass(frozen=True, slots=True)
class Route:
    """What counts about one registration when it changes places with another."""

    label: str
    # "http", "websocket", "mount", or "" where it may be anything.
    kind: str
    # The full path pattern as far as it is known.
    path: str
    # True if something unknown may stand before the path.
    behind_prefix: bool
    methods: frozenset[str]
    # None where only running it would tell.
    name: str | None
    # Why it may be anything; "" if it is known.
    unknown: str = ""


@dataclass(frozen=True)
class Swaps:
    """Decides for pairs of registrations of one monolith."""

    survey: Survey
    facts: OrderFacts

    @cached_property
    def included(self) -> Mapping[int, Sequence[Registration]]:
        """What wired routers hold, by the position of the registration that wires them."""
        return dict(self.facts.included)

    @cached_property
    def anything(self) -> str:
        """Why no two routes at all may change places; "" if that is not so."""
        if self.facts.overridden:
            return f"{self.facts.overridden} sets a route class, which may match by other rules"
        if self.facts.scheme_clashes:
            return f"two security schemes have one name: {self.facts.scheme_clashes[0]}"
        return ""

    @cached_property
    def _routes(self) -> Mapping[int, tuple[Route, ...]]:
        return {row.position: self._read(row) for row in self.survey.registrations}

    def conflict(self, first: Registration, second: Registration) -> Conflict | None:
        """Why *first* and *second* must keep their order; None if nobody can tell.

        Both are registrations of the monolith; one that wires a router stands for
        all that the router holds.
        """
        for one in self._routes[first.position]:
            for other in self._routes[second.position]:
                found = self.between(one, other)
                if found is not None:
                    return found
        return None

    def between(self, one: Route, other: Route) -> Conflict | None:
        """The decision for two routes."""

        def no(because: str, witness: str = "") -> Conflict:
            return Conflict(one.label, other.label, because, witness)

        if self.anything:
            return no(self.anything)
        for route in (one, other):
            if route.unknown:
                return no(f"{route.label} {route.unknown}")
        if {one.kind, other.kind} != {"http", "websocket"}:
            witness = self._overlap(one, other)
            if witness is None:
                return no("the path of one of them is not known")
            if witness:
                return no(_what_tells(one, other, witness), witness)
        parameters = parameters_of(one.path) == parameters_of(other.path)
        if parameters and one.name is not None and one.name == other.name:
            return no(f"both are called {one.name}, and url_for takes the first")
        # A mount without a name hands any name on to what is below it.
        unnamed = None in (one.name, other.name) and (
            parameters or "mount" in (one.kind, other.kind)
        )
        if unnamed and self.facts.looks_up_names:
            return no(f"they may have one name, and {self.facts.looks_up_names} looks names up")
        documented = one.kind == other.kind == "http" and bool(one.methods & other.methods)
        if documented and format_of(one.path) == format_of(other.path):
            return no("both are one entry of OpenAPI, and the last one is documented")
        return None

    def _overlap(self, one: Route, other: Route) -> str | None:
        """A common path, "" if there is none; None if that is not known."""
        behind = one.behind_prefix or other.behind_prefix
        if behind and not (one.behind_prefix and other.behind_prefix):
            return None
        # An unknown prefix moves both alike, unless it can match more or less of a path.
        rooted = one.path.startswith("/") and other.path.startswith("/")
        anywhere = behind and (bool(self.facts.path_prefix) or not rooted)
        if not anywhere and rooted and _apart(one, other):
            return ""
        left = language_of(_pattern(one), anywhere=anywhere)
        right = language_of(_pattern(other), anywhere=anywhere)
        return None if left is None or right is None else common_path(left, right) or ""

    # ------------------------------------------------------------ reading registrations

    def _read(self, row: Registration) -> tuple[Route, ...]:
        if row.position in self.included:
            inner = self.included[row.position]
            return tuple(self.route(entry, self._receiver(row)) for entry in inner)
        return (self.route(row, self._receiver(row)),)

    def _receiver(self, row: Registration) -> Receiver | None:
        return receiver_at(self.survey.receivers, row.receiver, row.ordinal)

    def route(self, row: Registration, receiver: Receiver | None) -> Route:
        """Read one registration as what it matches."""
        kind = "websocket" if row.verb in _WEBSOCKETS else "http"
        if row.verb == "mount":
            kind = "mount"
        prefix = "" if receiver is None or row.verb in _WITHOUT_PREFIX else receiver.prefix
        path = prefix + (row.path or "")
        unknown = self._unknown(row, receiver)
        label = f"{','.join(row.methods) or row.verb or 'code'} {path or '(empty path)'}"
        label += f" (line {row.line})"
        # An application is not included anywhere (mounting strips what it matches).
        behind = receiver is None or receiver.kind is not ReceiverKind.APP
        if receiver is not None and receiver.has_prefix and not receiver.prefix:
            behind = True
            if row.verb in _WITHOUT_PREFIX:
                unknown = unknown or "does not take the prefix that others take"
        return Route(label, kind, path, behind, frozenset(row.methods), row.name, unknown)

    def _unknown(self, row: Registration, receiver: Receiver | None) -> str:
        if row.form is Form.OPAQUE:
            return "may register anything"
        if row.verb in ("host", "frontend"):
            return f"is a {row.verb}, which matches by other rules"
        if row.verb == "include_router":
            return "includes a router that is not read"
        if row.path is None:
            return "has a path that is not written out (R-16)"
        if not row.is_plain:
            return "has arguments that are not written out"
        if receiver is None or not receiver.is_plain or receiver.mutated_at is not None:
            return "is registered on an object that may change how it matches"
        return ""


def _pattern(route: Route) -> str:
    # A mount matches everything below it, and not itself.
    return f"{route.path.rstrip('/')}/{{path_:path}}" if route.kind == "mount" else route.path


def _apart(one: Route, other: Route) -> bool:
    """True if the paths differ before any parameter: most pairs, at the price of a look."""
    first, second = (_pattern(route).partition("{")[0] for route in (one, other))
    length = min(len(first), len(second))
    return first[:length] != second[:length]


def _what_tells(one: Route, other: Route, witness: str) -> str:
    shown = witness if witness.isprintable() else repr(witness)
    if one.kind == other.kind == "http" and not one.methods & other.methods:
        return f"both match {shown}, and the first one names the methods that are allowed there"
    return f"both match {shown}, and the first one answers"
