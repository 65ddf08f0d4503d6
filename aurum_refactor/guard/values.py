"""What is looked at: monoliths and the modules that came out of them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import StrEnum

from aurum_refactor.model import Finding, LockedMonolith
from aurum_refactor.source.text import SourceText


class Kind(StrEnum):
    """What a new module is for."""

    ROUTER = "router"
    SHARED = "shared"
    SERVICE = "service"
    DAO = "dao"


@dataclass(frozen=True, slots=True)
class NewModule:
    """A module that a migration made, as it is now."""

    module: str
    path: str
    # Where its relative imports start.
    package: str
    # "" for the module that domains share.
    domain: str
    kind: Kind
    source: SourceText
    tree: ast.Module


@dataclass(frozen=True, slots=True)
class Monolith:
    """A module that is being taken apart, as it is now."""

    # Dotted name; "" where nothing tells it.
    module: str
    path: str
    tree: ast.Module
    source: SourceText
    # None before the first extraction.
    locked: LockedMonolith | None
    new: tuple[NewModule, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """A finding, the lines on which a comment may silence it, and what it is known by."""

    finding: Finding
    last: int
    # Stays the same when lines move.
    key: str
