"""Nodes and typed, located edges of the graph of one small monolith."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any, TypeAlias

import networkx as nx
import pytest

from aurum_refactor.graph.build import EdgeKind, NodeKind, build
from aurum_refactor.workspace import open_workspace

# Not at run time: networkx is generic for type checkers only.
Graph: TypeAlias = "nx.MultiDiGraph[Any]"

CODE = """\
import os
from fastapi import Depends, FastAPI

app = FastAPI()
LIMIT = 3
CACHE = {}
COUNT = 0


class Item:
    size: int = LIMIT


def helper():
    global COUNT
    COUNT += 1
    return CACHE, os.sep


def current():
    return helper()


@app.get("/items", tags=[LIMIT])
def read(limit: int = LIMIT, user=Depends(current), item: Item = None) -> "Item":
    return helper() or read


if LIMIT:
    CACHE["x"] = 1
"""


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.py").write_text(CODE)
    return build(open_workspace(tmp_path, None, "main.py", None).survey)


def test_every_statement_is_a_node_with_its_kind_and_place(graph: Graph) -> None:
    rows = [
        (data["name"], data["kind"], data["line"], data["lines"])
        for _, data in graph.nodes(data=True)
    ]

    assert rows == [
        ("os", NodeKind.IMPORT, 1, 1),
        ("Depends", NodeKind.IMPORT, 2, 1),
        ("app", NodeKind.RECEIVER, 4, 1),
        ("LIMIT", NodeKind.CONSTANT, 5, 1),
        ("CACHE", NodeKind.STATE, 6, 1),
        ("COUNT", NodeKind.STATE, 7, 1),
        ("Item", NodeKind.CLASS, 10, 2),
        ("helper", NodeKind.HELPER, 14, 4),
        ("current", NodeKind.DEPENDENCY, 20, 2),
        ("read", NodeKind.ENDPOINT, 24, 3),
        ("", NodeKind.OTHER, 29, 2),
    ]


def test_nodes_are_keyed_by_module_and_ordinal(graph: Graph) -> None:
    assert list(graph) == [("main", ordinal) for ordinal in range(11)]


def edges_from(graph: Graph, name: str) -> list[tuple[str, str, EdgeKind, int]]:
    """Target, looked-up name, kind and line of every edge of one node, by line."""
    names = {node: data["name"] for node, data in graph.nodes(data=True)}
    found = [
        (names[target], data["name"], data["kind"], data["line"])
        for source, target, data in graph.edges(data=True)
        if names[source] == name
    ]
    return sorted(found, key=lambda row: row[3])


def test_edges_say_when_and_where_a_name_is_looked_up(graph: Graph) -> None:
    assert edges_from(graph, "read") == [
        ("app", "app", EdgeKind.DEPENDS, 24),
        ("LIMIT", "LIMIT", EdgeKind.DEPENDS, 24),
        ("LIMIT", "LIMIT", EdgeKind.DEPENDS, 25),
        ("Depends", "Depends", EdgeKind.DEPENDS, 25),
        ("current", "current", EdgeKind.DEPENDS, 25),
        ("Item", "Item", EdgeKind.ANNOTATES, 25),
        ("Item", "Item", EdgeKind.ANNOTATES, 25),
        ("helper", "helper", EdgeKind.CALL_READ, 26),
    ]


def test_a_class_and_a_condition_read_at_import(graph: Graph) -> None:
    assert edges_from(graph, "Item") == [("LIMIT", "LIMIT", EdgeKind.IMPORT_READ, 11)]
    assert edges_from(graph, "") == [
        ("LIMIT", "LIMIT", EdgeKind.IMPORT_READ, 29),
        ("CACHE", "CACHE", EdgeKind.IMPORT_READ, 30),
    ]


def test_a_global_statement_re_binds(graph: Graph) -> None:
    assert edges_from(graph, "helper") == [
        ("COUNT", "COUNT", EdgeKind.REBINDS, 14),
        ("COUNT", "COUNT", EdgeKind.CALL_READ, 16),
        ("CACHE", "CACHE", EdgeKind.CALL_READ, 17),
        ("os", "os", EdgeKind.CALL_READ, 17),
    ]


def test_a_name_bound_twice_gives_an_edge_to_each_binding(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    code = """
    from fastapi import FastAPI
    app = FastAPI()
    X = 1
    X = 2
    @app.get("/")
    def f(): return X
    """
    (tmp_path / "main.py").write_text(dedent(code))

    graph = build(open_workspace(tmp_path, None, "main.py", None).survey)

    kinds = [data["kind"] for _, _, data in graph.out_edges(("main", 4), data=True)]
    assert kinds.count(EdgeKind.CALL_READ) == 2
