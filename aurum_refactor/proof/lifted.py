"""What a router of a new module says for all of its routes, and the routes as they are with it.

``APIRouter(prefix=..., tags=[...])`` puts its prefix before the path of every route that is
decorated, and its tags before the route's (semantics §1.1). Undone here, route by route.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass

from aurum_refactor.proof.levels import AT_IMPORT
from aurum_refactor.proof.lockstep import Lockstep

#: Starlette's own decorators: the router's prefix and tags pass them by.
_STARLETTE = frozenset({"route", "websocket_route"})


@dataclass(frozen=True, slots=True)
class Lifted:
    """Prefix and tags of one router; empty for a bare one."""

    prefix: str = ""
    tags: tuple[str, ...] = ()
    # What is wrong with them, as the end of a sentence; "" if nothing is.
    wrong: str = ""

    def __bool__(self) -> bool:
        return bool(self.prefix or self.tags)


def lifted_of(node: ast.stmt) -> Lifted:
    """Read the statement that makes a router."""
    match node:
        case ast.Assign(value=ast.Call(keywords=keywords)):
            given = {keyword.arg: keyword.value for keyword in keywords}
        case _:
            return Lifted()
    prefix, wrong = "", ""
    match given.get("prefix"):
        case None:
            pass
        case ast.Constant(value=str(text)) if text.startswith("/") and not text.endswith("/"):
            prefix = text
        case _:
            wrong = "has a prefix that is not a plain one"
    tags: tuple[str, ...] = ()
    match given.get("tags"):
        case None:
            pass
        case ast.List(elts=elements):
            texts = [e.value for e in elements if isinstance(e, ast.Constant)]
            tags = tuple(text for text in texts if isinstance(text, str))
            if len(tags) < len(elements):
                wrong = "has tags that are not plain ones"
        case _:
            wrong = "has tags that are not plain ones"
    return Lifted(prefix, tags, wrong)


def undone(lockstep: Lockstep, old: ast.Call, new: ast.Call, lifted: Lifted) -> ast.Call:
    """The new route call as it would be on a bare router; its tags are compared on the way.

    Raises:
        DiffersError: The tags are others than before.
    """
    verb = new.func.attr if isinstance(new.func, ast.Attribute) else ""
    if not lifted or verb in _STARLETTE:
        return new
    whole = copy.copy(new)
    if lifted.prefix:
        if new.args:
            whole.args = [_longer(lockstep, new.args[0], lifted.prefix), *new.args[1:]]
        else:
            whole.keywords = [
                ast.keyword("path", _longer(lockstep, k.value, lifted.prefix))
                if k.arg == "path"
                else k
                for k in new.keywords
            ]
    if lifted.tags and verb != "websocket":
        before = _tags(lockstep, old)
        after = [*(ast.Constant(tag) for tag in lifted.tags), *_tags(lockstep, new)]
        lockstep.all(before, after, AT_IMPORT)
        # They are the same: so they stand where they stood.
        tags = {k.arg: k for k in old.keywords}.get("tags")
        rest = [k for k in whole.keywords if k.arg != "tags"]
        place = next((i for i, k in enumerate(old.keywords) if k is tags), 0)
        if tags is not None:
            rest.insert(place, tags)
        whole.keywords = rest
    lockstep.lifted.append((old, new, lifted.prefix))
    return whole


def _longer(lockstep: Lockstep, node: ast.expr, prefix: str) -> ast.expr:
    match node:
        case ast.Constant(value=str(path)):
            return ast.copy_location(ast.Constant(prefix + path), node)
        case _:
            lockstep.fail("a path behind a prefix is not written out")
            return node


def _tags(lockstep: Lockstep, call: ast.Call) -> list[ast.expr]:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if None in given:
        lockstep.fail("a route has tags that are not written out")
    match given.get("tags"):
        case None:
            return []
        case ast.List(elts=elements):
            return elements
        case _:
            lockstep.fail("a route has tags that are not written out")
            return []
