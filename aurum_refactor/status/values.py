"""The state of a migration as values; what is not known is None or an empty box."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an endpoint is."""

    LEFT = "left"
    REFUSED = "refused"
    # Its body has left the monolith, its registration has not.
    BODY_MOVED = "body moved"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Box:
    """One line of a checklist; ticked only where the code shows it."""

    text: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class EndpointStatus:
    """One endpoint."""

    name: str
    routes: tuple[str, ...]
    state: State
    # Dotted module it lives in.
    home: str
    # Rule that keeps it, with what to do; empty unless it is refused.
    code: str = ""
    advice: str = ""


class ServiceState(StrEnum):
    """How much of a service there is."""

    NONE = "none"
    STUB = "stub"
    PARTLY = "partly implemented"
    IMPLEMENTED = "implemented"


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """The layers of one domain."""

    state: ServiceState
    # Where it is, or would be.
    path: str
    # Methods that it has or needs, one an endpoint at least; 0 without a service. Of them,
    # those that do more than raise NotImplementedError.
    methods: int
    written: int
    has_interface: bool
    has_dao: bool
    # True if a router module of the domain imports the service.
    used_by_router: bool
    # None where there is no test module; else its tests, and those expected to fail.
    tests: int | None
    expected_to_fail: int


@dataclass(frozen=True, slots=True)
class DomainStatus:
    """One domain."""

    name: str
    endpoints: tuple[EndpointStatus, ...]
    # Of its router modules.
    lines: int
    service: ServiceStatus
    # Of the seed's form "Service Extraction".
    checklist: tuple[tuple[str, tuple[Box, ...]], ...]

    def count(self, state: State) -> int:
        """How many endpoints are in a state."""
        return sum(row.state is state for row in self.endpoints)


class Met(StrEnum):
    """Whether a criterion is met."""

    YES = "met"
    NO = "not met"
    UNKNOWN = "not measurable from code"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the seed's success criteria."""

    phase: int
    name: str
    text: str
    met: Met
    evidence: str


@dataclass(frozen=True, slots=True)
class Anchored:
    """A name that stays in the monolith, and why."""

    name: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Status:
    """One monolith."""

    module: str
    path: str
    lines: int
    # Registrations that are still in the monolith, and those that have left it.
    left: int
    moved: int
    domains: tuple[DomainStatus, ...]
    # Rule, advice and how many registrations it keeps.
    refused: tuple[tuple[str, str, int], ...]
    anchored: tuple[Anchored, ...]
    criteria: tuple[Criterion, ...]
