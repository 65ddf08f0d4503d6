"""What ``check`` looks for: codes, and what they are about; docs/check.md says more of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is not allowed."""

    code: str
    title: str
    # What to do about it.
    advice: str


ADDED = Rule(
    "AR401",
    "an endpoint was added to the monolith",
    "put it into the router module of its domain",
)
OTHER_DOMAIN = Rule(
    "AR402",
    "a domain imports another domain",
    "move what both need to the shared module, or call the other domain's service",
)
MONOLITH = Rule(
    "AR403",
    "a domain imports more of the monolith than it may",
    "read it through the module object when it is called, or move it to the domain",
)
CYCLE = Rule(
    "AR404",
    "new modules import each other in a circle",
    "move what they share to a module below them",
)
BAD_IGNORE = Rule(
    "AR405",
    "a comment that is to silence a finding says too little",
    "write `# aurum: ignore[CODE] reason` with a code of `check` and a reason",
)
IDLE_IGNORE = Rule(
    "AR406",
    "a comment silences nothing",
    "remove the comment",
)

RULES = (ADDED, OTHER_DOMAIN, MONOLITH, CYCLE, BAD_IGNORE, IDLE_IGNORE)
