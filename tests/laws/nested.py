"""Registrations of random monoliths that stand in functions, classes and blocks, or are calls.

And modules of domains that somebody wrote by hand before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.laws.chooser import Chooser

if TYPE_CHECKING:
    from tests.laws.monoliths import Writer


def by_call(writer: Writer) -> None:
    """A handler of its own that is registered by a call, once or twice."""
    name = writer.fresh("call")
    writer.write(f"def {name}(n: int = {writer.early()}):\n    return [n, {writer.late()}]")
    for _ in range(writer.choose.pick([1, 1, 2])):
        receiver, path, tag = _chosen(writer)
        writer.write(f'{receiver}.add_api_route("{path}", {name}, tags=["{tag}"])')
    writer.called.append(name)


def factory(writer: Writer) -> None:
    """Endpoints in a function that is called once, with what they share in there."""
    name, inner = writer.fresh("build"), writer.fresh("inside")
    receiver, path, tag = _chosen(writer)
    _, second, other = _chosen(writer)
    taken = writer.choose.chance()
    target = "target" if taken else receiver
    writer.write(
        f"def {name}({'target, ' if taken else ''}limit={writer.early()}):\n"
        f"    seen = [limit]\n\n"
        f"    def local():\n        seen.append({writer.late()})\n        return len(seen)\n\n"
        f'    @{target}.get("{path}", tags=["{tag}"])\n'
        f"    def {inner}(n: int = 1):\n        return [n, limit, local(), {writer.late()}]\n\n"
        f'    @{target}.post("{second}", tags=["{other}"])\n'
        f"    def {inner}_2():\n        return [limit, {writer.late()}]"
    )
    writer.write(f"{name}({receiver if taken else ''})")


def group(writer: Writer) -> None:
    """Endpoints under a condition, in a loop or in a ``try``."""
    name = writer.fresh("part")
    receiver, path, tag = _chosen(writer)
    index = writer.fresh("turn")
    head, end = writer.choose.pick(
        [
            (f"if {writer.early()}:", ""),
            ("try:", "\nexcept NameError:\n    pass"),
            (f"for {index} in range(2):", ""),
        ]
    )
    writer.write(
        f'{head}\n    @{receiver}.get("{path}", tags=["{tag}"])\n'
        f"    def {name}(n: int = {writer.early()}):\n        return [n, {writer.late()}]{end}"
    )


def methods(writer: Writer) -> None:
    """Methods that an object registers as it is made."""
    name = writer.fresh("Api")
    receiver, path, tag = _chosen(writer)
    _, second, other = _chosen(writer)
    verb = writer.choose.pick(["get", "post"])
    writer.write(
        f"class {name}:\n"
        f"    def __init__(self, target):\n"
        f"        self.router = target\n        self.hits = 0\n"
        f'        self.router.add_api_route("{path}", self.one, tags=["{tag}"])\n'
        f'        self.router.add_api_route("{second}", self.two, methods=["{verb.upper()}"],'
        f' tags=["{other}"])\n\n'
        f"    def one(self, n: int = {writer.early()}):\n"
        f"        self.hits += 1\n        return [n, self.hits, {writer.late()}]\n\n"
        f"    def two(self):\n        return [self.hits, self.help()]\n\n"
        f"    def help(self):\n        return {writer.late()}"
    )
    writer.write(f"{writer.fresh('api')} = {name}({receiver})")


def _chosen(writer: Writer) -> tuple[str, str, str]:
    """An object, a path and a domain."""
    from tests.laws.monoliths import DOMAINS, PATHS

    pick = writer.choose.pick
    return str(pick(writer.receivers)), str(pick(PATHS)), str(pick(DOMAINS))


NESTED: tuple[Callable[[Writer], None], ...] = (by_call, factory, group, methods)


def written_by_hand(choose: Chooser, *, future: bool) -> str:
    """A module of a domain that is there already, and may be in the way of what comes."""
    pieces = [
        "router = APIRouter()",
        '@app_router.get("/hand")\ndef by_hand(n: int = 1) -> int:\n    return n + len(KEPT)',
        "def load(q: int = 3):\n    return q",
        "def used() -> object:\n    return VALUE",
        "class Item:\n    pass",
        'def annotated(x: "Item"):\n    return x',
        "from shop.lib import VALUE",
        "from shop import lib",
        "import json",
        "from pydantic import BaseModel",
        "items = {}",
        'print("loaded")',
    ]
    head = "from __future__ import annotations\n\n" if future != choose.one_in(8) else ""
    head += "from fastapi import APIRouter\n\napp_router = APIRouter()\nKEPT = [1]\n"
    return "\n\n".join([head, *choose.some(pieces, 4)]) + "\n"
