"""An endpoint that may move, and a run of several that has no place yet."""

from __future__ import annotations

from dataclasses import dataclass

from aurum_refactor.model import Endpoint, Form, WiringKind


@dataclass(frozen=True, slots=True)
class Need:
    """A name that a moved statement reads at import, and where it has the right value."""

    name: str
    # Places (inclusive) before a statement at which the value is the same.
    low: int
    high: int
    # Ordinal of the moved endpoint of the same domain that binds it, or -1.
    provider: int
    # True for the object that a run is wired on: that matters where the wiring
    # stands, not where the new module is executed.
    wires: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A run without its place."""

    domain: str
    receiver: str
    wiring: WiringKind
    because: str
    ordinals: tuple[int, ...]
    # Places (inclusive) where the wiring may stand as far as routes and the
    # names that the run itself binds are concerned.
    low: int
    high: int
    needs: tuple[Need, ...]
    # Names of the endpoints.
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Movable:
    """An endpoint that may move, with its domain and its rung of the ladder."""

    endpoint: Endpoint
    domain: str
    wiring: WiringKind
    because: str

    @property
    def receiver(self) -> str:
        """What it is decorated with, or else registered on by a call."""
        rows = self.endpoint.registrations
        return next((r.receiver for r in rows if r.form is Form.DECORATOR), rows[0].receiver)
