"""Other ways to divide the endpoints, with their figures, ready for JSON."""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA = "aurum-refactor/suggest/1"


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """One endpoint."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """One domain of a division."""

    domain: str
    endpoints: tuple[MemberFacts, ...]


@dataclass(frozen=True, slots=True)
class MoveFacts:
    """An endpoint that has another domain now."""

    endpoint: str
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DivisionFacts:
    """One way to divide the endpoints."""

    # "current", "greedy", "louvain" or "labels".
    method: str
    # Who published the method; "" for the current domains.
    source: str
    # None where no two endpoints need the same; rounded to three places, as are the next two.
    modularity: float | None
    # Mean of the domains' cohesion; None where no domain has one.
    cohesion: float | None
    # Adjusted Rand index with the current domains.
    agreement: float
    # Reads of names of other new modules.
    coupling: int
    # Helpers, classes and values that would go to the shared module.
    shared: int
    groups: tuple[GroupFacts, ...]
    moves: tuple[MoveFacts, ...]


@dataclass(frozen=True, slots=True)
class SettingsFacts:
    """A division as settings."""

    method: str
    # Ready to be pasted into the settings.
    toml: str
    # Domains that no URL pattern tells from the others; they are not in the text, or not whole.
    inseparable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SuggestFacts:
    """All of it."""

    module: str
    path: str
    # Endpoints that can move; the others are left out.
    endpoints: int
    # Of them, those that need nothing that another one needs; they keep their domain.
    alone: int
    # The current one first.
    divisions: tuple[DivisionFacts, ...]
    # The proposal of the highest modularity; None if there is none.
    settings: SettingsFacts | None
