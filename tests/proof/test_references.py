"""G6 refuses what a careless rewrite does; each mutant is one mistake, made in a good result."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from aurum_refactor.model import Proof
from aurum_refactor.proof.references import prove_references

MONOLITH = "shop/main.py"
MADE = ("shop/v1/orders.py", "shop/v1/users.py", "shop/v1/_shared.py")

BEFORE = {
    MONOLITH: """
from fastapi import FastAPI
from shop.clock import now

app = FastAPI()
LIMIT = 1


def configure(limit):
    global LIMIT
    LIMIT = limit


def page(count):
    return min(count, LIMIT)


from shop.v1.orders import orders, router as _orders_router
""",
    "shop/v1/orders.py": """
from fastapi import APIRouter
from shop import main as _main

router = APIRouter()


@router.get("/orders")
def orders(count: int):
    return _main.page(count), _main.LIMIT, _main.now()
""",
    "shop/v1/users.py": """
from datetime import date
from shop import main as _main


def users(count: int, until: "date | None" = None):
    return _main.page(count), _main.LIMIT
""",
    "tests/test_shop.py": """
from unittest.mock import patch
from shop import main
from shop.main import configure


@patch("shop.main.page")
def test(page, monkeypatch):
    monkeypatch.setattr(main, "LIMIT", 2)
    with patch.object(main, "now"):
        main.LIMIT = 3
    assert main.LIMIT == 3, main.orders
""",
}
AFTER = {
    MONOLITH: """
from fastapi import FastAPI

app = FastAPI()


from shop.v1.orders import orders, router as _orders_router
""",
    "shop/v1/orders.py": """
from fastapi import APIRouter
from shop.v1 import _shared
from shop.clock import now

router = APIRouter()


@router.get("/orders")
def orders(count: int):
    return _shared.page(count), _shared.LIMIT, now()
""",
    "shop/v1/users.py": """
from datetime import date
from shop.v1 import _shared


def users(count: int, until: "date | None" = None):
    return _shared.page(count), _shared.LIMIT
""",
    "shop/v1/_shared.py": """
LIMIT = 1


def configure(limit):
    global LIMIT
    LIMIT = limit


def page(count):
    return min(count, LIMIT)
""",
    "tests/test_shop.py": """
from unittest.mock import patch
from shop import main
from shop.v1 import _shared
from shop.v1 import orders as orders_module
from shop.v1._shared import configure


@patch("shop.v1._shared.page")
def test(page, monkeypatch):
    monkeypatch.setattr(_shared, "LIMIT", 2)
    with patch.object(orders_module, "now"):
        _shared.LIMIT = 3
    assert _shared.LIMIT == 3, main.orders
""",
}


def where(path: str) -> tuple[str, str]:
    dotted = path.removesuffix(".py").replace("/", ".")
    return dotted, dotted.rpartition(".")[0]


def proven(after: Mapping[str, str], opaque: frozenset[str] = frozenset()) -> Proof:
    return prove_references(
        {path: text.encode() for path, text in BEFORE.items()},
        {path: text.encode() for path, text in after.items()},
        MONOLITH,
        MADE,
        frozenset({"LIMIT", "page", "now"}),
        where,
        lambda path, _: opaque if path.startswith("tests/") else (),
    )


def mutant(path: str, old: str, new: str) -> Mapping[str, str]:
    assert old in AFTER[path]
    return {**AFTER, path: AFTER[path].replace(old, new)}


def test_a_good_result_is_proven() -> None:
    proof = proven(AFTER)

    assert proof.holds, proof.breaches
    assert ("G6", "names found elsewhere", 4) in proof.counts


SHARED, ORDERS, USERS, TESTS = (
    "shop/v1/_shared.py",
    "shop/v1/orders.py",
    "shop/v1/users.py",
    "tests/test_shop.py",
)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        # A patch that is left behind, or points to a module that does not look.
        (TESTS, '"shop.v1._shared.page"', '"shop.main.page"'),
        (TESTS, '"shop.v1._shared.page"', '"shop.v1.orders.page"'),
        (TESTS, 'setattr(_shared, "LIMIT"', 'setattr(main, "LIMIT"'),
        (TESTS, "patch.object(orders_module", "patch.object(_shared"),
        (TESTS, "_shared.LIMIT = 3", "main.LIMIT = 3"),
        (TESTS, "assert _shared.LIMIT", "assert main.LIMIT"),
        (TESTS, "from shop.v1._shared import configure", "from shop.main import configure"),
        (TESTS, "main.orders", "_shared.page"),
        # State that is copied where it must be looked up.
        (USERS, "from shop.v1 import _shared\n", "from shop.v1._shared import LIMIT, page\n"),
        (ORDERS, "from shop.clock import now", "from shop.clock import then as now"),
        # A writer that writes elsewhere.
        (SHARED, "    global LIMIT\n", ""),
        (SHARED, "LIMIT = limit", "page = limit"),
        # A definition twice, changed, or gone.
        (USERS, "\n\ndef users", "\n\nLIMIT = 1\n\n\ndef users"),
        (SHARED, "return min(count, LIMIT)", "return max(count, LIMIT)"),
        (SHARED, "LIMIT = 1\n", ""),
        # A name that is bound no longer where it is read.
        (ORDERS, "from shop.clock import now\n", ""),
        (USERS, "from shop.v1 import _shared\n", ""),
        # The same for a name that only text holds.
        (USERS, "from datetime import date\n", ""),
        (USERS, "from datetime import date\n", "from datetime import datetime as date\n"),
        # The leaf takes from the monolith while that is half made.
        (SHARED, "LIMIT = 1", "from shop.main import app\nLIMIT = 1"),
    ],
)
def test_a_mistake_is_a_breach(path: str, old: str, new: str) -> None:
    assert not proven(mutant(path, old, new)).holds


def test_two_patches_of_one_name_must_not_change_places() -> None:
    swapped = AFTER[TESTS].replace('"shop.v1._shared.page"', '"shop.v1._shared.LIMIT"')

    assert not proven({**AFTER, TESTS: swapped}).holds


def test_what_is_read_out_of_sight_must_not_have_left() -> None:
    assert not proven(AFTER, frozenset({"LIMIT"})).holds
    assert proven(AFTER, frozenset({"orders"})).holds


def test_a_local_name_is_not_the_modules() -> None:
    hidden = mutant(USERS, "def users(count: int,", "def users(count: int, _shared,")

    assert not proven(hidden).holds


def test_a_definition_stands_above_what_needs_it_at_once() -> None:
    user = "\n\nclass Auth:\n    def __call__(self, used=Depends(session)): ...\n"
    needed = "\n\ndef session(): ...\n"

    def holds(shared: str) -> bool:
        before = {MONOLITH: f"from fastapi import Depends{needed}{user}", SHARED: ""}
        after = {MONOLITH: "from shop.v1._shared import Auth, session\n", SHARED: shared}
        return prove_references(
            {path: text.encode() for path, text in before.items()},
            {path: text.encode() for path, text in after.items()},
            MONOLITH,
            MADE,
            frozenset(),
            where,
            lambda _path, _data: (),
        ).holds

    assert holds(f"from fastapi import Depends{needed}{user}")
    assert not holds(f"from fastapi import Depends{user}{needed}")


STATE = "STATE = {'count': 1}\n"
LIMIT = "def limit():\n    return {0}STATE['count']\n"
USES = [
    "def load(size=limit()):\n    return size\n",
    "@limit()\ndef load():\n    return 1\n",
    "class Load(limit()): ...\n",
    "def inner():\n    return limit()\n\n\nsize = inner() + 1\n",
    "class Size:\n    def __init__(self):\n        self.size = limit()\n\n\nsize = Size()\n",
]
LATER = [
    "def load(size=None):\n    return limit()\n",
    "def load():\n    return lambda: limit()\n",
    "also = limit\n",
]


@pytest.mark.parametrize("use", USES + LATER)
@pytest.mark.parametrize("above", [True, False])
def test_what_runs_at_import_reads_the_monolith_below_what_it_needs(use: str, above: bool) -> None:
    leaf = "from shop.v1 import _shared"
    proof = prove_references(
        {MONOLITH: "".join((STATE, LIMIT.format(""), use)).encode()},
        {
            MONOLITH: (f"{leaf}\n{STATE}" if above else f"{STATE}{leaf}\n").encode(),
            "shop/v1/_shared.py": (
                f"from shop import main as _main\n{LIMIT.format('_main.')}{use}".encode()
            ),
        },
        MONOLITH,
        MADE,
        frozenset(),
        where,
        lambda _path, _data: (),
    )

    assert proof.holds is not (above and use in USES), proof.breaches
    assert all("reads STATE before it is bound" in row.message for row in proof.breaches)


def test_a_class_that_its_base_lists_stays_in_its_place() -> None:
    base = "from shop.database import Base, create_all\n"
    item = "class Item(Base):\n    title = 1\n"

    def moved(*told: str) -> Proof:
        return prove_references(
            {MONOLITH: f"{base}{item}create_all()\n".encode()},
            {
                MONOLITH: f"{base}create_all()\n".encode(),
                "shop/v1/_shared.py": f"from shop.database import Base\n{item}".encode(),
            },
            MONOLITH,
            MADE,
            frozenset(),
            where,
            lambda _path, _data: (),
            fixed=told,
        )

    assert moved().holds
    assert [row.message for row in moved("Item").breaches] == [
        "Item is looked for where it was defined"
    ]


@pytest.mark.parametrize("field", ["part: Part", "part: 'list[Part]'"])
def test_a_model_stands_below_what_its_fields_name(field: str) -> None:
    lazy = "from __future__ import annotations\nfrom pydantic import BaseModel\n"
    models = ["class Part(BaseModel):\n    size: int\n", f"class Whole(BaseModel):\n    {field}\n"]

    def moved(order: list[str]) -> Proof:
        main, leaf = "shop/main.py", "shop/v1/_shared.py"
        return prove_references(
            {main: (lazy + "".join(models)).encode()},
            {main: b"", leaf: (lazy + "".join(order)).encode()},
            main,
            {leaf},
            frozenset(),
            where,
            lambda _path, _data: (),
        )

    assert moved(models).holds
    found = moved(models[::-1]).breaches
    assert [row.message for row in found if "Part is read above its definition" in row.message]


def test_a_file_that_reaches_none_of_our_modules_is_not_compared_in_full() -> None:
    other = {"shop/far.py": "import json\n\n\ndef page():\n    return json.now\n"}
    result = prove_references(
        {path: text.encode() for path, text in {**BEFORE, **other}.items()},
        {path: text.encode() for path, text in {**AFTER, **other}.items()},
        MONOLITH,
        MADE,
        frozenset({"LIMIT", "page", "now"}),
        where,
        lambda _path, _data: (),
    )

    assert result.holds
    assert ("G6", "files naming the monolith", 2) in result.counts


@pytest.mark.parametrize(
    "line",
    [
        "from shop.main import page",
        "from shop import main as m\nm.page(1)",
        "import shop.main\nshop.main.page(1)",
        "from .main import page as p",
        "with patch('shop.main.page'):\n    pass",
    ],
)
def test_a_file_that_was_forgotten_is_found(line: str) -> None:
    other = {"shop/far.py": f"{line}\n"}
    result = prove_references(
        {path: text.encode() for path, text in {**BEFORE, **other}.items()},
        {path: text.encode() for path, text in {**AFTER, **other}.items()},
        MONOLITH,
        MADE,
        frozenset({"LIMIT", "page", "now"}),
        where,
        lambda _path, _data: (),
    )

    assert [row.path for row in result.breaches] == ["shop/far.py"]


TIED = """
try:
    import os
except ImportError:
    os = None
limit = 3
path = None


def work():
    global path
    path = os.sep


@app.get("/far")
def far():
    global limit
    return limit
"""
TIED_WORK = """

def work():
    global path
    path = os.sep
"""
OTHERS = "def jobs():\n    from shop.main import limit\n    return limit\n"


def tied(
    leaf: str, job: str = OTHERS.replace("shop.main", "shop.v1._shared"), path: str = "path = None"
) -> Proof:
    """``os`` is bound under a condition and ``path`` stays; ``limit`` is only declared global."""
    after = TIED.replace(TIED_WORK, "").replace("path = None", path)
    stays = after.replace("limit = 3", "from shop.v1._shared import limit")
    head = "from shop import main as _main\nlimit = 3\n"
    return prove_references(
        {"shop/main.py": TIED.encode(), "shop/jobs.py": OTHERS.encode()},
        {
            "shop/main.py": stays.encode(),
            "shop/jobs.py": job.encode(),
            "shop/v1/_shared.py": f"{head}{leaf}".encode(),
        },
        "shop/main.py",
        {"shop/v1/_shared.py"},
        frozenset(),
        where,
        lambda _path, _data: (),
    )


def test_what_stays_is_found_through_the_monolith() -> None:
    moved = "\n\ndef work():\n    _main.path = _main.os.sep\n"

    assert tied(moved).holds, tied(moved).breaches
    for wrong in ("path = _main.os.sep", "_main.path = _main.sys.sep", "_main.path = _main.sep"):
        assert not tied(f"\n\ndef work():\n    {wrong}\n").holds
    assert not tied(moved, OTHERS.replace("limit", "path")).holds


def test_what_only_functions_bind_has_its_place_when_these_have_left() -> None:
    before = "def work():\n    global path\n    path = 1\n\n\ndef read():\n    return path\n"
    after = "def read():\n    return path\n"
    leaf = "from shop import main as _main\n\n\ndef work():\n    {}path = 1\n"

    def holds(owner: str) -> bool:
        return prove_references(
            {"shop/main.py": before.encode()},
            {"shop/main.py": after.encode(), SHARED: leaf.format(owner).encode()},
            "shop/main.py",
            {SHARED},
            frozenset({"path"}),
            where,
            lambda _path, _data: (),
        ).holds

    assert holds("_main.")
    assert not holds("")


def test_a_target_that_stands_elsewhere_is_compared() -> None:
    before = {**BEFORE, TESTS: BEFORE[TESTS] + 'TARGET = "shop.main.page"\n'}

    def holds(target: str) -> bool:
        after = {**AFTER, TESTS: f'{AFTER[TESTS]}TARGET = "{target}"\n'}
        return prove_references(
            {path: text.encode() for path, text in before.items()},
            {path: text.encode() for path, text in after.items()},
            MONOLITH,
            MADE,
            frozenset({"LIMIT", "page", "now"}),
            where,
            lambda _path, _data: (),
        ).holds

    assert holds("shop.v1._shared.page")
    assert not holds("shop.v1._shared.LIMIT")
    assert not holds("shop.main.page")


def _proven_test(before: str, after: str) -> bool:
    """Whether one test of names that have left is what it was; ``now`` lives with the orders."""
    tests = {**BEFORE, TESTS: BEFORE[TESTS] + before}, {**AFTER, TESTS: AFTER[TESTS] + after}
    old, new = ({path: text.encode() for path, text in files.items()} for files in tests)
    live = frozenset({"LIMIT", "page", "now"})
    return prove_references(old, new, MONOLITH, MADE, live, where, lambda _p, _d: ()).holds


@pytest.mark.parametrize(
    ("owner", "holds"),
    [
        ('{"LIMIT": _shared, "now": orders_module}[name]', True),
        ('{"now": orders_module, "LIMIT": _shared}[name]', True),
        ('{"LIMIT": _shared, "now": _shared}[name]', False),
        ('{"LIMIT": _shared}[name]', False),
        ('{"LIMIT": _shared, "now": orders_module}[names]', False),
        ("_shared", False),
        ("main", False),
    ],
)
def test_what_a_loop_sets_is_compared_name_by_name(owner: str, holds: bool) -> None:
    code = 'def more(names):\n    for name in ("LIMIT", "now"):\n        setattr({}, name, 1)\n'

    assert _proven_test(code.format("main"), code.format(owner)) is holds


@pytest.mark.parametrize(
    ("items", "holds"),
    [
        ("patch.multiple(_shared, LIMIT=1), patch.multiple(orders_module, now=f)", True),
        ("patch.multiple(orders_module, now=f), patch.multiple(_shared, LIMIT=1)", True),
        ("patch.multiple(_shared, LIMIT=1, now=f)", False),
        ("patch.multiple(_shared, LIMIT=1)", False),
        ("patch.multiple(_shared, LIMIT=f), patch.multiple(orders_module, now=1)", False),
        ("patch.multiple(_shared, LIMIT=1), patch.multiple(main, now=f)", False),
    ],
)
def test_several_patches_at_once_are_one_patch_a_name(items: str, holds: bool) -> None:
    code = "def more(f):\n    with {}:\n        pass\n"

    old = code.format("patch.multiple(main, LIMIT=1, now=f)")
    assert _proven_test(old, code.format(items)) is holds


def test_a_value_that_may_look_at_the_first_patch_keeps_them_together() -> None:
    old = "with patch.multiple(main, LIMIT=1, now=f()):\n    pass\n"
    new = (
        "with patch.multiple(_shared, LIMIT=1), patch.multiple(orders_module, now=f()):\n    pass\n"
    )

    assert not _proven_test(old, new)


_IN_VAIN = """
from fastapi import FastAPI

app = FastAPI()
try:
    from shop.fast import fast
except ImportError:
    pass
"""
_EXPECTED = """
def quick():
    try:
        return {fast}
    except {error}:
        return None
"""


@pytest.mark.parametrize("error", ["NameError", "ValueError"])
def test_a_name_that_is_looked_for_in_vain_becomes_no_attribute(error: str) -> None:
    before = {MONOLITH: _IN_VAIN + _EXPECTED.format(fast="fast", error=error)}
    moved = "from shop import main as _main\n" + _EXPECTED.format(fast="_main.fast", error=error)
    after = {MONOLITH: _IN_VAIN, SHARED: moved}
    proof = prove_references(
        {path: text.encode() for path, text in before.items()},
        {path: text.encode() for path, text in after.items()},
        MONOLITH,
        MADE,
        frozenset(),
        where,
        lambda *_: (),
    )
    found = [row.message for row in proof.breaches if "fast may be missing" in row.message]
    assert len(found) == (error == "NameError")
