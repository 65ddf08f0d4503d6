"""Who moves where with what: one fixed point of homes, runs and modules.

An endpoint without a place may hold back what others need, a router that cannot
move whole leaves its endpoints to the next rung of the ladder, and a helper that
does not fit its new module stays: then everything is decided afresh.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.model import (
    Assignment,
    DomainModule,
    ExistingModule,
    Finding,
    HomeKind,
    ModuleUse,
    OrderFacts,
    Receiver,
    Refusal,
    Survey,
    WiringKind,
)
from aurum_refactor.plan.blockers import Surroundings
from aurum_refactor.plan.coalesce import Coalescer
from aurum_refactor.plan.contested import contested
from aurum_refactor.plan.copies import met_in_a_copy
from aurum_refactor.plan.extending import ADVICE, why_closed, why_not_added
from aurum_refactor.plan.homes import Homes, homes_of, misfits
from aurum_refactor.plan.modules import modules_of
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.objects import Objects, objects_of
from aurum_refactor.plan.paths import in_the_way
from aurum_refactor.plan.receivers import receiver_at
from aurum_refactor.plan.refusals import refuse, refuse_statically, refuse_view
from aurum_refactor.plan.runs.drafts import Draft, Movable
from aurum_refactor.plan.runs.grouping import drafts_of
from aurum_refactor.plan.runs.joining import place_for
from aurum_refactor.plan.runs.observers import Observers
from aurum_refactor.plan.swaps import Swaps
from aurum_refactor.plan.whole_drafts import whole_drafts
from aurum_refactor.plan.wiring import wiring_of
from aurum_refactor.source.settings import Config


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that the decision depends on."""

    survey: Survey
    config: Config
    names: NameTable
    assignments: Sequence[Assignment]
    # Endpoints for which a rewrite found no faithful form, with the reason.
    unrewritable: Mapping[str, str]
    # Endpoints that the proof does not let pass, with what it says.
    held: Mapping[str, str]
    observers: Observers
    around: Surroundings
    # None where the runs of a domain are not to be merged.
    facts: OrderFacts | None
    # The shared leaf: dotted module and file.
    leaf: str
    leaf_path: str
    # Imports of modules that we made; see ``whole_drafts``.
    handed_back: Mapping[int, int]
    # File of a (domain, stage), and the module of a file.
    path_of: Callable[[str, int], str]
    dotted: Callable[[str], str]
    # Domains that earlier extractions made a module of.
    begun: frozenset[str] = frozenset()
    # Code that executes the monolith again.
    again: tuple[ModuleUse, ...] = ()

    def existing(self, domain: str) -> ExistingModule | None:
        """The module that stands where that of a domain would; None if none does."""
        return self.around.read_existing(self.path_of(domain, 1))


@dataclass(frozen=True, slots=True)
class Settled:
    """The decision."""

    movable: Mapping[int, Movable]
    refusals: tuple[Refusal, ...]
    homes: Homes
    modules: tuple[DomainModule, ...]
    # What keeps runs apart that were to be merged.
    apart: tuple[Finding, ...]


def settle(question: Question) -> Settled:
    """Decide until everything that moves has a place, and everything that it needs."""
    survey, names, observers = question.survey, question.names, question.observers
    leaf_is_free = question.leaf_path not in question.around.files
    ruled_out: dict[int, str] = {}
    if names.copied:
        why = "each copy of this module that is made under another name has its own"
        ruled_out = {receiver.ordinal: why for receiver in survey.receivers}
    # Domains whose file is there and cannot take them in, with the reason.
    closed: dict[str, str] = {}
    movable, refusals, objects, barred = _start(question, ruled_out, closed)
    while True:
        homes = homes_of(
            survey,
            movable,
            names,
            observers,
            leaf_is_free=leaf_is_free,
            barred=barred,
            objects=objects,
        )
        drafts, apart = _drafts(question, movable, homes, objects)
        modules = _modules(question, drafts, homes)
        stranded = _stranded(drafts, objects) or _parted(modules, objects)
        if stranded:
            ruled_out |= stranded
            movable, refusals, objects, barred = _start(question, ruled_out, closed)
            continue
        homeless = _homeless(survey, drafts)
        refusals += homeless
        for refusal in homeless:
            movable.pop(refusal.ordinal, None)
        if homeless:
            continue
        unfit = _unfit(question, modules, homes)
        if unfit:
            closed |= unfit
            movable, refusals, objects, barred = _start(question, ruled_out, closed)
            continue
        late = _too_late(survey, modules, homes, movable, names, observers, objects)
        late = late or _executed_early(survey, modules, drafts)
        if not late:
            return Settled(movable, tuple(refusals), homes, modules, apart)
        barred |= late


def _drafts(
    question: Question, movable: Mapping[int, Movable], homes: Homes, objects: Objects
) -> tuple[tuple[Draft, ...], tuple[Finding, ...]]:
    survey, names, observers = question.survey, question.names, question.observers
    settled = _settled(survey, homes)
    drafts = drafts_of(survey, movable, names, observers, settled)
    apart: tuple[Finding, ...] = ()
    if question.facts is not None:
        swaps = Swaps(survey, question.facts)
        rows = {row.ordinal: row for row in question.assignments}
        coalescer = Coalescer(survey, movable, names, observers, settled, swaps, rows)
        merged = coalescer.merge(drafts)
        drafts, apart = merged.drafts, merged.findings
    whole = whole_drafts(
        survey, movable, names, observers, settled, objects, homes, question.handed_back
    )
    return tuple(sorted((*drafts, *whole), key=lambda draft: draft.ordinals[0])), apart


def _modules(question: Question, drafts: Sequence[Draft], homes: Homes) -> tuple[DomainModule, ...]:
    if any(place_for(draft) is None for draft in drafts):
        return ()
    return modules_of(
        question.survey,
        drafts,
        question.names,
        homes,
        question.leaf,
        question.around.files,
        question.path_of,
        question.dotted,
        question.around.read_existing,
    )


def _start(
    question: Question, ruled_out: dict[int, str], closed: Mapping[str, str]
) -> tuple[dict[int, Movable], list[Refusal], Objects, dict[int, str]]:
    """Who may move, with which objects, and which statements are barred from moving.

    An object moves with all of its endpoints or not at all; *ruled_out* grows.
    """
    unfit = {
        s.ordinal: f"it cannot be rewritten: {question.unrewritable[s.label]}"
        for s in question.survey.statements
        if s.label in question.unrewritable
    }
    unfit |= {
        s.ordinal: f"the proof fails when it moves: {question.held[s.label]}"
        for s in question.survey.statements
        if s.label in question.held
    }
    while True:
        objects = objects_of(question.survey, question.assignments, question.names, ruled_out)
        movable, refusals = _movable(question, objects)
        clashes = _clashes(question, movable, closed)
        refusals += clashes
        for refusal in clashes:
            movable.pop(refusal.ordinal, None)
        for refusal in contested(question.survey, movable, question.observers):
            refusals.append(refusal)
            movable.pop(refusal.ordinal)
        broken = {
            ordinal: f"{existing.path} is there already and has its own"
            for ordinal, row in objects.whole.items()
            if (existing := question.existing(row.domain)) is not None
        }
        # As when all of the domain was planned at once: only its first module takes objects (G7).
        broken |= {
            ordinal: f"{row.domain} needs two modules, and its endpoints are in the second one"
            for ordinal, row in objects.whole.items()
            if row.domain in question.begun
        }
        broken |= {
            ordinal: f"its endpoint {question.survey.statements[member].label} stays"
            for ordinal, row in objects.whole.items()
            for member in row.members
            if member not in movable
        }
        if not broken:
            return movable, refusals, objects, unfit
        ruled_out |= broken


def _stranded(drafts: Sequence[Draft], objects: Objects) -> dict[int, str]:
    """Objects for which no place in the monolith has everything that their endpoints need."""
    found = {}
    for draft in drafts:
        if draft.wiring is WiringKind.OBJECT and place_for(draft) is None:
            whole = objects.of(draft.ordinals[0])
            if whole is not None:
                changing = sorted(
                    {n.name for n in draft.needs if n.name and (n.low > draft.high)}
                    | {n.name for n in draft.needs if n.name and n.high < draft.low}
                )
                what = f" ({', '.join(changing)})" if changing else ""
                found[whole.receiver.ordinal] = (
                    f"no place below line {whole.receiver.line} has what its endpoints read{what}"
                )
    return found


def _parted(modules: Sequence[DomainModule], objects: Objects) -> dict[int, str]:
    """Objects whose endpoints came into another module than the first one of their domain."""
    found = {}
    for module in modules:
        for run in module.runs:
            whole = objects.of(run.ordinals[0])
            if run.wiring is WiringKind.OBJECT and module.stage > 1 and whole is not None:
                found[whole.receiver.ordinal] = (
                    f"{run.domain} needs two modules, and its endpoints are in the second one"
                )
    return found


def _settled(survey: Survey, homes: Homes) -> Mapping[str, str]:
    """Names that leave the monolith: to the domain that owns them, or "" for the leaf."""
    return {
        binding.name: row.domain
        for row in homes.rows
        if row.kind in (HomeKind.OWNED, HomeKind.SHARED)
        for binding in survey.statements[row.ordinal].binds
    }


def _too_late(
    survey: Survey,
    modules: Sequence[DomainModule],
    homes: Homes,
    movable: Mapping[int, Movable],
    names: NameTable,
    observers: Observers,
    objects: Objects,
) -> Mapping[int, str]:
    """Owned statements that do not fit the place where their module came to stand."""
    asked = [module for module in modules if module.owned]
    if not asked:
        return {}
    places = [(module.owned, min(run.place for run in module.runs)) for module in asked]
    found: dict[int, str] = {}
    rows = misfits(survey, places, homes, movable, names, observers, objects)
    for module, row in zip(asked, rows, strict=True):
        found |= dict.fromkeys(row, f"its names are not all there where {module.domain} is")
    return found


def _executed_early(
    survey: Survey, modules: Sequence[DomainModule], drafts: Sequence[Draft]
) -> Mapping[int, str]:
    """Owned statements for which a further module of their domain executes the first one early.

    That has its place where its own runs find what they need, which may be below.
    """
    needs = {draft.ordinals: draft.needs for draft in drafts}
    first = {module.module: module for module in modules if module.owned}
    found: dict[int, str] = {}
    for module in modules:
        place = min(run.place for run in module.runs)
        for dotted, names in module.neighbours:
            other = first.get(dotted)
            if other is None or place >= min(run.place for run in other.runs):
                continue
            inside = {ordinal for run in other.runs for ordinal in run.ordinals}
            if all(
                need.low <= place <= need.high
                for run in other.runs
                for need in needs[run.ordinals]
                if not need.wires and need.provider not in inside
            ):
                continue
            found |= {
                ordinal: f"its module is executed too early where {module.path} needs it"
                for ordinal in other.owned
                if not {b.name for b in survey.statements[ordinal].binds}.isdisjoint(names)
            }
    return found


def _movable(question: Question, objects: Objects) -> tuple[dict[int, Movable], list[Refusal]]:
    survey, names, unrewritable = question.survey, question.names, question.unrewritable
    domains = {row.ordinal: row.domain for row in question.assignments}
    movable: dict[int, Movable] = {}
    refusals: list[Refusal] = []
    for endpoint in survey.endpoints:
        receivers: dict[str, Receiver] = {}
        for registration in endpoint.registrations:
            receiver = receiver_at(survey.receivers, registration.receiver, registration.ordinal)
            if receiver is not None:
                receivers[registration.receiver] = receiver
        is_given = bool(endpoint.members) and not endpoint.is_class
        if not is_given and len(receivers) < len({r.receiver for r in endpoint.registrations}):
            refusals.append(
                refuse(
                    survey,
                    endpoint.ordinal,
                    endpoint.name,
                    "AR103",
                    endpoint.span.first,
                    "the object it is registered on is bound only below it",
                    "create the app or router above its endpoints",
                )
            )
            continue
        if endpoint.name in unrewritable:
            refusals.append(
                refuse(
                    survey,
                    endpoint.ordinal,
                    endpoint.name,
                    "AR115",
                    endpoint.span.first,
                    f"it cannot be rewritten: {unrewritable[endpoint.name]}",
                    "write that line another way, or keep the endpoint here",
                )
            )
            continue
        if endpoint.name in question.held:
            refusals.append(
                refuse(
                    survey,
                    endpoint.ordinal,
                    endpoint.name,
                    "AR118",
                    endpoint.span.first,
                    f"the proof fails when it moves: {question.held[endpoint.name]}",
                    "move it by hand; this is a fault of aurum-refactor, please report it",
                )
            )
            continue
        met = met_in_a_copy(survey, endpoint)
        if met is not None:
            refusals.append(met)
            continue
        whole = objects.of(endpoint.ordinal)
        kind, because = wiring_of(
            endpoint, receivers, survey, names, moves_with_object=whole is not None
        )
        refusal = refuse_statically(survey, endpoint, kind, names, question.config.keep)
        if endpoint.is_class and kind is not WiringKind.OBJECT:
            refusal = refuse_view(survey, endpoint, receivers, objects.reasons)
        if refusal is not None:
            refusals.append(refusal)
        else:
            domain = domains[endpoint.ordinal]
            movable[endpoint.ordinal] = Movable(endpoint, domain, kind, because)
    return movable, refusals


def _homeless(survey: Survey, drafts: Sequence[Draft]) -> list[Refusal]:
    """Endpoints for which no place has every name they read at import."""
    found = []
    for draft in drafts:
        if place_for(draft) is None:
            for ordinal in draft.ordinals:
                label = survey.statements[ordinal].label
                changing = ", ".join(
                    sorted(n.name for n in draft.needs if n.low > draft.high or n.high < draft.low)
                )
                found.append(
                    refuse(
                        survey,
                        ordinal,
                        label,
                        "AR105",
                        survey.statements[ordinal].span.first,
                        "no place has what it reads at import as it is here"
                        + (f" ({changing})" if changing else ""),
                        "bind these names once, above all endpoints of the domain",
                    )
                )
    return found


def _clashes(
    question: Question, movable: Mapping[int, Movable], closed: Mapping[str, str]
) -> list[Refusal]:
    """Domains whose file, or a package of the same name, is there and cannot take them in."""
    found = []
    for member in movable.values():
        domain = member.domain
        clash = in_the_way(question.path_of(domain, 1), question.around.files)
        existing = question.existing(domain)
        why = closed.get(domain, "")
        if existing is not None and not why:
            why = why_closed(existing, question.survey, question.again)
        elif clash and not why:
            why = f"{clash} exists already"
        if why:
            found.append(
                refuse(
                    question.survey,
                    member.endpoint.ordinal,
                    member.endpoint.name,
                    "AR109",
                    member.endpoint.span.first,
                    why,
                    ADVICE,
                )
            )
    return found


def _unfit(question: Question, modules: Sequence[DomainModule], homes: Homes) -> dict[str, str]:
    """Domains whose file is there and cannot take in just these endpoints, with the reason."""
    found = {}
    for module in modules:
        existing = question.existing(module.domain)
        if module.there is not None and existing is not None:
            why = why_not_added(
                module, existing, question.survey, question.names, homes, question.observers
            )
            if why:
                found[module.domain] = why
    return found
