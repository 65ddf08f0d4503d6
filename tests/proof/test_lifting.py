"""Wrong ways to take a factory apart: each must be rejected, for the right reason."""

from __future__ import annotations

import pytest

from aurum_refactor.model import Breach, Layout
from aurum_refactor.proof.lifting import prove_lifting
from aurum_refactor.source.text import SourceText, decode

LAYOUT = Layout("app.py", "app", "", "", False, "", False)

BEFORE = '''\
from fastapi import Depends, FastAPI

SIZE = 3
extra = FastAPI()


def create_app(debug: bool = False) -> FastAPI:
    app = FastAPI()
    store: dict[str, str] = {}
    title = "one" if debug else "two"

    def checked() -> bool:
        return describe() != ""

    # ---- items ----
    @app.get("/items", dependencies=[Depends(checked)])
    def items(size: int = SIZE) -> list[str]:
        """All

        of them.
        """
        return [title, *store][:size]

    def describe() -> str:
        return title

    hits = 0

    @app.get("/hits")
    def count() -> int:
        nonlocal hits
        hits += 1
        return hits

    for number in range(2):

        @app.get(f"/each/{number}")
        def each(at: int = number) -> int:
            return at

    @app.get("/late")
    def late() -> str:
        return below

    below = "b"
    app.state.describe = describe
    return app


if SIZE:

    @extra.get("/extra")
    def more(again: bool = False) -> bool:
        return again
'''

AFTER = '''\
from fastapi import Depends, FastAPI

SIZE = 3
extra = FastAPI()


def register_items(app, *, checked, title, store):
    # ---- items ----
    @app.get("/items", dependencies=[Depends(checked)])
    def items(size: int = SIZE) -> list[str]:
        """All

        of them.
        """
        return [title, *store][:size]

    def describe() -> str:
        return title

    return describe


def register_each(app, *, number):
    @app.get(f"/each/{number}")
    def each(at: int = number) -> int:
        return at


def create_app(debug: bool = False) -> FastAPI:
    app = FastAPI()
    store: dict[str, str] = {}
    title = "one" if debug else "two"

    def checked() -> bool:
        return describe() != ""

    describe = register_items(app, checked=checked, title=title, store=store)

    hits = 0

    @app.get("/hits")
    def count() -> int:
        nonlocal hits
        hits += 1
        return hits

    for number in range(2):

        register_each(app, number=number)

    @app.get("/late")
    def late() -> str:
        return below

    below = "b"
    app.state.describe = describe
    return app


def register_extra(extra):
    @extra.get("/extra")
    def more(again: bool = False) -> bool:
        return again

    return more


if SIZE:

    more = register_extra(extra)
'''

_COUNT = """\
    @app.get("/hits")
    def count() -> int:
        nonlocal hits
        hits += 1
        return hits
"""
_LATE = """\
    @app.get("/late")
    def late() -> str:
        return below
"""


def lifted(after: str, text: str, name: str, arguments: str) -> str:
    """*after* with *text* of the factory in a function of its own."""
    assert after.count(text) == 1
    first, _, rest = arguments.partition(", ")
    parameters = rest.partition("=")[0]
    stars = f", *, {parameters}" if parameters else ""
    function = f"\n\ndef {name}({first}{stars}):\n{text}"
    after = after.replace(text, f"    {name}({arguments})\n")
    return after.replace("\n\ndef create_app", f"{function}\n\ndef create_app")


def proven(before: str, after: str) -> tuple[Breach, ...]:
    """The breaches of a lifting given as text."""
    one, other = (decode("app.py", text.encode()) for text in (before, after))
    return prove_lifting(one, other, LAYOUT)[1]


def test_the_right_way_holds() -> None:
    assert proven(BEFORE, AFTER) == ()
    assert prove_lifting(decode("app.py", b"x = 1"), decode("app.py", b"x = 1"), LAYOUT) == (0, ())


#: name: (part of a message, (old, new) in the text afterwards)
MUTANTS = {
    "a closure variable is passed wrongly": ("own names", ("title=title", "title=debug")),
    "two closure variables change places": (
        "own names",
        ("title=title, store=store", "title=store, store=title"),
    ),
    "a closure variable is not passed at all": (
        "title in items is found in another scope",
        (
            ("*, checked, title, store", "*, checked, store"),
            ("checked=checked, title=title, ", "checked=checked, "),
        ),
    ),
    "what the rest reads is not given back": (
        "read outside",
        (("\n    return describe\n\n\n", "\n\n"), ("describe = register_items", "register_items")),
    ),
    "the call stands elsewhere": (
        "not the same",
        (
            ("    describe = register_items(app, checked=checked, title=title, store=store)\n", ""),
            (
                '    below = "b"\n',
                "    describe = register_items(app, checked=checked, title=title, store=store)\n"
                '    below = "b"\n',
            ),
        ),
    ),
    "the call is made twice": (
        "2 times",
        ("    hits = 0\n", "    hits = 0\n    register_each(app, number=hits)\n"),
    ),
    "a helper is duplicated": (
        "not the same",
        (
            "    hits = 0\n",
            "    def describe() -> str:\n        return title\n\n    hits = 0\n",
        ),
    ),
    "a body is changed": ("not the same", ("return at", "return -at")),
    "a docstring is indented anew": ("not the same", ("        of them.", "    of them.")),
    "a comment is lost": ("", ("    # ---- items ----\n", "")),
    "a decorator is lost": (
        "not the same",
        ('    @app.get(f"/each/{number}")\n', ""),
    ),
    "a default is added": ("more than a piece", ("*, number):", "*, number=1):")),
    "the variable of the loop is read later": (
        "not the same",
        (
            "def each(at: int = number) -> int:\n        return at",
            "def each():\n        return number",
        ),
    ),
    "a name of the module is not bound any more": (
        "not bound in the module",
        (("\n    return more\n\n\n", "\n\n"), ("more = register_extra", "register_extra")),
    ),
    "the new name was taken": (
        "means something else",
        (("register_each", "describe_"), ("describe_", "below")),
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught(name: str) -> None:
    message, changes = MUTANTS[name]
    after = AFTER
    for old, new in changes if isinstance(changes[0], tuple) else (changes,):
        assert old in after
        after = after.replace(old, new)

    breaches = proven(BEFORE, after)

    assert breaches
    assert message in breaches[0].message


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        (_COUNT, "app, hits=hits", "hits"),
        (_LATE, "app, below=below", "below is not surely bound before the call"),
    ],
    ids=["a nonlocal", "a name bound below"],
)
def test_what_cannot_be_lifted(text: str, arguments: str, message: str) -> None:
    after = lifted(AFTER, text, "register_more", arguments)

    breaches = proven(BEFORE, after)

    assert any(message in breach.message for breach in breaches), breaches


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('    below = "b"\n', '    below = "b"\n    title = "new"\n', "title is bound again"),
        (
            "    hits = 0\n",
            "    hits = 0\n\n    def rename():\n        nonlocal title\n        title = ''\n",
            "title is re-bound with nonlocal",
        ),
        (
            '    title = "one" if debug else "two"\n',
            '    if debug:\n        title = "t"\n',
            "title is not surely",
        ),
        (
            "        return [title",
            "        return [locals(), title",
            "locals sees another function",
        ),
        (
            '    below = "b"\n',
            '    below = "b"\n    print(locals())\n',
            "looks at its local variables",
        ),
        (
            '    below = "b"\n',
            '    below = "b"\n    describe = None\n',
            "describe is bound more than once",
        ),
        ("Depends(checked)", "Depends(checked())", "may be read above"),
    ],
)
def test_the_same_lifting_of_another_factory(old: str, new: str, message: str) -> None:
    assert old in BEFORE
    assert old in AFTER

    breaches = proven(BEFORE.replace(old, new), AFTER.replace(old, new))

    assert any(message in breach.message for breach in breaches), breaches


_FORWARDER = "lambda *args, **kwargs: below(*args, **kwargs)"


@pytest.mark.parametrize(
    ("below", "use", "holds"),
    [
        ("    def below() -> str:\n        return title\n", "below()", True),
        ("    def below() -> str:\n        return title\n", "str(below)", False),
        ("    below = str\n", "below()", False),
    ],
    ids=["only called", "handed on", "no function of the factory"],
)
def test_a_forwarder_is_only_for_what_is_only_called(below: str, use: str, *, holds: bool) -> None:
    before = BEFORE.replace('    below = "b"\n', below).replace("return below", f"return {use}")
    after = AFTER.replace('    below = "b"\n', below).replace("return below", f"return {use}")
    late = _LATE.replace("return below", f"return {use}")

    breaches = proven(before, lifted(after, late, "register_late", f"app, below={_FORWARDER}"))

    assert (breaches == ()) is holds, breaches


TWO = """\
from fastapi import APIRouter

one = APIRouter()
two = APIRouter()


@one.get("/items")
@two.get("/things")
def items() -> str:
    return "items"
"""

TWO_AFTER = """\
from fastapi import APIRouter

one = APIRouter()
two = APIRouter()


def register_items(two, one):
    @one.get("/items")
    @two.get("/things")
    def items() -> str:
        return "items"

    return items


items = register_items(two, one)
"""


def test_a_function_on_two_objects_is_put_back() -> None:
    assert prove_lifting(decoded(TWO), decoded(TWO_AFTER), LAYOUT) == (1, ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("items = register_items(two, one)", "items = register_items(one, two)"),
        ("items = register_items(two, one)", "items = register_items(two, two)"),
        ("items = register_items(two, one)", "register_items(two, one)"),
        ("@one.get", "@two.get"),
        ('    @two.get("/things")\n', ""),
        ("    return items\n", "    return two\n"),
    ],
)
def test_two_objects_that_change_places_are_a_breach(old: str, new: str) -> None:
    assert TWO_AFTER.count(old) == 1

    _, breaches = prove_lifting(decoded(TWO), decoded(TWO_AFTER.replace(old, new)), LAYOUT)

    assert breaches != ()


def decoded(text: str) -> SourceText:
    return decode("app.py", text.encode())
