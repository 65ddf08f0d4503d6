"""What one top-level statement of the monolith says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aurum_refactor.model.names import Span


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
    # True for a class whose methods, constructors aside, change its objects, and for a
    # function with a default that may be changed.
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
    # Names that it reads through the object of its own module: ``sys.modules[__name__].LIMIT``.
    own_reads: frozenset[str] = frozenset()
    # Those of ``rebinds`` that are deleted, and not bound anew.
    unbinds: frozenset[str] = frozenset()
    # The line where executing it looks at the routes that are registered by then; 0 if it does not.
    route_look: int = 0
    # Why this statement cannot leave its module; (line, reason) pairs.
    ties: tuple[tuple[int, str], ...] = ()
