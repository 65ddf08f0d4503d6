"""Receivers, registrations and endpoints, in true order; what a function lets go of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aurum_refactor.model.names import Span


class Form(StrEnum):
    """How a registration is written."""

    DECORATOR = "decorator"
    # ``app.post(path)(handler)``
    CALL = "call"
    # ``app.add_api_route(path, handler)``
    ADD_ROUTE = "add_api_route"
    # A decorator of a method: its class registers it, and only as a whole.
    METHOD = "method"
    # include_router, mount, host, add_route: order matters, nothing moves.
    INCLUDE = "include"
    # Anything else that may register routes: modelled for order only.
    OPAQUE = "opaque"


class ReceiverKind(StrEnum):
    APP = "FastAPI"
    ROUTER = "APIRouter"
    # A subclass, a factory's result or an object imported from elsewhere.
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Receiver:
    """An object of the monolith that endpoints are registered on."""

    name: str
    kind: ReceiverKind
    # Ordinal of the statement that binds it.
    ordinal: int
    line: int
    # Source text of its ``route_class=`` argument, or None.
    route_class: str | None
    # True if ``default_response_class=`` is given.
    has_default_response_class: bool
    # True if it was given a prefix, tags or anything else besides.
    has_arguments: bool
    # Literal ``tags=[...]`` and ``prefix=`` of the object.
    tags: tuple[str, ...] = ()
    prefix: str = ""
    # True if ``prefix=`` is given, literal or not.
    has_prefix: bool = False
    # Line of an assignment to one of its attributes that changes routing.
    mutated_at: int | None = None
    # False if its route class, or the function that makes its operation ids, may be
    # anything: what its routes match and are called depends on code that is not read.
    is_plain: bool = True
    # True if that function may keep something between two calls: a count, or names it gave.
    counts_ids: bool = False


@dataclass(frozen=True, slots=True)
class Registration:
    """One registration, in true order (stacked decorators count bottom-up)."""

    # Position in the order of execution, from 0.
    position: int
    ordinal: int
    line: int
    receiver: str
    form: Form
    # Decorator or method name: get, post, api_route, websocket, include_router...
    verb: str
    # Upper-case and in source order; empty for websockets and opaque ones.
    methods: tuple[str, ...]
    # As written when literal or resolvable; None otherwise.
    path: str | None
    tags: tuple[str, ...]
    handler: str
    # Index of the decorator, 0 = outermost; -1 for other forms.
    decorator: int = -1
    has_operation_id: bool = False
    has_response_class: bool = False
    # Names that its path is computed from.
    path_names: tuple[str, ...] = ()
    # What ``url_for`` calls it; None where only running it would tell.
    name: str | None = None
    # False if arguments that are not written out may change what it matches.
    is_plain: bool = True
    # True if its path is one plain string literal, as it is between its quotes.
    is_literal: bool = False
    # The first tag, where it can be taken off; "" where it cannot or is none.
    first_tag: str = ""
    # What is included, mounted or added: the argument's source text.
    target: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A function with one or more registrations on module-level receivers."""

    ordinal: int
    name: str
    span: Span
    is_async: bool
    is_generator: bool
    registrations: tuple[Registration, ...]
    # Source text of decorators that are not registrations, outermost first.
    other_decorators: tuple[str, ...]
    # SHA-256 of the definition's text with unified line endings, 64 hex digits.
    digest: str
    # For a function that does nothing but register endpoints on what it is given: their
    # names, in order. It moves whole. Empty for an endpoint itself.
    members: tuple[str, ...] = ()
    # True for a class, whose ``members`` are methods that are decorated as routes.
    is_class: bool = False

    @property
    def routes(self) -> tuple[str, ...]:
        """``("GET /v1/curves", ...)``: one line per registration of its own, in true order.

        A call that registers a decorated function once more is none: it stays, on an
        object that may have moved with another domain.
        """
        return tuple(
            f"{','.join(row.methods) or row.verb.upper()} {'?' if row.path is None else row.path}"
            for row in self.own_registrations
        )

    @property
    def own_registrations(self) -> tuple[Registration, ...]:
        """Its decorators; where it has none, the calls that register it."""
        decorated = tuple(row for row in self.registrations if row.form is Form.DECORATOR)
        return decorated or self.registrations


@dataclass(frozen=True, slots=True)
class Unmoved:
    """A registration that is written where no top-level statement of ours can move it."""

    line: int
    receiver: str
    verb: str
    path: str | None
    handler: str
    # "nested", "conditional", "loop", "foreign receiver", ...
    why: str
    # Why it could not be lifted out of there, and where that stands; "" if that was not tried.
    reason: str = ""
    reason_line: int = 0


@dataclass(frozen=True, slots=True)
class Lift:
    """Consecutive statements of one domain that become the body of a function of their own.

    Lines are those of the text they are lifted from.
    """

    # Name of the function, new to the module.
    name: str
    domain: str
    # Why they belong to that domain.
    reason: str
    # Lines that are lifted, comments above them included.
    span: Span
    # First line of the top-level statement that holds them, comments included, and the
    # offset of its segment: the function is put there.
    place: int
    # Blanks before each of the lines, and before the lines of the new function's body.
    indent: str
    unit: str
    # The objects they register on, passed by position, and what else they read, by name.
    receivers: tuple[str, ...]
    captured: tuple[str, ...]
    # Those of them that are functions bound below, looked up anew by each call.
    late: frozenset[str]
    # Names they bind that others read.
    returned: tuple[str, ...]
    # Names of the endpoints.
    members: tuple[str, ...]
    # Lines that begin inside a string literal.
    in_strings: frozenset[int]


@dataclass(frozen=True, slots=True)
class Carry:
    """Methods of one class and one domain that become a base class of their own.

    Lines are those of the text they are carried out of.
    """

    # Name of the new class, new to the module.
    name: str
    domain: str
    # The class that they are taken from, by its name and the line of its ``class``.
    owner: str
    line: int
    # The new class stands above this character, where the segment of the other one begins.
    place: int
    # The blanks before the methods.
    indent: str
    # Names of the methods, and the lines of each with the comments above it, in source order.
    members: tuple[str, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Carrier:
    """A class of the module that holds methods of one domain for a class that inherits them."""

    name: str
    domain: str
    owner: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registrar:
    """A function of the module that does nothing but register endpoints of one domain."""

    name: str
    domain: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotLifted:
    """A registration that could not be lifted, by its line, and why."""

    line: int
    reason: str
    reason_line: int
