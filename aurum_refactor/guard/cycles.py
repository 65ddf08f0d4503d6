"""AR404: circles among the modules that a migration made."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from aurum_refactor.guard.imports import Imported, imports_of
from aurum_refactor.guard.rules import CYCLE
from aurum_refactor.guard.values import Marked, Monolith
from aurum_refactor.model import Finding, Severity


def cycles(monolith: Monolith) -> Iterator[Marked]:
    """Circles of imports that run when the modules are imported, each once.

    The monolith is no part of it: it imports the domains, and the package of the
    domains imports it first.
    """
    paths = {module.module: module.path for module in monolith.new}
    edges: dict[str, dict[str, Imported]] = {}
    for module in monolith.new:
        found = edges.setdefault(module.module, {})
        for row in imports_of(module):
            target = next((name for name in row.targets if name in paths), None)
            if target is not None and target != module.module and row.at_import:
                found.setdefault(target, row)
    while circle := _circle(edges):
        # The circle as it is imported: each imports the next.
        first = circle.index(min(circle))
        ring = [*circle[first:], *circle[:first]]
        row = edges[ring[0]].pop(ring[1 % len(ring)])
        shown = " imports ".join([*ring, ring[0]])
        finding = Finding(
            code=CYCLE.code,
            severity=Severity.ERROR,
            message=f"a circle of imports: {shown}",
            advice=CYCLE.advice,
            path=paths[ring[0]],
            line=row.line,
            subject=ring[0],
        )
        yield Marked(finding, row.last, " ".join(ring))


def _circle(edges: dict[str, dict[str, Imported]]) -> list[str]:
    """Modules each of which imports the next, and the last the first; empty if there is none."""
    graph = {module: sorted(found) for module, found in sorted(edges.items())}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # It lists each module before those that import it, and the first one twice.
        return list(reversed(error.args[1][1:]))
    return []
