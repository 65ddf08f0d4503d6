"""Every value on the way from bytes to bytes; frozen, and free of libcst, networkx and click.

Lines are 1-based and inclusive, columns are not used, paths are relative to
the project root and POSIX, modules are dotted. Collections are tuples where
order means something and frozensets where it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

# ---------------------------------------------------------------- names and places


@dataclass(frozen=True, slots=True, order=True)
class Symbol:
    """A name bound at the top level of a module; prints as ``app.routes:list_curves``."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Lines of one file, both ends included, 1-based."""

    first: int
    last: int

    @property
    def lines(self) -> int:
        return self.last - self.first + 1


class Severity(StrEnum):
    """``ERROR`` makes a command end with status 1; the others never do."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """A located diagnostic: a stable code, one sentence, and what to do next."""

    code: str
    severity: Severity
    message: str
    advice: str
    path: str
    line: int
    # The endpoint (``module:name``) it is about; empty when it is about the file.
    subject: str = ""


# ---------------------------------------------------------------- what the code says


class Phase(StrEnum):
    """When a name is looked up: while its module is executed, or when a function runs."""

    IMPORT = "import"
    CALL = "call"


class Role(StrEnum):
    """Where in a statement a name stands."""

    BODY = "body"
    DECORATOR = "decorator"
    DEFAULT = "default"
    ANNOTATION = "annotation"
    # Inside a string literal that stands where an annotation stands.
    STRING = "string annotation"


@dataclass(frozen=True, slots=True)
class Read:
    """One look-up of a module-level (or builtin, or undefined) name."""

    name: str
    phase: Phase
    role: Role
    line: int
    # True for ``app`` in ``@app.get(...)``.
    is_route_decorator: bool = False
    # True inside a function that takes the place of another one (``@wraps(f)``):
    # running the function around it does not run it.
    is_deferred: bool = False


class StatementKind(StrEnum):
    FUNCTION = "function"
    CLASS = "class"
    IMPORT = "import"
    ASSIGNMENT = "assignment"
    # if, try, with, for, while, match: moves whole or not at all.
    COMPOUND = "compound"
    EXPRESSION = "expression"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ImportedName:
    """What one alias of an import statement binds.

    ``module`` is absolute. ``attribute`` is the imported name of a
    from-import and ``None`` for ``import module``; then ``bound`` is the first
    component unless the alias was renamed with ``as``.
    """

    bound: str
    module: str
    attribute: str | None
    # The text after ``as``; None when the alias has none.
    alias: str | None
    # Number of leading dots as written; 0 for absolute imports.
    level: int
    # The module as written after the dots; may be empty for ``from . import x``.
    written: str


@dataclass(frozen=True, slots=True)
class Binding:
    """A name that a top-level statement binds in the module's namespace."""

    name: str
    line: int
    # False inside if/try/for/while/with/match, and for ``del``.
    definite: bool
    deletes: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One top-level statement; its key is (module, ordinal), names are labels."""

    ordinal: int
    kind: StatementKind
    # The first name it binds, or "".
    label: str
    # The statement itself with its decorators, without the comments above it.
    span: Span
    # Byte range of the statement's segment in the decoded text: the comments
    # and blank lines above it, itself, its trailing comment and newline.
    start: int
    end: int
    binds: tuple[Binding, ...]
    reads: tuple[Read, ...]
    imports: tuple[ImportedName, ...]
    # Names that a ``global`` statement inside makes it re-bind when it runs.
    rebinds: frozenset[str]
    # Names whose value this statement may change in place while it is
    # executed at import: stored attributes, items, methods called, arguments.
    touches: frozenset[str]
    # The same, only where an attribute or item is stored or deleted.
    stores: frozenset[str]
    # Names that its decorators or defaults call a method of.
    called_on: frozenset[str]
    # Names that running its functions may re-bind or store in the objects of, or
    # whose methods they call; without what replaces another function.
    call_stores: frozenset[str]
    call_methods: frozenset[str]
    # Root names that this statement calls while it is executed at import.
    calls: frozenset[str]
    # Every identifier that stands anywhere inside, in any scope.
    identifiers: frozenset[str]
    # True if what it binds are numbers, strings or tuples of such: nothing can change them.
    is_immutable: bool = False
    # True for a class whose methods, constructors aside, change its objects.
    keeps_state: bool = False
    # The class it is and the classes nested in it.
    classes: frozenset[str] = frozenset()
    # What ``if TYPE_CHECKING:`` imports; bound for type checkers only.
    typing_imports: tuple[ImportedName, ...] = ()
    # True if it looks at the module or name of functions (``f.__module__``).
    introspects: bool = False
    # True if executing it only gives further names to what is there already:
    # no code of anybody runs.
    is_alias: bool = False
    # Why this statement cannot leave its module; (line, reason) pairs.
    ties: tuple[tuple[int, str], ...] = ()


class Form(StrEnum):
    """How a registration is written."""

    DECORATOR = "decorator"
    # ``app.post(path)(handler)``
    CALL = "call"
    # ``app.add_api_route(path, handler)``
    ADD_ROUTE = "add_api_route"
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

    @property
    def routes(self) -> tuple[str, ...]:
        """``("GET /v1/curves", ...)``: one line per registration, in true order."""
        return tuple(
            f"{','.join(row.methods) or row.verb.upper()} {'?' if row.path is None else row.path}"
            for row in self.registrations
        )


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


class Use(StrEnum):
    """What another file does with a name of the monolith."""

    IMPORT = "import"
    READ = "read"
    ASSIGN = "assign"
    PATCH = "patch"
    # A dynamic name bounded by a literal collection.
    FORWARD = "forward"


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """One use, in another file, of one name of the monolith."""

    path: str
    line: int
    name: str
    use: Use


@dataclass(frozen=True, slots=True, order=True)
class ModuleUse:
    """Something another file does with the monolith as a module."""

    path: str
    line: int
    # One of the phrases import, reload, remove, remove all, dynamic, star, load by path,
    # second copy, walks routes and sets route class; with "remove all" every module whose name
    # starts with ``detail`` goes.
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FastAPIVersion:
    """What is known of the FastAPI version the target runs on.

    ``low`` is inclusive and ``high`` exclusive, as (major, minor, patch);
    ``None`` means unbounded. ``source`` says where it was read.
    """

    low: tuple[int, int, int] | None
    high: tuple[int, int, int] | None
    source: str

    def may_be_at_least(self, *version: int) -> bool:
        """True unless the target is known to be older than *version*.

        Below 0.110 nothing was verified, so there everything may hold (R-1).
        """
        return self.high is None or self.high > (*version, 0, 0, 0)[:3] or not self.is_verified

    def may_be_below(self, *version: int) -> bool:
        """True unless the target is known to be *version* or newer."""
        return self.low is None or self.low < (*version, 0, 0, 0)[:3]

    @property
    def is_verified(self) -> bool:
        """False if the target surely runs on a FastAPI older than any that was tried."""
        return self.high is None or self.high > (0, 110, 0)

    def __str__(self) -> str:
        if self.low is None and self.high is None:
            return "unknown"
        if self.low and self.high and self.high == (*self.low[:2], self.low[2] + 1):
            return ".".join(map(str, self.low))
        low = "" if self.low is None else f">={'.'.join(map(str, self.low))}"
        high = "" if self.high is None else f"<{'.'.join(map(str, self.high))}"
        return ", ".join(part for part in (low, high) if part)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the monolith stands and how its neighbours are imported."""

    path: str
    # Dotted name, e.g. ``aurum.api.routes``; ``main`` for a lone module.
    module: str
    # Dotted package the module lies in; "" for a lone module. For a package's
    # own ``__init__`` it is the package itself.
    package: str
    # Directory of that package, POSIX, "" for the project root.
    directory: str
    is_package_init: bool
    source_root: str
    # True if the module itself writes relative imports (new files then do too).
    relative: bool


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the project says about the order of its routes; places are ``path:line`` or ""."""

    # What gives routers another route class, which may match by other rules.
    overridden: str = ""
    # Where names of routes are looked up (``url_for``): the first of a name wins.
    looks_up_names: str = ""
    # A string that may be the prefix of an include and has a ``:path`` parameter.
    path_prefix: str = ""
    # Names that two security schemes of different content have, with two places.
    scheme_clashes: tuple[str, ...] = ()
    # For registrations that wire a whole router, by position: what that router holds, with
    # full paths; not there where it could not be read.
    included: tuple[tuple[int, tuple[Registration, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """All that was read: one monolith, and what the rest of the project does with it."""

    layout: Layout
    # SHA-256 of the monolith's bytes, 64 hex digits.
    digest: str
    encoding: str
    newline: str
    future: tuple[str, ...]
    statements: tuple[Statement, ...]
    receivers: tuple[Receiver, ...]
    registrations: tuple[Registration, ...]
    endpoints: tuple[Endpoint, ...]
    unmoved: tuple[Unmoved, ...]
    references: tuple[Reference, ...]
    module_uses: tuple[ModuleUse, ...]
    fastapi: FastAPIVersion
    # Modules (dotted) that exist in the project.
    project_modules: frozenset[str]
    # Project modules that mention the monolith's module.
    mentions: frozenset[str]
    # Modules that the monolith imports and that may, through any number of
    # project modules, import it back.
    looks_back: frozenset[str]
    # Modules of the project that it imports below its first definition, and whose
    # import may be noticed: they do more than define things.
    loud_modules: frozenset[str]
    warnings: tuple[Finding, ...]
    # Names that star imports of project modules bind; None if one is foreign.
    star_names: frozenset[str] | None = frozenset()
    # Imported names that their own module may bind anew while it runs.
    unsteady: frozenset[str] = frozenset()
    # Names of the monolith's classes that it defines twice, nested ones included,
    # or that other files of the project define too.
    class_names: frozenset[str] = frozenset()
    # Strings in what is bound to ``__all__``.
    public: frozenset[str] = frozenset()
    # Line of ``if __name__ == "__main__":``, or None.
    script_line: int | None = None
    # True if that block uses an app object of this very module.
    script_serves_own_object: bool = False
    # Functions that only register endpoints, made by lifting or written so.
    registrars: tuple[Registrar, ...] = ()


# ---------------------------------------------------------------- what is decided


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

    @property
    def domains(self) -> tuple[str, ...]:
        return tuple(sorted({a.domain for a in self.assignments}))


# ---------------------------------------------------------------- what is written


@dataclass(frozen=True, slots=True)
class Change:
    """One file before and after; ``None`` means that it is absent on that side."""

    path: PurePosixPath
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Files to write, create or delete: sorted by path, without no-ops."""

    changes: tuple[Change, ...]

    @classmethod
    def of(cls, changes: Iterable[Change]) -> ChangeSet:
        real = (change for change in changes if change.before != change.after)
        return cls(tuple(sorted(real, key=lambda change: change.path)))

    @property
    def after(self) -> Mapping[str, bytes | None]:
        """Path (POSIX) to its new bytes, ``None`` where the file goes."""
        return {str(change.path): change.after for change in self.changes}


@dataclass(frozen=True, slots=True)
class LockedEndpoint:
    """What ``aurum-refactor.lock`` remembers of one endpoint."""

    name: str
    # "GET /v1/curves", one per registration in true order.
    routes: tuple[str, ...]
    domain: str
    reason: str
    # Ordinal in the monolith as it was before the first extraction.
    ordinal: int
    # Dotted module the endpoint lives in now.
    home: str
    # Digest of the definition as it was when it was moved or last planned.
    digest: str
    # Ordinal, as above, of the endpoint before which its router is wired when runs are
    # merged; -1 when they are not.
    place: int = -1


@dataclass(frozen=True, slots=True)
class LockedMonolith:
    """The memory of one monolith: the whole assignment and where everything went."""

    module: str
    path: str
    endpoints: tuple[LockedEndpoint, ...]
    # "coalesce" and "factor": asked for once, they hold for the rest of the migration.
    options: tuple[str, ...] = ()


# ---------------------------------------------------------------- what is proven


@dataclass(frozen=True, slots=True)
class Breach:
    """A guarantee that the result of an extraction does not keep."""

    guarantee: str
    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What the static proof looked at, how much of it, and what it found broken."""

    # (guarantee, what was compared, how many), in order.
    counts: tuple[tuple[str, str, int], ...]
    breaches: tuple[Breach, ...] = field(default=())

    @property
    def holds(self) -> bool:
        return not self.breaches


# ---------------------------------------------------------------- rewrite mode


@dataclass(frozen=True, slots=True)
class NewModule:
    """A module that extractions made, and what it does with the monolith's names."""

    module: str
    path: str
    statements: tuple[Statement, ...]
    # Names of the monolith that it reads or imports, and those that it stores to.
    uses: frozenset[str]
    stores: frozenset[str]


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """A name that stays in the monolith although it was asked to leave, and why."""

    name: str
    reason: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Room:
    """What moves into one new home, and how it reaches everything else from there."""

    module: str
    path: str
    # Ordinals of the statements that move in, in source order.
    ordinals: tuple[int, ...]
    # Imports to repeat, as in ``DomainModule``; those of patched names among them.
    reimports: tuple[tuple[int, tuple[str, ...]], ...]
    typing_imports: tuple[tuple[int, tuple[str, ...]], ...]
    neighbours: tuple[tuple[str, tuple[str, ...]], ...]
    # Names that they read through the monolith's module object, or the leaf's.
    through_monolith: tuple[str, ...]
    through_leaf: tuple[str, ...]
    # Names of the monolith that leave it for here.
    leaving: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rehoming:
    """Where the names of an emptied monolith live from now on (``references = "rewrite"``)."""

    layout: Layout
    rooms: tuple[Room, ...]
    # Every name that is found elsewhere now, those of earlier steps too, with its module.
    homes: tuple[tuple[str, str], ...]
    # Those of them whose value may be replaced while the program runs.
    live: frozenset[str]
    # Names that the monolith binds no longer.
    gone: frozenset[str]
    # Imports of the monolith that nothing needs any more: (ordinal, name).
    unused: tuple[tuple[int, str], ...]
    leaf: str
    leaf_path: str
    # The monolith imports the leaf before this ordinal; -1 if there is none.
    leaf_place: int
    # What statements that stay read of the leaf: once, or through its module object.
    from_leaf: tuple[str, ...]
    through_leaf: tuple[str, ...]
    stays: tuple[Stay, ...]

    @property
    def moved(self) -> frozenset[int]:
        """Ordinals of the statements that leave."""
        return frozenset(ordinal for room in self.rooms for ordinal in room.ordinals)
