"""The same small graph in every format, with names and paths that each has to escape."""

from __future__ import annotations

import io
import json
from pathlib import Path

import networkx as nx
import pytest

from aurum_refactor.graph.export import (
    SHARED_NEEDS,
    Place,
    as_dot,
    as_graphml,
    as_json,
    exportable,
    grouped,
)
from aurum_refactor.graph.mermaid import as_mermaid
from aurum_refactor.workspace import open_workspace

CODE = """\
import os
from fastapi import FastAPI

app = FastAPI()


def größe():
    return os.sep


@app.get('/a"b\\\\c<d>\\x01')
def first():
    return größe() + größe()


@app.get("/two")
def second(x=größe()):
    return first()
"""

DOT = """\
digraph "main" {
  rankdir=LR;
  node [shape=box];
  subgraph cluster_0 {
    label="one";
    n4 [label="first\\nGET /a\\"b\\\\c<d>\\\\x01", kind="endpoint", home="endpoint", line="11"];
  }
  subgraph cluster_1 {
    label="two";
    n5 [label="second\\nGET /two", kind="endpoint", home="endpoint", line="16"];
  }
  subgraph cluster_2 {
    label="imports";
    n0 [label="os", kind="import", home="import", line="1"];
    n1 [label="FastAPI", kind="import", home="import", line="2"];
  }
  subgraph cluster_3 {
    label="shared module";
    n3 [label="größe", kind="dependency", home="shared", line="7"];
  }
  subgraph cluster_4 {
    label="the monolith";
    n2 [label="app", kind="receiver", home="anchored", line="4"];
  }
  n2 -> n1 [kind="reads at import", name="FastAPI", line="4"];
  n3 -> n0 [kind="reads at call", name="os", line="8", style="dotted"];
  n4 -> n2 [kind="depends", name="app", line="11"];
  n4 -> n3 [kind="reads at call", name="größe", line="13", style="dotted"];
  n4 -> n3 [kind="reads at call", name="größe", line="13", style="dotted"];
  n5 -> n2 [kind="depends", name="app", line="16"];
  n5 -> n3 [kind="depends", name="größe", line="17"];
  n5 -> n4 [kind="reads at call", name="first", line="18", style="dotted"];
}
"""

MERMAID = """\
flowchart LR
  %% main: imports, the objects endpoints are registered on, and what stands alone are left out
  subgraph g0["one"]
    n4["first"]
  end
  subgraph g1["two"]
    n5["second"]
  end
  subgraph g3["shared module"]
    n3["größe"]
  end
  n4 -.->|2| n3
  n5 --> n3
  n5 -.-> n4
"""

PLACES = {
    0: Place("import", ""),
    1: Place("import", ""),
    2: Place("anchored", ""),
    3: Place("shared", ""),
    4: Place("endpoint", "one"),
    5: Place("endpoint", "two"),
}


@pytest.fixture
def survey(tmp_path: Path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.py").write_text(CODE, encoding="utf-8")
    return open_workspace(tmp_path, None, "main.py", None).survey


@pytest.fixture
def graph(survey):
    return exportable(survey, PLACES, endpoints_only=False)


def test_dot_is_quoted(graph) -> None:
    assert as_dot(graph) == DOT


def test_mermaid_counts_the_reads_between_two_boxes(graph) -> None:
    assert as_mermaid(graph) == MERMAID


def test_mermaid_has_entities_for_what_it_reads_itself(graph) -> None:
    graph.nodes["n3"]["name"] = 'a"b#c<d>&`e`'

    assert '    n3["a#quot;b#35;c#lt;d#gt;#amp;#96;e#96;"]\n' in as_mermaid(graph)


def test_graphml_is_read_back_as_it_was(graph) -> None:
    text = as_graphml(graph)

    again = nx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)
    assert text.startswith("<?xml version='1.0' encoding='utf-8'?>\n<graphml ")
    assert list(again.nodes) == list(graph.nodes)
    assert again.nodes["n4"] == {
        "name": "first",
        "kind": "endpoint",
        "home": "endpoint",
        "domain": "one",
        "routes": 'GET /a"b\\c<d>\\x01',
        "line": 11,
        "lines": 3,
    }
    assert sorted(data["line"] for *_, data in again.edges(data=True)) == [
        4, 8, 11, 13, 13, 16, 17, 18,
    ]  # fmt: skip


def test_json_is_node_link_data(graph) -> None:
    document = json.loads(as_json(graph))

    assert document["schema"] == "aurum-refactor/graph/1"
    assert document["graph"] == {"name": "main"}
    assert [node["id"] for node in document["nodes"]] == ["n0", "n1", "n2", "n3", "n4", "n5"]
    assert document["edges"][-1] == {
        "source": "n5",
        "target": "n4",
        "key": 0,
        "kind": "reads at call",
        "name": "first",
        "line": 18,
        "count": 1,
    }
    again = nx.node_link_graph(document, edges="edges")
    assert nx.utils.graphs_equal(again, graph)


def test_endpoints_that_need_the_same_are_joined(survey) -> None:
    graph = exportable(survey, PLACES, endpoints_only=True)

    assert [(a, b, d["kind"], d["name"], d["count"]) for a, b, d in graph.edges(data=True)] == [
        ("n4", "n5", SHARED_NEEDS, "größe", 1),
        ("n5", "n4", "reads at call", "first", 1),
    ]
    assert as_mermaid(graph).splitlines()[-2:] == ["  n4 --- n5", "  n5 -.-> n4"]
    assert as_dot(graph).splitlines()[-3] == (
        '  n4 -> n5 [kind="need the same", name="größe", line="11", dir="none"];'
    )


def test_what_most_endpoints_need_joins_none(tmp_path: Path) -> None:
    rows = [
        f"@app.get('/{n}')\ndef e{n}():\n    return every{' + few' if n < 3 else ''}\n"
        for n in range(6)
    ]
    head = "from fastapi import FastAPI\n\napp = FastAPI()\nevery = 1\nfew = 2\n\n"
    (tmp_path / "main.py").write_text(head + "\n".join(rows))
    survey = open_workspace(tmp_path, None, "main.py", None).survey

    graph = exportable(survey, {}, endpoints_only=True)

    assert {data["name"] for *_, data in graph.edges(data=True)} == {"few"}
    assert graph.number_of_edges() == 3


def many(endpoints: int, helpers: int) -> nx.MultiDiGraph[str]:
    """A graph in which every endpoint reads every helper; two domains."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(name="big")
    for number in range(endpoints + helpers):
        is_endpoint = number < endpoints
        graph.add_node(
            f"n{number}",
            name=f"name_{number}",
            kind="endpoint" if is_endpoint else "helper",
            home="endpoint" if is_endpoint else "owned",
            domain="ab"[number % 2],
            routes="",
            line=1,
            lines=1,
        )
    for source in range(endpoints):
        for target in range(endpoints, endpoints + helpers):
            kind = {"kind": "reads at call", "name": "x", "line": 1, "count": 1}
            graph.add_edge(f"n{source}", f"n{target}", **kind)
    return graph


@pytest.mark.parametrize(
    ("endpoints", "helpers", "edges", "comment"),
    [
        (20, 20, 400, "imports, the objects endpoints are registered on, and"),
        (21, 20, 42, "helpers are collapsed: one node stands for all of a domain"),
        (201, 20, 2, "domains are collapsed: one node stands for each"),
    ],
)
def test_mermaid_keeps_to_what_a_page_can_show(
    endpoints: int, helpers: int, edges: int, comment: str
) -> None:
    lines = as_mermaid(many(endpoints, helpers)).splitlines()

    assert lines[1].startswith(f"  %% big: {comment}")
    assert sum("-.->" in line for line in lines) == edges


def test_a_collapsed_box_says_how_many_it_stands_for() -> None:
    text = as_mermaid(many(201, 20))

    assert text.splitlines()[2:] == [
        '  subgraph g0["a"]',
        '    g0h["101 endpoints, 10 helpers"]',
        "  end",
        '  subgraph g1["b"]',
        '    g1h["100 endpoints, 10 helpers"]',
        "  end",
        "  g0h -.->|1010| g1h",
        "  g1h -.->|1000| g0h",
    ]


def test_a_domain_may_be_called_like_a_box_of_ours() -> None:
    graph = many(2, 1)
    graph.nodes["n0"]["domain"] = "imports"
    graph.nodes["n2"].update(domain="", home="import", kind="import")

    assert grouped(graph) == [("b", ["n1"]), ("imports", ["n0"]), ("imports", ["n2"])]
