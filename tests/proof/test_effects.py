"""A module that runs decorators and defaults too early is no proof."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from aurum_refactor.model import ChangeSet
from aurum_refactor.pipeline import extraction_of, proof_of
from aurum_refactor.workspace import open_workspace

CASES = Path(__file__).parents[2] / "fixtures/projects"


@pytest.mark.parametrize(
    ("case", "found"),
    [
        ("changed_from_elsewhere", {"get_item meets SEEN"}),
        ("bound_between_calls", {"get_item meets KEY", "get_stamp meets KEY"}),
    ],
)
def test_two_modules_may_not_become_one(tmp_path: Path, case: str, found: set[str]) -> None:
    root = Path(shutil.copytree(CASES / case / "before", tmp_path / "shop"))
    (root / ".git").mkdir()
    workspace = open_workspace(root, None, None, "0.116.0")
    done = extraction_of(workspace, None)
    assert done.proof.holds
    assert ("G1", "pairs of effects") in {row[:2] for row in done.proof.counts}
    naive = (CASES / case / "naive/one_module/shop/v1/items.py").read_bytes()

    def merged(code: bytes) -> bytes:
        code = code.replace(b"shop.v1.items_2 import", b"shop.v1.items import")
        return code.replace(b"router as _items_2_router", b"router_2 as _items_2_router")

    rows = [
        replace(row, after=naive if row.path.name == "items.py" else merged(row.after or b""))
        for row in done.changes.changes
        if row.path.name != "items_2.py"
    ]

    proof = proof_of(workspace, done.plan, None, ChangeSet.of(rows), done.locks)

    assert {breach.message.partition(" on the other side")[0] for breach in proof.breaches} == found


@pytest.mark.parametrize(
    ("case", "mistake", "found"),
    [
        ("classes_told_to_a_list", "too_late", "Item tells Base of itself at another moment now"),
        ("reads_itself_by_name", "too_late", "LIMIT is read here while the monolith is imported"),
        ("decimal_context", "early", "RATE is computed in another decimal context"),
        ("asked_for_its_module", "elsewhere", "price stands in another module than tests/"),
    ],
)
def test_what_may_be_defined_nowhere_else_is_not(
    tmp_path: Path, case: str, mistake: str, found: str
) -> None:
    root = Path(shutil.copytree(CASES / case / "before", tmp_path / "shop"))
    (root / ".git").mkdir()
    workspace = open_workspace(root, None, None, "0.116.0")
    done = extraction_of(workspace, None)
    assert done.proof.holds
    naive = CASES / case / "naive" / mistake
    rows = [
        replace(row, after=(naive / row.path).read_bytes()) if (naive / row.path).exists() else row
        for row in done.changes.changes
    ]

    proof = proof_of(workspace, done.plan, None, ChangeSet.of(rows), done.locks)

    assert any(found in breach.message for breach in proof.breaches), proof.breaches
