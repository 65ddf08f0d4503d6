"""The graph of a monolith as a Mermaid flowchart, no larger than a page can show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import networkx as nx

from aurum_refactor.graph.build import EdgeKind, NodeKind
from aurum_refactor.graph.export import SHARED_NEEDS, grouped

#: Mermaid draws 500 edges and reads 50,000 characters unless told otherwise
#: (https://mermaid.js.org/config/schema-docs/config.html: maxEdges, maxTextSize).
MOST_EDGES = 400
MOST_CHARACTERS = 45_000

_LEFT_OUT = (NodeKind.IMPORT, NodeKind.RECEIVER)
_ENTITIES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}
_COMMENTS = (
    "imports, the objects endpoints are registered on, and what stands alone are left out",
    "helpers are collapsed: one node stands for all of a domain, since their edges are too many",
    "domains are collapsed: one node stands for each, since their edges are too many",
)

# From a node to the one that stands for it, or None where it is left out.
_Shown = Callable[[str], str | None]
# Titles of the boxes, and the nodes in each.
_Groups = Sequence[tuple[str, list[str]]]


def as_mermaid(graph: nx.MultiDiGraph[str]) -> str:
    """Write it in as much detail as fits; comments say what was left out.

    A number at an arrow counts the reads, or the names that two endpoints both
    need; a dotted arrow is read only when a function runs.
    """
    groups = grouped(graph)
    levels: list[tuple[str, _Shown]] = [
        (comment, shown) for comment, shown in zip(_COMMENTS, _levels(graph, groups), strict=True)
    ]
    text = ""
    for comment, shown in levels:
        text, edges = _written(graph, groups, shown, comment)
        if edges <= MOST_EDGES and len(text) <= MOST_CHARACTERS:
            break
    return text


def _levels(graph: nx.MultiDiGraph[str], groups: _Groups) -> tuple[_Shown, ...]:
    home = {node: f"g{i}" for i, (_, nodes) in enumerate(groups) for node in nodes}

    def all_of_them(node: str) -> str | None:
        data = graph.nodes[node]
        lonely = data["kind"] != NodeKind.ENDPOINT and not graph.degree(node)
        return None if lonely or data["kind"] in _LEFT_OUT else node

    def helpers_as_one(node: str) -> str | None:
        kind = graph.nodes[node]["kind"]
        if kind in _LEFT_OUT:
            return None
        return node if kind == NodeKind.ENDPOINT else f"{home[node]}h"

    def domains_as_one(node: str) -> str | None:
        return None if graph.nodes[node]["kind"] in _LEFT_OUT else f"{home[node]}h"

    return all_of_them, helpers_as_one, domains_as_one


def _written(
    graph: nx.MultiDiGraph[str], groups: _Groups, shown: _Shown, comment: str
) -> tuple[str, int]:
    lines = ["flowchart LR", f"  %% {graph.graph['name']}: {comment}"]
    for number, (title, nodes) in enumerate(groups):
        boxes: dict[str, list[str]] = {}
        for node in nodes:
            box = shown(node)
            if box is not None:
                boxes.setdefault(box, []).append(node)
        if boxes:
            lines.append(f"  subgraph g{number}[{_quoted(title)}]")
            lines += [f"    {box}[{_quoted(_label(graph, own))}]" for box, own in boxes.items()]
            lines.append("  end")
    edges = _edges(graph, shown)
    for (source, target), (count, arrow) in edges.items():
        lines.append(f"  {source} {arrow}{f'|{count}|' if count > 1 else ''} {target}")
    return "\n".join([*lines, ""]), len(edges)


def _label(graph: nx.MultiDiGraph[str], nodes: list[str]) -> str:
    if len(nodes) == 1:
        name = graph.nodes[nodes[0]]["name"]
        return str(name)
    endpoints = sum(graph.nodes[node]["kind"] == "endpoint" for node in nodes)
    helpers = len(nodes) - endpoints
    counts = [f"{endpoints} endpoints"] if endpoints else []
    counts += [f"{helpers} helpers"] if helpers else []
    return ", ".join(counts)


def _edges(graph: nx.MultiDiGraph[str], shown: _Shown) -> dict[tuple[str, str], tuple[int, str]]:
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for source, target, data in graph.edges(data=True):
        ends = (shown(source), shown(target))
        if ends[0] is None or ends[1] is None or ends[0] == ends[1]:
            continue
        key = (ends[0], ends[1])
        if data["kind"] == SHARED_NEEDS:
            key = (min(key), max(key))
        count, arrow = found.get(key, (0, "-.->"))
        if data["kind"] != EdgeKind.CALL_READ:
            arrow = "---" if data["kind"] == SHARED_NEEDS else "-->"
        found[key] = (count + data["count"], arrow)
    return found


def _quoted(text: str) -> str:
    """A label; Mermaid has entities instead of escapes."""
    return f'"{"".join(_ENTITIES.get(c, c) for c in text)}"'
