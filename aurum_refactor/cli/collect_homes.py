"""Homes, reads through the monolith and coupling of one plan, as values; decides nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from aurum_refactor.cli.home_facts import (
    CouplingFacts,
    CrossingFacts,
    HomeFacts,
    LineFacts,
    ModuleObjectFacts,
    OrderFacts,
    ReaderFacts,
    SharedFacts,
    ThroughFacts,
)
from aurum_refactor.graph.coupling import Coupling, couplings, extraction_order, needed_by
from aurum_refactor.model import Access, DomainModule, Home, HomeKind, Phase, Plan, Survey

_LINE_END = re.compile("\r\n|\r|\n")
# Ways that lead to a name outside the new module, to one that may stay in the monolith.
_FAR = (Access.NEIGHBOUR, Access.MODULE, Access.FROM_IMPORT)


class HomesOf:
    """Tables of one plan that several of its facts are looked up in."""

    def __init__(self, plan: Plan, survey: Survey) -> None:
        self.plan = plan
        self.survey = survey
        self.modules = new_modules(plan)
        self.readers: dict[str, list[str]] = {}
        for module in self.modules:
            for row in module.accesses:
                if row.access in _FAR:
                    self.readers.setdefault(row.name, []).append(module.module)
        self.domains = domains_of_moved(plan)
        shared = () if plan.shared is None else plan.shared.owned
        endpoints = {o: m.domain for m in plan.modules for run in m.runs for o in run.ordinals}
        # Classes that hold methods are of their domain, whoever else names them.
        carriers = {row.name for row in survey.carriers}
        endpoints |= {
            ordinal: domain
            for ordinal, domain in self.domains.items()
            if survey.statements[ordinal].label in carriers
        }
        owned = self.domains.keys() - endpoints.keys()
        self.needed = needed_by(survey.statements, endpoints, owned | set(shared))
        self.couplings = {
            row.domain: row for row in couplings(survey.statements, self.domains, shared)
        }

    def of_kind(self, kind: HomeKind, domain: str = "") -> tuple[HomeFacts, ...]:
        """Statements of one kind, and of one domain if they are owned; in source order."""
        return tuple(
            self._home(row) for row in self.plan.homes if row.kind is kind and row.domain == domain
        )

    def shared(self) -> SharedFacts | None:
        """The shared leaf; None if nothing is shared."""
        leaf = self.plan.shared
        if leaf is None:
            return None
        statements = self.survey.statements
        place = self.plan.shared_place
        line = statements[place].span.first if 0 <= place < len(statements) else None
        return SharedFacts(leaf.module, leaf.path, line, self.of_kind(HomeKind.SHARED))

    def lines(self, text: str, total: int) -> LineFacts:
        """How many of the monolith's *total* lines go with what moves."""
        moved = {*self.domains, *(() if self.plan.shared is None else self.plan.shared.owned)}
        statements = (self.survey.statements[ordinal] for ordinal in moved)
        leave = sum(len(_LINE_END.findall(text, s.start, s.end)) for s in statements)
        return LineFacts(leave, total - leave)

    def coupling(self, domain: str) -> CouplingFacts | None:
        """How a domain leans on the others; None if nothing of it moves."""
        row = self.couplings.get(domain)
        return None if row is None else coupling_facts(row)

    def order(self) -> dict[str, OrderFacts]:
        """The recommended order of extraction, by domain."""
        statements = self.survey.statements
        lines: Counter[str] = Counter()
        for ordinal, domain in self.domains.items():
            lines[domain] += statements[ordinal].span.lines
        rows = extraction_order(self.couplings.values(), lines)
        return {domain: OrderFacts(n, why) for n, (domain, why) in enumerate(rows, start=1)}

    def through(self) -> ModuleObjectFacts:
        """Every read that goes through the monolith's module object, by name."""
        counts: dict[str, dict[str, int]] = {}
        why: dict[str, str] = {}
        for module in self.modules:
            for row in module.accesses:
                if row.access is Access.MODULE:
                    counts.setdefault(row.name, {})[module.module] = 0
                    why[row.name] = row.because
            for name in _qualified_reads(module, self.survey):
                counts[name][module.module] += 1
        homes = {name: row for row in self.plan.homes for name in self._names(row)}
        found = []
        for name, modules in sorted(counts.items()):
            home = homes.get(name)
            line = next(
                (b.line for s in self.survey.statements for b in s.binds if b.name == name), None
            )
            found.append(
                ThroughFacts(
                    name=name,
                    line=line,
                    reason=why[name] if home is None else home.reason,
                    reads=sum(modules.values()),
                    modules=tuple(ReaderFacts(m, n) for m, n in sorted(modules.items())),
                )
            )
        return ModuleObjectFacts(sum(row.reads for row in found), tuple(found))

    def _home(self, row: Home) -> HomeFacts:
        statement = self.survey.statements[row.ordinal]
        names = self._names(row)
        needed = self.needed.get(row.ordinal, frozenset())
        readers = {module for name in names for module in self.readers.get(name, ())}
        return HomeFacts(
            names=names,
            kind=str(statement.kind),
            first_line=statement.span.first,
            last_line=statement.span.last,
            reason=row.reason,
            needed_by=tuple(sorted(domain for domain in needed if domain is not None)),
            needed_at_home=None in needed,
            read_by=tuple(sorted(readers)),
        )

    def _names(self, row: Home) -> tuple[str, ...]:
        binds = self.survey.statements[row.ordinal].binds
        return tuple(dict.fromkeys(binding.name for binding in binds))


def new_modules(plan: Plan) -> tuple[DomainModule, ...]:
    """The domain modules, and the shared leaf as the last one."""
    return plan.modules if plan.shared is None else (*plan.modules, plan.shared)


def domains_of_moved(plan: Plan) -> dict[int, str]:
    """Ordinals of the endpoints that move and of what they own, each with its domain."""
    found = {o: m.domain for m in plan.modules for run in m.runs for o in run.ordinals}
    return found | {o: m.domain for m in plan.modules for o in m.owned}


def coupling_facts(row: Coupling) -> CouplingFacts:
    """Turn a domain's coupling into plain values."""
    return CouplingFacts(
        internal=row.internal,
        to_shared=row.to_shared,
        to_domains=tuple(CrossingFacts(domain, reads) for domain, reads in row.to_domains),
        crossings=row.crossings,
        cohesion=None if row.cohesion is None else round(row.cohesion, 3),
    )


def _qualified_reads(module: DomainModule, survey: Survey) -> Iterator[str]:
    """The name of every look-up that is written ``_routes.name`` in a new module."""
    for ordinal, names in module.qualify:
        for read in survey.statements[ordinal].reads:
            if read.phase is Phase.CALL and read.name in names:
                yield read.name
