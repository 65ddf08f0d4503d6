"""Merges the runs of a domain into one router where no request and no reader of names can tell.

A merged run is wired where one of its own endpoints stands: that place is there until the
domain is extracted, whatever leaves before it, so that the order of extractions does not
show. What cannot be merged stays apart (semantics R-14, R-15), with the pair of routes that
keeps it so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce

from aurum_refactor.model import (
    WITHOUT_HANDLE,
    Assignment,
    Finding,
    Form,
    Registration,
    Severity,
    Survey,
    WiringKind,
)
from aurum_refactor.plan.names import FOREVER, NameTable
from aurum_refactor.plan.receivers import receiver_at
from aurum_refactor.plan.runs.drafts import Draft, Movable
from aurum_refactor.plan.runs.grouping import same_order
from aurum_refactor.plan.runs.joining import (
    has_unique_labels,
    joined,
    place_for,
    single_draft,
    strongest,
)
from aurum_refactor.plan.runs.observers import Observers, last_observer
from aurum_refactor.plan.swaps import Conflict, Swaps

#: Domain, receiver, ordinal that binds it.
_Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Coalesced:
    """All runs of the whole assignment, merged as far as nobody can tell."""

    drafts: tuple[Draft, ...]
    # Runs that had to stay apart, as warnings.
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Places (inclusive) that the order of routes allows, and the pairs that end them."""

    low: int
    high: int
    above: Conflict | None
    below: Conflict | None


@dataclass(frozen=True)
class Coalescer:
    """What merging runs is decided from; finds places, run after run."""

    survey: Survey
    movable: Mapping[int, Movable]
    names: NameTable
    observers: Observers
    settled: Mapping[str, str]
    swaps: Swaps
    assignments: Mapping[int, Assignment]
    # Where the registrations of merged runs will stand: ordinal to place.
    placed: dict[int, int] = field(default_factory=dict)
    asked: dict[tuple[int, int], Conflict | None] = field(default_factory=dict)
    singles: dict[tuple[int, tuple[WiringKind, str]], Draft] = field(default_factory=dict)
    readers: dict[int, int] = field(default_factory=dict)

    def merge(self, drafts: Sequence[Draft]) -> Coalesced:
        """Merge what can be merged; runs whose registration stays are not looked at."""
        found = [draft for draft in drafts if draft.wiring in WITHOUT_HANDLE]
        findings: list[Finding] = []
        waiting: dict[_Key, list[Draft]] = {}
        for draft in drafts:
            if draft.wiring not in WITHOUT_HANDLE:
                waiting.setdefault(self._key(draft), []).append(draft)
        for key in sorted(waiting, key=lambda key: (key[0], waiting[key][0].ordinals[0])):
            remembered = self._remembered(waiting[key])
            if remembered is not None:
                found += remembered
                continue
            for rung in (WiringKind.INCLUDE, WiringKind.REGISTER):
                groups, reasons = self._grouped([d for d in waiting[key] if d.wiring is rung])
                found += groups
                findings += reasons
        if self.placed:
            findings += self._onlookers()
        return Coalesced(tuple(sorted(found, key=lambda d: d.ordinals[0])), tuple(findings))

    def _onlookers(self) -> list[Finding]:
        """Code that goes through the list of routes meets them in another order."""
        return [
            Finding(
                code="AR210",
                severity=Severity.WARNING,
                message=f"goes through {use.detail or 'the'} routes, which have another order now",
                advice="see that nothing there depends on the order of the list",
                path=use.path,
                line=use.line,
            )
            for use in self.survey.module_uses
            if use.what == "walks routes"
        ]

    def _key(self, draft: Draft) -> _Key:
        receiver = receiver_at(self.survey.receivers, draft.receiver, draft.ordinals[0])
        bound = -1 if receiver is None else receiver.ordinal
        return draft.domain, draft.receiver, bound

    # ------------------------------------------------------------ as it was decided before

    def _remembered(self, drafts: Sequence[Draft]) -> list[Draft] | None:
        """The runs that the lock remembers; None if it does not know all, or they changed."""
        groups: dict[int, list[int]] = {}
        for ordinal in sorted(o for draft in drafts for o in draft.ordinals):
            place = self.assignments[ordinal].place
            if place < 0:
                return None
            groups.setdefault(place, []).append(ordinal)
        # Runs that others stood between may have become neighbours, of another rung even.
        known = {draft.ordinals: draft for draft in drafts}
        found: list[Draft] = []
        for place, ordinals in groups.items():
            same = known.get(tuple(ordinals))
            first = self.assignments[ordinals[0]].original
            if same is not None and first == place:
                found.append(same)
                continue
            anchors = [o for o in ordinals if self.assignments[o].original == place]
            merged = self._run_of(ordinals)
            if len(anchors) != 1 or (
                self._obstacle(merged, anchors[0], self._bounds(merged)) is not None
            ):
                return None
            found.append(self._pinned(merged, anchors[0]))
        return found

    # ------------------------------------------------------------ for the first time

    def _grouped(self, drafts: Sequence[Draft]) -> tuple[list[Draft], list[Finding]]:
        """As few runs as can be: each takes in the next one while there is a place for both."""
        groups: list[list[Draft]] = []
        places: list[int | None] = []
        findings: list[Finding] = []
        for draft in drafts:
            if groups:
                ordinals = [o for d in (*groups[-1], draft) for o in d.ordinals]
                place, obstacle = self._place(self._run_of(ordinals))
                if place is not None:
                    groups[-1].append(draft)
                    places[-1] = place
                    continue
                findings.append(self._apart(draft, obstacle))
            groups.append([draft])
            places.append(None)
        found: list[Draft] = []
        for members, place in zip(groups, places, strict=True):
            if place is None:
                found += members
            else:
                ordinals = [o for d in members for o in d.ordinals]
                found.append(self._pinned(self._run_of(ordinals), place))
        return found, findings

    def _place(self, draft: Draft) -> tuple[int | None, str]:
        """The first endpoint of a merged run at which it may be wired, or what is in the way."""
        bounds = self._bounds(draft)
        first = ""
        for place in draft.ordinals:
            obstacle = self._obstacle(draft, place, bounds)
            if obstacle is None:
                return place, ""
            first = first or obstacle
        return None, first

    def _apart(self, draft: Draft, obstacle: str) -> Finding:
        statement = self.survey.statements[draft.ordinals[0]]
        return Finding(
            code="AR209",
            severity=Severity.WARNING,
            message=f"{draft.domain} keeps a further router for {statement.label}: {obstacle}",
            advice="nothing is wrong; where the order of two routes matters, it is kept",
            path=self.survey.layout.path,
            line=statement.span.first,
            subject=f"{self.survey.layout.module}:{statement.label}",
        )

    # ------------------------------------------------------------ one run at one place

    def _run_of(self, ordinals: Sequence[int]) -> Draft:
        """Some endpoints as one run, wherever they stand."""
        members = [self.movable[ordinal] for ordinal in sorted(ordinals)]
        rung = strongest(members)
        return reduce(joined, [self._single(member, rung) for member in members])

    def _single(self, member: Movable, rung: tuple[WiringKind, str]) -> Draft:
        key = (member.endpoint.ordinal, rung)
        if key not in self.singles:
            self.singles[key] = single_draft(
                self.survey,
                member,
                FOREVER,
                rung,
                self.movable,
                self.names,
                self.observers,
                self.settled,
            )
        return self.singles[key]

    def _pinned(self, draft: Draft, place: int) -> Draft:
        self.placed.update(dict.fromkeys(draft.ordinals, place))
        return replace(draft, low=place, high=place)

    def _obstacle(self, draft: Draft, place: int, bounds: _Bounds) -> str | None:
        """Why a merged run may not be wired at one of its own endpoints, in words."""
        if not has_unique_labels(draft):
            return "two of its endpoints have one name"
        if place < bounds.low:
            return str(bounds.above)
        if place > bounds.high:
            return str(bounds.below)
        if place > draft.high:
            return "a name of it is read, or bound again, before that"
        for ordinal, label in zip(draft.ordinals, draft.labels, strict=True):
            found = self._reader_above(ordinal, label)
            if place <= found < ordinal:
                line = self.survey.statements[found].span.first
                return f"line {line} would find {label} bound already"
        if place_for(draft, (place, place)) is None:
            wrong = [n.name for n in draft.needs if not n.low <= place <= n.high and n.name]
            shown = f" ({wrong[0]})" if wrong else ""
            return f"what it reads at import is not the same there{shown}"
        return None

    def _reader_above(self, ordinal: int, label: str) -> int:
        """The last statement above an endpoint that must not find its name; -1 without one."""
        if ordinal not in self.readers:
            found = last_observer(self.survey, ordinal, label, self.observers)
            self.readers[ordinal] = -1 if found is None else found
        return self.readers[ordinal]

    @cached_property
    def _rivals(self) -> Callable[[str], Sequence[Registration]]:
        tables: dict[str, list[Registration]] = {}
        for together in same_order(self.survey):
            rows = [row for row in self.survey.registrations if row.receiver in together]
            tables |= dict.fromkeys(together, rows)
        return lambda receiver: tables.get(receiver, [])

    def _bounds(self, draft: Draft) -> _Bounds:
        """Where a merged run changes places with nothing it must not, whatever else has moved."""
        inside = set(draft.ordinals)
        low, high = 0, FOREVER
        above: Conflict | None = None
        below: Conflict | None = None
        for row, rival, conflict in self._conflicts(draft):
            if rival.ordinal in inside:
                continue
            # One that moves too may still be here, or be gone already.
            places = (rival.ordinal, self.placed.get(rival.ordinal, rival.ordinal))
            if rival.position < row.position:
                if max(places) + 1 > low:
                    low, above = max(places) + 1, conflict
            elif min(places) < high:
                high, below = min(places), conflict
            if low > high:
                break
        return _Bounds(low, high, above, below)

    def _conflicts(self, draft: Draft) -> Iterator[tuple[Registration, Registration, Conflict]]:
        """Every registration of a run with every other one that it must not overtake."""
        inside = set(draft.ordinals)
        rows = self._rivals(draft.receiver)
        for row in rows:
            if row.ordinal in inside and row.form is Form.DECORATOR:
                for rival in rows:
                    if rival.ordinal not in inside:
                        conflict = self._asked(row, rival)
                        if conflict is not None:
                            yield row, rival, conflict

    def _asked(self, row: Registration, rival: Registration) -> Conflict | None:
        first, second = sorted((row, rival), key=lambda one: one.position)
        key = (first.position, second.position)
        if key not in self.asked:
            self.asked[key] = self.swaps.conflict(first, second)
        return self.asked[key]
