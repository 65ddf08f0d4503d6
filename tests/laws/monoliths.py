"""Random small monoliths that run, for the laws of whole extractions.

The domain of an endpoint is its first tag, so that paths can overlap across
domains in every way. Names that are read while the module is executed are
bound above; what a body reads may be bound anywhere, or nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.laws.witness import Project

DOMAINS = ("ash", "birch", "cedar")
PATHS = ("/x/1", "/x/{p}", "/{q}/1", "/x/1/", "/y", "/{p}", "/y/{p}/z", "/x/2")
CONSTANTS = ("LIMIT", "SIZE")
HELPERS = ("load", "store")

# Waits for the case "a class attribute changed between" in found/waiting.py.
LEFT_OUT = frozenset({"Box.size += 1"})

HEAD = """\
import functools
import json

from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel

from shop import lib
from shop.lib import VALUE, shout
"""
LIBRARY = """\
VALUE = 7


def shout(x=1):
    return f"{x}!"
"""
MODELS = """\
class Item(BaseModel):
    x: int = 0


class Box:
    size = 3


STATE = {"k": 1}


def wrapped(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return ["wrapped", function(*args, **kwargs)]

    return inner
"""


@dataclass
class Writer:
    """Writes one monolith, choosing with Hypothesis."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    future: bool
    receivers: tuple[str, ...]
    prefix: str
    lines: list[str] = field(default_factory=list)
    # What is bound so far, and so may be read while the module is executed.
    constants: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    endpoints: list[str] = field(default_factory=list)
    count: int = 0

    def pick(self, options: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(options))

    def chance(self) -> bool:
        return bool(self.draw(st.booleans()))

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def write(self, text: str) -> None:
        self.lines.append(text)

    # ------------------------------------------------------------ expressions

    def early(self) -> str:
        """An expression that can be evaluated here and now, with a small value."""
        options = ["5", "VALUE", "lib.VALUE", 'STATE["k"]', "Box.size", *self.constants]
        return str(self.pick(options))

    def late(self) -> str:
        """An expression for a body: what it reads may be bound later, or never."""
        name = self.pick((*CONSTANTS, "VALUE"))
        called = self.pick((*HELPERS, "shout", *self.endpoints))
        return str(
            self.pick(
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
                ]
            )
        )

    # ------------------------------------------------------------ statements

    def constant(self) -> None:
        name = self.pick(CONSTANTS)
        self.write(f"{name} = {self.draw(st.integers(0, 9))}")
        if name not in self.constants:
            self.constants.append(name)

    def helper(self) -> None:
        name = self.pick(HELPERS)
        self.write(f"def {name}(q: int = {self.early()}):\n    return [{self.late()}, q]")
        if name not in self.helpers:
            self.helpers.append(name)

    def change(self) -> None:
        """Something that other statements may have seen otherwise."""
        options = ['STATE["k"] += 1', 'STATE = {"k": 9}', "Box.size += 1"]
        self.write(str(self.pick([option for option in options if option not in LEFT_OUT])))

    def observer(self) -> None:
        """A value taken from what stands above it."""
        if self.endpoints:
            name = self.fresh("seen")
            source = self.pick(self.endpoints)
            self.write(f"{name} = {source}")

    def registered_elsewhere(self) -> None:
        receiver = self.pick(self.receivers)
        path = self.pick(PATHS)
        self.write(f'{receiver}.add_api_route("{path}", lambda: "{self.fresh("lambda")}")')

    def endpoint(self) -> None:
        receiver = self.pick(self.receivers)
        domain = self.pick(DOMAINS)
        again = self.endpoints and self.draw(st.integers(0, 5)) == 0
        name = self.pick(self.endpoints) if again else self.fresh("ep")
        decorators = self.registrations(receiver, domain)
        if self.draw(st.integers(0, 4)) == 0:
            decorators.insert(self.pick([0, len(decorators)]), "@wrapped")
        body = self.body()
        parameters = ", ".join(self.parameters())
        self.write("\n".join([*decorators, f"def {name}({parameters}):", *body]))
        if not again:
            self.endpoints.append(name)

    def registrations(self, receiver: str, domain: str) -> list[str]:
        found = []
        for _ in range(self.pick([1, 1, 1, 2])):
            path = "" if self.prefix and receiver == "r" and self.chance() else self.pick(PATHS)
            verb = self.pick(["get", "get", "post", "put", "api_route"])
            more = ', methods=["GET", "POST"]' if verb == "api_route" else ""
            found.append(f'@{receiver}.{verb}("{path}", tags=["{domain}"]{more})')
        return found

    def parameters(self) -> list[str]:
        options = [
            f"n: int = {self.early()}",
            "item: Item = None",
            'q: "int | None" = None',
            "VALUE: int = VALUE",
        ]
        options += [f"d=Depends({name})" for name in (*self.helpers, *self.endpoints)]
        chosen: list[str] = self.draw(st.lists(st.sampled_from(options), max_size=2, unique=True))
        names = [text.partition("=")[0].partition(":")[0] for text in chosen]
        return chosen if len(set(names)) == len(names) else chosen[:1]

    def body(self) -> list[str]:
        lines = []
        if self.draw(st.integers(0, 3)) == 0:
            name = self.pick(CONSTANTS)
            lines += [f"    global {name}", f"    {name} = {self.pick(['1', '[' + name + ']'])}"]
        if self.draw(st.integers(0, 5)) == 0:
            lines += ["    def inner(a=VALUE):", f"        return [a, {self.late()}]"]
            lines += ["    kept = inner()"]
        values = ", ".join([self.late() for _ in range(self.pick([1, 2]))])
        return [*lines, f"    return [{values}]"]


def source(writer: Writer) -> str:
    """The text of one monolith."""
    future = "from __future__ import annotations\n\n" if writer.future else ""
    made = {"app": "app = FastAPI()", "r": f'r = APIRouter(prefix="{writer.prefix}")'}
    items = [writer.constant, writer.helper, writer.change, writer.observer]
    items += [writer.registered_elsewhere] + [writer.endpoint] * 8
    for _ in range(writer.draw(st.integers(3, 9))):
        writer.pick(items)()
    end = []
    if "r" in writer.receivers:
        end.append("app.include_router(r)")
    top = [made[name] for name in ("app", "r") if name in {"app", *writer.receivers}]
    return future + "\n\n".join([HEAD, MODELS, *top, *writer.lines, *end]) + "\n"


@st.composite
def monoliths(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Project:
    """A project whose application can be imported, with names that its tests replace."""
    writer = Writer(
        draw,
        future=draw(st.booleans()),
        receivers=draw(st.sampled_from([("app",), ("r",), ("app", "r")])),
        prefix=draw(st.sampled_from(["", "/p"])),
    )
    files: dict[str, str | bytes] = {
        "shop/__init__.py": "",
        "shop/lib.py": LIBRARY,
        "shop/main.py": source(writer),
    }
    bound = [*writer.constants, *writer.helpers, *writer.endpoints, "VALUE", "shout", "json"]
    patched = tuple(draw(st.lists(st.sampled_from(bound), max_size=2, unique=True)))
    if patched:
        rows = "\n".join(f'    monkeypatch.setattr("shop.main.{name}", 1)' for name in patched)
        files["tests/test_patches.py"] = f"def test_them(monkeypatch):\n{rows}\n"
    return Project(files, patched=patched)


def splits() -> st.SearchStrategy[list[str]]:
    """An order in which the domains are extracted, one at a time."""
    return st.permutations(DOMAINS)
