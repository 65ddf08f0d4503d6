"""A builtin that is patched in the monolith: moved code finds it there, and nobody else notices."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from aurum_refactor.model import Layout, Proof
from aurum_refactor.proof.prove import prove

MAIN = "shop/main.py"
ITEMS = "shop/v1/items.py"
LAYOUT = Layout(MAIN, "shop.main", "shop", "shop", False, "", False)

BEFORE = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/items")
def count_items() -> int:
    return len("ab")
"""

AFTER = {
    MAIN: """\
from fastapi import FastAPI
from builtins import len

app = FastAPI()


from shop.v1.items import count_items, router as _items_router

app.include_router(_items_router)
""",
    ITEMS: '''\
"""Items endpoints."""

from fastapi import APIRouter

from shop import main as _main

router = APIRouter()


@router.get("/items")
def count_items() -> int:
    return _main.len("ab")
''',
    "shop/v1/__init__.py": "from shop import main as _main  # noqa: F401\n",
}


def proven(after: Mapping[str, str], *replaced: str, before: str = BEFORE) -> Proof:
    files = {path: text.encode() for path, text in after.items()}
    return prove({MAIN: before.encode()}, files, LAYOUT, replaced=frozenset(replaced))


def test_a_builtin_is_read_where_it_is_patched() -> None:
    proof = proven(AFTER, "len")

    assert proof.holds, proof.breaches


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (ITEMS, "_main.len", "len"),
        (MAIN, "from builtins import len\n", ""),
        (MAIN, "import len", "import min as len"),
        (MAIN, "import len", "import len, min"),
        (MAIN, "from builtins import len", "from shop.own import len"),
    ],
)
def test_a_builtin_that_is_not_found_there_is_a_breach(path: str, old: str, new: str) -> None:
    assert old in AFTER[path]

    assert not proven({**AFTER, path: AFTER[path].replace(old, new)}, "len").holds


def test_a_builtin_is_imported_above_all_that_reads_it() -> None:
    text = AFTER[MAIN].replace("from builtins import len\n", "") + "from builtins import len\n"

    assert not proven({**AFTER, MAIN: text}, "len").holds


def test_a_builtin_that_nobody_patches_is_not_bound() -> None:
    after = {**AFTER, ITEMS: AFTER[ITEMS].replace("_main.len", "len")}

    assert not proven(after).holds


def test_a_builtin_that_the_module_binds_itself_is_not_bound_once_more() -> None:
    more = "\n\ndef close() -> None:\n    global len\n    len = None\n"
    after = {**AFTER, MAIN: AFTER[MAIN] + more}

    assert not proven(after, "len", before=BEFORE + more).holds
