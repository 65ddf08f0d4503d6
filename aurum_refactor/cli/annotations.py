"""Findings as workflow commands of GitHub Actions, which shows them beside the lines.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Sequence

from aurum_refactor.cli.facts import FindingFacts

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def annotate(findings: Sequence[FindingFacts], place: str) -> str:
    """One line a finding; *place* is the project's directory in its repository."""
    return "".join(
        f"::{_COMMANDS[row.severity]} file={f'{place}{row.path}'.translate(_PROPERTY)},"
        f"line={row.line},title={row.code}::{f'{row.message}; {row.advice}'.translate(_DATA)}\n"
        for row in findings
    )
