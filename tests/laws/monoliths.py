"""Random small monoliths that run, for the laws of whole extractions.

The domain of an endpoint is its first tag, so that paths can overlap across
domains in every way. Names that are read while the module is executed are
bound above; what a body reads may be bound anywhere, or nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st

from tests.laws.chooser import Chooser, Draw
from tests.laws.nested import NESTED, written_by_hand
from tests.laws.oddities import ODDITIES
from tests.laws.witness import Project

DOMAINS = ("ash", "birch", "cedar")
PATHS = ("/x/1", "/x/{p}", "/{q}/1", "/x/1/", "/y", "/{p}", "/y/{p}/z", "/x/2")
CONSTANTS = ("LIMIT", "SIZE")
HELPERS = ("load", "store")

# Further shapes, drawn where there is time to follow up what they find.
WIDE = settings.get_current_profile_name() == "nightly"

HEAD = """\
import functools
import itertools
import json

from fastapi import APIRouter, Depends, FastAPI, WebSocket
from pydantic import BaseModel

from shop import lib
from shop.lib import VALUE, shout
"""
LIB = "from shop import lib\n"
INCLUDED = 'app = FastAPI()\napp.include_router(hand.app_router, prefix="/hand")'
STARS = """\
STAR = 5


def twinkle():
    return STAR
"""
LIBRARY = """\
VALUE = 7


def shout(x=1):
    return f"{x}!"


def seen():
    from shop import main

    return main.STATE["k"]
"""
MODELS = """\
class Item(BaseModel):
    x: int = 0


class Box:
    size = 3


STATE = {"k": 1}


ORDER = []
IDS = itertools.count()


def now():
    return STATE["k"]


def wrapped(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return ["wrapped", function(*args, **kwargs)]

    return inner


def tracked(function):
    ORDER.append(function.__name__)
    return function


def guard(g: int = 1):
    return g


class Paging:
    def __init__(self, page: int = 1):
        self.page = page


class Sub(Box):
    def __init_subclass__(cls):
        ORDER.append(cls.__name__)
"""


@dataclass
class Writer:
    """Writes one monolith, choosing with Hypothesis."""

    choose: Chooser
    future: bool
    receivers: tuple[str, ...]
    prefix: str
    lines: list[str] = field(default_factory=list)
    # What is bound so far, and so may be read while the module is executed.
    constants: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    endpoints: list[str] = field(default_factory=list)
    # Names bound in odd ways, and functions that were not there from the beginning.
    odd: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    dependencies: list[str] = field(default_factory=lambda: ["guard", "Paging"])
    count: int = 0

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def write(self, text: str) -> None:
        self.lines.append(text)

    # ------------------------------------------------------------ expressions

    def early(self) -> str:
        """An expression that can be evaluated here and now, with a small value."""
        options = ["5", "VALUE", "lib.VALUE", 'STATE["k"]', "Box.size", *self.constants]
        options += ["now()", "lib.seen()"]
        options += ["len(ORDER)", "next(IDS)"] if self.choose.one_in(8) else []
        return str(self.choose.pick(options))

    def late(self) -> str:
        """An expression for a body: what it reads may be bound later, or never."""
        name = self.choose.pick((*CONSTANTS, "VALUE"))
        called = self.choose.pick((*HELPERS, "shout", *self.called, *self.endpoints))
        return str(
            self.choose.pick(
                [
                    name,
                    f"{called}()",
                    f"[{name} for _ in range(2)]",
                    f"(lambda: {name})()",
                    f'f"{{{name}}} {{{called}()!r}}"',
                    'STATE["k"]',
                    "Box.size",
                    "json.dumps(lib.VALUE)",
                    "__name__",
                    "Item().x",
                    "list(ORDER)",
                    *(f"str({name})" for name in self.odd),
                ]
            )
        )

    # ------------------------------------------------------------ statements

    def constant(self) -> None:
        name = self.choose.pick(CONSTANTS)
        self.write(f"{name} = {self.choose.below(10)}")
        if name not in self.constants:
            self.constants.append(name)

    def helper(self) -> None:
        name = self.choose.pick(HELPERS)
        self.write(f"def {name}(q: int = {self.early()}):\n    return [{self.late()}, q]")
        if name not in self.helpers:
            self.helpers.append(name)

    def change(self) -> None:
        """Something that other statements may have seen otherwise."""
        options = [
            'STATE["k"] += 1',
            'STATE = {"k": 9}',
            "Box.size += 1",
            'setattr(Box, "size", 8)',
        ]
        self.write(self.choose.pick(options))

    def observer(self) -> None:
        """A value taken from what stands above it."""
        if self.endpoints:
            name = self.fresh("seen")
            source = self.choose.pick(self.endpoints)
            self.write(f"{name} = {source}")

    def registered_elsewhere(self) -> None:
        receiver = self.choose.pick(self.receivers)
        path = self.choose.pick(PATHS)
        self.write(f'{receiver}.add_api_route("{path}", lambda: "{self.fresh("lambda")}")')

    def endpoint(self) -> None:
        receiver = self.choose.pick(self.receivers)
        domain = self.choose.pick(DOMAINS)
        again = self.endpoints and self.choose.one_in(6)
        name = self.choose.pick(self.endpoints) if again else self.fresh("ep")
        decorators = self.registrations(receiver, domain)
        for extra in ("@wrapped", "@tracked", "@functools.lru_cache"):
            if self.choose.one_in(6):
                decorators.insert(self.choose.below(len(decorators) + 1), extra)
        body = self.body()
        parameters = ", ".join(self.parameters())
        kind = self.choose.pick(["def", "def", "async def"])
        self.write("\n".join([*decorators, f"{kind} {name}({parameters}):", *body]))
        if not again:
            self.endpoints.append(name)

    def registrations(self, receiver: str, domain: str) -> list[str]:
        found = []
        for _ in range(self.choose.pick([1, 1, 1, 2])):
            empty = self.prefix and receiver == "r" and self.choose.chance()
            path = "" if empty else self.choose.pick(PATHS)
            verb = self.choose.pick(["get", "get", "post", "put", "api_route"])
            more = ', methods=["GET", "POST"]' if verb == "api_route" else ""
            found.append(f'@{receiver}.{verb}("{path}", tags=["{domain}"]{more})')
        return found

    def parameters(self) -> list[str]:
        options = [
            f"n: int = {self.early()}",
            "item: Item = None",
            'q: "int | None" = None',
            'i: "Item" = None',
            "router: int = 3",
            "_main: int = 4",
            "VALUE: int = VALUE",
        ]
        options += [
            f"d=Depends({name})" for name in (*self.helpers, *self.dependencies, *self.endpoints)
        ]
        chosen = self.choose.some(options, 2)
        names = [text.partition("=")[0].partition(":")[0] for text in chosen]
        return chosen if len(set(names)) == len(names) else chosen[:1]

    def body(self) -> list[str]:
        lines = []
        if self.choose.one_in(4):
            name = self.choose.pick(CONSTANTS)
            value = self.choose.pick(["1", f"[{name}]"])
            lines += [f"    global {name}", f"    {name} = {value}"]
        if self.choose.one_in(6):
            lines += ["    def inner(a=VALUE):", f"        return [a, {self.late()}]"]
            lines += ["    kept = inner()"]
        values = ", ".join([self.late() for _ in range(self.choose.pick([1, 2]))])
        return [*lines, f"    return [{values}]"]


def source(writer: Writer) -> str:
    """The text of one monolith."""
    future = "from __future__ import annotations\n\n" if writer.future else ""
    more = writer.choose.pick(["", "", ', tags=["t"]', ", dependencies=[Depends(guard)]"])
    made = {"app": "app = FastAPI()", "r": f'r = APIRouter(prefix="{writer.prefix}"{more})'}
    items = [writer.constant, writer.helper, writer.change, writer.observer]
    items += [writer.registered_elsewhere] + [writer.endpoint] * 8
    for _ in range(3 + writer.choose.below(8)):
        if writer.choose.one_in(4):
            writer.choose.pick(ODDITIES)(writer)
        elif WIDE and writer.choose.one_in(8):
            writer.choose.pick(NESTED)(writer)
        else:
            writer.choose.pick(items)()
    end = []
    if "r" in writer.receivers:
        end.append("app.include_router(r)")
    top = [made[name] for name in ("app", "r") if name in {"app", *writer.receivers}]
    stars = "from shop.stars import *\n" if writer.choose.one_in(8) else ""
    return future + "\n\n".join([HEAD + stars, MODELS, *top, *writer.lines, *end]) + "\n"


@st.composite
def monoliths(draw: Draw) -> Project:
    """A project whose application can be imported, with names that its tests replace."""
    choose = Chooser(draw)
    writer = Writer(
        choose,
        future=choose.chance(),
        receivers=choose.pick([("app",), ("r",), ("app", "r")]),
        prefix=choose.pick(["", "/p"]),
    )
    files: dict[str, str | bytes] = {
        "shop/__init__.py": "",
        "shop/lib.py": LIBRARY,
        "shop/stars.py": STARS,
        "shop/main.py": source(writer),
    }
    if WIDE and choose.one_in(3):
        domain = choose.pick(DOMAINS)
        files["shop/v1/__init__.py"] = ""
        files[f"shop/v1/{domain}.py"] = written_by_hand(choose, future=writer.future)
        if choose.chance():
            # Written by hand, and wired by hand.
            more = f"from shop.v1 import {domain} as hand\n"
            text = str(files["shop/main.py"]).replace("app = FastAPI()", INCLUDED, 1)
            files["shop/main.py"] = text.replace("from shop import lib\n", f"{more}{LIB}", 1)
    bound = [*writer.constants, *writer.helpers, *writer.endpoints, "VALUE", "shout", "json"]
    patched = tuple(choose.some(bound, 2))
    if patched:
        rows = "\n".join(f'    monkeypatch.setattr("shop.main.{name}", 1)' for name in patched)
        files["tests/test_patches.py"] = f"def test_them(monkeypatch):\n{rows}\n"
    return Project(files, patched=patched)


@st.composite
def splits(draw: Draw) -> list[str]:
    """An order in which the domains are extracted, one at a time."""
    return Chooser(draw).shuffled(DOMAINS)
