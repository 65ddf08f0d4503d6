"""What one extraction did or would do, as a value that JSON and text both show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aurum_refactor.cli.facts import (
    FindingFacts,
    per_rule,
    refused_of,
    registrations_of,
    warnings_of,
)
from aurum_refactor.cli.layer_facts import LayerFacts, layer_facts
from aurum_refactor.model import Change, DomainModule, Form, Survey, WiringKind

if TYPE_CHECKING:
    from aurum_refactor.layering import Layering
    from aurum_refactor.pipeline import Extraction

SCHEMA = "aurum-refactor/extract/1"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file that changes; lines are None on the side where it is absent."""

    path: str
    lines_before: int | None
    lines_after: int | None


@dataclass(frozen=True, slots=True)
class NewModuleFacts:
    """One module that endpoints move to."""

    domain: str
    module: str
    path: str
    endpoints: tuple[str, ...]
    # Those of them whose registration stays in the monolith (S5).
    body_only: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountFacts:
    """What was compared for one guarantee, and how often."""

    guarantee: str
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class ProofFacts:
    """The static proof; a proof that does not hold is an error and never gets here."""

    counts: tuple[CountFacts, ...]


@dataclass(frozen=True, slots=True)
class MovedNameFacts:
    """A name of the monolith that is found elsewhere now."""

    name: str
    module: str
    # True if it leaves in this run; false if it had left, and references follow now.
    leaves: bool


@dataclass(frozen=True, slots=True)
class StayFacts:
    """A name that stays in the monolith although it was asked to leave."""

    name: str
    reason: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class MentionFacts:
    """A dotted name in a file that is no Python."""

    path: str
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ReferencesFacts:
    """What rewrite mode did, or why it did nothing."""

    nothing_because: str
    moved: tuple[MovedNameFacts, ...]
    stays: tuple[StayFacts, ...]
    # Public names that outside code may have imported from the monolith; they are gone from it.
    public_gone: tuple[str, ...]
    mentions: tuple[MentionFacts, ...]
    # Whether the mentions have been rewritten too.
    text_rewritten: bool


@dataclass(frozen=True, slots=True)
class ExtractFacts:
    """All of it."""

    module: str
    path: str
    # None for all.
    domains: tuple[str, ...] | None
    written: bool
    # Endpoints that leave with their registrations.
    moved: int
    # Endpoints of which only the body leaves (S5), not in ``moved``.
    body_moved: int
    modules: tuple[NewModuleFacts, ...]
    files: tuple[FileFacts, ...]
    # Of the monolith.
    lines_before: int
    lines_after: int
    registrations_before: int
    registrations_after: int
    refused: tuple[FindingFacts, ...]
    refused_per_rule: dict[str, int]
    # What is worth knowing of the whole monolith; the same as in the plan.
    warnings: tuple[FindingFacts, ...]
    proof: ProofFacts
    # None in keep mode.
    references: ReferencesFacts | None = None
    # Of the domains' services, where they were asked for.
    layers: tuple[LayerFacts, ...] | None = None


def extract_facts(
    extraction: Extraction, *, written: bool, layering: Layering | None = None
) -> ExtractFacts:
    """Collect what an extraction amounts to.

    Args:
        extraction: As it was computed.
        written: Whether its files have been written.
        layering: The services that were generated with it.
    """
    survey = extraction.workspace.survey
    path = survey.layout.path
    after = extraction.changes.after
    chosen = [module for module in extraction.plan.modules if module.path in after]
    modules = tuple(_module(module, survey) for module in chosen)
    body_moved = sum(len(module.body_only) for module in modules)
    refused = refused_of(extraction.plan, extraction.domains)
    data = extraction.workspace.original.data
    registrations = registrations_of(survey)
    return ExtractFacts(
        module=survey.layout.module,
        path=path,
        domains=None if extraction.domains is None else tuple(sorted(extraction.domains)),
        written=written,
        moved=sum(len(module.endpoints) for module in modules) - body_moved,
        body_moved=body_moved,
        modules=modules,
        files=tuple(map(file_facts, extraction.changes.changes)),
        lines_before=_lines(data) or 0,
        lines_after=_lines(after.get(path, data)) or 0,
        registrations_before=registrations,
        registrations_after=registrations - _leaving(chosen, survey),
        refused=refused,
        refused_per_rule=per_rule(refused),
        warnings=warnings_of(extraction.plan),
        proof=ProofFacts(tuple(CountFacts(*row) for row in extraction.proof.counts)),
        references=references_facts(extraction),
        layers=None if layering is None else layer_facts(layering),
    )


def references_facts(extraction: Extraction) -> ReferencesFacts | None:
    """What rewrite mode did, or would do; None in keep mode."""
    plan = extraction.rehoming
    if plan is None:
        if not extraction.unrewritten:
            return None
        return ReferencesFacts(extraction.unrewritten, (), (), (), (), text_rewritten=False)
    leaving = {name for room in plan.rooms for name in room.leaving}
    return ReferencesFacts(
        nothing_because="",
        moved=tuple(
            MovedNameFacts(name, module, leaves=name in leaving) for name, module in plan.homes
        ),
        stays=tuple(StayFacts(s.name, s.reason, s.path, s.line) for s in plan.stays),
        public_gone=tuple(sorted(name for name in plan.gone if not name.startswith("_"))),
        mentions=tuple(MentionFacts(*row) for row in extraction.mentions),
        text_rewritten=extraction.text_rewritten,
    )


def _module(module: DomainModule, survey: Survey) -> NewModuleFacts:
    ordinals = sorted(ordinal for run in module.runs for ordinal in run.ordinals)
    body = {o for r in module.runs if r.wiring is WiringKind.BODY for o in r.ordinals}
    names = {e.ordinal: e.members or (e.name,) for e in survey.endpoints}
    return NewModuleFacts(
        domain=module.domain,
        module=module.module,
        path=module.path,
        endpoints=tuple(name for o in ordinals for name in names[o]),
        body_only=tuple(name for o in ordinals if o in body for name in names[o]),
    )


def _leaving(modules: list[DomainModule], survey: Survey) -> int:
    gone = {
        ordinal
        for module in modules
        for run in module.runs
        if run.wiring is not WiringKind.BODY
        for ordinal in run.ordinals
    }
    # Calls that register a decorated function once more stay; lifted ones go along.
    return sum(
        1
        for endpoint in survey.endpoints
        if endpoint.ordinal in gone
        for row in endpoint.registrations
        if endpoint.members or row.form is Form.DECORATOR
    )


def file_facts(change: Change) -> FileFacts:
    """How long a file was and is."""
    return FileFacts(str(change.path), _lines(change.before), _lines(change.after))


def _lines(data: bytes | None) -> int | None:
    return None if data is None else len(data.splitlines())
