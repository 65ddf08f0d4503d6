"""What a verification says, put into words that text and Markdown share; decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aurum_refactor.cli.sentences import plural
from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.verdict import Check, Verdict

SCHEMA = "aurum-refactor/verify/1"

# What each comparator looks at, in the words of somebody who uses FastAPI.
_LOOKS_AT = {
    "routes": "path, parameters, models, options of each",
    "route order": "tried in the same order",
    "identity": "the same objects in the same places",
    "names in code": "what the code looks up when it runs",
    "application": "middleware, handlers, lifespan, settings",
    "names": "every name of the module",
    "OpenAPI": "operations; the document as text",
    "versions": "Python, FastAPI, Starlette, pydantic",
    "fabricated modules": "the same ones are missing",
    "requests": "status, headers, body of each answer",
    "tests": "the project's own: each ends as before",
    "first import": "modules that can be imported first",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """Which two states of what were compared, as a reader would name them."""

    monolith: str
    app: str
    python: str
    before_state: str
    after_state: str


def headline(verdict: Verdict, compared: Compared) -> str:
    """The verdict in one sentence."""
    what = f"{compared.before_state} and {compared.after_state}"
    if verdict.equal and verdict.reordered:
        return f"Equal but for the order of routes, which was asked for: {what}"
    if verdict.equal:
        return f"Equal: no difference between {what}"
    return f"Different: {plural(len(verdict.differences), 'difference')} between {what}"


def setting(verdict: Verdict, compared: Compared) -> str:
    """Which application, and what it ran on."""
    versions = ", ".join(f"{name} {version}" for name, version in verdict.after_versions)
    return f"{compared.app}; {versions}"


def looks_at(check: Check) -> str:
    return _LOOKS_AT.get(check.name, "")


def result(check: Check) -> str:
    """``equal``, ``different``, or ``nothing`` where there was nothing to compare."""
    if not check.equal:
        return "different"
    return "equal" if check.compared else "nothing"


def grouped(
    differences: tuple[Difference, ...], most: int
) -> Iterator[tuple[str, list[Difference]]]:
    """The first differences by where they are, in the order in which they were found."""
    groups: dict[str, list[Difference]] = {}
    for difference in differences[:most]:
        groups.setdefault(difference.where, []).append(difference)
    yield from groups.items()


def reordering(verdict: Verdict) -> str:
    """What to call routes that are tried in another order, where nothing else shows it."""
    why = "asked for" if verdict.reordering_allowed else "a difference; allow it, if you mean it"
    return f"Tried in another order, which no path or name shows ({why})"
