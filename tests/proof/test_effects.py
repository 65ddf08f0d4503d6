"""A module that runs decorators of another module too early is no proof."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from aurum_refactor.model import ChangeSet
from aurum_refactor.pipeline import extraction_of, proof_of
from aurum_refactor.workspace import open_workspace

CASE = Path(__file__).parents[2] / "fixtures/projects/changed_from_elsewhere"
SECOND = b"from shop.v1.items_2 import get_item, router as _items_2_router"
FIRST = b"from shop.v1.items import get_item, router_2 as _items_2_router"


def test_two_modules_may_not_become_one(tmp_path: Path) -> None:
    root = Path(shutil.copytree(CASE / "before", tmp_path / "shop"))
    (root / ".git").mkdir()
    workspace = open_workspace(root, None, None, "0.116.0")
    done = extraction_of(workspace, None)
    assert done.proof.holds
    assert ("G1", "pairs of effects in other modules") in {row[:2] for row in done.proof.counts}
    naive = (CASE / "naive/one_module/shop/v1/items.py").read_bytes()
    rows = [
        replace(row, after=naive if row.path.name == "items.py" else (row.after or b""))
        for row in done.changes.changes
        if row.path.name != "items_2.py"
    ]
    rows = [replace(row, after=(row.after or b"").replace(SECOND, FIRST)) for row in rows]

    proof = proof_of(workspace, done.plan, None, ChangeSet.of(rows), done.locks)

    [breach] = proof.breaches
    assert breach.message == "line 32 changes SEEN on the other side of line 28 now"
