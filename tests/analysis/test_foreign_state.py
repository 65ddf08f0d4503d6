"""What statements do to other modules of the project while they are executed."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest

from aurum_refactor.analysis.foreign_modules import Modules
from aurum_refactor.analysis.foreign_state import Made, foreign_effects


def effects(plug: str, statement: str, **others: str) -> tuple[set[str], set[str]]:
    """What the one *statement* of a monolith changes in ``shop.plug``, and what it looks at."""
    texts: Mapping[str, str] = {"shop": "", "shop.plug": plug, **others}
    names = [n.name for n in ast.parse(plug).body if isinstance(n, DEFINITIONS)]
    names += [t.id for n in ast.parse(plug).body if isinstance(n, ast.Assign) for t in TARGETS(n)]
    head = f"from shop import plug\nfrom shop.plug import {', '.join(sorted(set(names)))}\n"
    body = ast.parse(head + statement).body
    modules = Modules(frozenset({*texts, "shop.main"}), lambda name: (texts[name].encode(), "shop"))
    found = foreign_effects(body, modules.add("shop.main", "shop", body), modules, Made())[0]
    changes = {".".join(place) for row in found.values() for place in row.changes}
    looks = {".".join(place) for row in found.values() for place in row.looks}
    return changes, looks


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def TARGETS(node: ast.Assign) -> list[ast.Name]:
    return [target for target in node.targets if isinstance(target, ast.Name)]


ENDPOINT = "def endpoint(): return 1"


@pytest.mark.parametrize(
    ("plug", "decorator", "changed"),
    [
        ("ORDER = []\ndef add(f):\n    ORDER.append(f)\n    return f", "add", "ORDER"),
        ("R = {}\ndef add(f):\n    R[f.__name__] = f\n    return f", "plug.add", "R"),
        ("N = 0\ndef add(f):\n    global N\n    N += 1\n    return f", "add", "N"),
        (
            "R = {}\ndef add(n):\n    def deco(f):\n        R[n] = f\n        return f\n"
            "    return deco",
            "add('x')",
            "R",
        ),
        (
            "R = []\ndef add(f=None, *, n=1):\n    def wrap(g):\n"
            "        note(g)\n        return g\n"
            "    return wrap(f) if f else wrap\ndef note(g): R.append(g)",
            "add",
            "R",
        ),
        (
            "R = {}\ndef add(f):\n    r = R.setdefault(1, [])\n    r.append(f)\n    return f",
            "add",
            "R",
        ),
        (
            "class Bus:\n    def on(self, f):\n        self.rows.append(f)\n        return f\n"
            "bus = Bus()",
            "bus.on",
            "bus",
        ),
        (
            "class Bus:\n    def on(self, t):\n        return lambda f: f\n"
            "    def add(self, f):\n        self._n(f)\n        return f\n"
            "    def _n(self, f): self.n += 1\nbus = Bus()",
            "bus.add",
            "bus",
        ),
        (
            "class Seq:\n    n = 0\n    @classmethod\n    def add(cls, f):\n        Seq.n += 1\n"
            "        return f",
            "Seq.add",
            "Seq",
        ),
        (
            "def make():\n    rows = []\n    def add(f):\n"
            "        rows.append(f)\n        return f\n"
            "    return add\nadd = make()",
            "add",
            "add",
        ),
    ],
)
def test_a_decorator_that_keeps_what_it_decorates(plug: str, decorator: str, changed: str) -> None:
    changes, _ = effects(plug, f"@{decorator}\n{ENDPOINT}")

    assert changes == {f"shop.plug.{changed}"}


@pytest.mark.parametrize(
    ("plug", "statement"),
    [
        ("class Base:\n    known = []\n    def __init_subclass__(cls): Base.known.append(cls)",
         "class Job(Base): pass"),
        ("class Base:\n    known = {}\n    def __init_subclass__(cls): cls.known[1] = cls",
         "class Mid(Base): pass"),
        ("KNOWN = []\nclass Meta(type):\n    def __new__(m, *a):\n        KNOWN.append(a)\n"
         "        return super().__new__(m, *a)\nclass Base(metaclass=Meta): pass",
         "class Job(plug.Base): pass"),
        ("ids = itertools.count()", "def endpoint(n=next(ids)): return n"),
        ("ids = itertools.count()", "def endpoint(n=next(plug.ids)): return n"),
        ("N = [0]\ndef number():\n    N[0] += 1\n    return N[0]", "def endpoint(n=number()): ..."),
        ("R = []\ndef add(f): R.append(f)",
         "def own(f):\n    add(f)\n    return f\n@own\ndef endpoint(): ..."),
    ],
)  # fmt: skip
def test_other_ways_to_change_another_module(plug: str, statement: str) -> None:
    changes, _ = effects(plug, statement)

    assert len(changes) == 1


@pytest.mark.parametrize(
    ("plug", "statement"),
    [
        ("def mark(f):\n    f.marked = True\n    return f", f"@mark\n{ENDPOINT}"),
        ("C = {}\ndef wrap(f):\n    @functools.wraps(f)\n    def inner():\n        C[1] = f()\n"
         "        return C[1]\n    return inner", f"@wrap\n{ENDPOINT}"),
        ("C = {}\ndef wrap(n):\n    def deco(f):\n        @functools.wraps(f)\n"
         "        def inner():\n            C[n] = 1\n        return inner\n"
         "    return deco", f"@wrap(1)\n{ENDPOINT}"),
        ("from lib import Limiter\nlimiter = Limiter()", f"@limiter.limit('1')\n{ENDPOINT}"),
        ("class Base:\n    def __init_subclass__(cls): cls.tag = cls.__name__",
         "class Job(Base): pass"),
        ("class Deco:\n    def __init__(self, f):\n        self.f = f\n        self.rows = []\n"
         "        self.rows.append(f)", f"@Deco\n{ENDPOINT}"),
        ("R = []\ndef late(): R.append(1)", "def endpoint(): return late()"),
        ("R = []\ndef dep(): R.append(1)", "def endpoint(d=Depends(dep)): return d"),
    ],
)  # fmt: skip
def test_what_changes_nothing_that_others_could_see(plug: str, statement: str) -> None:
    assert effects(plug, statement)[0] == set()


def test_a_value_that_another_statement_may_change_is_looked_at() -> None:
    plug = "FLAGS = {}\nLIMIT = 5\ndef n(): return FLAGS.get(1)"

    assert effects(plug, "def endpoint(a=n(), b=LIMIT): ...")[1] == {"shop.plug.FLAGS"}


def test_imports_are_followed_through_packages() -> None:
    core = {
        "shop.core": "from shop.core.reg import add",
        "shop.core.reg": "R = []\ndef add(f): R.append(f)",
    }
    changes, _ = effects(
        "from shop.core import add as kept\nadd = kept", f"@add\n{ENDPOINT}", **core
    )

    assert changes == {"shop.core.reg.R"}


ITEMS = """
from shop import main
from shop.v1 import _shared

OWN = []


def listed(function):
    main.ORDER.append(function)
    OWN.append(function)
    return function


SIZE = main.SIZES.pop()


@listed
def items(seen=len(main.SEEN)):
    main.LATER.append(1)
"""


def test_an_import_of_what_was_made_does_what_stood_there_once() -> None:
    texts = {
        "shop.v1.items": ITEMS,
        "shop.v1._shared": "from shop import main\nmain.READY.append(1)\n",
        "shop.v1": "",
        "shop": "",
    }
    names = ("ORDER", "SIZES", "SEEN", "LATER", "READY")
    lines = [f"{name} = []" for name in names]
    lines += ["from shop.v1.items import items", "from shop.v1 import items as again"]
    modules = Modules(
        frozenset({*texts, "shop.main"}),
        lambda name: (texts[name].encode(), name.rpartition(".")[0]),
    )
    made = Made(frozenset({"shop.v1.items", "shop.v1._shared"}), frozenset({"items"}))

    body = ast.parse("\n".join(lines)).body
    home = modules.add("shop.main", "shop", body)

    everything, defining = foreign_effects(body, home, modules, made)

    (ordinal,) = everything
    assert lines[ordinal] == "from shop.v1.items import items"
    assert {name for _, name in everything[ordinal].changes} == {"ORDER", "SIZES", "READY"}
    assert {name for _, name in defining[ordinal].changes} == {"ORDER"}
    assert "SEEN" in {name for _, name in defining[ordinal].looks}
