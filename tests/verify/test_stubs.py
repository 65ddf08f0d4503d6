"""Missing modules are made up, so that the application registers what it would register."""

from __future__ import annotations

from pathlib import Path

import pytest

from aurum_refactor.verify.observation import Observation
from aurum_refactor.verify.observe import UnobservableError, observe
from aurum_refactor.verify.target import Stubs, Target
from aurum_refactor.verify.verify import verify
from tests.verify.shop import write

AUTO = Stubs(auto=True)

# One of everything that an application does with a library while it is imported.
USES = """
from __future__ import annotations
import enum
import importlib.metadata
from typing import Annotated, Any, Generic, List, Optional, TypeVar

import nowhere
import nowhere.deep as deep
from abc import ABC, abstractmethod
from fastapi import APIRouter, Body, Depends, FastAPI, Request
from nowhere import Base, Cached, Context, Mixin, Model, NowhereError, decorate, settings
from nowhere.auth import current_user
from nowhere.limits import Limiter
from nowhere.responses import Payload
from pydantic import BaseModel, Field

limiter = Limiter(key_func=len)
also = Limiter(len)
T = TypeVar("T")


class Row(Base):
    table = nowhere.Column(nowhere.Integer, primary_key=True)

    def key(self): return self.table


class Box(Base, Generic[T]):
    pass


class Abstract(nowhere.Service, ABC):
    @abstractmethod
    def run(self): ...


class Item(Mixin, BaseModel):
    name: str
    payload: Optional[Payload] = None
    many: List[nowhere.Thing] = []
    either: Payload | None = Field(default=None)
    typed: nowhere.Box[int] = None
    like: type(settings.level) = None


class Failed(NowhereError):
    pass


class Kind(str, nowhere.KindMixin, enum.Enum):
    A = "a"


row = Row(a=1)
row.save(); Row.metadata.create_all(bind=deep.engine)
with Context() as context:
    context.value += 1
try:
    int("x")
except NowhereError:
    raise
except ValueError:
    pass
if nowhere.__version__ >= "2" or deep.count > 3 or isinstance(row, nowhere.Other):
    raise RuntimeError("no")
path = f"{settings.root:>3}/" + settings.name
for thing in settings.things:
    raise RuntimeError("no")
nowhere.registry["x"] = 1
assert nowhere.registry["x"] == 1
settings.debug = True
assert settings.debug is True
assert nowhere.auth.current_user is current_user
assert isinstance(row, Base) and issubclass(Row, Base) and not isinstance(3, Base)
version = importlib.metadata.version("shop-that-is-not-installed")

app = FastAPI(version=version, lifespan=None)
app.state.limiter = limiter
app.add_middleware(nowhere.Middleware, level=3)
app.add_exception_handler(NowhereError, nowhere.handle)
router = APIRouter(dependencies=[Depends(nowhere.guard)])


@app.get("/plain")
@decorate
def plain(): ...


@app.get("/limited")
@limiter.limit("5/minute")
@Cached(expire=60)
async def limited(request: Request, user: nowhere.User = Depends(current_user)): ...


@router.post("/items/{item_id}", response_model=Item)
async def create(item_id: int, item: Item, payload: Annotated[Any, Depends(Context)]): ...


@router.get("/loose")
def loose(thing: Annotated[Payload, Body()], kind: Kind = Kind.A) -> Optional[Payload]: ...


app.include_router(router)
app.include_router(nowhere.router)
app.mount("/mounted", nowhere.asgi)
served = nowhere.SomeASGI(app)
"""
ROUTES = (
    "GET /plain (plain)",
    "GET /limited (limited)",
    "POST /items/{item_id} (create)",
    "GET /loose (loose)",
)


def look(tmp_path: Path, text: str, stubs: Stubs = AUTO, app: str = "svc:app") -> Observation:
    return observe(write(tmp_path, {"svc.py": text}), Target(app=app, monolith="svc", stubs=stubs))


def failure(tmp_path: Path, text: str, stubs: Stubs = AUTO) -> str:
    with pytest.raises(UnobservableError) as caught:
        look(tmp_path, text, stubs)
    return str(caught.value)


def test_everything_that_is_done_with_a_library_still_registers_the_routes(tmp_path: Path) -> None:
    seen = look(tmp_path, USES)

    assert tuple(row.label for row in seen.rows if row.answers) == ROUTES
    assert seen.fabricated == (
        "nowhere",
        "nowhere.auth",
        "nowhere.deep",
        "nowhere.limits",
        "nowhere.responses",
        "version of shop-that-is-not-installed",
    )


def test_an_application_in_a_missing_layer_is_found(tmp_path: Path) -> None:
    assert (
        tuple(r.label for r in look(tmp_path, USES, app="svc:served").rows if r.answers) == ROUTES
    )


def test_two_looks_are_equal(tmp_path: Path) -> None:
    trees = [write(tmp_path / side, {"svc.py": USES}) for side in ("before", "after")]

    verdict = verify(*trees, Target(app="svc:app", monolith="svc", stubs=AUTO))

    assert verdict.differences == ()
    assert verdict.fabricated[0] == "nowhere"
    assert "what 6 fabricated modules would have done on import" in verdict.cannot_see


APP = "\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef x(): ...\n"


def test_without_being_asked_nothing_is_made_up(tmp_path: Path) -> None:
    assert failure(tmp_path, f"import nowhere{APP}", Stubs()) == (
        "importing svc raises ModuleNotFoundError: No module named 'nowhere' (svc.py:1); "
        "name an interpreter that has it with --python, or have it made up with "
        "--stub nowhere"
    )


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    import nowhere\nexcept ImportError:\n    nowhere = None\nassert nowhere",
        "import importlib.util\nassert importlib.util.find_spec('nowhere')\nimport nowhere",
        "import importlib\nnowhere = importlib.import_module('nowhere')",
        "def load():\n    import nowhere\nload()",
    ],
)
def test_optional_and_late_modules_are_made_up_too(text: str, tmp_path: Path) -> None:
    assert look(tmp_path, text + APP).fabricated == ("nowhere",)


def test_a_missing_module_of_the_project_is_a_mistake(tmp_path: Path) -> None:
    files = {"shop/__init__.py": "", "shop/svc.py": f"from shop.v1 import items{APP}"}
    target = Target(app="shop.svc:app", monolith="shop.svc", stubs=AUTO)
    tree = write(tmp_path, files)

    with pytest.raises(UnobservableError, match=r"No module named 'shop\.v1'"):
        observe(tree, target)

    named = Target(app="shop.svc:app", monolith="shop.svc", stubs=Stubs(force=("shop.v1",)))
    assert observe(tree, named).fabricated == ("shop.v1",)


def test_what_a_library_misses_is_for_the_library_to_say(tmp_path: Path) -> None:
    library = {"site-packages/library.py": "import nowhere", "svc.py": f"import library{APP}"}
    tree = write(tmp_path, library)
    target = Target(app="svc:app", monolith="svc", stubs=AUTO, paths=("", "site-packages"))

    with pytest.raises(UnobservableError, match="No module named 'nowhere'"):
        observe(tree, target)


def test_named_modules_are_made_up_even_where_they_exist(tmp_path: Path) -> None:
    text = f"import json.tool\nimport decimal\nfrom google.cloud import storage{APP}"
    stubs = Stubs(force=("json.tool", "google.cloud"))

    assert look(tmp_path, text, stubs).fabricated == ("google", "google.cloud", "json.tool")


def test_denied_modules_are_never_made_up(tmp_path: Path) -> None:
    stubs = Stubs(auto=True, deny=("nowhere",))

    assert "No module named 'nowhere'" in failure(tmp_path, f"import nowhere.x{APP}", stubs)


def test_a_module_that_only_one_side_asks_for_is_a_difference(tmp_path: Path) -> None:
    before = write(tmp_path / "before", {"svc.py": APP})
    after = write(tmp_path / "after", {"svc.py": f"import routes_v1{APP}"})

    verdict = verify(before, after, Target(app="svc:app", monolith="svc", stubs=AUTO))

    assert [(d.where, d.what, d.before, d.after) for d in verdict.differences] == [
        ("routes_v1", "import", "not asked for", "fabricated")
    ]


def test_a_cache_made_twice_is_a_difference(tmp_path: Path) -> None:
    guard = "import nowhere\nguard = nowhere.Guard()"
    routes = (
        "\nfrom fastapi import Depends, FastAPI\napp = FastAPI()\n"
        "@app.get('/x')\ndef x(a=Depends(guard)): ...\n{}"
        "@app.get('/y')\ndef y(a=Depends({})): ...\n"
    )
    before = write(tmp_path / "before", {"svc.py": guard + routes.format("", "guard")})
    copied = routes.format("other = nowhere.Guard()\n", "other")
    after = write(tmp_path / "after", {"svc.py": guard + copied})

    verdict = verify(before, after, Target(app="svc:app", monolith="svc", stubs=AUTO))

    assert [(d.where, d.what) for d in verdict.differences] == [
        ("GET /y (y)", "identity of dependency nowhere.Guard()")
    ]
