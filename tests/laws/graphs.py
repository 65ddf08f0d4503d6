"""Random modules of helpers, classes and values, with what a reader would know of each.

Nothing here is executed. Every name is bound above what reads it at import;
what bodies read may stand anywhere, so there are circles of any size.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.laws.chooser import Chooser, Draw
from tests.laws.witness import Project

DOMAINS = ("ash", "birch", "cedar")
HEAD = """\
import json
from pathlib import Path

from fastapi import Depends, FastAPI

from shop.lib import shout

app = FastAPI()
"""


@dataclass
class Node:
    """One name of the module that is no endpoint."""

    name: str
    # Names that it reads when it is defined, and when it is called.
    early: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    # Why it must stay, in the words of the definition; "" if it is free to go.
    anchored: str = ""


@dataclass
class Endpoint:
    name: str
    domain: str
    early: list[str]
    late: list[str]


@dataclass(repr=False)
class Graph:
    """A module as text, and the graph that it was written from."""

    nodes: dict[str, Node]
    endpoints: list[Endpoint]
    # Names in the order in which they stand.
    order: list[str]
    project: Project

    def __repr__(self) -> str:
        return str(self.project)


@dataclass
class Writer:
    """Writes one module, choosing with Hypothesis."""

    choose: Chooser
    # All names that there will be; those bound so far can be read at import.
    names: list[str]
    patched: set[str]
    domains: tuple[str, ...]
    nodes: dict[str, Node] = field(default_factory=dict)
    endpoints: list[Endpoint] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def node(self, name: str) -> None:
        kinds = [self.function] * 4 + [self.value] * 2 + [self.class_, self.alias]
        kinds += [self.state, self.tried, self.place, self.twice, self.mutable]
        node = Node(name, anchored="patched by a test" if name in self.patched else "")
        text = self.choose.pick(kinds)(node)
        self.nodes[name] = node
        self.order.append(name)
        self.texts.append(text)

    # ------------------------------------------------------------ what to read

    def bodies(self) -> list[str]:
        return self.choose.some(self.names, 3)

    def above(self, most: int = 1) -> list[str]:
        """Names that can be read at import; they never change."""
        free = [n for n, node in self.nodes.items() if not node.anchored]
        return self.choose.some(free, most) if free else []

    def returned(self, node: Node) -> str:
        node.late = self.bodies()
        return f"[{', '.join(['json', 'shout', *node.late][: 2 + len(node.late)])}]"

    # ------------------------------------------------------------ kinds of nodes

    def function(self, node: Node) -> str:
        node.early = self.above()
        default = f"x={node.early[0]}" if node.early else ""
        return f"def {node.name}({default}):\n    return {self.returned(node)}"

    def class_(self, node: Node) -> str:
        return (
            f"class {node.name}:\n    size = 3\n\n"
            f"    def method(self):\n        return {self.returned(node)}"
        )

    def value(self, node: Node) -> str:
        node.early = self.above(2)
        return f"{node.name} = [{', '.join(['1', *node.early])}]"

    def alias(self, node: Node) -> str:
        node.early = self.above()
        return f"{node.name} = {node.early[0] if node.early else 7}"

    def mutable(self, node: Node) -> str:
        return f"{node.name}: dict = {{}}"

    def state(self, node: Node) -> str:
        node.anchored = node.anchored or "re-bound with global"
        setter = f"set_{node.name}"
        self.nodes[setter] = Node(setter, anchored="contains global")
        self.order.append(setter)
        return (
            f"def {setter}(value):\n    global {node.name}\n    {node.name} = value\n\n"
            f"{node.name} = 0"
        )

    def tried(self, node: Node) -> str:
        node.anchored = node.anchored or "bound by try and except"
        return (
            f"try:\n    import orjson as {node.name}\nexcept ImportError:\n    {node.name} = None"
        )

    def place(self, node: Node) -> str:
        node.anchored = node.anchored or "reads where it stands"
        if self.choose.chance():
            return f"{node.name} = Path(__file__)"
        return f"def {node.name}():\n    return [__name__, {self.returned(node)}]"

    def twice(self, node: Node) -> str:
        node.anchored = node.anchored or "bound twice"
        return f"{node.name} = 1\n{node.name} = 2"

    # ------------------------------------------------------------ endpoints

    def endpoint(self, number: int) -> None:
        name = f"ep{number}"
        domain = self.choose.pick(self.domains)
        early = self.above()
        late = self.bodies()
        default = f"d=Depends({early[0]})" if early else ""
        self.endpoints.append(Endpoint(name, domain, early, late))
        self.order.append(name)
        self.texts.append(
            f'@app.get("/{name}", tags=["{domain}"])\ndef {name}({default}):\n'
            f"    return [{', '.join(late)}]"
        )


@st.composite
def graphs(draw: Draw) -> Graph:
    """A monolith with two to eight endpoints and up to ten other names."""
    choose = Chooser(draw)
    names = [f"n{number}" for number in range(1 + choose.below(8))]
    patched = set(choose.some(names, 1)) if choose.one_in(4) else set()
    domains = DOMAINS if choose.one_in(4) else DOMAINS[:2]
    writer = Writer(choose, names, patched, domains)
    waiting = list(names)
    for number in range(2 + choose.below(5)):
        for _ in range(choose.below(4)):
            if waiting:
                writer.node(waiting.pop(0))
        writer.endpoint(number)
    for name in waiting:
        writer.node(name)
    text = "\n\n\n".join([HEAD, *writer.texts]) + "\n"
    files: dict[str, str | bytes] = {
        "shop/__init__.py": "",
        "shop/lib.py": "def shout(): return 1\n",
        "shop/main.py": text,
    }
    if writer.patched:
        rows = "\n".join(f'    monkeypatch.setattr("shop.main.{n}", 1)' for n in writer.patched)
        files["tests/test_patches.py"] = f"def test_them(monkeypatch):\n{rows}\n"
    return Graph(writer.nodes, writer.endpoints, writer.order, Project(files))
