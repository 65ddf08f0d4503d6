"""Every folder of ``fixtures/rewrites`` is a project taken apart with its references rewritten.

``before/`` has tests of its own, which pass; ``after/`` is what the extraction makes of it, where
they pass too. ``args.toml`` says what it is about (``about``), which names stay (``stays``), why
some of them do (``reasons``), and whether the tests fail if nobody rewrites them (``naive``, true
unless said otherwise). Options are ``keep_exports``, ``tests_only``, ``rewrite_text``, and
``monolith`` or several ``monoliths``.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from aurum_refactor.locating import is_test
from aurum_refactor.pipeline import Extraction, extraction_of
from aurum_refactor.rehoming.rewritten import rewritten
from aurum_refactor.source.lock import LOCK_FILE
from tests.marks import case_of
from tests.references.suites import Suites
from tests.rewrite.test_projects import (
    Tree,
    carried_out,
    difference,
    opened,
    read_tree,
    update,
    write_tree,
)

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rewrites"
CASES = sorted(path.parent for path in FIXTURES.glob("*/args.toml"))
OPTIONS = ("keep_exports", "tests_only", "rewrite_text")


def case_id(path: Path) -> str:
    return path.name


def each_monolith(arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The arguments once for every monolith that is taken apart, one after the other."""
    given = arguments.get("monoliths", [arguments.get("monolith")])
    return [{**arguments, "monolith": path} for path in given]


def rewrite(
    directory: Path, tree: Tree, arguments: Mapping[str, Any], *domains: str
) -> tuple[Tree, list[Extraction]]:
    """The tree after an extraction in rewrite mode, with one extraction a monolith."""
    options = {name: arguments[name] for name in OPTIONS if name in arguments}
    done = []
    for number, row in enumerate(each_monolith(arguments)):
        root = write_tree(directory / str(number), tree)
        first = extraction_of(opened(root, row), frozenset(domains) if domains else None)
        extraction = rewritten(first, **options)
        assert extraction.proof.holds, extraction.proof.breaches
        tree = carried_out(tree, extraction)
        done.append(extraction)
    return tree, done


def kept(directory: Path, tree: Tree, arguments: Mapping[str, Any]) -> Tree:
    """The tree after an extraction in keep mode."""
    for number, row in enumerate(each_monolith(arguments)):
        root = write_tree(directory / str(number), tree)
        tree = carried_out(tree, extraction_of(opened(root, row), None))
    return tree


@pytest.mark.parametrize(
    "case",
    [case_of(case, tomllib.loads((case / "args.toml").read_text("utf-8"))) for case in CASES],
)
def test_project(case: Path, tmp_path: Path, update_golden: bool, suites: Suites) -> None:
    arguments = tomllib.loads((case / "args.toml").read_text("utf-8"))
    before = read_tree(case / "before")
    if arguments.get("extracted"):
        before = kept(tmp_path / "keep", before, arguments)

    after, extractions = rewrite(tmp_path / "after", before, arguments)

    visible = {name: data for name, data in after.items() if name != LOCK_FILE}
    if update_golden:
        update(case / "after", before, visible)
    wanted = read_tree(case / "after")
    assert visible == wanted, difference(wanted, visible)
    for name, data in visible.items():
        if name.endswith(".py"):
            ast.parse(data, name)
    plans = [extraction.rehoming for extraction in extractions]
    rows = {row.name: row for plan in plans if plan is not None for row in plan.stays}
    stays = sorted(rows.keys() - {"app", "router"})
    assert stays == sorted(arguments.get("stays", [])), rows
    for name, reason in arguments.get("reasons", {}).items():
        assert rows[name].reason == reason
    again, _ = rewrite(tmp_path / "again", after, arguments)
    assert again == after, difference(after, again)
    options = {"path": arguments.get("path", "")}
    first = suites.run(write_tree(tmp_path / "before", before), **options)
    second = suites.run(write_tree(tmp_path / "then", after), **options)
    assert first
    assert set(first.values()) == {"passed"}, first
    assert second == first
    if arguments.get("naive", True):
        naive = {name: before[name] if is_test(name) else data for name, data in after.items()}
        third = suites.run(write_tree(tmp_path / "naive", naive), **options)
        assert third != first


@pytest.mark.static
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_keep_first_and_rewrite_later_is_the_same(case: Path, tmp_path: Path) -> None:
    arguments = tomllib.loads((case / "args.toml").read_text("utf-8"))
    before = read_tree(case / "before")

    at_once, _ = rewrite(tmp_path / "once", before, arguments)
    later, _ = rewrite(tmp_path / "later", kept(tmp_path / "kept", before, arguments), arguments)

    assert later == at_once, difference(at_once, later)


@pytest.mark.static
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_domain_by_domain_is_the_same(case: Path, tmp_path: Path) -> None:
    arguments = tomllib.loads((case / "args.toml").read_text("utf-8"))
    before = read_tree(case / "before")
    if arguments.get("extracted") or arguments.get("monoliths"):
        pytest.skip("its domains are not extracted here, or belong to several monoliths")
    together, (extraction,) = rewrite(tmp_path / "once", before, arguments)

    for way, order in (("up", 1), ("down", -1)):
        tree = before
        for number, domain in enumerate(sorted(extraction.plan.domains)[::order]):
            tree, _ = rewrite(tmp_path / f"{way}{number}", tree, arguments, domain)
        moved = [m.path for m in extraction.plan.modules]
        for name in together.keys() | tree.keys():
            one, two = together.get(name, b""), tree.get(name, b"")
            # What a step adds to a file that is there goes below its imports: only the order tells.
            if name in moved or b"".join(sorted(one.split())) != b"".join(sorted(two.split())):
                assert two == one, difference(together, tree)


def test_every_case_says_why_it_is_there() -> None:
    texts = [tomllib.loads((case / "args.toml").read_text("utf-8")) for case in CASES]

    assert [text for text in texts if len(text.get("about", "")) < 20] == []
