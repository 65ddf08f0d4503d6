"""What the golden cases cannot say: identity of trees, and calls that no command makes."""

from __future__ import annotations

import libcst as cst
import pytest

from codemods.errors import CannotRewrite
from codemods.qualify_names import qualify_names
from codemods.rebind_routes import rebind_routes
from codemods.registration_calls import register_function, registration_calls

ROUTES = '@app.get("/a")\ndef f(): ...\n'


def test_untouched_statements_are_the_same_objects() -> None:
    module = cst.parse_module("def f():\n    return A\n\n\ndef g():\n    return x\n")

    after = qualify_names(module, {"A"}, "_m")

    assert after.body[0] is not module.body[0]
    assert after.body[1] is module.body[1]


def test_a_module_without_the_names_is_returned_itself() -> None:
    module = cst.parse_module("def f(A, x=B):\n    return A\n")

    assert qualify_names(module, {"A", "B"}, "_m") is module


@pytest.mark.parametrize("name", ["super", "__class__", "__debug__"])
def test_names_of_the_compiler_are_refused(name: str) -> None:
    with pytest.raises(CannotRewrite) as refused:
        qualify_names(cst.parse_module(""), {name}, "_m")

    assert refused.value.name == name
    assert refused.value.reason == "cannot be read as an attribute"
    assert str(refused.value) == f"{name} cannot be read as an attribute"


def test_calls_may_be_made_on_a_dotted_name() -> None:
    calls = registration_calls(cst.parse_module(ROUTES), "app", "_routes.api")

    assert cst.Module(calls).code == '_routes.api.get("/a")(f)\n'


def test_a_register_function_without_registrations_is_still_a_function() -> None:
    function = register_function(cst.parse_module("x = 1\n"), "app")

    code = cst.Module([function]).code
    compile(code, "m", "exec")
    assert code.count("\n") == 4


LONG = '@app.get("/observations", status_code=201, tags=["A"])  # why\ndef observations(): ...\n'


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (88, '    router.get("/observations", status_code=201, tags=["A"])(observations)  # why\n'),
        # Comments are not counted, as formatters do not break for them either.
        (74, '    router.get("/observations", status_code=201, tags=["A"])(observations)  # why\n'),
        (
            73,
            "    router.get(\n"
            '        "/observations", status_code=201, tags=["A"]\n'
            "    )(observations)  # why\n",
        ),
        (
            50,
            "    router.get(\n"
            '        "/observations",\n'
            "        status_code=201,\n"
            '        tags=["A"],\n'
            "    )(observations)  # why\n",
        ),
    ],
)
def test_a_call_keeps_to_the_width(width: int, expected: str) -> None:
    function = register_function(cst.parse_module(LONG), "app", width=width)

    code = cst.Module([function]).code
    compile(code, "m", "exec")
    assert code.endswith(f'order."""\n{expected}')


def test_a_call_that_its_author_broke_stays_as_it_is() -> None:
    broken = '@app.get(\n    "/a", tags=["A"])\ndef f(): ...\n'

    function = register_function(cst.parse_module(broken), "app", width=10)

    assert '    router.get(\n        "/a", tags=["A"])(f)\n' in cst.Module([function]).code


def test_rebinding_to_the_same_receiver_returns_the_module() -> None:
    module = cst.parse_module(ROUTES)

    assert rebind_routes(module, "app", "app") is module


def test_a_deep_tree_is_walked() -> None:
    code = "def f():\n    return " + "(" * 60 + "A" + ")" * 60 + " + 1" * 60 + "\n"

    after = qualify_names(cst.parse_module(code), {"A"}, "_m")

    assert after.code == code.replace("A", "_m.A")
