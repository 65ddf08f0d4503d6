"""What a monolith and its project say, read once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aurum_refactor.model.names import Finding
from aurum_refactor.model.routes import (
    Carrier,
    Endpoint,
    Receiver,
    Registrar,
    Registration,
    Unmoved,
)
from aurum_refactor.model.statements import Statement


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
    # One of the phrases import, reload, remove, remove all, dynamic, beginning, star, load by
    # path, second copy, watched copy, walks routes, sets route class, namespace and reads text.
    # With "namespace" the module that ``detail`` stands in is asked for, or that name of it; with
    # "beginning" names may be replaced that start with ``detail``; with "remove all" every
    # module whose name starts with ``detail`` goes; with "remove" it says "comes
    # back" where the module does before long; with "import" it is the name that the monolith
    # is imported by; with "reload" it says "may be caught" where an error of the monolith might
    # not end the test; with "watched copy" the names that are looked at in a copy under another
    # name, with blanks between them.
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

    def place(self, pattern: str, domain: str = "") -> str:
        """A pattern of the settings filled in: a path relative to the project."""
        name = self.module.rpartition(".")[2]
        return pattern.format(package=self.directory or ".", module=name, domain=domain)


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
    # Modules of the project that import statements below its first definition name, and whose
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
    # Imported names that mean one object however often the module is executed.
    lasting: frozenset[str] = frozenset()
    # Line of the first statement that may not come to its end when the module is reloaded where
    # somebody catches that; 0 if there is none.
    half_reloaded: int = 0
    # Endpoints, and objects that they are registered on, that code may meet in a copy of the
    # module which it makes under another name; each with the code.
    met_in_copies: tuple[tuple[str, ModuleUse], ...] = ()
    # Functions that only register endpoints, made by lifting or written so.
    registrars: tuple[Registrar, ...] = ()
    # Classes that hold the methods of one domain, made by carrying or before.
    carriers: tuple[Carrier, ...] = ()
    # Modules that earlier extractions made of this one.
    made: frozenset[str] = frozenset()
    # Values of other modules of the project that statements change while they are executed,
    # and those that they look at: ordinal, then names such as ``shop.plugins.ORDER``.
    foreign_changes: tuple[tuple[int, frozenset[str]], ...] = ()
    foreign_looks: tuple[tuple[int, frozenset[str]], ...] = ()
    # The same two for imports of modules in ``made``, and only for the endpoints there: what
    # defining them changes, and what it looks at.
    left_changes: tuple[tuple[int, frozenset[str]], ...] = ()
    left_looks: tuple[tuple[int, frozenset[str]], ...] = ()
    # What may be defined nowhere else: ordinal, and what is wrong with it elsewhere.
    fixed: tuple[tuple[int, str], ...] = ()
