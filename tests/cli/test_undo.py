"""`undo` takes extractions back, one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.project import commit, run, tree, write


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = write(tmp_path)
    commit(root)
    return root


def test_everything_is_as_it_was(shop: Path) -> None:
    before = tree(shop)
    run(shop, "extract", "--domain", "orders")
    middle = tree(shop)
    run(shop, "extract", "--domain", "curves", "--force")

    first = run(shop, "undo")

    assert tree(shop) == middle
    assert first.stdout == (
        "undone: extract curves\n"
        "  restored  aurum-refactor.lock\n"
        "  restored  src/shop/api.py\n"
        "  removed  src/shop/v1/curves.py\n"
    )
    assert run(shop, "undo").exit_code == 0
    assert tree(shop) == before
    assert not (shop / "src/shop/v1").exists()


def test_files_that_were_touched_since_are_named(shop: Path) -> None:
    run(shop, "extract", "--domain", "orders")
    (shop / "src/shop/v1/orders.py").write_text("mine = 1\n")
    before = tree(shop)

    result = run(shop, "undo")

    assert result.stderr == (
        "error: cannot undo 'extract orders': changed since are src/shop/v1/orders.py\n"
    )
    assert (result.exit_code, tree(shop)) == (2, before)


def test_nothing_to_undo_leaves_no_folder_behind(shop: Path) -> None:
    result = run(shop, "undo")

    assert result.stderr == ("error: nothing to undo: no extraction is recorded in this project\n")
    assert result.exit_code == 2
    assert not (shop / ".aurum-refactor").exists()
