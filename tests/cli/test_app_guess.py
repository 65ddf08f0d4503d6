"""Which application `verify` takes where an object of the module's own class holds it."""

from __future__ import annotations

import ast

import pytest

from aurum_refactor.cli.app_classes import bound_application, holders_of, needed_by

INTERFACE = """\
class Interface:
    def __init__(self, settings):
        self.served: FastAPI = fastapi.FastAPI()
        self.settings = settings
"""


@pytest.mark.parametrize(
    ("line", "bound"),
    [
        ("app = Interface({}).served", "app"),
        ("app: FastAPI = Interface({}).served", "app"),
        ("service = Interface({})", "service.served"),
        ("settings = Interface({}).settings", ""),
        ("app = other.Interface({}).served", ""),
        ("make = Interface", ""),
        ("app = Interface({}).served\nservice = Interface(1)", "service.served"),
    ],
)
def test_what_the_module_binds_of_an_object_that_holds_it(line: str, bound: str) -> None:
    tree = ast.parse(f"{INTERFACE}{line}\n")

    holders = holders_of(tree)

    assert [(h.name, h.attribute, h.needed) for h in holders] == [
        ("Interface", "served", ("settings",))
    ]
    assert bound_application(tree, holders) == bound


def test_a_class_that_makes_none_holds_none() -> None:
    tree = ast.parse("class Empty:\n    def make(self):\n        return FastAPI()\n")

    assert holders_of(tree) == ()


def test_parameters_with_defaults_are_not_needed() -> None:
    (function,) = ast.parse("def make(a, /, b, c=1, *, d, e=2): ...\n").body

    assert isinstance(function, ast.FunctionDef)
    assert needed_by(function) == ("a", "b", "d")
