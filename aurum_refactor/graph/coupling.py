"""How much domains lean on each other and on what they share; counts reads, decides nothing.

A read is one look-up of a name of the module. Only reads of what moves are
counted: endpoints and the helpers, classes and values that go with them. What
stays in the monolith is the same wherever an endpoint goes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.model import Statement


@dataclass(frozen=True, slots=True)
class Coupling:
    """Where the statements of one domain find the movable names that they read."""

    domain: str
    # Reads of names of the same domain, a statement's reads of itself left out.
    internal: int
    # Reads of names in the shared leaf.
    to_shared: int
    # Reads of names of other domains, by domain; sorted, none of them zero.
    to_domains: tuple[tuple[str, int], ...]

    @property
    def crossings(self) -> int:
        """Reads that leave the domain."""
        return self.to_shared + sum(count for _, count in self.to_domains)

    @property
    def cohesion(self) -> float | None:
        """Share of the reads that stay inside, from 0 to 1; None without any read."""
        every = self.internal + self.crossings
        return self.internal / every if every else None


def couplings(
    statements: Sequence[Statement], domains: Mapping[int, str], shared: Collection[int]
) -> tuple[Coupling, ...]:
    """Count the reads of every domain, sorted by domain.

    Args:
        statements: The monolith, by ordinal.
        domains: The domain of every endpoint and owned statement that moves.
        shared: Ordinals of the statements of the shared leaf.

    Cost:
        O(statements + reads).
    """
    leaf = frozenset(shared)
    binders = _binders(statements, {*domains, *leaf})
    found: dict[str, Counter[str | None]] = {domain: Counter() for domain in domains.values()}
    for ordinal in sorted(domains):
        domain = domains[ordinal]
        for read in statements[ordinal].reads:
            targets = binders.get(read.name, frozenset()) - {ordinal}
            if not targets:
                continue
            homes = {domains[target] for target in targets if target not in leaf}
            if domain in homes:
                found[domain][domain] += 1
            else:
                # None stands for the shared leaf, whatever the domains are called.
                found[domain][min(homes, default=None)] += 1
    return tuple(
        Coupling(
            domain=domain,
            internal=counts[domain],
            to_shared=counts[None],
            to_domains=tuple(
                sorted((to, n) for to, n in counts.items() if to is not None and to != domain)
            ),
        )
        for domain, counts in sorted(found.items())
    )


def extraction_order(
    rows: Iterable[Coupling], lines: Mapping[str, int]
) -> tuple[tuple[str, str], ...]:
    """Put the domains in the order that is easiest to review, each with the reason.

    Fewest crossings first, then fewest lines, then by name. The order changes
    nothing in the result; the last domain gives the same files as the first.

    Args:
        rows: One per domain.
        lines: Lines of all that moves with each domain.
    """
    ordered = sorted(rows, key=lambda row: (row.crossings, lines[row.domain], row.domain))
    found = []
    for row in ordered:
        size = f"{lines[row.domain]:,} lines"
        tied = any(
            other.crossings == row.crossings and other.domain != row.domain for other in ordered
        )
        reason = f"{_crossings(row)}; {size}" if tied else _crossings(row)
        found.append((row.domain, reason))
    return tuple(found)


def _crossings(row: Coupling) -> str:
    if not row.crossings:
        return "reads nothing of the other new modules"
    reads = f"{row.crossings:,} {'read crosses' if row.crossings == 1 else 'reads cross'}"
    if not row.to_domains:
        return f"{reads}, to the shared module only"
    places = [f"{domain} {count:,}" for domain, count in row.to_domains]
    places += [f"the shared module {row.to_shared:,}"] if row.to_shared else []
    return f"{reads}, to {', '.join(places)}"


def needed_by(
    statements: Sequence[Statement], endpoints: Mapping[int, str], movable: Collection[int]
) -> dict[int, frozenset[str | None]]:
    """Which domains need each movable statement, directly or through others.

    Args:
        statements: The monolith, by ordinal.
        endpoints: Domain of the endpoints that move, by ordinal.
        movable: Ordinals of helpers, classes and values that can move.

    Returns:
        Domains by ordinal; ``None`` among them stands for what stays.
    """
    binders = _binders(statements, movable)
    needed: dict[int, set[str | None]] = {ordinal: set() for ordinal in movable}
    for statement in statements:
        if statement.ordinal not in needed:
            for target in _reached(statements, statement.ordinal, binders):
                needed[target].add(endpoints.get(statement.ordinal))
    return {ordinal: frozenset(domains) for ordinal, domains in needed.items()}


def homes_under(
    statements: Sequence[Statement], endpoints: Mapping[int, str], movable: Collection[int]
) -> tuple[dict[int, str], frozenset[int]]:
    """Where helpers would go if the endpoints were divided in some other way.

    The rule is the plan's own: needed by one domain only, owned by it; needed
    by several, or by what stays as well, shared.

    Args:
        statements: The monolith, by ordinal.
        endpoints: Domain of the endpoints that move, by ordinal.
        movable: Ordinals of helpers, classes and values that can move.

    Returns:
        The owned statements with their domain, and the shared ones.
    """
    owned: dict[int, str] = {}
    shared = set()
    for ordinal, domains in needed_by(statements, endpoints, movable).items():
        only = next(iter(domains)) if len(domains) == 1 else None
        if only is not None:
            owned[ordinal] = only
        elif len(domains) > 1:
            shared.add(ordinal)
    return owned, frozenset(shared)


def _reached(
    statements: Sequence[Statement], start: int, binders: Mapping[str, Collection[int]]
) -> frozenset[int]:
    """Ordinals that a statement needs, directly or through others; *binders* bounds the walk."""
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        for read in statements[waiting.pop()].reads:
            for target in binders.get(read.name, ()):
                if target not in seen and target != start:
                    seen.add(target)
                    waiting.append(target)
    return frozenset(seen)


def _binders(
    statements: Sequence[Statement], ordinals: Collection[int]
) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for ordinal in ordinals:
        for binding in statements[ordinal].binds:
            found.setdefault(binding.name, set()).add(ordinal)
    return {name: frozenset(bound) for name, bound in found.items()}
