"""Each way to get a split wrong is called different, and the place is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from aurum_refactor.verify.target import Target
from aurum_refactor.verify.verify import verify
from tests.verify.conftest import Compared
from tests.verify.shop import HEAD, MINE, MONOLITH, ONE, SPLIT, mutant, on, wired, write

ROUTES, ITEMS, USERS = "shop/routes.py", "shop/v1/items.py", "shop/v1/users.py"
FIRST = wired("items", "first", "add_item, get_item, my_items")
ONLY = wired("users", "only", "chat, hidden, users")
ITEM = HEAD[HEAD.index("class Item(") : HEAD.index("class Problem(")]
AFTER_NEEDS = "first = APIRouter"

# (file, old, new), where it must be found, what must be said
MUTANTS = {
    "overlapping paths swapped": (
        (ITEMS, on("first", MINE + ONE), on("first", ONE + MINE)),
        "GET /i/me (my_items)",
        "order (2 of 13",
    ),
    "includes swapped": ((ROUTES, FIRST + ONLY, ONLY + FIRST), "GET /i/me (my_items)", "order"),
    "dependency copied": (
        (ITEMS, AFTER_NEEDS, "def get_db(who: str = Query()):\n    yield {}\n\n" + AFTER_NEEDS),
        "GET /i/me (my_items)",
        "dependant.dependencies[2]",
    ),
    "dependency copied exactly": (
        (
            ITEMS,
            AFTER_NEEDS,
            "from shop.routes import tenant\n\ndef get_db(who: str = Depends(tenant)):\n"
            "    yield {}\n\n" + AFTER_NEEDS,
        ),
        "GET /u/hidden (hidden)",
        "identity of dependency get_db",
    ),
    "limiter copied for all its users": (
        (ITEMS, AFTER_NEEDS, "slow = type(slow)(5)\n" + AFTER_NEEDS),
        "shop.routes",
        "identity of name slow",
    ),
    "endpoint copied": (
        (
            ROUTES,
            "app.include_router(_users_only)",
            "def hidden(): ...\napp.include_router(_users_only)",
        ),
        "shop.routes",
        "identity of name hidden",
    ),
    "model copied": (
        (ITEMS, AFTER_NEEDS, "from pydantic import BaseModel, Field\n" + ITEM + AFTER_NEEDS),
        "POST /i (add_item)",
        "identity of class Item",
    ),
    "namesake of a model": (
        (
            ITEMS,
            AFTER_NEEDS,
            "from pydantic import BaseModel\n\nclass Item(BaseModel):\n    name: str\n"
            + AFTER_NEEDS,
        ),
        "GET /i/me (my_items)",
        "fields of class Item: colour",
    ),
    "parameter-less dependencies dropped": (
        (ITEMS, "    dependencies=[Depends(slow), Depends(admin)],\n", ""),
        "POST /i (add_item)",
        "dependant.dependencies",
    ),
    "other role required": (
        (ITEMS, AFTER_NEEDS, "from shop.routes import role\nadmin = role('user')\n" + AFTER_NEEDS),
        "POST /i (add_item)",
        "dependant.dependencies[2].call",
    ),
    "other limit": (
        (ITEMS, AFTER_NEEDS, "slow = type(slow)(50)\n" + AFTER_NEEDS),
        "POST /i (add_item)",
        "dependant.dependencies[1].call",
    ),
    "response model dropped": (
        (ITEMS, "response_model=List[Item], ", ""),
        "GET /i/me (my_items)",
        "response_model",
    ),
    "response class changed": (
        (USERS, "response_class=PlainTextResponse", "response_class=JSONResponse"),
        "GET /u (users)",
        "response_class",
    ),
    "default response class made explicit": (
        (ITEMS, 'summary="All of it"', 'summary="All of it", response_class=JSONResponse'),
        "GET /export (export)",
        "response_class",
    ),
    "name of a hidden route changed": (
        (USERS, 'name="secret"', 'name="secrets"'),
        "GET /u/hidden (hidden)",
        "name",
    ),
    "default of a hidden route changed": (
        (USERS, "size: int = 5", "size: int = 6"),
        "GET /u/hidden (hidden)",
        "dependant.query_params[0].default",
    ),
    "hidden route shown": (
        (USERS, "include_in_schema=False, ", ""),
        "GET /u/hidden (hidden)",
        "include_in_schema",
    ),
    "tag lost": ((ITEMS, ', tags=["items"]', ""), "GET /i/me (my_items)", "tags"),
    "websocket dropped": (
        (USERS, '@only.websocket("/ws/{room}")', ""),
        "WS /ws/{room} (chat)",
        "route",
    ),
    "default changed": (
        (ITEMS, "Query(3, ", "Query(4, "),
        "GET /i/{i} (get_item)",
        "query_params[0].default",
    ),
    "constraint changed": ((ITEMS, "ge=1", "ge=2"), "GET /i/{i} (get_item)", "metadata[0].Ge.ge"),
    "annotation changed": (
        (ITEMS, "Optional[int]", "Optional[float]"),
        "GET /i/{i} (get_item)",
        "annotation",
    ),
    "wrong route class": (
        (USERS, "APIRouter(route_class=Timed)", "APIRouter()"),
        "GET /u (users)",
        "route_class",
    ),
    "endpoints lost": (
        (ROUTES, "app.include_router(_items_second)", ""),
        "PUT /i/{i} (put_item)",
        "route",
    ),
    "endpoint twice": (
        (ROUTES, "app.include_router(_items_second)", "app.include_router(_items_second)\n" * 2),
        "PUT /i/{i} (put_item)",
        "route",
    ),
    "path changed": ((ITEMS, '"/export"', '"/exports"'), "GET /export (export)", "path"),
    "method changed": ((ITEMS, "@second.put", "@second.patch"), "PUT /i/{i} (put_item)", "methods"),
    "prefix given": (
        (ROUTES, "include_router(_users_only)", "include_router(_users_only, prefix='/v2')"),
        "GET /u (users)",
        "path",
    ),
    "routes put in by hand": (
        (ROUTES, "app.include_router(_users_only)", "app.router.routes.extend(_users_only.routes)"),
        "GET /u (users)",
        "overrides from",
    ),
    "decorator dropped": ((ITEMS, "@logged\n", ""), "GET /i/me (my_items)", "endpoint"),
    "made async": (
        (ITEMS, "def export()", "async def export()"),
        "GET /export (export)",
        "endpoint",
    ),
    "scope dropped": (
        (USERS, 'Security(user, scopes=["read"])', "Security(user)"),
        "GET /u (users)",
        "scopes",
    ),
    "cache switched on": (
        (USERS, "get_db, use_cache=False", "get_db"),
        "GET /u/hidden (hidden)",
        "use_cache",
    ),
    "docstring lost": ((ITEMS, '"""Read one."""', "pass"), "GET /i/{i} (get_item)", "description"),
    "responses dropped": (
        (ITEMS, '409: {"description": "there"}', ""),
        "POST /i (add_item)",
        "responses.409",
    ),
    "callbacks dropped": (
        (ITEMS, "    callbacks=invoices.routes,\n", ""),
        "POST /i (add_item)",
        "callbacks",
    ),
    "embed dropped": (
        (ITEMS, "Body(embed=True)", "Body()"),
        "PUT /i/{i} (put_item)",
        "body_params[0].embed",
    ),
    "extra dropped": (
        (ITEMS, 'openapi_extra={"x-kind": 1}, ', ""),
        "PUT /i/{i} (put_item)",
        "openapi_extra",
    ),
    "exclusion dropped": (
        (ITEMS, ', response_model_exclude={"parent"}', ""),
        "PUT /i/{i} (put_item)",
        "response_model_exclude",
    ),
    "names lost": (
        (
            ROUTES,
            "import first as _items_first, add_item, get_item, my_items",
            "import first as _items_first",
        ),
        "shop.routes",
        "name get_item",
    ),
    "name of another kind": (
        (ROUTES, "app.include_router(_users_only)", "app.include_router(_users_only)\nhelper = 1"),
        "shop.routes",
        "name helper",
    ),
    "exception handler lost": (
        (ROUTES, "app.add_exception_handler(Teapot, teapot)", ""),
        "the application",
        "exception_handlers",
    ),
    "middleware lost": (
        (ROUTES, 'app.middleware("http")(stamp)', ""),
        "the application",
        "middleware",
    ),
    "startup lost": ((ROUTES, ", on_startup=[start]", ""), "the application", "lifespan"),
    "mount lost": (
        (ROUTES, 'app = FastAPI(title="Shop"', 'app = FastAPI(title="Sho"'),
        "the application",
        "title",
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_is_different_and_its_place_is_named(name: str, compared: Compared) -> None:
    edit, where, what = MUTANTS[name]

    found = [(d.where, d.what) for d in compared(mutant(SPLIT, edit))]

    assert any(place == where and what in property_ for place, property_ in found), found


def test_swap_is_explained_by_both_routes(compared: Compared) -> None:
    edit, _where, _what = MUTANTS["overlapping paths swapped"]

    differences = compared(mutant(SPLIT, edit))

    assert [str(d) for d in differences] == [
        "GET /i/me (my_items): order (2 of 13 routes stand elsewhere): "
        "tried before GET /i/{i} (get_item) before, tried after it after",
        "OpenAPI: order of keys in paths: /i/me at 1 before, /i/{i} at 1 after",
    ]
    assert [d.category for d in differences] == ["order", "openapi-order"]


def test_copied_dependency_is_the_only_difference(compared: Compared) -> None:
    edit, _where, _what = MUTANTS["dependency copied exactly"]

    differences = compared(mutant(SPLIT, edit))

    assert {d.category for d in differences} == {"identity"}
    assert str(differences[0]) == (
        "GET /u/hidden (hidden): identity of dependency get_db: the object that is also in "
        "GET /i/me (my_items) before, another object after"
    )


def test_new_module_that_cannot_be_imported_first_is_a_difference(
    tmp_path: Path, shop_target: Target
) -> None:
    cyclic = mutant(SPLIT, ("shop/v1/__init__.py", "from shop import routes as _routes\n", ""))
    before, after = write(tmp_path / "before", MONOLITH), write(tmp_path / "after", cyclic)

    verdict = verify(before, after, shop_target)

    assert not verdict.equal
    assert [(d.where, d.category) for d in verdict.differences] == [
        ("shop.v1.items", "import"),
        ("shop.v1.users", "import"),
    ]
    assert "importing shop.v1.items raises ImportError" in verdict.differences[0].after


@pytest.mark.rule("R-35")
def test_new_module_that_gives_other_routes_when_first_is_a_difference(
    tmp_path: Path, shop_target: Target
) -> None:
    sly = (
        "import sys\nMOVED = 'shop.routes' in sys.modules\n"
        "from shop import routes as _routes\n"
        "if not MOVED:\n    _routes.app.get('/extra')(_routes.helper)\n"
    )
    text = SPLIT["shop/v1/__init__.py"]
    before = write(tmp_path / "before", MONOLITH)
    after = write(tmp_path / "after", mutant(SPLIT, ("shop/v1/__init__.py", text, sly)))

    verdict = verify(before, after, shop_target)

    assert [c.name for c in verdict.checks if not c.equal] == ["first import"]
    assert verdict.differences[0].where == "GET /extra (helper) with shop.v1 imported first"


def test_module_that_could_be_imported_first_before_must_be_after(tmp_path: Path) -> None:
    app = "from fastapi import FastAPI\nfrom main import app\n"
    files = {
        "main.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef x(): ...\n",
        "worker.py": "import main\njob = main.x\n",
        "broken.py": "import nowhere\n",
        "serve.py": app,
    }
    after = mutant(files, ("worker.py", "import main", "import mian"))
    target = Target(app="serve:app", monolith="main", other_first=("worker", "broken"))

    verdict = verify(write(tmp_path / "before", files), write(tmp_path / "after", after), target)

    assert [d.where for d in verdict.differences] == ["worker"]
    assert "No module named 'mian'" in verdict.differences[0].after
    # The monolith first, the worker first; not what was broken before.
    assert verdict.checks[-1].compared == 2
    assert verdict.checks[-1].detail.startswith("broken could not be imported first before")


def test_modules_that_name_the_monolith_in_functions_are_imported_first_together(
    tmp_path: Path,
) -> None:
    files = {
        "main.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef x(): ...\n",
        "jobs.py": "STATE = {}\ndef job():\n    import main\n    return main.x\n",
        "mail.py": "def send():\n    import main\n",
        "broken.py": "import nowhere\n",
        "serve.py": "from fastapi import FastAPI\nfrom main import app\n",
    }
    lost = mutant(files, ("mail.py", "def send", "import mian\ndef send"))
    sly = mutant(files, ("jobs.py", "STATE = {}", "import main\nmain.app.get('/y')(main.x)"))
    names = ("broken", "jobs", "mail")
    target = Target(app="serve:app", monolith="main", together_first=names)
    before = write(tmp_path / "before", files)

    same = verify(before, write(tmp_path / "same", files), target)
    verdicts = [
        verify(before, write(tmp_path / name, after), target)
        for name, after in (("lost", lost), ("sly", sly))
    ]

    # The monolith first, and those two that can be imported.
    assert same.equal
    assert same.checks[-1].compared == 3
    assert [(d.where, d.what) for d in verdicts[0].differences] == [("mail", "first import")]
    assert "No module named 'mian'" in verdicts[0].differences[0].after
    assert [d.where for d in verdicts[1].differences] == [
        "GET /y (x) with broken and 2 more imported first"
    ]
