"""What the endpoints of one monolith need, and how near that brings them to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

import networkx as nx

from aurum_refactor.graph.build import Node, NodeKind
from aurum_refactor.model import Survey

# A walk from an endpoint ends here: these say nothing of its domain, or are another's.
_ENDS = frozenset({NodeKind.ENDPOINT, NodeKind.RECEIVER, NodeKind.IMPORT})


def needs_of(
    graph: nx.MultiDiGraph[Node], survey: Survey, endpoints: Iterable[int]
) -> dict[int, tuple[str, ...]]:
    """Map every endpoint to the names it needs, directly or through helpers; sorted.

    Names that only a library provides say nothing of a domain and are left
    out, as are the objects that endpoints are registered on.

    Args:
        graph: The graph of the monolith; see ``build``.
        survey: The monolith.
        endpoints: Ordinals.

    Cost:
        O(endpoints x edges).
    """
    module = survey.layout.module
    own = _imported_from_project(survey)
    found = {}
    for endpoint in endpoints:
        names: set[str] = set()
        waiting: list[Node] = [(module, endpoint)]
        seen = set(waiting)
        while waiting:
            for _, target, data in graph.out_edges(waiting.pop(), data=True):
                kind = graph.nodes[target]["kind"]
                if kind is NodeKind.IMPORT and data["name"] in own:
                    names.add(data["name"])
                if kind not in _ENDS:
                    names.add(data["name"])
                    if target not in seen:
                        seen.add(target)
                        waiting.append(target)
        found[endpoint] = tuple(sorted(names))
    return found


def affinity(graph: nx.MultiDiGraph[Node], needs: Mapping[int, tuple[str, ...]]) -> nx.Graph[int]:
    """Join endpoints by the names that they both need.

    A name that n endpoints need adds 1 / (n - 1) to each pair of them, so that
    every name has the same say: one that all need hardly tells them apart. An
    endpoint that reads another one adds 1.

    Returns:
        Nodes are ordinals, edges carry ``weight``; both in ascending order.

    Source:
        M. E. J. Newman, Scientific collaboration networks II, Physical Review
        E 64, 016132 (2001), equation 2.
    """
    readers: dict[str, list[int]] = {}
    for endpoint in sorted(needs):
        for name in needs[endpoint]:
            readers.setdefault(name, []).append(endpoint)
    weights: dict[tuple[int, int], float] = {}
    for name in sorted(readers):
        for pair in combinations(readers[name], 2):
            weights[pair] = weights.get(pair, 0.0) + 1 / (len(readers[name]) - 1)
    for (_, source), (_, target), _ in sorted(graph.edges):
        if source != target and source in needs and target in needs:
            pair = (min(source, target), max(source, target))
            weights[pair] = weights.get(pair, 0.0) + 1
    joined: nx.Graph[int] = nx.Graph()
    joined.add_nodes_from(sorted(needs))
    joined.add_weighted_edges_from((a, b, weights[a, b]) for a, b in sorted(weights))
    return joined


def _imported_from_project(survey: Survey) -> frozenset[str]:
    top = survey.layout.module.partition(".")[0]
    return frozenset(
        row.bound
        for statement in survey.statements
        for row in statement.imports
        if row.module in survey.project_modules or row.module.partition(".")[0] == top
    )
