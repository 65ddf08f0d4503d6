"""What ``check`` found, as a value that every format shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aurum_refactor.cli.facts import FindingFacts, finding_facts, per_rule

if TYPE_CHECKING:
    from aurum_refactor.guarding import Guarding

SCHEMA = "aurum-refactor/check/1"


@dataclass(frozen=True, slots=True)
class IgnoredFacts:
    """A finding that a comment silences."""

    code: str
    path: str
    line: int
    message: str
    reason: str


@dataclass(frozen=True, slots=True)
class GoneFacts:
    """An entry of the baseline for which there is no finding any more."""

    code: str
    path: str
    key: str


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """All of it."""

    # Modules that were read.
    files: int
    findings: tuple[FindingFacts, ...]
    per_rule: dict[str, int]
    ignored: tuple[IgnoredFacts, ...]
    # Path of the baseline, null where there is none.
    baseline: str | None
    # Findings that it accepts.
    known: tuple[FindingFacts, ...]
    gone: tuple[GoneFacts, ...]
    # True if the baseline was written.
    updated: bool


def check_facts(guarding: Guarding, *, updated: bool) -> CheckFacts:
    """Collect what a check amounts to."""
    checked = guarding.checked
    findings = tuple(map(finding_facts, checked.findings))
    there = guarding.accepted is not None or updated
    return CheckFacts(
        files=checked.files,
        findings=findings,
        per_rule=per_rule(findings),
        ignored=tuple(
            IgnoredFacts(f.code, f.path, f.line, f.message, reason) for f, reason in checked.ignored
        ),
        baseline=guarding.baseline if there else None,
        known=tuple(map(finding_facts, checked.known)),
        gone=tuple(GoneFacts(k.code, k.path, k.key) for k in checked.gone),
        updated=updated,
    )
