"""What the static proof found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Breach:
    """A guarantee that the result of an extraction does not keep."""

    guarantee: str
    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What the static proof looked at, how much of it, and what it found broken."""

    # (guarantee, what was compared, how many), in order.
    counts: tuple[tuple[str, str, int], ...]
    breaches: tuple[Breach, ...] = field(default=())

    @property
    def holds(self) -> bool:
        return not self.breaches
