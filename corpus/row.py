"""What was found out about one project: one row of a table, and one file of the work folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

#: How a project's extraction ended.
OK: Final = "ok"
NO_SOURCE: Final = "no source"
FAILED: Final = "failed"
TIMEOUT: Final = "timeout"

#: What running both states said.
EQUAL: Final = "equal"
DIFFERENT: Final = "different"
NOT_RUN: Final = "not run"
NOTHING: Final = "nothing moved"


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What rewrite mode did beyond moving endpoints, or would do."""

    # Why nothing was rewritten; "" where something was.
    refused: str = ""
    # Names that leave the monolith, and those that stay: kind of the reason to how many.
    moved: int = 0
    stays: Mapping[str, int] = field(default_factory=dict)
    # Files that change, of those that were there before and are not the monolith.
    files: int = 0

    @property
    def left(self) -> int:
        """Names that stay in the monolith, for whatever reason."""
        return sum(self.stays.values())


@dataclass(frozen=True, slots=True)
class Row:
    """One project."""

    name: str
    module: str
    pin: str
    # OK, NO_SOURCE, FAILED or TIMEOUT; with the last line of what went wrong.
    status: str = OK
    trouble: str = ""
    lines: int = 0
    lines_after: int = 0
    # Endpoints, not registrations: a function with two decorators is one.
    endpoints: int = 0
    domains: int = 0
    moved: int = 0
    body_moved: int = 0
    # Code of the rule to how many endpoints it keeps.
    refused: Mapping[str, int] = field(default_factory=dict)
    # EQUAL, DIFFERENT, NOTHING, NOT_RUN, FAILED or TIMEOUT; of the run, not of the static proof.
    equal: str = NOT_RUN
    equal_trouble: str = ""
    # Routes that were compared.
    compared: int = 0
    # CPU of ``extract --all --dry-run``, its ratio to parsing the module with LibCST, its peak.
    seconds: float = 0.0
    ratio: float = 0.0
    peak_mib: float = 0.0
    # CPU of ``verify``.
    verify_seconds: float = 0.0
    # Requests whose answers were compared, and tests of the project's own.
    requests: int = 0
    tests: int = 0
    # What the tool was: see ``state.py``. A table is of one tool.
    tool: str = ""
    # None in keep mode.
    rewriting: Rewriting | None = None

    @property
    def refusals(self) -> int:
        """Endpoints that stay, under whatever rule."""
        return self.endpoints - self.moved - self.body_moved

    @property
    def sound(self) -> bool:
        """Nothing is wrong: the extraction ran, and no run showed a difference."""
        return self.status == OK and self.equal in (EQUAL, NOT_RUN, NOTHING)


def row_to_json(row: Row) -> dict[str, Any]:
    """Plain values, rules and reasons sorted."""
    value = asdict(row) | {"refused": dict(sorted(row.refused.items()))}
    if row.rewriting is None:
        del value["rewriting"]
    else:
        value["rewriting"]["stays"] = dict(sorted(row.rewriting.stays.items()))
    return value


def row_from_json(value: Mapping[str, Any]) -> Row:
    """Undo :func:`row_to_json`.

    Raises:
        TypeError: It is not a row, or one of another version.
    """
    rewriting = Rewriting(**value["rewriting"]) if "rewriting" in value else None
    return Row(**{**value, "rewriting": rewriting})
