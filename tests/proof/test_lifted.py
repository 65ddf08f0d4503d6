"""A prefix and tags in a router: every route is proven to be what it was, or it is a breach."""

from __future__ import annotations

import pytest

from aurum_refactor.model import Layout
from aurum_refactor.proof.prove import prove

LAYOUT = Layout("routes.py", "routes", "", "", False, "", False)
HEAD = "from fastapi import APIRouter\n\n"
BEFORE = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/v1/items", tags=["items"])
@app.get(
    "/v1/items/all",
    tags=["items", "more"],
    summary="All",
)
def list_items():
    pass


@app.post(path="/v1/items", status_code=201, tags=["items"])
def make_item():
    pass


@app.websocket("/v1/items/live")
async def watch():
    pass
"""
AFTER = """\
from fastapi import FastAPI

app = FastAPI()


from v1.items import list_items, make_item, router as _items_router, watch

app.include_router(_items_router)
"""
MADE = 'router = APIRouter(prefix="/v1/items", tags=["items"])\n'
ROUTES = """\


@router.get("")
@router.get(
    "/all",
    tags=["more"],
    summary="All",
)
def list_items():
    pass


@router.post(path="", status_code=201)
def make_item():
    pass


@router.websocket("/live")
async def watch():
    pass
"""


def breaches(made: str, routes: str, after: str = AFTER) -> list[str]:
    code = {
        "routes.py": after.encode(),
        "v1/__init__.py": b"",
        "v1/items.py": f"{HEAD}{made}{routes}".encode(),
    }
    found = prove({"routes.py": BEFORE.encode()}, code, LAYOUT).breaches
    return [f"{row.guarantee}: {row.message}" for row in found]


def test_what_is_lifted_right_is_proven() -> None:
    assert breaches(MADE, ROUTES) == []


def test_a_prefix_alone_and_tags_alone_are_proven() -> None:
    tagged = ROUTES.replace('("")', '("", tags=["items"])').replace('["more"]', '["items", "more"]')
    tagged = tagged.replace("status_code=201", 'status_code=201, tags=["items"]')
    assert breaches('router = APIRouter(prefix="/v1/items")\n', tagged) == []
    whole = ROUTES.replace('get("")', 'get("/v1/items")').replace('"/all"', '"/v1/items/all"')
    whole = whole.replace('path=""', 'path="/v1/items"').replace('"/live"', '"/v1/items/live"')
    assert breaches('router = APIRouter(tags=["items"])\n', whole) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('prefix="/v1/items"', 'prefix="/v1/item"', "became '/v1/item'"),
        ('prefix="/v1/items"', 'prefix="/v1/items/"', "has a prefix that is not a plain one"),
        ('prefix="/v1/items"', "prefix=PREFIX", "has a prefix that is not a plain one"),
        ('prefix="/v1/items", ', "", "became ''"),
        ('tags=["items"])\n', 'tags=["items", "x"])\n', "is added"),
        ('tags=["items"])\n', 'tags=["item"])\n', "became 'item'"),
        ('tags=["items"])\n', "tags=TAGS)\n", "has tags that are not plain ones"),
        (', tags=["items"])\n', ")\n", "is lost"),
        ('tags=["items"])\n', 'tags=["items"], deprecated=True)\n', "arguments its routes did not"),
        ('"/all"', '"/al"', "became '/v1/items/al'"),
        ('"/live"', '"/lives"', "became '/v1/items/lives'"),
        ('tags=["more"]', 'tags=["more", "items"]', "is added"),
        ('    tags=["more"],\n', "", "is lost"),
        ('"/all"', "'/all'", "is registered in other words than before"),
        ('    summary="All",\n)', '    summary="All")', "is registered in other words than before"),
        ('path="", status', "status", "became 'status_code'"),
    ],
)
def test_what_is_lifted_wrong_is_a_breach(old: str, new: str, said: str) -> None:
    code = MADE + ROUTES
    assert code.count(old) == 1

    spoiled = code.replace(old, new)

    made, _, routes = spoiled.partition("\n\n\n")
    found = breaches(f"{made}\n", f"\n\n{routes}")
    assert any(said in breach for breach in found), found


def test_a_prefix_in_the_include_is_a_breach() -> None:
    after = AFTER.replace("(_items_router)", '(_items_router, prefix="/v1/items")')

    found = breaches('router = APIRouter(tags=["items"])\n', ROUTES, after)

    assert any("is included with prefix" in breach for breach in found)
