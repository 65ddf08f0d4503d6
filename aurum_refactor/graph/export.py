"""The graph of a monolith as GraphML, DOT and JSON text; opens no file.

The same graph gives the same text: nodes and edges stand in source order, and
nothing depends on the machine or the day.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import combinations

import networkx as nx

from aurum_refactor.graph.affinity import needs_of
from aurum_refactor.graph.build import EdgeKind, build
from aurum_refactor.model import Survey

SCHEMA = "aurum-refactor/graph/1"
# Between two endpoints, in a graph of endpoints only; it has no direction.
SHARED_NEEDS = "need the same"
# Of so few endpoints, half of them may be two that belong together.
_FEW = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a plan puts one statement."""

    # "endpoint", "owned", "shared", "anchored", "stays", "import" or "other".
    home: str
    # "" where it is no domain's.
    domain: str


def exportable(
    survey: Survey, places: Mapping[int, Place], *, endpoints_only: bool
) -> nx.MultiDiGraph[str]:
    """Give the graph that is written: keys are ``n`` and the ordinal, values strings or integers.

    Args:
        survey: The monolith.
        places: By ordinal.
        endpoints_only: Leave out everything else; endpoints that need the same
            names are joined then, the earlier one first.

    Returns:
        Nodes carry name, kind, home, domain, routes, line and lines; edges
        kind, name, line and count, which is 1. An edge between endpoints that
        need the same names has these as ``name``, separated by blanks, and
        their number as ``count``; names that more than half of all endpoints
        need tell none of them apart and are left out.
    """
    graph = build(survey)
    module = survey.layout.module
    routes = {e.ordinal: "; ".join(e.routes) for e in survey.endpoints}
    found: nx.MultiDiGraph[str] = nx.MultiDiGraph(name=module)
    for (_, ordinal), data in graph.nodes(data=True):
        place = places.get(ordinal, Place("other", ""))
        if endpoints_only and ordinal not in routes:
            continue
        found.add_node(
            f"n{ordinal}",
            name=_plain(data["name"] or f"line {data['line']}"),
            kind=str(data["kind"]),
            home=place.home,
            domain=place.domain,
            routes=_plain(routes.get(ordinal, "")),
            line=data["line"],
            lines=data["lines"],
        )
    for (_, source), (_, target), data in graph.edges(data=True):
        if f"n{source}" in found and f"n{target}" in found:
            found.add_edge(
                f"n{source}",
                f"n{target}",
                kind=str(data["kind"]),
                name=_plain(data["name"]),
                line=data["line"],
                count=1,
            )
    if endpoints_only:
        _join(found, needs_of(graph, survey, sorted(routes)), survey)
    return found


def _join(
    found: nx.MultiDiGraph[str], needs: Mapping[int, tuple[str, ...]], survey: Survey
) -> None:
    """Join endpoints that need the same names, less those that more than half of them need."""
    readers = Counter(name for names in needs.values() for name in names)
    telling = {name for name, count in readers.items() if 2 * count <= max(len(needs), _FEW)}
    own = {endpoint: telling & set(names) for endpoint, names in needs.items()}
    for source, target in combinations(sorted(needs), 2):
        names = sorted(own[source] & own[target])
        if names:
            found.add_edge(
                f"n{source}",
                f"n{target}",
                kind=SHARED_NEEDS,
                name=_plain(" ".join(names)),
                line=survey.statements[source].span.first,
                count=len(names),
            )


def as_graphml(graph: nx.MultiDiGraph[str]) -> str:
    """GraphML 1.0, indented."""
    buffer = BytesIO()
    nx.write_graphml_xml(graph, buffer, encoding="utf-8", prettyprint=True)
    return buffer.getvalue().decode("utf-8").rstrip("\n") + "\n"


def as_json(graph: nx.MultiDiGraph[str]) -> str:
    """Node-link JSON, as networkx reads it, with a schema."""
    document = {
        "schema": SCHEMA,
        "directed": True,
        "multigraph": True,
        "graph": {"name": graph.graph["name"]},
        "nodes": [{"id": node, **data} for node, data in graph.nodes(data=True)],
        "edges": [
            {"source": source, "target": target, "key": key, **data}
            for source, target, key, data in graph.edges(keys=True, data=True)
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_dot(graph: nx.MultiDiGraph[str]) -> str:
    """Graphviz: a box per domain, a dotted arrow for what is read only when a function runs."""
    lines = [f"digraph {quoted(graph.graph['name'])} {{", "  rankdir=LR;", "  node [shape=box];"]
    for number, (title, nodes) in enumerate(grouped(graph)):
        lines += [f"  subgraph cluster_{number} {{", f"    label={quoted(title)};"]
        for node in nodes:
            data = graph.nodes[node]
            label = f"{data['name']}\n{data['routes']}" if data["routes"] else data["name"]
            attributes = {"label": label, **{key: data[key] for key in ("kind", "home", "line")}}
            lines.append(f"    {node} [{_attributes(attributes)}];")
        lines.append("  }")
    for source, target, data in graph.edges(data=True):
        style = {"style": "dotted"} if data["kind"] == EdgeKind.CALL_READ else {}
        style |= {"dir": "none"} if data["kind"] == SHARED_NEEDS else {}
        attributes = {key: data[key] for key in ("kind", "name", "line")} | style
        lines.append(f"  {source} -> {target} [{_attributes(attributes)}];")
    return "\n".join([*lines, "}", ""])


def grouped(graph: nx.MultiDiGraph[str]) -> list[tuple[str, list[str]]]:
    """Nodes by the box they are drawn in: domains by name, then what is no domain's."""
    found: dict[tuple[bool, str], list[str]] = {}
    for node, data in graph.nodes(data=True):
        title = data["domain"] or _OTHERS.get(data["home"], "the monolith")
        found.setdefault((not data["domain"], title), []).append(node)
    return [(title, nodes) for (_, title), nodes in sorted(found.items())]


_OTHERS = {"shared": "shared module", "import": "imports"}


def quoted(text: str) -> str:
    """A string of the DOT language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _attributes(values: Mapping[str, str | int]) -> str:
    return ", ".join(f"{key}={quoted(str(value))}" for key, value in values.items())


def _plain(text: str) -> str:
    """Text without what XML forbids: control characters and halves of surrogate pairs."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )
