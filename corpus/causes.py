"""Why names stay in a monolith, by kind; only wordings are grouped, nothing is decided."""

from __future__ import annotations

import re
from typing import Final

# How `extract --references rewrite` words a reason, and what to call all such reasons.
_KINDS: Final = {
    r"endpoints are registered on it": "receiver",
    r"its endpoint stays": "endpoint",
    r"it is bound under a condition|it is bound more than once": "bound twice or maybe",
    r"routes are spelled with it": "in a path",
    r"it belongs to the module itself": "dunder",
    r".* passes it on by name": "forwarded",
    r"another file may replace any name": "unbounded",
    r"it is changed in place": "changed at import",
    r"it reads .*, which endpoints are registered on": "reads a receiver",
    r"it reads .*star import": "reads a star import",
    r"it reads __": "reads a dunder",
    r"its value may change, and code that": "live, and read here",
    r"its value may change, and line": "live, and read at import",
    r"its annotation ": "annotation bound again",
    r"a domain that has not been extracted": "waits",
    r"it is made of ": "made of a domain's",
    r"it needs .*, which stays": "needs what stays",
    r"it needs .* of ": "needs a domain's",
    r".* needs it above a definition": "home too early",
    r"line .* may need it before": "home too late",
    r".* is somebody's file already|.* has another ": "home taken",
    r".* cannot be rewritten": "cannot be rewritten",
    r".* may replace it on an object": "may be patched",
    r"FastAPI before ": "FastAPI's age",
    r"the proof fails when it leaves": "the proof",
    r"it calls ": "calls at import",
    r".* makes it and registers it": "made by its registration",
    r"it changes |its value is taken from ": "made of what changes",
    r"another class has the same name": "class of that name elsewhere",
}


def cause_of(reason: str) -> str:
    """Name the kind of a reason; one of no known kind is its own, without its places."""
    for like, kind in _KINDS.items():
        if re.match(like, reason):
            return kind
    return re.sub(r"\S*:\d+|\bline \d+", "...", reason)
