"""What the proof does not let pass is held back, and the rest moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurum_refactor.holding import held_back
from aurum_refactor.model import ChangeSet
from aurum_refactor.pipeline import Extraction, extraction_of
from aurum_refactor.rehoming.rewritten import rewritten
from aurum_refactor.rewrite import extract as rewriting
from aurum_refactor.rewrite import rehome
from aurum_refactor.workspace import open_workspace
from tests.laws.witness import carry_out, tree_of, written

NAMES = [f"f{number}" for number in range(40)]


@given(st.lists(st.sets(st.sampled_from(NAMES), min_size=1, max_size=3), min_size=1, max_size=3))
def test_what_is_left_has_no_fault_and_every_name_out_is_in_one(faults: list[set[str]]) -> None:
    trials = 0

    def fault_of(moving: Sequence[str]) -> int | None:
        nonlocal trials
        trials += 1
        return next((n for n, names in enumerate(faults) if names <= set(moving)), None)

    out = held_back(NAMES, 0, fault_of)

    rest = [name for name in NAMES if name not in out]
    assert fault_of(rest) is None
    assert trials <= 4 * 6 + 5
    if len(faults) == 1:
        # One of those that are at fault together is enough.
        assert len(out.keys() & faults[0]) == len(out) == 1
        assert trials <= 2 * 6 + 2


def test_a_fault_of_everything_holds_everything_back() -> None:
    assert held_back(NAMES, "all", lambda moving: f"{len(moving)}").keys() == set(NAMES)
    assert held_back(["one"], "all", lambda _moving: None) == {"one": "all"}


SHOP = {
    "shop/__init__.py": "",
    "shop/main.py": """\
from fastapi import FastAPI

app = FastAPI()
LIMIT = 3
SIZE = 4


def limited(rows): return rows[:LIMIT]


@app.get("/items")
def list_items(): return limited([1, 2, 3, 4])


@app.get("/items/one")
def one_item(): return SIZE


@app.get("/users")
def list_users(): return [LIMIT]


@app.get("/orders")
def list_orders(): return limited([SIZE])
""",
}


PATCHING = """\
import shop.main


def test_size(monkeypatch):
    monkeypatch.setattr(shop.main, "SIZE", 5)
    monkeypatch.setattr(shop.main, "LIMIT", 1)
    assert (shop.main.one_item(), shop.main.list_users()) == (5, [1])
"""


def extracted(root: Path, domains: frozenset[str] | None = None) -> Extraction:
    done = extraction_of(open_workspace(root, None, "shop/main.py", "0.116.0"), domains)
    carry_out(root, done)
    return done


def refusals(done: Extraction) -> dict[str, str]:
    return {row.endpoint: row.finding.message for row in done.plan.refusals}


@pytest.fixture
def spoiled(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Plants a fault: new modules have another text in a place."""
    honest = rewriting.render

    def plant(text: str, other: str) -> None:
        def render(*args: object, **more: object) -> str:
            return honest(*args, **more).replace(text, other)  # type: ignore[arg-type]

        monkeypatch.setattr(rewriting, "render", render)

    return plant


def test_one_wrong_body_keeps_one_endpoint(spoiled: Callable[[str, str], None]) -> None:
    spoiled("return SIZE", "return SIZE + 1")
    with written(SHOP) as root:
        done = extracted(root)

        assert done.proof.holds
        assert list(refusals(done)) == ["one_item"]
        [row] = done.plan.refusals
        assert (row.finding.code, row.finding.line) == ("AR118", 15)
        assert "the proof fails when it moves: G1 shop/v1/items.py: " in row.finding.message
        assert {module.domain for module in done.plan.modules} == {"items", "users", "orders"}
        assert "def one_item" in (root / "shop/main.py").read_text()


def test_what_is_held_back_is_remembered_until_the_monolith_changes(
    spoiled: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with written(SHOP) as root:
        with monkeypatch.context():
            spoiled("return SIZE", "return SIZE + 1")
            extracted(root)
        once = tree_of(root)
        monkeypatch.undo()

        # The fault is gone, but nothing says so: the second extraction changes nothing (G7).
        assert extracted(root).changes.changes == ()
        assert tree_of(root) == once

        main = root / "shop/main.py"
        main.write_text(main.read_text() + "\n\nEDITED = True\n")
        done = extracted(root)

        assert refusals(done) == {}
        assert '"held"' not in (root / "aurum-refactor.lock").read_text()
        assert "def one_item" not in main.read_text()


@pytest.mark.parametrize("order", [("items", "users", "orders"), ("orders", "items", "users")])
def test_the_order_of_extractions_leaves_no_trace(
    spoiled: Callable[[str, str], None], order: tuple[str, ...]
) -> None:
    spoiled("return [LIMIT]", "return LIMIT")
    with written(SHOP) as root:
        extracted(root)
        together = tree_of(root)
    with written(SHOP) as root:
        for domain in order:
            assert extracted(root, frozenset({domain})).proof.holds
        assert tree_of(root) == together


def test_a_name_that_the_proof_does_not_let_leave_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = rehome.rehome

    def wrong(*args: object) -> object:
        changes = honest(*args)  # type: ignore[arg-type]
        rows = [
            replace(row, after=(row.after or b"").replace(b"SIZE = 4", b"SIZE = 5"))
            if row.path.name == "_shared.py"
            else row
            for row in changes.changes
        ]
        return ChangeSet.of(rows)

    monkeypatch.setattr(rehome, "rehome", wrong)
    patching = {"tests/test_size.py": PATCHING}
    with written(SHOP | patching) as root:
        done = rewritten(extraction_of(open_workspace(root, None, "shop/main.py", "0.116.0"), None))
        carry_out(root, done)

        assert done.proof.holds
        assert done.rehoming is not None
        [stay] = [row for row in done.rehoming.stays if "the proof fails" in row.reason]
        assert stay.name == "SIZE"
        assert stay.line > 0
        main = (root / "shop/main.py").read_text()
        assert "SIZE = 4" in main
        assert "LIMIT = 3" not in main
