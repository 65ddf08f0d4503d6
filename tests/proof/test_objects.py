"""A router object that moves whole (S0): correct results hold, and each spoiled one is rejected."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from aurum_refactor.model import Layout, Proof
from aurum_refactor.proof.prove import prove

MONOLITH = "app/routes.py"
LAYOUT = Layout(MONOLITH, "app.routes", "app", "app", False, "", True)

BEFORE = """\
from fastapi import APIRouter, Depends, FastAPI

app = FastAPI()
PREFIX = "/items"


def guard() -> str:
    return "guard"


items = APIRouter(prefix=PREFIX, tags=["Items"], dependencies=[Depends(guard)])
users = APIRouter(prefix="/users")


@items.get("/")
def list_items() -> list[str]:
    return [items.prefix]


@users.get("/")
def list_users() -> list[str]:
    return []


@items.get("/{key}")
@items.head("/{key}", include_in_schema=False)
def read_item(key: str) -> str:
    return key


app.include_router(items)
app.include_router(users)
app.post("/again")(read_item)
"""

AFTER_MONOLITH = """\
from fastapi import APIRouter, Depends, FastAPI

app = FastAPI()
PREFIX = "/items"


def guard() -> str:
    return "guard"


from .v1.items import items, list_items, read_item
from .v1.users import list_users, users


app.include_router(items)
app.include_router(users)
app.post("/again")(read_item)
"""

AFTER_ITEMS = '''\
"""Items endpoints."""

from fastapi import APIRouter, Depends

from ..routes import PREFIX, guard

items = APIRouter(prefix=PREFIX, tags=["Items"], dependencies=[Depends(guard)])


@items.get("/")
def list_items() -> list[str]:
    return [items.prefix]


@items.get("/{key}")
@items.head("/{key}", include_in_schema=False)
def read_item(key: str) -> str:
    return key
'''

AFTER_USERS = '''\
"""Users endpoints."""

from fastapi import APIRouter

users = APIRouter(prefix="/users")


@users.get("/")
def list_users() -> list[str]:
    return []
'''

INIT, ITEMS, USERS = "app/v1/__init__.py", "app/v1/items.py", "app/v1/users.py"
AFTER = {
    MONOLITH: AFTER_MONOLITH,
    INIT: '"""Routers."""\n\nfrom .. import routes as _routes\n',
    ITEMS: AFTER_ITEMS,
    USERS: AFTER_USERS,
}
_LINES = """\
from .v1.items import items, list_items, read_item
from .v1.users import list_users, users
"""
_LIST = """
@items.get("/")
def list_items() -> list[str]:
    return [items.prefix]

"""
_INCLUDES = "app.include_router(items)\napp.include_router(users)\n"

Changes = Mapping[str, tuple[tuple[str, str], ...]]


def proven(changes: Changes, before: str = BEFORE, replaced: frozenset[str] = frozenset()) -> Proof:
    """The proof of the correct result with some texts replaced, each exactly once."""
    after = dict(AFTER)
    for path, pairs in changes.items():
        for old, new in pairs:
            assert after[path].count(old) == 1, (path, old)
            after[path] = after[path].replace(old, new)
    return prove(
        {MONOLITH: before.encode()},
        {path: text.encode() for path, text in after.items()},
        LAYOUT,
        replaced=replaced,
    )


def test_the_correct_result_holds() -> None:
    assert proven({}).breaches == ()


def test_a_router_that_tests_replace_may_move_if_it_is_read_through_the_monolith() -> None:
    changes: Changes = {
        ITEMS: (
            ("from ..routes import", "from .. import routes as _routes\nfrom ..routes import"),
            ("[items.prefix]", "[_routes.items.prefix]"),
        )
    }

    assert proven(changes, replaced=frozenset({"items"})).breaches == ()
    assert {b.guarantee for b in proven({}, replaced=frozenset({"items"})).breaches} == {"G2"}


# name: (guarantee, part of a message, {file: ((old, new), ...)})
MUTANTS: dict[str, tuple[str, str, Changes]] = {
    "an argument of the object is lost": (
        "G1",
        "items = APIRouter",
        {ITEMS: ((', tags=["Items"]', ""),)},
    ),
    "an argument of the object is another one": (
        "G1",
        "users = APIRouter",
        {USERS: (('prefix="/users"', 'prefix="/people"'),)},
    ),
    "a dependency of the object is a copy": (
        "G4",
        "guard makes a second object",
        {
            ITEMS: (
                ("import PREFIX, guard", "import PREFIX"),
                ("items = API", 'def guard() -> str:\n    return "guard"\n\n\nitems = API'),
            )
        },
    ),
    "the object is made a second time where it stood": (
        "G3",
        "list_users (line 20 of the original) is not registered on users",
        {MONOLITH: ((_LINES, 'users = APIRouter(prefix="/users")\n' + _LINES),)},
    ),
    "the object is made in both new modules": (
        "G3",
        "users of app.v1.items is never wired",
        {
            ITEMS: (
                (
                    '\n\n\n@items.get("/")',
                    '\nusers = APIRouter(prefix="/users")\n\n\n@items.get("/")',
                ),
            )
        },
    ),
    "the object is not imported back": (
        "G1",
        "users",
        {MONOLITH: (("import list_users, users", "import list_users"),)},
    ),
    "the object is imported back under another name": (
        "G1",
        "users",
        {MONOLITH: (("import list_users, users", "import list_users, users as _users"),)},
    ),
    "another object is imported back in its name": (
        "G1",
        "users is not what",
        {
            MONOLITH: (
                ("import list_users, users", "import list_users"),
                ("import items, list_items", "import items, items as users, list_items"),
            )
        },
    ),
    "endpoints come in another order": (
        "G3",
        "in another order",
        {
            ITEMS: (
                (_LIST, ""),
                (
                    "def read_item(key: str) -> str:\n    return key\n",
                    "def read_item(key: str) -> str:\n    return key\n\n"
                    + _LIST.rstrip("\n")
                    + "\n",
                ),
            )
        },
    ),
    "an endpoint is lost": ("G1", "list_items", {ITEMS: ((_LIST, ""),)}),
    "a route of an endpoint is lost": (
        "G1",
        "read_item",
        {ITEMS: (('@items.head("/{key}", include_in_schema=False)\n', ""),)},
    ),
    "stacked decorators are turned round": (
        "G1",
        "read_item",
        {
            ITEMS: (
                (
                    '@items.get("/{key}")\n@items.head("/{key}", include_in_schema=False)\n',
                    '@items.head("/{key}", include_in_schema=False)\n@items.get("/{key}")\n',
                ),
            )
        },
    ),
    "an endpoint is registered on a new router as well": (
        "G3",
        "never wired",
        {ITEMS: (('\n\n\n@items.get("/")', '\nrouter = APIRouter()\n\n\n@items.get("/")'),)},
    ),
    "the include comes before the import": (
        "G3",
        "finds fewer registrations on items than before: 0 instead of 2",
        {MONOLITH: (("\n\n" + _INCLUDES, "\n"), (_LINES, _INCLUDES + _LINES))},
    ),
    "the registration that stays is lost": (
        "G1",
        "again",
        {MONOLITH: (('app.post("/again")(read_item)\n', ""),)},
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_spoiled_result_is_rejected(name: str) -> None:
    guarantee, message, changes = MUTANTS[name]

    breaches = proven(changes).breaches

    assert any(b.guarantee == guarantee and message in b.message for b in breaches), breaches


def test_an_include_in_between_makes_the_move_wrong() -> None:
    """FastAPI before 0.137 copies what is registered so far: one route, and all of them now."""
    before = BEFORE.replace(
        '@users.get("/")', 'app.include_router(items, prefix="/early")\n\n\n@users.get("/")'
    )
    changes: Changes = {
        MONOLITH: ((_LINES, _LINES + '\n\napp.include_router(items, prefix="/early")\n'),)
    }

    found = proven(changes, before).breaches

    assert any("finds other registrations on items than before" in b.message for b in found), found


def test_a_change_in_between_makes_the_move_wrong() -> None:
    before = BEFORE.replace('@users.get("/")', 'items.tags.append("late")\n\n\n@users.get("/")')
    changes: Changes = {MONOLITH: ((_LINES, _LINES + '\n\nitems.tags.append("late")\n'),)}

    found = proven(changes, before).breaches

    assert any("finds other registrations on items than before" in b.message for b in found), found


def test_a_function_that_looks_at_it_in_between_makes_the_move_wrong() -> None:
    text = "\n\ndef count() -> int:\n    return len(items.routes)\n\n\nSIZE = count()\n"
    before = BEFORE.replace('@users.get("/")', f'{text.lstrip()}\n\n@users.get("/")')
    changes: Changes = {MONOLITH: ((_LINES, _LINES + text),)}

    found = proven(changes, before).breaches

    assert any(b.guarantee == "G3" and "SIZE" in b.message for b in found), found
