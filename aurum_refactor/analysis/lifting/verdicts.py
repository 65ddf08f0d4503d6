"""What is known of a module whose suites are judged, and what the judgement says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one statement cannot be lifted."""

    index: int
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the new function is given and gives back, or why it cannot be."""

    problems: tuple[Problem, ...]
    receivers: tuple[str, ...] = ()
    captured: tuple[str, ...] = ()
    # Functions among them that are bound below: each call looks them up anew.
    late: frozenset[str] = frozenset()
    returned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """What the judgement needs to know of the module around."""

    # How many statements of the module bind each of its names.
    bound: Mapping[str, int]
    imported: frozenset[str]
    literal_names: frozenset[str]
    # True with ``from __future__ import annotations``.
    lazy: bool
    # Names that some function of the module reads when it runs.
    read_later: frozenset[str]
    # Methods that their class inherits, and why others are not: by class and name.
    carried: frozenset[tuple[str, str]] = frozenset()
    own_methods: Mapping[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
