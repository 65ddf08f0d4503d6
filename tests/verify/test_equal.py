"""Splits that change nothing are equal, however they are wired."""

from __future__ import annotations

from pathlib import Path

import fastapi.routing
import pytest

from aurum_refactor.verify.target import Target
from aurum_refactor.verify.verdict import CANNOT_SEE, WITHOUT_REQUESTS, Check, Moved
from aurum_refactor.verify.verify import verify
from tests.verify.conftest import Compared
from tests.verify.shop import MONOLITH, NEEDS, REST, SPLIT, USERS, mutant, on, wired, write


@pytest.mark.wish(24)
def test_hand_split_shop_is_equal_to_the_monolith(tmp_path: Path, shop_target: Target) -> None:
    before, after = write(tmp_path / "before", MONOLITH), write(tmp_path / "after", SPLIT)

    verdict = verify(before, after, shop_target)

    assert verdict.differences == ()
    assert verdict.equal
    assert all(check.equal and check.compared for check in verdict.checks)
    assert verdict.checks[0] == Check("routes", 13, True)
    assert verdict.checks[-1] == Check("first import", 3, True)
    assert verdict.before_versions == verdict.after_versions
    assert verdict.moved[0] == Moved("GET /i/me (my_items)", "shop.routes", "shop.v1.items")
    assert len(verdict.moved) == 8


def test_changed_function_body_is_invisible_and_that_is_said(
    tmp_path: Path, shop_target: Target
) -> None:
    changed = mutant(SPLIT, ("shop/v1/items.py", 'Item(name="x")', 'Item(name="y")'))
    before, after = write(tmp_path / "before", MONOLITH), write(tmp_path / "after", changed)

    verdict = verify(before, after, shop_target)

    assert verdict.equal
    assert verdict.cannot_see == WITHOUT_REQUESTS + CANNOT_SEE
    assert verdict.cannot_see[0].startswith("function bodies")


def test_registering_function_is_equal(compared: Compared) -> None:
    body = on("router", USERS).replace("\n", "\n    ").rstrip() + "\n"
    users = NEEDS + f"\n\ndef register(router):{body}    return users, hidden, chat\n"
    changed = mutant(
        SPLIT,
        ("shop/v1/users.py", SPLIT["shop/v1/users.py"], users),
        (
            "shop/routes.py",
            wired("users", "only", "chat, hidden, users"),
            "\nfrom shop.v1.users import register\nusers, hidden, chat = register(app)\n",
        ),
    )

    assert compared(changed) == ()


def test_registration_that_stays_while_the_body_moves_is_equal(compared: Compared) -> None:
    changed = mutant(
        SPLIT,
        ("shop/v1/users.py", '@only.get("/u/hidden", include_in_schema=False, name="secret")', ""),
        ("shop/v1/users.py", '@only.websocket("/ws/{room}")', ""),
        (
            "shop/routes.py",
            "app.include_router(_users_only)\n",
            "app.include_router(_users_only)\n"
            'app.get("/u/hidden", include_in_schema=False, name="secret")(hidden)\n'
            'app.websocket("/ws/{room}")(chat)\n',
        ),
    )

    assert compared(changed) == ()


def test_endpoints_lifted_out_of_a_factory_are_equal(tmp_path: Path) -> None:
    factory = (
        "from fastapi import Depends, FastAPI\n"
        "def create_app(name='x'):\n"
        "    app = FastAPI()\n"
        "    def who(): return name\n"
        "{body}"
        "    return app\n"
    )
    route = "@{on}.get('/n')\ndef show_name(w=Depends(who)):\n    return name\n"
    inside = route.format(on="app").replace("\n", "\n    ")
    before = {"svc.py": factory.format(body=f"    {inside}\n")}
    after = {
        "svc.py": factory.format(
            body="    from svc_names import register\n    register(app, who=who, name=name)\n"
        ),
        "svc_names.py": "from fastapi import Depends\ndef register(app, *, who, name):\n    "
        + inside
        + "\n",
    }
    target = Target(app="svc:create_app()", monolith="svc", new_modules=("svc_names",))

    verdict = verify(write(tmp_path / "b", before), write(tmp_path / "a", after), target)

    assert verdict.differences == ()


def test_router_of_a_project_is_enough(tmp_path: Path) -> None:
    head = "from fastapi import APIRouter\nrouter = APIRouter()\n"
    ends = "@router.get('')\ndef root(): ...\n\n@router.get('/x/{y}')\ndef x(y: int): ...\n"
    before = {"api.py": head + ends}
    after = {
        "api.py": head + "from ends import register\nroot, x = register(router)\n",
        "ends.py": "def register(router):\n    "
        + ends.replace("\n", "\n    ")
        + "return root, x\n",
    }
    target = Target(app="api:router", monolith="api", new_modules=("ends",))

    verdict = verify(write(tmp_path / "b", before), write(tmp_path / "a", after), target)

    assert verdict.differences == ()
    assert [m.route for m in verdict.moved] == ["GET /- (root)", "GET /-/x/{y} (x)"]


def test_value_that_changes_with_every_import_is_no_difference_but_is_named(
    tmp_path: Path,
) -> None:
    text = (
        "import uuid\nfrom fastapi import FastAPI\napp = FastAPI()\n"
        "@app.get('/r')\ndef r(x: str = str(uuid.uuid4())): ...\n"
    )
    target = Target(app="rnd:app", monolith="rnd")

    verdict = verify(
        write(tmp_path / "b", {"rnd.py": text}), write(tmp_path / "a", {"rnd.py": text}), target
    )

    assert verdict.equal
    assert verdict.cannot_see[0].startswith("GET /r (r): dependant.query_params[0].default")
    assert len(verdict.cannot_see) > len(CANNOT_SEE)


def test_openapi_that_fails_on_both_sides_is_equal_and_is_said(
    tmp_path: Path, shop_target: Target
) -> None:
    broken = "\n\n@app.get('/broken', responses={200: {'x': object}})\ndef broken(): ...\n"
    before, after = (
        write(tmp_path / name, mutant(files, ("shop/routes.py", REST, REST + broken)))
        for name, files in (("before", MONOLITH), ("after", SPLIT))
    )

    verdict = verify(before, after, shop_target)

    openapi = next(check for check in verdict.checks if check.name == "OpenAPI")
    assert verdict.equal
    assert (openapi.compared, openapi.equal) == (0, True)
    assert openapi.detail.startswith("fails equally on both sides: ")


def test_includes_do_not_change_the_lifespan(tmp_path: Path) -> None:
    head = (
        "import contextlib\nfrom fastapi import APIRouter, FastAPI\n"
        "@contextlib.asynccontextmanager\nasync def life(app):\n    yield\n"
        "app = FastAPI(lifespan=life)\n"
    )
    route = "@{on}.get('/x/{n}')\ndef x{n}(): ...\n"
    include = "r{n} = APIRouter()\n{route}app.include_router(r{n})\n"
    numbers = range(30)
    routes = [route.replace("{n}", str(n)) for n in numbers]
    before = head + "".join(r.replace("{on}", "app") for r in routes)
    after = head + "".join(
        include.replace("{route}", r.replace("{on}", f"r{n}")).replace("{n}", str(n))
        for n, r in zip(numbers, routes, strict=True)
    )
    trees = [write(tmp_path / n, {"m.py": t}) for n, t in (("b", before), ("a", after))]

    assert verify(*trees, Target(app="m:app", monolith="m")).differences == ()


@pytest.mark.rule("R-13")
def test_generator_under_a_default_response_class_is_different_where_it_is(
    tmp_path: Path,
) -> None:
    head = (
        "from typing import Iterable\nfrom fastapi import APIRouter, FastAPI\n"
        "from fastapi.responses import HTMLResponse\nfrom pydantic import BaseModel\n"
        "class Row(BaseModel):\n    a: int\n"
        "app = FastAPI(default_response_class=HTMLResponse)\n"
    )
    route = (
        "@{}.get('/g', include_in_schema=False)\ndef g() -> Iterable[Row]:\n    yield Row(a=1)\n"
    )
    moved = head + "r = APIRouter()\n" + route.format("r") + "app.include_router(r)\n"
    files = (("b", head + route.format("app")), ("a", moved))
    trees = [write(tmp_path / name, {"m.py": text}) for name, text in files]

    verdict = verify(*trees, Target(app="m:app", monolith="m"))

    # Semantics R-13: only a FastAPI that streams generators shows it, schema or not.
    streams = hasattr(fastapi.routing, "iter_route_contexts")
    expected = [("GET /g (g)", "stream_item_type")] if streams else []
    assert [(d.where, d.what) for d in verdict.differences] == expected


def test_dependency_with_a_variable_bound_later_is_looked_at(tmp_path: Path) -> None:
    text = (
        "from fastapi import Depends, FastAPI\napp = FastAPI()\n"
        "def make():\n    def dep(): return later\n    if False: later = 1\n    return dep\n"
        "@app.get('/x')\ndef x(d=Depends(make())): ...\n"
    )
    tree = write(tmp_path, {"m.py": text})

    assert verify(tree, tree, Target(app="m:app", monolith="m")).equal


def test_class_inside_a_function_that_moved_is_equal(tmp_path: Path) -> None:
    app = "from fastapi import FastAPI\napp = FastAPI()\n"
    endpoint = (
        "@@.get('/n')\ndef n():\n"
        "    class Pair:\n        one: int = 1\n        class Inner:\n            two = 2\n"
        "    return Pair.one + Pair.Inner.two\n"
    )
    wiring = "from pairs import r, n\napp.include_router(r)\n"
    moved = f"from fastapi import APIRouter\nr = APIRouter()\n{on('r', endpoint)}"
    before = write(tmp_path / "before", {"api.py": app + on("app", endpoint)})
    after = write(tmp_path / "after", {"api.py": app + wiring, "pairs.py": moved})
    target = Target(app="api:app", monolith="api", new_modules=("pairs",))

    assert verify(before, after, target).differences == ()

    told = mutant({"pairs.py": moved}, ("pairs.py", "two = 2", "two = len(__name__)"))
    write(after, told)
    first, *_others = verify(before, after, target).differences
    assert (first.where, first.what) == ("GET /n (n)", "what endpoint n looks up: __name__")


def test_endpoints_lifted_out_of_a_method_are_equal(tmp_path: Path) -> None:
    start = "from fastapi import FastAPI\n"
    helper = "RATE = [2]\ndef helper(n):\n    return n * RATE[0]\n"
    service = (
        "class Service:\n"
        "    def __init__(self):\n        self.app = FastAPI()\n        self.setup()\n"
        "    def count(self):\n        return 1\n"
        "    def setup(self):\n"
    )
    nested = (
        "        @self.app.get('/a')\n        def a():\n            return helper(self.count())\n"
    )
    end = "app = Service().app\n"
    files = {
        "svc.py": f"{start}from parts import RATE, helper, register_a\n{service}"
        f"        register_a(self)\n{end}",
        "parts.py": f"{helper}def register_a(self):\n"
        "    @self.app.get('/a')\n    def a():\n        return helper(self.count())\n",
    }
    before = write(tmp_path / "before", {"svc.py": start + helper + service + nested + end})
    after = write(tmp_path / "after", files)
    target = Target(app="svc:app", monolith="svc", new_modules=("parts",))

    assert verify(before, after, target).differences == ()

    copied = ("svc.py", "import RATE, helper, register_a\n", f"import register_a\n{helper}")
    differences = verify(before, write(after, mutant(files, copied)), target).differences
    assert "identity of name helper" in {d.what for d in differences}


@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
def test_a_closure_that_is_handed_on_late_is_equal(tmp_path: Path, future: str) -> None:
    start = f"{future}from fastapi import FastAPI\n"
    clear = "    @app.post('/clear')\n    def clear():\n        return 1\n"
    all_ = "    @app.get('/all')\n    def all_():\n        return clear()\n"
    end = "    return app\napp = make()\n"
    make = "def make():\n    app = FastAPI()\n"
    late = "    register(app, clear=lambda *args, **kwargs: clear(*args, **kwargs))\n"
    moved = f"{future}def register(app, *, clear):\n{all_}"
    files = {
        "svc.py": f"{start}from parts import register\n{make}{clear}{late}{end}",
        "parts.py": moved,
    }
    before = write(tmp_path / "before", {"svc.py": start + make + clear + all_ + end})
    after = write(tmp_path / "after", files)
    target = Target(app="svc:app", monolith="svc", new_modules=("parts",))

    assert verify(before, after, target).differences == ()

    other = ("svc.py", "clear(*args, **kwargs))", "make(*args, **kwargs))")
    differences = verify(before, write(after, mutant(files, other)), target).differences
    assert "identity of name clear" in {d.what for d in differences}


def test_a_proxy_with_nothing_behind_it_is_asked_nothing(tmp_path: Path) -> None:
    text = (
        "import sys, types\nfrom fastapi import FastAPI\napp = FastAPI()\n"
        "class Lazy:\n"
        "    def __getattribute__(self, name):\n        raise LookupError('not in a request')\n"
        "class Late(types.ModuleType):\n"
        "    def __getattr__(self, name):\n        raise ImportError('not installed')\n"
        "context = Lazy()\nsys.modules['m.late'] = Late('m.late')\n"
        "class Session:\n    user = context\n"
        "@app.get('/x')\ndef x():\n    return context.user, Session.user\n"
    )
    before = write(tmp_path / "before", {"m.py": text})
    after = write(tmp_path / "after", {"m.py": text})
    target = Target(app="m:app", monolith="m")

    assert verify(before, after, target).differences == ()

    write(after, mutant({"m.py": text}, ("m.py", "context = Lazy()", "context = object()")))
    first, *_others = verify(before, after, target).differences
    assert (first.where, first.what) == ("GET /x (x)", "what endpoint x looks up: context")


def test_a_generic_model_may_be_given_its_types_elsewhere(tmp_path: Path) -> None:
    model = (
        "from typing import Generic, List, TypeVar\nfrom pydantic import BaseModel\n"
        "T = TypeVar('T')\nclass Page(BaseModel, Generic[T]):\n    items: List[T]\n"
    )
    app = "from fastapi import FastAPI\nfrom models import Page\napp = FastAPI()\n"
    endpoint = "@@.get('/n')\ndef n() -> Page[int]:\n    return Page(items=[])\n"
    moved = "from fastapi import APIRouter\nfrom models import Page\nr = APIRouter()\n"
    before = write(tmp_path / "before", {"api.py": app + on("app", endpoint), "models.py": model})
    files = {
        "api.py": f"{app}from pages import r, n\napp.include_router(r)\n",
        "models.py": model,
        "pages.py": moved + on("r", endpoint),
    }
    after = write(tmp_path / "after", files)
    target = Target(app="api:app", monolith="api", new_modules=("pages",))

    assert verify(before, after, target).differences == ()

    write(after, mutant(files, ("pages.py", "Page[int]", "Page[str]")))
    assert not verify(before, after, target).equal
