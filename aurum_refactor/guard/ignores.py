"""``# aurum: ignore[AR401] reason``: comments that silence a finding on their line."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass

from aurum_refactor.guard.rules import RULES

_COMMENT = re.compile(r"#\s*aurum:\s*ignore(?:\[([^\]]*)\])?[ \t]*(.*)$")
_CODES = frozenset(rule.code for rule in RULES)


@dataclass(frozen=True, slots=True)
class Ignore:
    """One comment."""

    line: int
    codes: frozenset[str]
    reason: str
    # What is wrong with it; "" if nothing is.
    mistake: str


def ignores_in(text: str) -> tuple[Ignore, ...]:
    """Every such comment of a file, wrong ones included."""
    if "aurum:" not in text:
        return ()
    found: list[Ignore] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            match = _COMMENT.search(token.string) if token.type == tokenize.COMMENT else None
            if match is not None:
                found.append(_ignore(token.start[0], match[1], match[2].strip()))
    except (tokenize.TokenError, SyntaxError):
        # Whoever parses the file says so.
        return tuple(found)
    return tuple(found)


def _ignore(line: int, written: str | None, reason: str) -> Ignore:
    codes = frozenset(filter(None, (part.strip() for part in (written or "").split(","))))
    unknown = sorted(codes - _CODES)
    mistake = ""
    if not codes:
        mistake = "it names no code"
    elif unknown:
        mistake = f"{unknown[0]} is no code of `check`"
    elif not reason:
        mistake = "it gives no reason"
    return Ignore(line, codes, reason, mistake)
