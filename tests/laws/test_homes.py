"""Where things live: the rules of homes over random modules, and extraction in every order."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings

from aurum_refactor import pipeline
from aurum_refactor.rewrite.extract import extract
from aurum_refactor.workspace import Workspace, open_workspace, plan_of
from tests.laws.graphs import Endpoint, Graph, graphs
from tests.laws.witness import FASTAPI, tree_of, written

pytestmark = pytest.mark.static

MONOLITH = "shop/main.py"
LEAF = "shop/v1/_shared.py"
EXAMPLES = {"ci": 150, "nightly": 5000}.get(settings.get_current_profile_name(), 60)


@pytest.mark.static
@settings(max_examples=EXAMPLES)
@given(graph=graphs())
def test_everything_finds_the_home_that_the_rules_give_it(graph: Graph) -> None:
    with written(graph.project.files) as root:
        done = pipeline.extraction_of(workspace(root), None)
        assert done.proof.holds, done.proof.breaches
        assert done.plan.refusals == ()
        files = {p: d.decode() for p, d in done.changes.after.items() if d and p.endswith(".py")}
    homes = homes_in(files, graph.order)

    expected = expected_homes(graph)

    assert {name: homes[name] for name in graph.order} == expected
    assert_circles_stay_together(graph, homes)
    assert_order_is_kept(graph, files)
    assert_only_what_stays_is_read_through_the_module(graph, files, homes)


@pytest.mark.static
@settings(max_examples=EXAMPLES)
@given(graph=graphs())
def test_every_order_of_extractions_ends_in_the_same_files(graph: Graph) -> None:
    domains = sorted({endpoint.domain for endpoint in graph.endpoints})
    with written(graph.project.files) as root:
        # Each set of domains is reached from all smaller ones, hence in every order.
        trees = {frozenset[str](): tree_of(root)}
        for size in range(len(domains)):
            for done in map(frozenset, combinations(domains, size)):
                extract_from = Step(root, trees[done])
                for domain in sorted(set(domains) - done):
                    after = extract_from.tree_after(frozenset({domain}))
                    assert trees.setdefault(done | {domain}, after) == after, (done, domain)
                if not done:
                    together = extract_from.tree_after(None)
        assert together == trees[frozenset(domains)]


class Step:
    """A tree that is read and planned once; extracts from it are not proven here."""

    def __init__(self, root: Path, tree: Mapping[str, bytes]) -> None:
        for path, data in tree.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        for path in set(tree_of(root)) - set(tree):
            (root / path).unlink()
        self.tree = tree
        self.space = workspace(root)
        self.plan = plan_of(self.space)

    def tree_after(self, domains: frozenset[str] | None) -> dict[str, bytes]:
        space, plan = self.space, self.plan
        changes = extract(plan, space.survey, space.source, domains, space.existing)
        changes, _ = pipeline._with_lock(space, plan, domains, changes)
        return {**self.tree, **{path: data for path, data in changes.after.items() if data}}


def workspace(root: Path) -> Workspace:
    return open_workspace(root, None, MONOLITH, FASTAPI)


# ---------------------------------------------------------------- the rules


def expected_homes(graph: Graph) -> dict[str, str]:
    """The file of every name, by the definitions of owned, shared and anchored.

    What one domain needs goes with it, what several need, or a domain and the
    monolith, goes to the leaf; what is anchored, or needed by no endpoint,
    stays, and so does what only that needs.
    """
    endpoints = {endpoint.name: endpoint for endpoint in graph.endpoints}
    reads = nx.DiGraph()
    reads.add_nodes_from(graph.order)
    for name in graph.order:
        reader = endpoints.get(name) or graph.nodes[name]
        reads.add_edges_from((name, other) for other in (*reader.early, *reader.late))
    staying = {name for name, node in graph.nodes.items() if node.anchored}
    while True:
        # Along what moves only: what stays is read through the monolith.
        moving = reads.copy()
        moving.remove_edges_from(list(reads.out_edges(staying)))
        needed = {
            name: {
                endpoint.domain
                for endpoint in graph.endpoints
                if nx.has_path(moving, endpoint.name, name)
            }
            for name in graph.nodes
        }
        more = {name for name, domains in needed.items() if not domains} - staying
        if not more:
            break
        staying |= more
    kept = set(staying)
    for name in staying:
        for other in reads[name]:
            kept |= {other} | nx.descendants(moving, other)
    return {name: home_of(name, endpoints, staying, kept, needed) for name in graph.order}


def home_of(
    name: str,
    endpoints: Mapping[str, Endpoint],
    staying: Collection[str],
    kept: Collection[str],
    needed: Mapping[str, Collection[str]],
) -> str:
    if name in endpoints:
        return f"shop/v1/{endpoints[name].domain}.py"
    if name in staying:
        return MONOLITH
    if name in kept or len(needed[name]) > 1:
        return LEAF
    return f"shop/v1/{next(iter(needed[name]))}.py"


def assert_circles_stay_together(graph: Graph, homes: Mapping[str, str]) -> None:
    free = {name: node for name, node in graph.nodes.items() if not node.anchored}
    reads = nx.DiGraph()
    for name, node in free.items():
        reads.add_edges_from((name, o) for o in (*node.early, *node.late) if o in free)
    for circle in nx.strongly_connected_components(reads):
        assert len({homes[name] for name in circle}) == 1, circle


def assert_order_is_kept(graph: Graph, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        defined = list(dict.fromkeys(name for name in definitions(text) if name in graph.order))
        assert defined == [name for name in graph.order if name in defined], path


def assert_only_what_stays_is_read_through_the_module(
    graph: Graph, files: Mapping[str, str], homes: Mapping[str, str]
) -> None:
    for path, text in files.items():
        for node in ast.walk(ast.parse(text)):
            match node:
                case ast.Attribute(value=ast.Name(id="_main"), attr=name):
                    assert homes.get(name, MONOLITH) == MONOLITH, (path, name)
                case ast.ImportFrom(module=str(module)) if path == LEAF:
                    assert not module.startswith("shop.v1"), ast.unparse(node)
                case _:
                    pass


# ---------------------------------------------------------------- reading the result


def definitions(text: str) -> Iterator[str]:
    """Names that the top-level statements of a file define, imports aside."""
    for node in ast.parse(text).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Try(body=[ast.Import(names=[alias])]):
                yield alias.asname or alias.name
            case _:
                pass


def homes_in(files: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    """The one file that defines each of *names*."""
    found: dict[str, str] = {}
    for path, text in files.items():
        for name in set(definitions(text)) & set(names):
            assert found.setdefault(name, path) == path, f"{name} is defined twice"
    return found
