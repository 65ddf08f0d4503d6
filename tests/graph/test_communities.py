"""Two triangles joined by one edge: what clustering finds, what it is called, how it agrees."""

from __future__ import annotations

import networkx as nx
import pytest

from aurum_refactor.graph.communities import adjusted_rand, divisions, named_groups

CURRENT = {0: "a", 1: "a", 2: "b", 3: "b", 4: "b", 5: "b", 6: "z"}


@pytest.fixture
def graph():
    joined: nx.Graph[int] = nx.Graph()
    joined.add_nodes_from(range(7))
    joined.add_weighted_edges_from(
        [(0, 1, 2.0), (0, 2, 2.0), (1, 2, 2.0), (3, 4, 2.0), (3, 5, 2.0), (4, 5, 2.0), (2, 3, 0.5)]
    )
    return joined


def test_every_method_finds_the_triangles(graph) -> None:
    found = divisions(graph, CURRENT, {})

    # 6 does not touch another one and keeps its domain.
    triangles = {0: "a", 1: "a", 2: "a", 3: "b", 4: "b", 5: "b", 6: "z"}
    assert [(row.method, row.domains) for row in found] == [
        ("current", CURRENT),
        ("greedy", triangles),
        ("louvain", triangles),
        ("labels", triangles),
    ]
    # By hand: 12 of 12.5 inside; the ends of each triangle have 12.5 of all 25.
    assert found[1].modularity == pytest.approx(12 / 12.5 - 2 * 0.5**2)


def test_without_an_edge_only_the_current_division_is_left() -> None:
    lonely: nx.Graph[int] = nx.Graph()
    lonely.add_nodes_from([0, 1])

    found = divisions(lonely, {0: "a", 1: "b"}, {})

    assert [(row.method, row.modularity, row.agreement) for row in found] == [("current", None, 1)]


def test_the_larger_part_of_a_domain_keeps_its_name() -> None:
    current = dict.fromkeys(range(6), "shop") | {6: "docks"}
    words = {3: ("shop", "cart"), 4: ("shop", "cart"), 5: ("shop", "bill")}

    names = named_groups([[0, 1, 2], [3, 4], [5], [6]], current, words)
    without_words = named_groups([[0, 1], [2], [3], [6]], current, {})

    assert names == {0: "shop", 1: "shop", 2: "shop", 3: "cart", 4: "cart", 5: "bill", 6: "docks"}
    assert without_words == {0: "shop", 1: "shop", 2: "group_2", 3: "group_3", 6: "docks"}


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("aabb", "xxyy", 1.0),
        ("aabb", "xyxy", -0.5),
        ("aaaa", "xxxx", 1.0),
        ("abcd", "wxyz", 1.0),
        ("aaaa", "wxyz", 0.0),
        # By hand: of 15 pairs one is together in both, 4 on the left and 3 on the right.
        ("aaabbc", "xxyyzz", (1 - 4 * 3 / 15) / (3.5 - 4 * 3 / 15)),
        ("a", "x", 1.0),
    ],
)
def test_agreement_is_one_for_equals_and_none_by_chance(
    one: str, other: str, agreement: float
) -> None:
    left, right = dict(enumerate(one)), dict(enumerate(other))

    assert adjusted_rand(left, right) == pytest.approx(agreement)
    assert adjusted_rand(right, left) == pytest.approx(agreement)
