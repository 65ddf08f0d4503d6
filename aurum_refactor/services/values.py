"""What a service layer consists of; templates see exactly these values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a method, spelled for the module that is generated."""

    name: str
    # Source text of its type; ``Any`` where nothing is known.
    annotation: str
    # Source text of its default; None for a parameter that must be given.
    default: str | None
    keyword_only: bool
    # Source text of a value for tests.
    sample: str = "sentinel.value"

    @property
    def text(self) -> str:
        """``limit: int = 10``."""
        tail = "" if self.default is None else f" = {self.default}"
        return f"{self.name}: {self.annotation}{tail}"


@dataclass(frozen=True, slots=True)
class Method:
    """What a service does for one endpoint."""

    name: str
    is_async: bool
    parameters: tuple[Parameter, ...]
    returns: str
    # Cleaned docstring of the endpoint; a sentence on its routes where it has none.
    doc: str
    # ``module:name`` of the endpoint.
    endpoint: str
    # ``GET /v1/curves``, one per registration.
    routes: tuple[str, ...]
    # Parameters of the endpoint that its router resolves (``Depends``), by name.
    resolved: tuple[str, ...]
    # Names of the DAO's methods that stand for what the endpoint calls.
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DaoMethod:
    """One call into a data module, handed on."""

    name: str
    is_async: bool
    # Empty and ``passes_on`` where the signature of the original is not known.
    parameters: tuple[Parameter, ...]
    passes_on: bool
    returns: str
    doc: str
    # ``aurum.api.service:query_curves``.
    original: str
    # What is called: ``service.query_curves``.
    target: str
    # Imports to be repeated inside the method, because they may fail or run the monolith.
    imports: tuple[str, ...]
    # Source text of the arguments that are handed on.
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What the classes of a domain are called."""

    interface: str
    service: str
    dao: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the generated code leaves open, and where that comes from."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Layer:
    """The layers of one domain before they are spelled."""

    domain: str
    names: Names
    methods: tuple[Method, ...]
    dao_methods: tuple[DaoMethod, ...]
    gaps: tuple[Gap, ...]


def names_of(domain: str) -> Names:
    """``price_curves`` gives ``PriceCurvesServiceInterface`` and its kin."""
    stem = "".join(part[:1].upper() + part[1:] for part in domain.split("_") if part)
    return Names(f"{stem}ServiceInterface", f"{stem}Service", f"{stem}DAO")
