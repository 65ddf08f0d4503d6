"""Gives every helper, class and value of the monolith the home a careful engineer would.

Needed by one domain: it goes along (owned). Needed by several, or by a domain
and by what stays: it goes to the shared leaf. Tied to the module: it is
anchored. Needed by no endpoint that moves: it stays. The whole assignment
decides, never the part that is being extracted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.model import Home, HomeKind, Role, Statement, StatementKind, Survey
from aurum_refactor.plan.names import FOREVER, NameTable
from aurum_refactor.plan.objects import Objects
from aurum_refactor.plan.runs.drafts import Movable
from aurum_refactor.plan.runs.observers import Observers
from aurum_refactor.plan.ties import MOVING_KINDS, Ties, import_reads
from aurum_refactor.plan.wrapped import parted, wrapped_functions

#: Stands for the monolith among the domains that need something.
HOME = ""


@dataclass(frozen=True, slots=True)
class Homes:
    """Where everything but endpoints and imports lives after the whole extraction."""

    rows: tuple[Home, ...]
    # Place of the import of the shared leaf in the monolith; -1 if there is none.
    shared_place: int

    def of_kind(self, kind: HomeKind) -> tuple[int, ...]:
        """Ordinals of one kind, in source order."""
        return tuple(row.ordinal for row in self.rows if row.kind is kind)

    def owned_by(self, domain: str) -> tuple[int, ...]:
        """Ordinals that go along with one domain, in source order."""
        return tuple(
            row.ordinal for row in self.rows if row.kind is HomeKind.OWNED and row.domain == domain
        )


def homes_of(
    survey: Survey,
    movable: Mapping[int, Movable],
    names: NameTable,
    observers: Observers,
    *,
    leaf_is_free: bool,
    barred: Mapping[int, str],
    objects: Objects,
) -> Homes:
    """Decide the home of every function, class and assignment that is no endpoint.

    Args:
        survey: The monolith.
        movable: Endpoints that move, by ordinal.
        names: History of the monolith's names.
        observers: What its statements may look up at import.
        leaf_is_free: False if the shared leaf's file is there already; then
            what several domains need stays in the monolith.
        barred: Statements that must stay after all, with the reason.
        objects: Routers that move with all of their endpoints.
    """
    decision = _Decision(
        survey, movable, names, observers, leaf_is_free=leaf_is_free, objects=objects
    )
    decision.bar(barred)
    return decision.decide()


def misfits(
    survey: Survey,
    modules: Sequence[tuple[Sequence[int], int]],
    homes: Homes,
    movable: Mapping[int, Movable],
    names: NameTable,
    observers: Observers,
    objects: Objects,
) -> tuple[tuple[int, ...], ...]:
    """Owned statements that cannot be defined where their module is executed.

    *modules* are what each of them owns, and its place; the answer has a row for each.
    """
    decision = _Decision(survey, movable, names, observers, leaf_is_free=True, objects=objects)
    shared = homes.of_kind(HomeKind.SHARED)
    going = {*homes.of_kind(HomeKind.OWNED), *shared}
    return tuple(
        tuple(
            o
            for o in owned
            if o not in objects.whole and not decision.fits(o, place, {*owned, *shared}, going)
        )
        for owned, place in modules
    )


def import_needs(statement: Statement, names: NameTable) -> list[tuple[str, int, int]]:
    """``(name, low, high)``: where each name that a statement reads at import has its value.

    Names that a new module may import by itself at any time are left out; a
    name that is not bound yet has no place.
    """
    found = []
    for name in import_reads(statement):
        if not names.bound.get(name) or names.can_repeat_early(name):
            continue
        if not names.bound_before(name, statement.ordinal):
            found.append((name, FOREVER, -1))
            continue
        found.append((name, *names.stable_between(name, statement.ordinal)))
    return found


class _Decision:
    """One fixed point: a statement that turns out to be stuck may hold others back."""

    def __init__(
        self,
        survey: Survey,
        movable: Mapping[int, Movable],
        names: NameTable,
        observers: Observers,
        *,
        leaf_is_free: bool,
        objects: Objects,
    ) -> None:
        self.survey = survey
        self.objects = objects
        self.movable = movable
        self.names = names
        self.observers = observers
        self.leaf_is_free = leaf_is_free
        self.ties = Ties(survey, names)
        self.stuck: dict[int, str] = {}
        self.candidates: set[int] = set()
        for statement in survey.statements:
            moves = statement.ordinal in movable or statement.ordinal in objects.whole
            if statement.kind in MOVING_KINDS and not moves:
                reason = self._why_stuck(statement)
                if reason is None:
                    self.candidates.add(statement.ordinal)
                else:
                    self.stuck[statement.ordinal] = reason
        self.reads = [frozenset(r.name for r in s.reads) for s in survey.statements]
        # Classes that hold the methods of one domain, if that domain moves at all.
        carriers = {row.name: row.domain for row in survey.carriers}
        moving = {member.domain for member in movable.values()}
        self.carried = {
            s.ordinal: carriers[s.label]
            for s in survey.statements
            if s.kind is StatementKind.CLASS and carriers.get(s.label) in moving
        }
        self.domain_places = self._domain_places()
        self.registering = self._registering()
        self.wrapped = wrapped_functions(survey, names)
        self.domains = {ordinal: member.domain for ordinal, member in movable.items()}

    def _why_stuck(self, statement: Statement) -> str | None:
        endpoint = any(e.ordinal == statement.ordinal for e in self.survey.endpoints)
        if endpoint:
            return "its endpoint stays"
        router = self.objects.reasons.get(statement.ordinal)
        if router is not None:
            return router
        if statement.label in {row.owner for row in self.survey.carriers}:
            return "inherits methods of several new modules"
        return self.ties.why(statement)

    def _domain_places(self) -> dict[str, tuple[int, int]]:
        """First and last endpoint of each domain."""
        found: dict[str, tuple[int, int]] = {}
        for ordinal in sorted(self.movable):
            domain = self.movable[ordinal].domain
            found[domain] = (found.get(domain, (ordinal, 0))[0], ordinal)
        return found

    def bar(self, barred: Mapping[int, str]) -> None:
        """Keep some statements at home whatever needs them."""
        self.stuck.update(barred)
        self.candidates -= set(barred)

    def decide(self) -> Homes:
        """Take out what is stuck until everything left fits its place."""
        while True:
            needed = self._needed()
            owned = {
                o: next(iter(needed[o]))
                for o in self.candidates
                if len(needed[o]) == 1 and HOME not in needed[o]
            }
            owned |= {o: d for o, d in self.carried.items() if o in self.candidates}
            shared = {o for o in self.candidates if len(needed[o]) > 1 and needed[o] != {HOME}}
            shared -= self.carried.keys()
            if not self.leaf_is_free:
                for ordinal in shared:
                    self.stuck[ordinal] = "several need it, and the shared module exists already"
                self.candidates -= shared
                if shared:
                    continue
            place = self._shared_place(shared, {*owned, *shared})
            stuck = self._misplaced(owned, shared, place)
            if not stuck:
                stuck = parted(self.wrapped, self.domains, owned, shared)
            if not stuck:
                return self._homes(owned, shared, place, needed)
            self.stuck.update(stuck)
            self.candidates -= set(stuck)

    # ------------------------------------------------------------ who needs what

    def _binders(self, name: str) -> tuple[int, ...]:
        return tuple(o for o in self.names.bound.get(name, ()) if o in self.candidates)

    def _needed(self) -> dict[int, set[str]]:
        """For every candidate the domains that need it, ``HOME`` among them."""
        needed: dict[int, set[str]] = {ordinal: set() for ordinal in self.candidates}
        for ordinal, member in self.movable.items():
            self._mark(ordinal, member.domain, needed)
        for ordinal, domain in (*self.objects.domains.items(), *self.carried.items()):
            self._mark(ordinal, domain, needed)
        while True:
            # What nobody else needs stays, and so needs what it reads at home.
            roots = [
                s.ordinal
                for s in self.survey.statements
                if s.ordinal not in self.movable
                and s.ordinal not in self.objects.whole
                and (s.ordinal not in self.carried or s.ordinal not in self.candidates)
                and (s.ordinal not in self.candidates or needed[s.ordinal] <= {HOME})
            ]
            before = {ordinal: len(domains) for ordinal, domains in needed.items()}
            for root in roots:
                self._mark(root, HOME, needed)
            if before == {ordinal: len(domains) for ordinal, domains in needed.items()}:
                return needed

    def _mark(self, start: int, domain: str, needed: dict[int, set[str]]) -> None:
        waiting = [start]
        seen = {start}
        while waiting:
            for name in self.reads[waiting.pop()]:
                for target in self._binders(name):
                    if target not in seen:
                        seen.add(target)
                        needed[target].add(domain)
                        # Who inherits what a domain owns does not need what that reads.
                        if self.carried.get(target, domain) == domain:
                            waiting.append(target)

    # ------------------------------------------------------------ where it can be defined

    def _first_use(self, ordinal: int, going: Collection[int]) -> int:
        """The first statement that could miss the name at import, *going* ones aside."""
        labels = {binding.name for binding in self.survey.statements[ordinal].binds}
        for statement in self.survey.statements[ordinal + 1 :]:
            number = statement.ordinal
            if number in going:
                continue
            if (
                number in self.observers.importers
                or not labels.isdisjoint(self.observers.reached[number])
                or (
                    number not in self.movable
                    and number not in self.objects.whole
                    and not labels.isdisjoint(self.observers.reads[number])
                )
            ):
                return number
        return FOREVER

    def _shared_place(self, shared: set[int], going: Collection[int]) -> int:
        """The place before the first endpoint where most of the shared leaf can be made."""
        if not shared:
            return -1
        first_endpoint = min(self.movable)
        lowest = min(shared)
        candidates = {lowest if lowest < first_endpoint else first_endpoint, first_endpoint}
        for ordinal in shared:
            for low, _ in self._intervals(ordinal, shared):
                if low <= first_endpoint:
                    candidates.add(low)
        return max(
            sorted(candidates),
            key=lambda place: sum(self.fits(o, place, shared, going) for o in shared),
        )

    def _intervals(self, ordinal: int, together: Collection[int]) -> list[tuple[int, int]]:
        """Places where each name that a statement reads at import has the right value."""
        found = []
        for name, low, high in import_needs(self.survey.statements[ordinal], self.names):
            binders = self.names.bound.get(name, ())
            if not (len(binders) == 1 and binders[0] in together):
                found.append((low, high))
        return found

    def fits(
        self, ordinal: int, place: int, together: Collection[int], going: Collection[int]
    ) -> bool:
        """True if a statement can be defined in a module that is executed at *place*.

        Args:
            ordinal: The statement.
            place: Where the monolith imports its module.
            together: What that module defines or finds in the shared leaf.
            going: All helpers, classes and values that leave the monolith.
        """
        if place > ordinal and self._first_use(ordinal, going) < place:
            return False
        return all(low <= place <= high for low, high in self._intervals(ordinal, together))

    def _misplaced(self, owned: Mapping[int, str], shared: set[int], place: int) -> dict[int, str]:
        """Candidates that cannot be defined where their new module is executed."""
        going = {*owned, *shared}
        stuck = {
            ordinal: "what it reads when it is defined comes too late for the shared module"
            for ordinal in shared
            if not self.fits(ordinal, place, shared, going)
        }
        for ordinal in going:
            if (name := self._annotated_late(ordinal)) is not None:
                stuck[ordinal] = f"its annotation {name} is bound below an endpoint that needs it"
        for ordinal, domain in owned.items():
            together = shared | {o for o, d in owned.items() if d == domain}
            first, _ = self.domain_places[domain]
            if not self.fits(ordinal, first, together, going):
                stuck[ordinal] = f"what it reads when it is defined comes too late for {domain}"
        return stuck

    def _annotated_late(self, ordinal: int) -> str | None:
        """A name in its annotations that is not there yet when an endpoint registers with it.

        FastAPI resolves the annotations of dependencies and models as it
        registers an endpoint; a new module would have all of its names by then.
        """
        first = self.registering.get(ordinal)
        if first is None:
            return None
        for read in self.survey.statements[ordinal].reads:
            late = self.survey.future and read.role is Role.ANNOTATION
            if (late or read.role is Role.STRING) and self.names.changes_after(read.name, first):
                return read.name
        return None

    def _registering(self) -> dict[int, int]:
        """For what FastAPI looks at as it registers endpoints, the first such endpoint."""
        found: dict[int, int] = {}
        for endpoint in sorted(self.movable):
            waiting = [endpoint]
            while waiting:
                for name in import_reads(self.survey.statements[waiting.pop()]):
                    for target in self._binders(name):
                        if target not in found:
                            found[target] = endpoint
                            waiting.append(target)
        return found

    # ------------------------------------------------------------ the answer

    def _homes(
        self,
        owned: Mapping[int, str],
        shared: set[int],
        place: int,
        needed: Mapping[int, set[str]],
    ) -> Homes:
        rows = []
        for statement in self.survey.statements:
            ordinal = statement.ordinal
            if statement.kind not in MOVING_KINDS or ordinal in self.movable:
                continue
            if ordinal in self.objects.whole:
                kind, domain = HomeKind.OWNED, self.objects.whole[ordinal].domain
                reason = f"all that is registered on it is {domain} (S0)"
            elif ordinal in owned:
                kind, domain = HomeKind.OWNED, owned[ordinal]
                reason = f"needed by {domain} only"
            elif ordinal in shared:
                kind, domain = HomeKind.SHARED, ""
                users = sorted(d for d in needed[ordinal] if d)
                users += ["what stays in the monolith"] if HOME in needed[ordinal] else []
                reason = f"needed by {', '.join(users)}"
            elif ordinal in self.stuck:
                kind, domain, reason = HomeKind.ANCHORED, "", self.stuck[ordinal]
            else:
                kind, domain, reason = HomeKind.STAYS, "", "needed by no endpoint that moves"
            rows.append(Home(ordinal, statement.label, kind, domain, reason, statement.span.first))
        return Homes(tuple(rows), place if shared else -1)


def names_of(survey: Survey, ordinals: Sequence[int]) -> frozenset[str]:
    """Names that some statements bind."""
    return frozenset(b.name for o in ordinals for b in survey.statements[o].binds)
