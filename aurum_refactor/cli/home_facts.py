"""Where helpers, classes and values go and what still reads the monolith, ready for JSON."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """One helper, class or value of the monolith, and why it lives where it will live."""

    # The names it binds, in order.
    names: tuple[str, ...]
    # "function", "class" or "assignment".
    kind: str
    first_line: int
    last_line: int
    reason: str
    # Domains that need it, directly or through others; only if it moves. Sorted.
    needed_by: tuple[str, ...]
    # True if it moves and what stays in the monolith needs it too.
    needed_at_home: bool
    # New modules that look it up, sorted.
    read_by: tuple[str, ...]

    @property
    def label(self) -> str:
        """``LIMIT:12``: its names, and the line to go to."""
        names = ", ".join(self.names)
        return f"{names}:{self.first_line}" if names else f"line {self.first_line}"

    @property
    def lines(self) -> int:
        """Lines of the statement."""
        return self.last_line - self.first_line + 1


@dataclass(frozen=True, slots=True)
class SharedFacts:
    """The module that several domains import."""

    module: str
    path: str
    # The monolith imports it before this line.
    line: int | None
    statements: tuple[HomeFacts, ...]


@dataclass(frozen=True, slots=True)
class CrossingFacts:
    """Reads that lead to one other domain."""

    domain: str
    reads: int


@dataclass(frozen=True, slots=True)
class CouplingFacts:
    """How much one domain leans on other new modules."""

    # Reads of names of its own.
    internal: int
    to_shared: int
    to_domains: tuple[CrossingFacts, ...]
    # to_shared and to_domains together.
    crossings: int
    # internal / (internal + crossings), rounded to three places; None without a read.
    cohesion: float | None


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """A domain's place in the recommended order of extraction."""

    # From 1.
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReaderFacts:
    """One new module that reads a name through the monolith's module object."""

    module: str
    reads: int


@dataclass(frozen=True, slots=True)
class ThroughFacts:
    """A name that new modules read through the monolith's module object."""

    name: str
    # Where the monolith binds it first; None if only running code does.
    line: int | None
    reason: str
    reads: int
    modules: tuple[ReaderFacts, ...]


@dataclass(frozen=True, slots=True)
class ModuleObjectFacts:
    """All reads of ``_routes.X``, which is what keeps the new modules tied to the monolith."""

    reads: int
    names: tuple[ThroughFacts, ...]


@dataclass(frozen=True, slots=True)
class LineFacts:
    """Lines of the monolith, comments above statements included; wiring is added to ``stay``."""

    leave: int
    stay: int
