"""One name of the monolith and everything that decides where it goes, ready for JSON."""

from __future__ import annotations

from dataclasses import dataclass

from aurum_refactor.cli.facts import FindingFacts, RouteFacts

SCHEMA = "aurum-refactor/explain/1"


@dataclass(frozen=True, slots=True)
class OriginFacts:
    """One statement that binds the name."""

    # "endpoint", "function", "class", "assignment", "import", "compound"...
    kind: str
    first_line: int
    last_line: int
    # For an import: where the object comes from, such as "fastapi.Query"; else "".
    imported: str
    # For an endpoint; in true order.
    routes: tuple[RouteFacts, ...]
    domain: str | None
    # Why it belongs to that domain, or else why it lives where it will live.
    reason: str
    # "endpoint", "owned", "shared", "anchored", "stays", "repeated" (an import) or "fixed".
    home: str
    # Where it will live: dotted module and path.
    module: str
    path: str
    # For an endpoint that moves: "S0", "S1b", "S3" or "S5", and why not S1b; else both "".
    wiring: str
    because: str
    refused: tuple[FindingFacts, ...]


@dataclass(frozen=True, slots=True)
class UserFacts:
    """One statement of the monolith that looks the name up."""

    # "" for a statement that binds no name.
    name: str
    # "import" or "call".
    phase: str
    lines: tuple[int, ...]
    domain: str | None


@dataclass(frozen=True, slots=True)
class TouchFacts:
    """One use of the name in another file."""

    path: str
    line: int
    # "import", "read", "assign", "patch" or "forward".
    use: str


@dataclass(frozen=True, slots=True)
class WayFacts:
    """How one new module reaches the name."""

    module: str
    # As in a plan: "new module", "re-import", "from-import", "module object" or "local".
    access: str
    because: str
    # As it is written there, such as ``_routes.LIMIT``.
    written: str


@dataclass(frozen=True, slots=True)
class ExplainFacts:
    """The whole story."""

    # ``app.routes:list_curves``.
    symbol: str
    name: str
    # The monolith.
    module: str
    path: str
    origins: tuple[OriginFacts, ...]
    users: tuple[UserFacts, ...]
    touched: tuple[TouchFacts, ...]
    ways: tuple[WayFacts, ...]
