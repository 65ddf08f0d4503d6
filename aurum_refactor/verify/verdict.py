"""What a verification says: its checks, the differences, and what it cannot see."""

from __future__ import annotations

from dataclasses import dataclass

from aurum_refactor.verify.difference import Difference

# True of every verification; kept in step with fastapi-semantics §9.
WITHOUT_REQUESTS = (
    "function bodies: no request is made, so code that was not executed on import is not compared",
)
CANNOT_SEE = (
    "patches and assignments by names that are put together at run time",
    "values of names that no endpoint looks up; only their presence, type, name and identity",
    "what depends on a module's name: loggers, cache keys, task names, metric labels, pickles",
    "the order and the side effects of imports, reload, and running a module as __main__",
    "validators and methods of models; only their fields",
    "form limits given to include_router, and dependency overrides of WebSocket routes",
    "code outside the project that imports the monolith or walks app.routes",
    "timing, concurrency and anything that needs a real backend",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was compared; an equal check that compared nothing says so."""

    name: str
    # How many of it.
    compared: int
    equal: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """An endpoint that is defined in another module than before; expected, never compared."""

    route: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Asked:
    """How many requests were made for one operation, and what came back before."""

    operation: str
    sent: int
    # ("2xx", "accept", "raised", ...; how many), sorted by name.
    answers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests that were sent to both states."""

    sent: int
    # After two without an answer in time, an operation is asked no more.
    left_out: int
    # Requests that were not answered in time, on either side.
    unanswered: tuple[str, ...]
    operations: tuple[Asked, ...]
    # Operation and place of what a state answers differently by itself: not compared.
    unstable: tuple[str, ...]
    # "complete", why startup failed (on both sides), or "" if it was not run.
    lifespan: str
    # What the endpoints tried and were refused: "network", "programs and signals", ...
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether before ≡ after, as far as running both can show it."""

    equal: bool
    checks: tuple[Check, ...]
    differences: tuple[Difference, ...]
    cannot_see: tuple[str, ...]
    moved: tuple[Moved, ...]
    # Name and version of python, fastapi, starlette and pydantic.
    before_versions: tuple[tuple[str, str], ...]
    after_versions: tuple[tuple[str, str], ...]
    # Dotted modules that were missing and had something made up for them, on both sides.
    fabricated: tuple[str, ...] = ()
    # Pairs of routes that are tried in the other order now, which no request shows.
    reordered: tuple[tuple[str, str], ...] = ()
    # True if that was asked for, and so is no difference.
    reordering_allowed: bool = False
    # ``None`` if none were sent.
    requests: Requests | None = None
