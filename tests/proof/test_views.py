"""Classes whose methods are routes: the right result holds, and each spoiled one is rejected."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from aurum_refactor.model import Layout, Proof
from aurum_refactor.proof.prove import prove

CASE = Path(__file__).parents[2] / "fixtures" / "projects" / "class_based_views"
MONOLITH, ITEMS, USER = "shop/api.py", "shop/v1/items.py", "shop/v1/user.py"
LAYOUT = Layout(MONOLITH, "shop.api", "shop", "shop", False, "", False)
BEFORE = (CASE / "before" / MONOLITH).read_text()
AFTER = {
    path.relative_to(CASE / "after").as_posix(): path.read_text()
    for path in [CASE / "after" / MONOLITH, *(CASE / "after").glob("shop/v1/*.py")]
}

ROUTER = 'router = UserRouter(prefix="/users")\n'
USERS = BEFORE[BEFORE.index("@view(router)") : BEFORE.index("\n\nstock_router")]
STOCK = BEFORE[BEFORE.index("stock_router") : BEFORE.index("app = FastAPI()")]
BACK = "from shop.v1.user import UserController, router\n"
ITEM = AFTER[ITEMS]
READ = ITEM[ITEM.index('    @items_router.get("/{name}"') : ITEM.index("    @items_router.post")]


def proven(after: Mapping[str, str], before: str = BEFORE) -> Proof:
    files = {path: text.encode() for path, text in after.items()}
    package = {"shop/__init__.py": b""}
    return prove({MONOLITH: before.encode(), **package}, files, LAYOUT)


def test_what_is_written_holds() -> None:
    assert proven(AFTER).breaches == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            # The class leaves, its router stays.
            {
                USER: AFTER[USER].replace(ROUTER, "from shop.api import router\n"),
                MONOLITH: AFTER[MONOLITH].replace(
                    BACK, f"{ROUTER}\nfrom shop.v1.user import UserController\n"
                ),
            },
            "has routes of router, and is not made where that is (shop.api)",
        ),
        (
            # The router leaves, the class stays.
            {
                USER: AFTER[USER].replace(USERS, ""),
                MONOLITH: AFTER[MONOLITH].replace(
                    BACK, f"from shop.v1.user import router\n\n\n{USERS}\n"
                ),
            },
            "has routes of router, and is not made where that is (shop.v1.user)",
        ),
        (
            {ITEMS: AFTER[ITEMS].replace("@view(items_router)\n", "")},
            "the class ItemController is not the same as before",
        ),
        (
            {
                ITEMS: AFTER[ITEMS]
                .replace(READ, "")
                .replace("    def _item", f"{READ}    def _item")
            },
            "the class ItemController is not the same as before",
        ),
        (
            {ITEMS: AFTER[ITEMS].replace('prefix="/items"', "")},
            "is not the same as before",
        ),
        (
            {MONOLITH: AFTER[MONOLITH].replace(BACK, "") + BACK},
            "finds fewer registrations on router than before",
        ),
    ],
)
def test_what_is_spoiled_is_rejected(changes: Mapping[str, str], message: str) -> None:
    for path, text in changes.items():
        assert text != AFTER[path]
    breaches = proven({**AFTER, **changes}).breaches
    assert any(message in breach.message for breach in breaches), breaches


def test_what_may_be_one_router_keeps_its_order() -> None:
    """Two objects of which nobody knows that they are two: the class came between before."""
    stock = STOCK.replace("APIRouter()", "UserRouter()")
    before = BEFORE.replace(STOCK, "").replace(ROUTER, f"{stock}{ROUTER}")
    early = {MONOLITH: AFTER[MONOLITH].replace("APIRouter()", "UserRouter()")}
    breaches = proven({**AFTER, **early}, before).breaches
    assert any("which may be the same object as router" in row.message for row in breaches)
    late = early[MONOLITH].replace(BACK, "").replace("app = FastAPI", f"{BACK}\n\napp = FastAPI")
    assert proven({**AFTER, MONOLITH: late}, before).breaches == ()
