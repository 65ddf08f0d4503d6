"""A small real application as one module, and as the split that a careful person would make."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

HEAD = '''\
import functools
from enum import Enum
from typing import Callable, List, Optional

from fastapi import APIRouter, Body, Cookie, Depends, FastAPI, Header, Query, Request, Security
from fastapi import WebSocket
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.routing import APIRoute
from fastapi.security import OAuth2PasswordBearer, SecurityScopes
from pydantic import BaseModel, Field
from typing_extensions import Annotated

LIMIT = 10
oauth2 = OAuth2PasswordBearer(tokenUrl="token", scopes={"read": "Read"})


class Timed(APIRoute):
    pass


class Colour(str, Enum):
    RED = "red"
    BLUE = "blue"


class Item(BaseModel):
    name: str = Field(max_length=20)
    colour: Colour = Colour.RED
    parent: Optional["Item"] = None


class Problem(BaseModel):
    message: str


class Teapot(Exception):
    pass


class Limiter:
    def __init__(self, times: int) -> None:
        self.times = times

    def __call__(self, request: Request) -> None:
        pass


class Page:
    def __init__(self, skip: int = 0, limit: int = LIMIT) -> None:
        self.skip = skip


def tenant(x_tenant: str = Header("main")) -> str:
    return x_tenant


def get_db(who: str = Depends(tenant)):
    yield {}


async def user(scopes: SecurityScopes, token: str = Depends(oauth2)) -> str:
    return token


def role(name: str) -> Callable[..., None]:
    def checker(who: str = Depends(user)) -> None:
        assert who == name

    return checker


admin = role("admin")
slow = Limiter(5)


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def helper() -> int:
    return 1


invoices = APIRouter()


@invoices.post("{$request.body.url}")
def invoice_sent(body: Item) -> None:
    """Called back."""


async def start() -> None:
    pass


async def teapot(request: Request, error: Teapot) -> JSONResponse:
    return JSONResponse({}, status_code=418)


def stamp(request: Request, call_next):
    return call_next(request)


app = FastAPI(title="Shop", dependencies=[Depends(tenant)], on_startup=[start])
app.router.route_class = Timed
app.add_exception_handler(Teapot, teapot)
app.middleware("http")(stamp)
'''

MINE = """

@@.get("/i/me", response_model=List[Item], tags=["items"])
@logged
def my_items(page: Page = Depends(), db=Depends(get_db)):
    return []
"""

ONE = '''

@@.get("/i/{i}", response_model=Item, tags=["items", Colour.BLUE], deprecated=False)
async def get_item(i: str, db=Depends(get_db), q: Optional[int] = Query(3, ge=1)):
    """Read one."""
    return Item(name="x")
'''

ADD = """

@@.post(
    "/i",
    status_code=201,
    responses={404: {"model": Problem}, 409: {"description": "there"}},
    dependencies=[Depends(slow), Depends(admin)],
    callbacks=invoices.routes,
)
def add_item(item: Item, note: Annotated[str, Body()] = "", flag: bool = Cookie(False)) -> Item:
    return item
"""

ITEMS_1 = MINE + ONE + ADD

USERS = """

@@.get("/u", response_class=PlainTextResponse, dependencies=[Security(user, scopes=["read"])])
def users(request: Request, page: Page = Depends()):
    return "x"


@@.get("/u/hidden", include_in_schema=False, name="secret")
def hidden(db=Depends(get_db, use_cache=False), size: int = 5):
    return {}


@@.websocket("/ws/{room}")
async def chat(socket: WebSocket, room: str, db=Depends(get_db)):
    pass
"""

ITEMS_2 = """

@@.put("/i/{i}", openapi_extra={"x-kind": 1}, response_model_exclude={"parent"})
def put_item(i: str, item: Item = Body(embed=True), db=Depends(get_db)) -> Item:
    return item


@@.get("/export", operation_id="export_all", summary="All of it")
def export():
    return []
"""

REST = """

@app.get("/health", tags=["ops"])
def health():
    return {"ok": helper()}
"""

# What the moved endpoints need: all of it is bound where the first run stands.
NEEDS = """\
from typing import List, Optional

from fastapi import APIRouter, Body, Cookie, Depends, Query, Request, Security, WebSocket
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.routing import APIRoute

from typing_extensions import Annotated

from shop.routes import Colour, Item, Page, Problem, Timed, admin, get_db, invoices, logged, slow
from shop.routes import user
"""


def on(name: str, text: str) -> str:
    return text.replace("@@.", f"@{name}.")


def wired(module: str, router: str, names: str) -> str:
    return f"""

from shop.v1.{module} import {router} as _{module}_{router}, {names}  # noqa: E402
app.include_router(_{module}_{router})
"""


MONOLITH: Mapping[str, str] = {
    "shop/__init__.py": "",
    "shop/routes.py": HEAD + "".join(on("app", t) for t in (ITEMS_1, USERS, ITEMS_2)) + REST,
}

SPLIT: Mapping[str, str] = {
    "shop/__init__.py": "",
    "shop/routes.py": HEAD
    + wired("items", "first", "add_item, get_item, my_items")
    + wired("users", "only", "chat, hidden, users")
    + wired("items", "second", "export, put_item")
    + REST,
    "shop/v1/__init__.py": "from shop import routes as _routes\n",
    "shop/v1/items.py": NEEDS
    + "first = APIRouter(route_class=Timed)\nsecond = APIRouter(route_class=Timed)\n"
    + on("first", ITEMS_1)
    + on("second", ITEMS_2),
    "shop/v1/users.py": NEEDS + "only = APIRouter(route_class=Timed)\n" + on("only", USERS),
}


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Write a project and give its root."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def mutant(files: Mapping[str, str], *edits: tuple[str, str, str]) -> dict[str, str]:
    """Change texts (file, old, new); an edit that changes nothing is a mistake of the test."""
    changed = dict(files)
    for name, old, new in edits:
        assert old in changed[name], f"{old!r} is not in {name}"
        changed[name] = changed[name].replace(old, new)
    return changed
