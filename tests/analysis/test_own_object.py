"""Looks of a module at its own object, however it gets at it."""

from __future__ import annotations

import ast

import pytest

from aurum_refactor.analysis.own_object import own_looks


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def f():\n    return sys.modules['shop.main'].RATE", [("RATE", False)]),
        ("def f():\n    return sys.modules.get(__name__).RATE", [("RATE", False)]),
        ("def f():\n    me = import_module('shop.main')\n    return me.RATE", [("RATE", False)]),
        ("def f():\n    if me := __import__('shop.main'):\n        me.RATE", [("RATE", False)]),
        ("def f():\n    from shop import main as m\n    return m.RATE", [("RATE", False)]),
        ("def f():\n    from . import main\n    return main.RATE", [("RATE", False)]),
        ("def f():\n    import shop.main\n    return shop.main.RATE", [("RATE", False)]),
        ("def f():\n    from shop.main import RATE", [("RATE", False)]),
        ("def f():\n    return getattr(sys.modules[__name__], 'RATE', 1)", [("RATE", False)]),
        ("def f():\n    return sys.modules[__name__]", [("", False)]),
        ("def f(g):\n    return sys.modules[g.__module__]", [("", False)]),
        ("def f(g):\n    return inspect.getmodule(g)", [("", False)]),
        ("X = sys.modules[__name__].RATE", [("RATE", True)]),
        ("def f(x=sys.modules[__name__].RATE):\n    pass", [("RATE", True)]),
        ("def f():\n    sys.modules[__name__].RATE = 2", [("RATE", False)]),
        ("me = sys.modules[__name__]\ndef f():\n    return me.RATE", [("RATE", False)]),
        ("def f():\n    from shop import main\ndef main():\n    main.x = 1", []),
        ("def f():\n    return sys.modules['shop.other'].RATE", []),
        ("def f():\n    return import_module('shop.other').RATE", []),
    ],
)
def test_looks_at_the_module(code: str, found: list[tuple[str, bool]]) -> None:
    tree = ast.parse(code)

    looks = own_looks(tree, code, "shop.main", "shop")

    assert [(look.name, look.at_import) for look in looks] == found


def test_what_looks_at_the_module_of_what_it_is_given_is_told_apart() -> None:
    code = "def f(g):\n    module = sys.modules[g.__module__]\n    module.SEEN = g"

    looks = own_looks(ast.parse(code), code, "shop.main", "shop")

    assert [(look.name, look.of_given) for look in looks] == [("", True), ("SEEN", False)]


def test_what_is_bound_through_the_object_is_told_apart() -> None:
    code = "def f():\n    sys.modules[__name__].RATE = 2"

    (look,) = own_looks(ast.parse(code), code, "shop.main", "shop")

    assert look.stores
