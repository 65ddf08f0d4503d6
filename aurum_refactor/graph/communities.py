"""Other ways to divide the endpoints, found by clustering what they need; decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import comb

import networkx as nx
from networkx.algorithms import community

#: Two of the methods take their nodes in random order; this makes it always the same one.
SEED = 20
CURRENT = "current"


@dataclass(frozen=True, slots=True)
class Division:
    """One way to divide the endpoints into domains."""

    # "current" or the name of the method.
    method: str
    # Who published the method; "" for the current domains.
    source: str
    # Domain by ordinal, ascending.
    domains: Mapping[int, str]
    # Newman's Q of the graph under this division; None without any edge.
    modularity: float | None
    # Adjusted Rand index with the current domains: 1 is equal, 0 is chance.
    agreement: float


@dataclass(frozen=True, slots=True)
class _Method:
    name: str
    source: str
    run: Callable[[nx.Graph[int]], Iterable[Iterable[int]]]


def _greedy(graph: nx.Graph[int]) -> Iterable[Iterable[int]]:
    return community.greedy_modularity_communities(graph, weight="weight")


def _louvain(graph: nx.Graph[int]) -> Iterable[Iterable[int]]:
    return community.louvain_communities(graph, weight="weight", seed=SEED)


def _labels(graph: nx.Graph[int]) -> Iterable[Iterable[int]]:
    return community.asyn_lpa_communities(graph, weight="weight", seed=SEED)


_METHODS = (
    _Method("greedy", "Clauset, Newman, Moore 2004, greedy modularity", _greedy),
    _Method("louvain", "Blondel, Guillaume, Lambiotte, Lefebvre 2008", _louvain),
    _Method("labels", "Raghavan, Albert, Kumara 2007, label propagation", _labels),
)


def divisions(
    graph: nx.Graph[int], current: Mapping[int, str], words: Mapping[int, tuple[str, ...]]
) -> tuple[Division, ...]:
    """Divide the endpoints in several ways; the current one comes first.

    An endpoint that shares nothing with another keeps its domain.

    Args:
        graph: Endpoints joined by what they both need; see ``affinity``. Its
            nodes are integers in ascending order, which is what makes the
            result the same on every machine.
        current: Domain by ordinal.
        words: Per endpoint the names that a new domain of it might have, best first.

    Returns:
        Without any edge there is nothing to cluster, and the current division
        is the only one.
    """
    found = [_division(CURRENT, "", dict(sorted(current.items())), graph, current)]
    joined = graph.subgraph([node for node in graph if graph.degree(node)]).copy()
    if joined.number_of_edges():
        for method in _METHODS:
            groups = sorted(sorted(group) for group in method.run(joined))
            named = named_groups(groups, current, words)
            domains = dict(sorted((dict(current) | named).items()))
            found.append(_division(method.name, method.source, domains, graph, current))
    return tuple(found)


def named_groups(
    groups: Iterable[list[int]], current: Mapping[int, str], words: Mapping[int, tuple[str, ...]]
) -> dict[int, str]:
    """Give every group the domain that most of its endpoints have now.

    Of two groups the one with more such endpoints gets the name; the other is
    named after the word that most of its endpoints have and no domain has.
    """
    members = list(groups)
    overlap = sorted(
        (-count, group[0], domain, i)
        for i, group in enumerate(members)
        for domain, count in Counter(current[node] for node in group).items()
    )
    names: dict[int, str] = {}
    for _, _, domain, i in overlap:
        if i not in names and domain not in names.values():
            names[i] = domain
    taken = {*current.values()}
    for i, group in enumerate(members):
        if i not in names:
            names[i] = _fresh(group, words, taken)
            taken.add(names[i])
    return {node: names[i] for i, group in enumerate(members) for node in group}


def adjusted_rand(one: Mapping[int, str], other: Mapping[int, str]) -> float:
    """Agreement of two divisions of the same endpoints: 1 is equal, 0 is chance.

    Source:
        L. Hubert and P. Arabie, Comparing partitions, Journal of
        Classification 2 (1985), equation 5.
    """
    both = sum(comb(n, 2) for n in Counter((one[node], other[node]) for node in one).values())
    left = sum(comb(n, 2) for n in Counter(one.values()).values())
    right = sum(comb(n, 2) for n in Counter(other.values()).values())
    chance = left * right / max(comb(len(one), 2), 1)
    best = (left + right) / 2
    return 1.0 if best == chance else (both - chance) / (best - chance)


def _fresh(group: list[int], words: Mapping[int, tuple[str, ...]], taken: set[str]) -> str:
    counts = Counter(word for node in group for word in words.get(node, ()) if word not in taken)
    if counts:
        return min(counts, key=lambda word: (-counts[word], word))
    number = 2
    while f"group_{number}" in taken:
        number += 1
    return f"group_{number}"


def _division(
    method: str,
    source: str,
    domains: Mapping[int, str],
    graph: nx.Graph[int],
    current: Mapping[int, str],
) -> Division:
    groups: dict[str, set[int]] = {}
    for node, domain in domains.items():
        groups.setdefault(domain, set()).add(node)
    quality = None
    if graph.number_of_edges():
        quality = community.modularity(graph, list(groups.values()), weight="weight")
    return Division(method, source, domains, quality, adjusted_rand(current, domains))
