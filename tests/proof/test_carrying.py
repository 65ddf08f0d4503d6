"""Wrong ways to take methods out of their class: each must be rejected, for the right reason."""

from __future__ import annotations

import pytest

from aurum_refactor.model import Breach, Layout
from aurum_refactor.proof.carrying import prove_carrying
from aurum_refactor.source.text import SourceText, decode

LAYOUT = Layout("shop/api.py", "shop.api", "shop", "shop", False, "", False)

BASE = """\
from abc import ABC


class Server(ABC):
    def hits(self):
        return 0
"""

BEFORE = '''\
from functools import wraps

from fastapi import Query

from shop.base import Server

kept = []


def logged(method):
    @wraps(method)
    def wrapper(self):
        return method(self)

    return wrapper


def kept_in_order(method):
    kept.append(method)
    return method


# All there is.
class Api(Server):
    """Answers."""

    size = 3

    def __init__(self, router):
        super().__init__()
        self.router = router
        router.add_api_route("/items", self.items)
        router.add_api_route("/users", self.users)
        router.add_api_route("/more", self.more)

    # Items come first.
    @logged
    def items(self, size: int = Query(3)) -> list[str]:
        """All

        of them.
        """
        return [self.name]
        # And no more.

    def users(self):
        return self.items()

    def more(self):
        return self.size

    def hits(self):
        return 1


api = Api
'''

AFTER = '''\
from functools import wraps

from fastapi import Query

from shop.base import Server

kept = []


def logged(method):
    @wraps(method)
    def wrapper(self):
        return method(self)

    return wrapper


def kept_in_order(method):
    kept.append(method)
    return method


class ItemsEndpoints:
    # Items come first.
    @logged
    def items(self, size: int = Query(3)) -> list[str]:
        """All

        of them.
        """
        return [self.name]
        # And no more.

    def more(self):
        return self.size


class UsersEndpoints:
    def users(self):
        return self.items()


# All there is.
class Api(ItemsEndpoints, UsersEndpoints, Server):
    """Answers."""

    size = 3

    def __init__(self, router):
        super().__init__()
        self.router = router
        router.add_api_route("/items", self.items)
        router.add_api_route("/users", self.users)
        router.add_api_route("/more", self.more)

    def hits(self):
        return 1


api = Api
'''


def decoded(text: str) -> SourceText:
    return decode("shop/api.py", text.encode())


def breaches_of(
    before: str, after: str, base: str = BASE, **others: str
) -> tuple[int, tuple[Breach, ...]]:
    files = {"shop/base.py": base.encode(), "shop/__init__.py": b""}
    files |= {f"shop/{name}.py": text.encode() for name, text in others.items()}
    return prove_carrying(decoded(before), decoded(after), LAYOUT, files)


def both(old: str, new: str) -> tuple[str, str]:
    """The same change of both sides."""
    assert old in BEFORE
    assert old in AFTER
    return BEFORE.replace(old, new), AFTER.replace(old, new)


def test_a_module_as_it_was_holds() -> None:
    assert breaches_of(BEFORE, BEFORE) == (0, ())


def test_inherited_methods_hold() -> None:
    assert breaches_of(BEFORE, AFTER) == (3, ())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("(ItemsEndpoints, UsersEndpoints, Server)", "(Server, ItemsEndpoints, UsersEndpoints)",
         "Api does not look there first"),
        ("(ItemsEndpoints, UsersEndpoints, Server)", "(ItemsEndpoints, Server)",
         "UsersEndpoints is not inherited once"),
        ("class UsersEndpoints:", "class UsersEndpoints(Server):", "more than methods"),
        ("class UsersEndpoints:", "@logged\nclass UsersEndpoints:", "more than methods"),
        ("        return self.items()", "        return self.more()", "is not the same once"),
        ("# And no more.", "# And more.", "has other lines than before"),
        ("    # Items come first.\n", "", "has other lines than before"),
        ("class UsersEndpoints:\n", "class UsersEndpoints:\n    size = 4\n\n", "more than methods"),
        ("\n    def more(self):\n        return self.size\n", "", "is not the same once"),
        ("# All there is.\n", "", "a line is lost or added"),
        ("\n\napi = Api", "\n\napi = UsersEndpoints", "not inherited once"),
        ("class UsersEndpoints:", "kept.clear()\n\n\nclass UsersEndpoints:", "not inherited once"),
        ("UsersEndpoints", "hits", "hits means something else already"),
        ("    def hits(self):", "    def users(self):\n        return 2\n\n    def hits(self):",
         "is not the same once"),
    ],
)  # fmt: skip
def test_what_is_no_mere_carrying_is_found(old: str, new: str, message: str) -> None:
    assert old in AFTER

    _, breaches = breaches_of(BEFORE, AFTER.replace(old, new))

    assert any(message in breach.message for breach in breaches), breaches


SELF = "        return [self.name]\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (SELF, "        return [self.__name]\n", "uses the private name __name"),
        (SELF, "        return [super().items()]\n", "uses the class it stands in"),
        (SELF, "        return [__class__]\n", "uses the class it stands in"),
        ("super().__init__()", "super().users()", "super().users would be its own method"),
        ("super().__init__()", "look = super()", "super() is used for more than a method"),
        ("super().__init__()", "print(vars(type(self)))", "looks into it"),
        ("super().__init__()", "print(Api.__dict__)", "looks into it"),
        ("super().__init__()", "print(self.items.__qualname__)", "asks which class a method"),
        ("super().__init__()", "getattr(router, '__qualname__')", "asks which class a method"),
        ("return method(self)", "return method.__qualname__", "asks which class a method"),
        ("size: int = Query(3)", "count: int = size", "items reads size of the class"),
        ("size: int = Query(3)", "count: int = len(kept)", "calls len when it is defined"),
        ("-> list[str]", "-> __qualname__", "reads __qualname__ of the class"),
        ("    @logged\n", "    @kept_in_order\n", "may do more than wrap items"),
        ("    @logged\n", "    @staticmethod()\n", "may do more than wrap items"),
        ("    @logged\n", "    @property\n", "may do more than wrap items"),
        ("    size = 3\n", "    size = 3\n    __slots__ = ()\n", "has __slots__"),
        ("    size = 3\n", "    size = 3\n    print(locals())\n", "may look at itself"),
        ("\n\napi = Api", "\n\ndel Api.users", "deletes from it"),
        ("\n\napi = Api", "\n\nApi = Api", "bound more than once"),
        ("\n\napi = Api", "\n\nclass Two(dict, Api):\n    pass", "from it and from others"),
        ("Server):", "Server, metaclass=type(Server)):", "is made with metaclass"),
        ("Server):", "Server, dict):", "its base dict is not known"),
        ("# All there is.\n", "# All there is.\n@logged\n", "its decorators see what it holds"),
    ],
)  # fmt: skip
def test_what_can_tell_is_found(old: str, new: str, message: str) -> None:
    before, after = both(old, new)

    _, breaches = breaches_of(before, after)

    assert any(message in breach.message for breach in breaches), breaches


@pytest.mark.parametrize(
    ("base", "message"),
    [
        (BASE.replace("def hits", "def __init_subclass__"), "Server has __init_subclass__"),
        (BASE.replace("def hits", "def __getattribute__"), "Server has __getattribute__"),
        (BASE.replace("(ABC)", "(dict)"), "its base dict is not known"),
        (BASE.replace("(ABC)", "(metaclass=Meta)"), "Server is made with metaclass"),
        (BASE.replace("return 0", "return vars(type(self))"), "looks into classes"),
        (BASE + "\n\nServer = 1\n", "its base Server is not known"),
        (BASE + "\n\nif ABC:\n    from other import Server\n", "its base Server is not known"),
        (BASE + "\n\nfrom other import *\n", "its base Server is not known"),
    ],
)
def test_a_base_that_can_tell_is_found(base: str, message: str) -> None:
    _, breaches = breaches_of(BEFORE, AFTER, base)

    assert any(message in breach.message for breach in breaches), breaches


@pytest.mark.parametrize(
    "code",
    [
        "names = Api.__dict__.keys()",
        "names = api.Api.__mro__",
        "names = vars(Api)",
        "delattr(Api, 'users')",
        "del Api.users",
        "name = Api.users.__qualname__",
        "class More(Mixin, Api): ...",
        "class More(Mixin, S): ...",
        "Other = S\nclass More(S, Other): ...",
    ],
)
def test_other_files_that_can_tell_are_found(code: str) -> None:
    _, breaches = breaches_of(BEFORE, AFTER, look=f"from shop.api import Api, Api as S\n\n{code}\n")

    assert {breach.guarantee for breach in breaches} == {"G2"}


@pytest.mark.parametrize("kind", ["staticmethod", "classmethod"])
def test_methods_without_an_object_hold_where_the_decorator_is_pythons(kind: str) -> None:
    before, after = both("    @logged\n", f"    @{kind}\n")
    taken = f"{kind} = kept_in_order\n\n\n# All there is."

    assert breaches_of(before, after) == (3, ())
    _, breaches = breaches_of(
        before.replace("# All there is.", taken),
        after.replace("class ItemsEndpoints", f"{kind} = kept_in_order\n\n\nclass ItemsEndpoints"),
    )
    assert breaches


def test_annotations_as_strings_read_nothing_of_the_class() -> None:
    before, after = both("-> list[str]", "-> size")
    future = "from __future__ import annotations\n"

    assert breaches_of(before, after)[1]
    assert not breaches_of(future + before, future + after)[1]
