"""Findings that were there when the ratchet was put in: a file that only gets shorter."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from aurum_refactor.errors import SourceError

BASELINE_FILE: Final = "aurum-refactor.baseline"
_VERSION: Final = 1


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """A finding that is accepted: no line, so that it survives edits above it."""

    code: str
    path: str
    key: str


def parse_baseline(name: str, data: bytes) -> Counter[Known]:
    """Read a baseline.

    Raises:
        SourceError: It is none, or was written by a newer version.
    """
    advice = f"restore it from version control (git checkout -- {name})"
    try:
        document = json.loads(data.decode("utf-8"))
    except json.JSONDecodeError as error:
        raise SourceError(name, f"is not valid JSON; {advice}", error.lineno) from None
    except (ValueError, RecursionError):
        raise SourceError(name, f"is not a baseline; {advice}") from None
    version = document.get("version") if isinstance(document, dict) else None
    if type(version) is int and version > _VERSION:
        reason = f"was written by a newer aurum-refactor (format {version}); upgrade this one"
        raise SourceError(name, reason)
    if type(version) is not int or version != _VERSION:
        raise SourceError(name, f"is not a baseline; {advice}")
    try:
        return Counter(map(_known, document["findings"]))
    except (TypeError, KeyError):
        raise SourceError(name, f"is not a baseline; {advice}") from None


def render_baseline(findings: Iterable[Known]) -> bytes:
    """The bytes of a baseline: one line a finding, sorted."""
    rows = [
        json.dumps({"code": row.code, "path": row.path, "key": row.key}, ensure_ascii=False)
        for row in sorted(findings)
    ]
    body = "[\n" + ",\n".join(f"    {row}" for row in rows) + "\n  ]" if rows else "[]"
    return f'{{\n  "version": {_VERSION},\n  "findings": {body}\n}}\n'.encode()


def _known(row: Any) -> Known:
    known = Known(row["code"], row["path"], row["key"])
    if not all(isinstance(text, str) for text in (known.code, known.path, known.key)):
        raise TypeError
    return known
