"""What is decided: domains, runs, homes, wiring."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aurum_refactor.model.names import Finding
from aurum_refactor.model.survey import Layout, ModuleUse


class WiringKind(StrEnum):
    """The ladder of guarantee G3, first that fits."""

    # The router object itself moves with all of its registrations, and is imported back.
    OBJECT = "S0"
    # A bare router per run, included where the run stood.
    INCLUDE = "S1b"
    # ``def register(router)`` in the domain module, called where the run stood.
    REGISTER = "S3"
    # The same for endpoints that stood inside a function, a condition or a loop.
    LIFTED = "S3b"
    # The body moves, the registration stays.
    BODY = "S5"


#: Rungs on which nothing is made in the new module to be wired: what moved is imported back.
WITHOUT_HANDLE = frozenset({WiringKind.OBJECT, WiringKind.BODY, WiringKind.LIFTED})


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which domain an endpoint belongs to, and why."""

    ordinal: int
    domain: str
    # "glob /v1/curves/**", "tag Curves" or "path /v1/curves"; as the lock
    # remembers it, if it does.
    reason: str
    # Ordinal before the first extraction, as the lock remembers it; -1 if it does not.
    original: int = -1
    # Original ordinal of the endpoint of the domain before which its router was to be
    # wired, as the lock remembers it; -1 if it does not.
    place: int = -1


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive registrations of one domain on one receiver, wired at one place."""

    domain: str
    # 1-based over the domain, in the order of the monolith.
    number: int
    receiver: str
    wiring: WiringKind
    # Why the ladder went past S1b; empty for S0 and S1b.
    because: str
    # Ordinals of the endpoint statements, in source order.
    ordinals: tuple[int, ...]
    # The wiring stands directly before this statement's segment.
    place: int
    # Dotted module the run's endpoints move to.
    module: str
    # Name of the router (S1b) or of the registering function (S3) there; "" for S0 and S5.
    handle: str
    # Name under which the monolith imports the handle; "" for S0 and S5.
    local: str

    @property
    def anchor(self) -> int:
        """The endpoint of the run at which it is wired: what says where it stands."""
        return self.place if self.place in self.ordinals else self.ordinals[0]


class Access(StrEnum):
    """How a moved statement gets at a name of the monolith."""

    # Defined in another new module and imported from there.
    NEIGHBOUR = "new module"
    # The import statement is repeated in the new module.
    REIMPORT = "re-import"
    # ``from monolith import NAME``: read while the new module is executed.
    FROM_IMPORT = "from-import"
    # ``_monolith.NAME``: read when the function runs.
    MODULE = "module object"
    # Bound in the same new module.
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class NameAccess:
    """How one name is reached from one new module, and why."""

    name: str
    access: Access
    because: str


class HomeKind(StrEnum):
    """Where a helper, class or value of the monolith lives after the whole extraction."""

    OWNED = "owned"
    SHARED = "shared"
    ANCHORED = "anchored"
    # No endpoint that moves needs it.
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Home:
    """The home of one statement that is neither an endpoint nor an import."""

    ordinal: int
    name: str
    kind: HomeKind
    # The owning domain; "" for the other kinds.
    domain: str
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class DomainModule:
    """One new file: what moves there and how it reaches what stays."""

    domain: str
    # 1 for ``curves.py``; 2 and up where import order needs a further module.
    stage: int
    module: str
    path: str
    runs: tuple[Run, ...]
    # Names re-imported: ordinals of the monolith's import statements and names.
    reimports: tuple[tuple[int, tuple[str, ...]], ...]
    # Names from-imported from the monolith, sorted.
    from_imports: tuple[str, ...]
    # Names read through the module object, sorted.
    qualified: tuple[str, ...]
    # Per moved ordinal the names to qualify in it.
    qualify: tuple[tuple[int, tuple[str, ...]], ...]
    # Fresh name of the monolith's module object here; "" when not needed.
    alias: str
    accesses: tuple[NameAccess, ...]
    # Fresh local name of fastapi.APIRouter; "" when no router is made here.
    api_router: str
    # Names imported for type checkers only, as for ``reimports``.
    typing_imports: tuple[tuple[int, tuple[str, ...]], ...] = ()
    # Ordinals of owned helpers, classes and values that move along.
    owned: tuple[int, ...] = ()
    # Names imported from other new modules: (dotted module, names).
    neighbours: tuple[tuple[str, tuple[str, ...]], ...] = ()
    # Lifted into every ``APIRouter(...)`` here; "" where nothing is.
    prefix: str = ""
    tag: str = ""
    # Fresh local name of importlib.import_module; "" where ``alias`` is bound by an import.
    finder: str = ""
    # Names that the file has already, just as they are needed; None where there is no file yet.
    there: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An endpoint that stays, with the rule."""

    ordinal: int
    endpoint: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Plan:
    """Every choice of the whole assignment; an extraction carries out a part of it."""

    layout: Layout
    digest: str
    assignments: tuple[Assignment, ...]
    modules: tuple[DomainModule, ...]
    refusals: tuple[Refusal, ...]
    # Dotted package of the new modules and the path of its ``__init__``.
    target_package: str
    init_path: str
    # True when that ``__init__`` must import the monolith first.
    init_imports_monolith: bool
    # True when the monolith needs to be one module under both of its names.
    script_alias: bool
    findings: tuple[Finding, ...]
    # The leaf that several domains import; a module without runs.
    shared: DomainModule | None = None
    # Where the monolith imports it: before this ordinal.
    shared_place: int = -1
    homes: tuple[Home, ...] = ()
    # True if the runs of a domain were merged where nobody can tell.
    coalesced: bool = False
    # True if what the operations of a domain share was lifted into its routers.
    factored: bool = False
    # Modules (dotted) that earlier extractions made, the leaf included.
    own: frozenset[str] = frozenset()
    # Code that executes the monolith again: each time it drops its parts first.
    again: tuple[ModuleUse, ...] = ()
    # True if it reloads them instead, each in the module object that it has.
    in_place: bool = False
    # Builtins that others patch in the monolith, and that new modules read there: it imports them.
    builtins: tuple[str, ...] = ()

    @property
    def domains(self) -> tuple[str, ...]:
        return tuple(sorted({a.domain for a in self.assignments}))
