"""A monolith that is executed again: what the proof wants of its parts, and what it rejects."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest

from aurum_refactor.model import Layout, ModuleUse, Proof
from aurum_refactor.proof.prove import prove
from aurum_refactor.proof.second_execution import Again
from tests.proof.small import spoiled

MAIN = "shop/main.py"
ITEMS = "shop/v1/items.py"
USERS = "shop/v1/users.py"
LAYOUT = Layout(MAIN, "shop.main", "shop", "shop", False, "", False)

BEFORE = """\
import os

from fastapi import FastAPI

from shop.store import load

app = FastAPI()
SIZE = int(os.environ.get("SIZE", "3"))


@app.get("/items")
def list_items(size: int = SIZE) -> list:
    return load(size, os.sep)


@app.get("/users")
def list_users() -> int:
    return SIZE
"""

AFTER = {
    MAIN: """\
import os

from fastapi import FastAPI

from shop.store import load

app = FastAPI()
SIZE = int(os.environ.get("SIZE", "3"))


# Some code executes this module again: what is imported below then runs again too.
import sys as _sys

for _part in ("shop.v1.items", "shop.v1.users"):
    _sys.modules.pop(_part, None)


from shop.v1.items import list_items, router as _items_router

app.include_router(_items_router)


from shop.v1.users import list_users, router as _users_router

app.include_router(_users_router)
""",
    "shop/v1/__init__.py": "from shop import main as _main\n",
    ITEMS: """\
import os
from importlib import import_module

from fastapi import APIRouter

from shop.main import SIZE

# The package may still have the shop.main of an earlier import.
_main = import_module("shop.main")

router = APIRouter()


@router.get("/items")
def list_items(size: int = SIZE) -> list:
    return _main.load(size, os.sep)
""",
    USERS: """\
from importlib import import_module

from fastapi import APIRouter

# The package may still have the shop.main of an earlier import.
_main = import_module("shop.main")

router = APIRouter()


@router.get("/users")
def list_users() -> int:
    return _main.SIZE
""",
}

RELOAD = ModuleUse("tests/test_it.py", 4, "reload")
REMOVE = ModuleUse("tests/test_it.py", 9, "remove")
ALL = ModuleUse("tests/test_it.py", 12, "remove all", "shop")
AGAIN = Again(
    (RELOAD, REMOVE),
    lasting=frozenset({"os", "FastAPI"}),
    existing=frozenset({"shop", "shop.main", "shop.store"}),
)


def proven(after: Mapping[str, str], again: Again = AGAIN, before: str = BEFORE) -> Proof:
    known = {MAIN: before.encode(), "shop/__init__.py": b""}
    return prove(known, {p: t.encode() for p, t in after.items()}, LAYOUT, again=again)


_BLOCK = AFTER[MAIN][AFTER[MAIN].index("# Some code") : AFTER[MAIN].index("from shop.v1.items")]
_FIRST = "from shop.v1.items import list_items, router as _items_router\n"
_LIST = '("shop.v1.items", "shop.v1.users")'
_FINDER = '_main = import_module("shop.main")\n'

# name: (guarantee, part of a message, {file: ((old, new), ...)})
MUTANTS = {
    "the block is missing": ("G5", "shop.v1.items not at all", {MAIN: ((_BLOCK, ""),)}),
    "one module is missing": (
        "G5",
        "shop.v1.users not at all",
        {MAIN: ((_LIST, '("shop.v1.items",)'),)},
    ),
    "the block stands below the first import": (
        "G5",
        "shop.v1.items too late",
        {MAIN: ((_BLOCK + _FIRST, _FIRST + "\n" + _BLOCK.rstrip() + "\n"),)},
    ),
    "a module is misspelled": (
        "G5",
        "shop.v1.users not at all",
        {MAIN: ((_LIST, '("shop.v1.items", "shop.v1.user")'),)},
    ),
    "another module goes along": (
        "G5",
        "shop.store is dropped",
        {MAIN: ((_LIST, '("shop.v1.items", "shop.v1.users", "shop.store")'),)},
    ),
    "the monolith itself goes": (
        "G5",
        "shop.main is dropped",
        {MAIN: ((_LIST, '("shop.v1.items", "shop.v1.users", "shop.main")'),)},
    ),
    "the modules go from something else": (
        "G1",
        "neither part of the original nor wiring",
        {MAIN: (("_sys.modules.pop(", "os.environ.pop("),)},
    ),
    "the block does more": (
        "G1",
        "neither part of the original nor wiring",
        {MAIN: (("pop(_part, None)\n", "pop(_part, None)\n    _sys.path.append(_part)\n"),)},
    ),
    "a name of the block is taken": (
        "G1",
        "binds SIZE, a name that the monolith uses already",
        {MAIN: (("for _part in", "for SIZE in"), ("pop(_part,", "pop(SIZE,"))},
    ),
    "the name of sys is taken": (
        "G1",
        "binds os, a name that the monolith uses already",
        {MAIN: (("sys as _sys", "sys as os"), ("_sys.modules", "os.modules"))},
    ),
    "the monolith is taken from its package": (
        "G5",
        "takes _main from the package",
        {USERS: ((_FINDER, "from shop import main as _main\n"),)},
    ),
    "another module is looked up": (
        "G2",
        "is not the monolith's module object",
        {USERS: ((_FINDER, '_main = import_module("shop.store")\n'),)},
    ),
    "the look-up is another function": (
        "G2",
        "is not the monolith's module object",
        {USERS: (("import import_module", "import invalidate_caches as import_module"),)},
    ),
    "the look-up is bound again": (
        "G2",
        "is not the monolith's module object",
        {USERS: (("router = APIRouter()", "import_module = APIRouter\nrouter = APIRouter()"),)},
    ),
    "what may be another one after a reload is imported once": (
        "G2",
        "load may be replaced",
        {
            ITEMS: (
                ("import SIZE\n", "import SIZE\nfrom shop.store import load\n"),
                ("_main.load", "load"),
            )
        },
    ),
    "a constant that a reload binds anew is read where it was imported": (
        "G2",
        "SIZE is imported once",
        {
            USERS: (
                ("APIRouter\n\n#", "APIRouter\n\nfrom shop.main import SIZE\n\n#"),
                ("_main.SIZE", "SIZE"),
            )
        },
    ),
}


def test_a_right_result_holds() -> None:
    proof = proven(AFTER)

    assert proof.holds, proof.breaches
    assert ("G5", "new modules run again with the monolith", 2) in proof.counts


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_result_is_rejected(name: str) -> None:
    guarantee, part, changes = MUTANTS[name]

    proof = proven(spoiled(AFTER, changes))

    sentences = [b.message for b in proof.breaches if b.guarantee == guarantee]
    assert any(part in sentence for sentence in sentences), proof.breaches


def test_the_block_needs_a_reason() -> None:
    for uses in ((), (ALL,)):
        proof = proven(AFTER, dataclasses.replace(AGAIN, uses=uses))

        assert ["nothing executes" in b.message for b in proof.breaches] == [True]


def test_nothing_is_asked_where_all_modules_go_together() -> None:
    after = spoiled(AFTER, {MAIN: ((_BLOCK, ""),)})

    assert proven(after, dataclasses.replace(AGAIN, uses=(ALL,))).holds
    spared = dataclasses.replace(ALL, detail="shop.")
    proof = proven(after, dataclasses.replace(AGAIN, uses=(spared,)))
    assert {b.guarantee for b in proof.breaches} == {"G5"}


def test_a_reload_alone_leaves_the_package_its_module() -> None:
    naive = {
        USERS: (
            (_FINDER, "from shop import main as _main\n"),
            ("from importlib import import_module\n\n", ""),
            ("# The package may still have the shop.main of an earlier import.\n", ""),
        )
    }

    assert proven(spoiled(AFTER, naive), dataclasses.replace(AGAIN, uses=(RELOAD,))).holds
    assert not proven(spoiled(AFTER, naive), dataclasses.replace(AGAIN, uses=(REMOVE,))).holds


def test_what_was_dropped_before_counts() -> None:
    """A later extraction finds the block of an earlier one."""
    before = BEFORE.replace(
        '\n\n@app.get("/items")', f'\n\n{_BLOCK.rstrip()}\n\n\n@app.get("/items")'
    )

    assert proven(AFTER, AGAIN, before).holds


COPIED = ModuleUse("tests/test_it.py", 15, "watched copy", "SIZE shown")
COPIES = Again((COPIED,), existing=frozenset({"shop", "shop.main", "shop.store"}))
SHOWN = "\n\ndef shown() -> str:\n    return str(SIZE)\n"


def looking(body: str = "    return str(SIZE)\n", below: str = "", **gone: str) -> list[str]:
    """What the proof says where ``SIZE`` and ``shown`` are looked at in a copy."""
    shown = f"\n\ndef shown() -> str:\n{body}{below}"
    after = {**AFTER, MAIN: AFTER[MAIN].replace(gone.get("without", "\0"), "") + shown}
    return [row.message for row in proven(after, COPIES, BEFORE + shown).breaches]


def test_a_copy_that_meets_no_endpoint_is_proven() -> None:
    assert looking() == []


def test_a_copy_makes_parts_of_its_own() -> None:
    found = looking(without=_BLOCK)

    assert any("drops shop.v1.items not at all" in row for row in found), found


@pytest.mark.parametrize(
    ("body", "below"),
    [
        ("    return str(list_users())\n", ""),
        ("    return str(TestClient(app).get('/users'))\n", ""),
        ("    return str(TABLE)\n", "\n\nTABLE = {}\nTABLE['all'] = list_users\n"),
        ("    return str(TABLE)\n", "\n\nTABLE = []\nTABLE.append(list_users)\n"),
        ("    return str(TABLE)\n", "\n\nTABLE = []\nfill(TABLE, list_users)\n"),
        ("    return other()\n", "\n\ndef other() -> str:\n    return list_users.__name__\n"),
        (
            "    return str(TABLE)\n",
            "\n\nTABLE = []\n\n\ndef f():\n    f = list_users\n    TABLE.append(f)\n",
        ),
    ],
    ids=["called", "served", "stored", "appended", "handed on", "by another", "by a local name"],
)
def test_what_leads_to_a_moved_endpoint_is_not_looked_at(body: str, below: str) -> None:
    found = looking(body, below)

    assert [row for row in found if "looks at shown of a copy" in row], found


@pytest.mark.parametrize("line", ["app.title = 'Shop'\n", "app.add_middleware(M, size=SIZE)\n"])
def test_what_an_application_is_given_does_not_lead_to_it(line: str) -> None:
    assert looking(below=line) == []


HELPER = "def double(size: int) -> int:\n    return 2 * size\n\n\n"


def helped(
    helper: str = HELPER, body: str = "    return str(SIZE)\n", below: str = ""
) -> list[str]:
    """What the proof says of a helper that moves with ``list_users``."""
    route = '@app.get("/users")'
    shown = f"\n\ndef shown() -> str:\n{body}{below}"
    before = BEFORE.replace(route, helper + route).replace("return SIZE", "return double(SIZE)")
    users = AFTER[USERS].replace("return _main.SIZE", "return double(_main.SIZE)")
    users = users.replace("@router", f"{helper}@router")
    main = AFTER[MAIN].replace("import list_users,", "import double, list_users,")
    after = {**AFTER, MAIN: main + shown, USERS: users}
    return [row.message for row in proven(after, COPIES, before + shown).breaches]


def test_a_helper_that_no_copy_runs_may_move() -> None:
    assert helped() == []


@pytest.mark.parametrize(
    ("body", "below"),
    [
        ("    return str(double(SIZE))\n", ""),
        ("    return other()\n", "\n\ndef other() -> str:\n    return str(double(SIZE))\n"),
        ("    return str(SIZE)\n", "\n\nTWICE = double(SIZE)\n"),
        ("    return str(SIZE)\n", "\n\nTABLE = {'double': double}\n"),
        ("    return str(SIZE)\n", "\n\ndef other(by=double) -> str:\n    return by(1)\n"),
        (
            "    return str(SIZE)\n",
            "\n\ndef other() -> int:\n    return double(SIZE)\n\n\nTWICE = other()\n",
        ),
    ],
    ids=["looked at", "by another", "at import", "in a value", "in a default", "by what runs"],
)
def test_what_a_copy_may_run_does_not_move(body: str, below: str) -> None:
    found = helped(body=body, below=below)

    assert [row for row in found if "double has moved, but a copy" in row], found


def test_a_copy_has_classes_of_its_own() -> None:
    found = helped("class double:\n    def __init__(self, size: int) -> None: ...\n\n\n")

    assert [row for row in found if "that had one of its own" in row], found


def reloaded(helper: str, call: str = "_main.double", *, half: bool = False) -> list[str]:
    """What the proof says of a helper that moves with ``list_users`` where reloads drop parts."""
    route = '@app.get("/users")'
    before = BEFORE.replace(route, helper + route).replace("return SIZE", "return double(SIZE)")
    users = AFTER[USERS].replace("return _main.SIZE", f"return {call}(_main.SIZE)")
    users = users.replace("@router", f"{helper.replace('= SIZE', '= SIZE_')}@router")
    users = users.replace("SIZE_", "SIZE").replace(
        "import APIRouter\n",
        "import APIRouter\n\nfrom shop.main import SIZE\n"
        if "= SIZE" in helper
        else "import APIRouter\n",
    )
    main = AFTER[MAIN].replace("import list_users,", "import double, list_users,")
    again = dataclasses.replace(AGAIN, half=half)
    found = proven({**AFTER, MAIN: main, USERS: users}, again, before).breaches
    return [row.message for row in found]


TAKING = HELPER.replace("size: int", "size: int = SIZE")


def test_a_helper_of_a_module_that_is_reloaded_is_called_through_it() -> None:
    assert reloaded(HELPER) == []
    assert reloaded(HELPER, half=True) == []
    # An old application would go on with the old one.
    assert [row for row in reloaded(HELPER, "double") if "double" in row]


def test_what_a_helper_takes_as_it_is_made_shows_after_half_a_reload() -> None:
    assert reloaded(TAKING) == []
    kept = reloaded(HELPER.replace("size: int", "size: int, known: list = []"), half=True)
    assert [row for row in kept if "takes [] as it is made" in row], kept
    found = reloaded(TAKING, half=True)
    assert [row for row in found if "takes SIZE as it is made" in row], found


@pytest.mark.parametrize(
    "helper",
    ["class double:\n    def __init__(self, size: int) -> None: ...\n\n\n", "double = len\n\n\n"],
    ids=["class", "value"],
)
def test_what_a_reload_makes_anew_does_not_move(helper: str) -> None:
    assert reloaded(helper)


IN_PLACE = dataclasses.replace(AGAIN, uses=(RELOAD,))
_RELOADS = """\
# Some code reloads this module: what is imported below is reloaded with it.
import sys as _sys
from importlib import reload as _reload

if "shop.v1.items" in _sys.modules:
    _reload(_sys.modules["shop.v1.items"])
"""
_USERS = "from shop.v1.users import"
_RELOAD_USERS = """\
if "shop.v1.users" in _sys.modules:
    _reload(_sys.modules["shop.v1.users"])
"""
RELOADED = {
    **AFTER,
    MAIN: AFTER[MAIN].replace(_BLOCK, _RELOADS).replace(_USERS, _RELOAD_USERS + _USERS),
}
_RELOAD_ITEMS = _RELOADS.partition("\n\n")[2]

# name: (part of a message, {file: ((old, new), ...)})
MUTANTS_IN_PLACE = {
    "one part is not reloaded": (
        "shop.v1.users is not reloaded",
        {MAIN: ((_RELOAD_USERS, ""),)},
    ),
    "one part is reloaded below its import": (
        "shop.v1.items is reloaded below its first import",
        {MAIN: ((_RELOAD_ITEMS + _FIRST, _FIRST + "\n" + _RELOAD_ITEMS),)},
    ),
    "one part is reloaded too early": (
        "shop.v1.users is reloaded at another place",
        {MAIN: ((_RELOAD_USERS, ""), (_RELOAD_ITEMS, _RELOAD_ITEMS + _RELOAD_USERS))},
    ),
    "one part is reloaded twice": (
        "shop.v1.items is reloaded twice",
        {MAIN: ((_RELOAD_ITEMS, _RELOAD_ITEMS * 2),)},
    ),
    "something else is reloaded": (
        "shop.store is reloaded, but is no part",
        {MAIN: ((_RELOAD_ITEMS, _RELOAD_ITEMS + _RELOAD_ITEMS.replace("v1.items", "store")),)},
    ),
    "another module is reloaded": (
        "neither part of the original nor wiring",
        {MAIN: (('_reload(_sys.modules["shop.v1.items"])', '_reload(_sys.modules["os"])'),)},
    ),
    "something else reloads": (
        "neither part of the original nor wiring",
        {MAIN: (("import reload as", "import import_module as"),)},
    ),
    "the name of reload is taken": (
        "neither part of the original nor wiring",
        {
            MAIN: (
                ("reload as _reload", "reload as load"),
                (_RELOAD_ITEMS, _RELOAD_ITEMS.replace("_reload(", "load(")),
                (_RELOAD_USERS, _RELOAD_USERS.replace("_reload(", "load(")),
            )
        },
    ),
}


def test_parts_that_are_reloaded_in_place_hold() -> None:
    proof = proven(RELOADED, IN_PLACE)

    assert proof.holds, proof.breaches
    assert ("G5", "new modules run again with the monolith", 2) in proof.counts


@pytest.mark.parametrize("name", MUTANTS_IN_PLACE)
def test_a_wrong_reload_is_rejected(name: str) -> None:
    part, changes = MUTANTS_IN_PLACE[name]

    proof = proven(spoiled(RELOADED, changes), IN_PLACE)

    assert any(part in b.message for b in proof.breaches), proof.breaches


@pytest.mark.parametrize(
    "again",
    [
        AGAIN,
        dataclasses.replace(IN_PLACE, half=True),
        dataclasses.replace(IN_PLACE, uses=(RELOAD, dataclasses.replace(COPIED, detail="SIZE"))),
        dataclasses.replace(IN_PLACE, uses=()),
    ],
    ids=["taken out as well", "may end half way", "copied as well", "never"],
)
def test_reloading_in_place_is_not_always_right(again: Again) -> None:
    assert any("somebody could tell" in b.message for b in proven(RELOADED, again).breaches)


def test_what_is_reloaded_in_place_already_goes_on_so() -> None:
    header = _RELOADS.partition("\n\n")[0]
    before = BEFORE.replace('\n\n@app.get("/items")', f'\n\n{header}\n\n\n@app.get("/items")')

    assert not proven(RELOADED, dataclasses.replace(IN_PLACE, half=True), before).holds
