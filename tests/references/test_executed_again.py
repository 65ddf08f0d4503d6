"""Projects whose own tests execute the monolith again pass after an extraction as before it.

Each is also taken apart naively, which must make the very same tests fail: without the
block that drops the parts, with the package's attribute for the monolith, and with names
imported once that another execution binds anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from aurum_refactor.pipeline import extraction_of
from aurum_refactor.rehoming.rewritten import rewritten
from tests.references.suites import Suites
from tests.rewrite.test_projects import FIXTURES, Tree, carried_out, opened, read_tree, write_tree

PROJECTS = ("reloaded_in_tests", "imported_anew_in_tests", "put_back_in_tests")


def without_block(after: Tree) -> Tree:
    """The monolith goes on with the parts of its first execution."""
    text = after["shop/main.py"].decode()
    start, end = text.index("# Some code executes"), text.index("modules.pop(_part, None)")
    return {**after, "shop/main.py": (text[:start] + text[end:].partition("\n")[2]).encode()}


def by_attribute(after: Tree) -> Tree:
    """New modules take the monolith from its package."""
    old, new = b'_main = import_module("shop.main")', b"from shop import main as _main"
    assert any(old in data for data in after.values())
    return {name: data.replace(old, new) for name, data in after.items()}


def imported_once(after: Tree) -> Tree:
    """A new module imports what it could read through the monolith."""
    text = after["shop/v1/items.py"].decode()
    assert "{_main.greeting}" in text
    text = text.replace("_main.greeting", "greeting").replace(
        "from ..main import", "from ..settings import greeting\nfrom ..main import"
    )
    return {**after, "shop/v1/items.py": text.encode()}


NAIVE = [
    ("reloaded_in_tests", without_block),
    ("reloaded_in_tests", imported_once),
    ("imported_anew_in_tests", without_block),
    ("imported_anew_in_tests", by_attribute),
    ("put_back_in_tests", without_block),
    ("put_back_in_tests", by_attribute),
]


@pytest.mark.parametrize("name", PROJECTS)
def test_tests_that_execute_the_monolith_again_pass_as_before(
    name: str, tmp_path: Path, suites: Suites
) -> None:
    before = read_tree(FIXTURES / name / "before")
    root = write_tree(tmp_path / "before", before)
    there = write_tree(
        tmp_path / "after", carried_out(before, extraction_of(opened(root, {}), None))
    )

    was, now = suites.run(root), suites.run(there)

    assert set(was.values()) == {"passed"}, was
    assert now == was


@pytest.mark.parametrize(
    ("name", "naive"), NAIVE, ids=lambda value: getattr(value, "__name__", value)
)
def test_the_same_tests_fail_after_a_naive_move(
    name: str, naive: Callable[[Tree], Tree], tmp_path: Path, suites: Suites
) -> None:
    tree = naive(read_tree(FIXTURES / name / "after"))
    there = write_tree(tmp_path / "naive", tree)

    found = suites.run(there)

    assert set(found.values()) - {"passed"}, "the naive move passes"


@pytest.mark.parametrize("leaf_only", [True, False], ids=["the leaf", "every part"])
def test_rewritten_tests_of_a_reload_fail_where_parts_are_not_reloaded(
    leaf_only: bool, tmp_path: Path, suites: Suites
) -> None:
    tree = read_tree(FIXTURES.with_name("rewrites") / "reloaded_in_place" / "after")
    part = rb"_shared" if leaf_only else rb"\w+"
    text = tree["shop/main.py"]
    naive = re.sub(rb'if "shop.v1.' + part + rb'" in .*\n    _reload.*\n', b"", text)
    assert naive != text

    found = suites.run(write_tree(tmp_path / "naive", {**tree, "shop/main.py": naive}))

    assert set(found.values()) - {"passed"}, "the naive move passes"


@pytest.mark.parametrize("name", PROJECTS)
def test_nothing_is_rewritten_that_lives_in_one_execution(name: str, tmp_path: Path) -> None:
    """Also not later, when all endpoints have left already."""
    before = read_tree(FIXTURES / name / "before")
    kept = extraction_of(opened(write_tree(tmp_path / "keep", before), {}), None)
    after = carried_out(before, kept)
    later = extraction_of(opened(write_tree(tmp_path / "later", after), {}), None)

    found = [rewritten(kept), rewritten(later)]

    assert [carried_out(before, found[0]), carried_out(after, found[1])] == [after, after]
    for extraction in found:
        assert "executes the monolith again" in extraction.unrewritten
        assert extraction.proof.holds
