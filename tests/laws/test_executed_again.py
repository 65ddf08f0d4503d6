"""However a module is executed again, whoever holds something of it sees what they saw before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aurum_refactor.pipeline import extraction_of
from tests.rewrite.test_projects import Tree, carried_out, opened, write_tree

MONOLITH = b"""\
import os

from fastapi import Depends, FastAPI

from .settings import greeting

app = FastAPI()
NUMBER = os.environ["SHOP_NUMBER"]
baskets: dict[str, int] = {}
visits = 0


class Item:
    def __init__(self, name):
        self.name = name
        self.number = NUMBER


def visit():
    global visits
    visits += 1


def price(name: str) -> int:
    return len(name) + len(NUMBER)


def known(name: str) -> str:
    return name + NUMBER


@app.post("/baskets/{name}")
def fill(name: str, full: str = Depends(known)) -> int:
    visit()
    baskets[full] = baskets.get(full, 0) + price(name)
    return baskets[full]


if os.environ.get("SHOP_FAILS"):
    raise RuntimeError


@app.get("/items")
def items(number: str = NUMBER) -> list:
    item = Item(greeting)
    assert isinstance(item, Item)
    return [item.name, item.number, number, price("bread"), visits, len(baskets)]
"""
BEFORE: Tree = {
    "shop/__init__.py": b"",
    "shop/main.py": MONOLITH,
    "shop/settings.py": b'import os\n\ngreeting = "hello" + os.environ["SHOP_NUMBER"]\n',
}
REMOVES = b'import sys\n\nimport shop.main\n\nshop.main.visits = 0\nsys.modules.pop("shop.main")\n'
RELOADS = b"import importlib\n\nimport shop.main\n\nimportlib.reload(shop.main)\n"
PATCHES = b'monkeypatch.setattr("shop.main.price", None)\n'


def without_block(tree: Tree) -> Tree:
    text = tree["shop/main.py"].decode()
    block = text[text.index("import sys as _sys") :].partition("from .v1")[0]
    return {**tree, "shop/main.py": text.replace(block, "").encode()}


def seen(tree: Path, *ways: str) -> dict[str, Any]:
    program = Path(__file__).with_name("executions.py")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(program), str(tree), *ways],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow  # twenty-five worlds on either side, each with applications of its own
@pytest.mark.parametrize(
    ("test", "ways"),
    [
        (REMOVES + PATCHES, ("pop", "put_back", "fail", "purge", "patch")),
        (REMOVES + RELOADS + PATCHES, ("pop", "put_back", "fail", "reload", "patch")),
    ],
    ids=["in new objects", "in both ways"],
)
def test_all_that_lives_sees_what_it_saw(
    test: bytes, ways: tuple[str, ...], tmp_path: Path
) -> None:
    before = BEFORE | {"tests/test_it.py": test}
    root = write_tree(tmp_path / "before", before)
    extraction = extraction_of(opened(root, {}), None)
    there = write_tree(tmp_path / "after", carried_out(before, extraction))

    was, now = seen(root, *ways), seen(there, *ways)

    assert extraction.proof.holds
    assert len(extraction.plan.modules) == 2
    assert len(was) == 25
    assert now == was
    naive = write_tree(tmp_path / "naive", without_block(carried_out(before, extraction)))
    assert seen(naive, "pop") != {"pop pop": was["pop pop"]}
