"""Register functions (S3) and bodies alone (S5): the other two ways to move an endpoint."""

from __future__ import annotations

import pytest

from tests.proof.small import INIT, MONOLITH, guarantees, proven, spoiled

ITEMS = "app/v1/items.py"

BEFORE = '''\
from fastapi import FastAPI

from .auth import checked

app = FastAPI()
SIZE = 3
count = 0


# the items
@app.get("/items")  # all of them
# and more
@app.api_route(
    "/things",
    methods=["GET", "POST"],  # both
)
@checked
def items(size: int = SIZE) -> str:
    global count  # noqa: PLW0603
    # one more
    count += size
    return f"{count=}"


@app.delete("/items")
async def drop() -> None:
    """Forget them."""

    def reset(router: int) -> None:
        global count

        count = router

    reset(0)


def plain() -> int:
    return count


app.get("/plain")(plain)
'''

AFTER_MONOLITH = """\
from fastapi import FastAPI

from .auth import checked

app = FastAPI()
SIZE = 3
count = 0


from .v1.items import drop, items, register as _register_items

_register_items(app)


from .v1.items import plain


app.get("/plain")(plain)
"""

AFTER_ITEMS = '''\
"""Items endpoints."""

from ..auth import checked

from .. import routes as _routes
from ..routes import SIZE


# the items
# and more
@checked
def items(size: int = SIZE) -> str:
    # one more
    _routes.count += size
    return f"count={_routes.count!r}"


async def drop() -> None:
    """Forget them."""

    def reset(router: int) -> None:
        _routes.count = router

    reset(0)


def plain() -> int:
    return _routes.count


def register(router):
    """Register the endpoints of this module on *router*, in their original order."""
    router.api_route(
    "/things",
    methods=["GET", "POST"],  # both
)(items)
    router.get("/items")(items)  # all of them
    router.delete("/items")(drop)
'''

AFTER = {
    MONOLITH: AFTER_MONOLITH,
    INIT: "from .. import routes as _routes\n",
    ITEMS: AFTER_ITEMS,
}

MUTANTS = {
    "a route is lost": (
        "G3",
        {ITEMS: (('    router.get("/items")(items)  # all of them\n', "    # all of them\n"),)},
    ),
    "the order is another": (
        "G3",
        {
            ITEMS: (
                ('    router.delete("/items")(drop)\n', ""),
                (
                    "    router.api_route(",
                    '    router.delete("/items")(drop)\n    router.api_route(',
                ),
            )
        },
    ),
    "a handler is another": (
        "G3",
        {ITEMS: (('delete("/items")(drop)', 'delete("/items")(plain)'),)},
    ),
    "an argument is another": ("G3", {ITEMS: (('["GET", "POST"]', '["GET", "PUT"]'),)}),
    "a verb is another": ("G3", {ITEMS: (("router.delete", "router.patch"),)}),
    "a path is another": ("G3", {ITEMS: (('get("/items")', 'get("/item")'),)}),
    "more is done": ("G3", {ITEMS: (("(drop)\n", '(drop)\n    router.tags.append("x")\n'),)}),
    "it registers on something else": (
        "G3",
        {MONOLITH: (("_register_items(app)", "_register_items(checked)"),)},
    ),
    "it is called twice": (
        "G3",
        {MONOLITH: (("_register_items(app)\n", "_register_items(app)\n_register_items(app)\n"),)},
    ),
    "it is never called": ("G1", {MONOLITH: (("_register_items(app)\n", ""),)}),
    "it is called first": (
        "G3",
        {
            MONOLITH: (
                ("_register_items(app)\n", ""),
                ("from .v1.items import drop", "_register_items(app)\nfrom .v1.items import drop"),
            )
        },
    ),
    "it takes more": ("G3", {ITEMS: (("def register(router):", "def register(router, more=1):"),)}),
    "a decorator is lost": ("G1", {ITEMS: (("@checked\n", ""),)}),
    "a comment beside a route is lost": ("G1", {ITEMS: (("  # all of them", ""),)}),
    "a comment above is lost": ("G1", {ITEMS: (("# and more\n", ""),)}),
    "the call that stays comes too early": (
        "G2",
        {
            MONOLITH: (
                ("from .v1.items import plain\n\n\n", ""),
                (
                    'app.get("/plain")(plain)\n',
                    'app.get("/plain")(plain)\n\n\nfrom .v1.items import plain\n',
                ),
            )
        },
    ),
    "an f-string shows another text": (
        "G1",
        {ITEMS: (("count={_routes", "_routes.count={_routes"),)},
    ),
    "an f-string converts otherwise": ("G1", {ITEMS: (("count!r}", "count}"),)}),
    "a blank line comes from nowhere": ("G1", {ITEMS: (("    reset(0)\n", "\n    reset(0)\n"),)}),
}


def test_a_register_function_stands_for_the_decorators() -> None:
    proof = proven(AFTER, BEFORE)
    assert proof.breaches == ()
    assert {row[1]: row[2] for row in proof.counts}["registrations"] == 4


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_result_is_rejected(name: str) -> None:
    guarantee, changes = MUTANTS[name]
    proof = proven(spoiled(AFTER, changes), BEFORE)
    assert guarantee in guarantees(proof), proof.breaches


def test_what_a_route_decorator_did_not_see_is_not_registered() -> None:
    before = BEFORE.replace("@checked\ndef items", "def items").replace(
        "# the items\n", "# the items\n@checked\n"
    )
    proof = proven(AFTER, before)
    assert "G3" in guarantees(proof)


EMPTY = """\
from fastapi import APIRouter

router = APIRouter(prefix="/x")


@router.get("")
def root() -> int:
    return 1
"""
EMPTY_AFTER = {
    MONOLITH: """\
from fastapi import APIRouter

router = APIRouter(prefix="/x")


from .v1.items import root, router as _items_router

router.include_router(_items_router)
""",
    ITEMS: EMPTY.replace('prefix="/x"', ""),
}


def test_an_empty_path_does_not_survive_an_include() -> None:
    assert guarantees(proven(EMPTY_AFTER, EMPTY)) == {"G3"}
    after = {path: text.replace('get("")', 'get("/")') for path, text in EMPTY_AFTER.items()}
    assert proven(after, EMPTY.replace('get("")', 'get("/")')).holds
