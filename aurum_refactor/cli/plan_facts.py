"""All that a plan says, as one value: JSON is its fields, text and Markdown are views of it."""

from __future__ import annotations

from dataclasses import dataclass

from aurum_refactor.cli.facts import FindingFacts, RouteFacts
from aurum_refactor.cli.home_facts import (
    CouplingFacts,
    HomeFacts,
    LineFacts,
    ModuleObjectFacts,
    OrderFacts,
    SharedFacts,
)

SCHEMA = "aurum-refactor/plan/1"


@dataclass(frozen=True, slots=True)
class ReceiverFacts:
    """An object that endpoints are registered on."""

    name: str
    # "FastAPI", "APIRouter" or "foreign".
    kind: str
    line: int


@dataclass(frozen=True, slots=True)
class MonolithFacts:
    """The module that is taken apart, as it stands."""

    module: str
    path: str
    source_root: str
    # SHA-256 of its bytes, 64 hex digits.
    digest: str
    lines: int
    endpoints: int
    registrations: int
    receivers: tuple[ReceiverFacts, ...]


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """The FastAPI version, and where it was read."""

    version: str
    source: str


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """One endpoint, and what becomes of it; or several that are lifted as one function."""

    name: str
    # Names of the endpoints that it registers, if it is such a function.
    members: tuple[str, ...]
    # Of the whole definition, decorators included.
    first_line: int
    last_line: int
    routes: tuple[RouteFacts, ...]
    # Why it belongs to its domain.
    reason: str
    # "moves", "body moves" (its registration stays) or "stays".
    outcome: str
    # Dotted module it goes to; None if it stays.
    module: str | None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Registrations that are wired together, at one place."""

    number: int
    receiver: str
    # "S0", "S1b", "S3" or "S5".
    wiring: str
    # Why not S1b; "" for S0 and S1b.
    because: str
    endpoints: tuple[str, ...]
    # Where they stand: how often an endpoint of another run comes in between, and one.
    # More than one only with --coalesce.
    places: int
    # The wiring stands before this line of the monolith; None at its end.
    line: int | None
    # Name of the router or registering function in the new module, and in the monolith.
    handle: str
    local: str


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """How a new module gets at one name of the monolith."""

    name: str
    # "new module", "re-import", "from-import", "module object" or "local".
    access: str
    because: str


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """One new file."""

    module: str
    path: str
    runs: tuple[RunFacts, ...]
    # What the monolith is called in it; "" where it is not needed.
    alias: str
    accesses: tuple[AccessFacts, ...]


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """One domain."""

    name: str
    registrations: int
    # Lines of all its endpoints together.
    lines: int
    # Names that stay in the monolith and are read there, sorted.
    reads_through: tuple[str, ...]
    endpoints: tuple[EndpointFacts, ...]
    # Helpers, classes and values that go along, in source order.
    owned: tuple[HomeFacts, ...]
    # None, as its place in the order, if nothing of it can move.
    coupling: CouplingFacts | None
    order: OrderFacts | None
    modules: tuple[ModuleFacts, ...]
    # What --factor writes once, in its routers; "" for nothing.
    prefix: str
    tag: str

    @property
    def names(self) -> tuple[str, ...]:
        """Its endpoints by name, those of lifted functions one by one."""
        return tuple(name for e in self.endpoints for name in e.members or (e.name,))

    @property
    def all_lines(self) -> int:
        """Lines of its endpoints and of what they own."""
        return self.lines + sum(row.lines for row in self.owned)

    @property
    def through(self) -> tuple[str, ...]:
        """Names that its modules read through the monolith's module object, sorted."""
        rows = (row for module in self.modules for row in module.accesses)
        return tuple(sorted({row.name for row in rows if row.access == "module object"}))

    @property
    def from_shared(self) -> tuple[str, ...]:
        """Names that its modules import from the shared leaf, or from each other, sorted."""
        rows = (row for module in self.modules for row in module.accesses)
        return tuple(sorted({row.name for row in rows if row.access == "new module"}))

    @property
    def runs(self) -> tuple[RunFacts, ...]:
        """The runs of all its modules."""
        return tuple(run for module in self.modules for run in module.runs)

    @property
    def wirings(self) -> tuple[str, ...]:
        """The kinds of wiring that its runs use, sorted."""
        return tuple(sorted({run.wiring for run in self.runs}))


@dataclass(frozen=True, slots=True)
class MovedFacts:
    """An endpoint that an earlier extraction moved."""

    name: str
    routes: tuple[str, ...]
    domain: str
    module: str


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """The package that the new modules lie in."""

    name: str
    init_path: str
    # True if its ``__init__`` imports the monolith, so that any module can come first.
    imports_monolith: bool


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """All of it."""

    monolith: MonolithFacts
    fastapi: VersionFacts
    package: PackageFacts
    lines: LineFacts
    domains: tuple[DomainFacts, ...]
    shared: SharedFacts | None
    # Tied to the monolith, each with the reason; in source order.
    anchored: tuple[HomeFacts, ...]
    # Needed by no endpoint that moves; in source order.
    unneeded: tuple[HomeFacts, ...]
    module_object: ModuleObjectFacts
    refused: tuple[FindingFacts, ...]
    refused_per_rule: dict[str, int]
    warnings: tuple[FindingFacts, ...]
    already_moved: tuple[MovedFacts, ...]
    # Whether --coalesce and --factor are in force, from the command line or from before.
    coalesced: bool
    factored: bool

    @property
    def movable(self) -> tuple[DomainFacts, ...]:
        """The domains of which at least one endpoint can move."""
        return tuple(domain for domain in self.domains if domain.modules)

    @property
    def ordered(self) -> tuple[DomainFacts, ...]:
        """All domains in the recommended order of extraction; last those that cannot move."""
        last = len(self.domains)
        return tuple(
            sorted(self.domains, key=lambda d: (d.order.number if d.order else last + 1, d.name))
        )
