"""Names of the monolith that a file asks for the module they stand in."""

from __future__ import annotations

import pytest

from aurum_refactor.analysis.references.reading import references_in

SPELLINGS = frozenset({"shop.main"})


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("from shop import main\nmain.load.__globals__['LIMIT'] = 3", {"load", "LIMIT"}),
        ("from shop.main import load\nload.__globals__['LIMIT']", {"load", "LIMIT"}),
        ("from shop import main\nsetitem(main.load.__globals__, 'LIMIT', 3)", {"load", "LIMIT"}),
        ("from shop import main\npatch.dict(main.load.__globals__, LIMIT=3)", {"load", "LIMIT"}),
        ("from shop import main\nsys.modules[main.Service.run.__module__]", {"Service"}),
        ("import shop.main as m\ninspect.getmodule(m.load)", {"load"}),
        ("from shop.main import load\ndef test():\n    getmodule(load)", {"load"}),
        ("from shop import main\ndef f(g):\n    return g.__module__", set()),
        ("from shop import main\nmain.load()", set()),
        ("from shop.other import load\nload.__globals__", set()),
    ],
)
def test_names_that_are_asked(code: str, names: set[str]) -> None:
    found = references_in("tests/test_shop.py", "tests", code.encode(), SPELLINGS).module_uses

    assert {use.detail for use in found if use.what == "namespace"} == names
