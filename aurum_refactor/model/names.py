"""Names, places and findings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
