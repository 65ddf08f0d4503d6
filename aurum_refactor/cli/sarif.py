"""Findings as SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from aurum_refactor import __version__
from aurum_refactor.cli.facts import FindingFacts
from aurum_refactor.guard.rules import RULES, Rule

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "note": "note"}


def sarif(findings: Sequence[FindingFacts], place: str) -> str:
    """One log with one run.

    Args:
        findings: Of ``check``.
        place: Directory of the project in its repository, ``services/api/``;
            code scanning wants paths from the top.
    """
    index = {rule.code: number for number, rule in enumerate(RULES)}
    driver = {
        "name": "aurum-refactor",
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in RULES],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The top of the repository."}}},
        "results": _results(findings, index, place),
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": f"{rule.title[0].upper()}{rule.title[1:]}."},
        "help": {"text": f"{rule.advice[0].upper()}{rule.advice[1:]}."},
        "defaultConfiguration": {"level": "warning" if rule.code == RULES[-1].code else "error"},
    }


def _results(
    findings: Sequence[FindingFacts], index: dict[str, int], place: str
) -> list[dict[str, Any]]:
    found = []
    seen: dict[str, int] = {}
    for row in findings:
        # Without the line: an alert survives edits above it.
        text = f"{row.code}\0{row.path}\0{row.message}"
        seen[text] = seen.get(text, 0) + 1
        mark = hashlib.sha256(f"{text}\0{seen[text]}".encode()).hexdigest()
        location = {"uri": quote(f"{place}{row.path}"), "uriBaseId": "SRCROOT"}
        region = {"startLine": max(1, row.line)}
        found.append(
            {
                "ruleId": row.code,
                "ruleIndex": index[row.code],
                "level": _LEVELS[row.severity],
                "message": {"text": f"{row.message}; {row.advice}"},
                "locations": [
                    {"physicalLocation": {"artifactLocation": location, "region": region}}
                ],
                "partialFingerprints": {"aurumRefactorFinding/v1": mark},
            }
        )
    return found
