"""Every registration in the order of execution, and what can only be modelled."""

from __future__ import annotations

from textwrap import dedent

import pytest

from aurum_refactor.analysis.registrations.endpoints import digest_of
from aurum_refactor.model import Form
from tests.analysis.reading import Module, read

HEAD = "from fastapi import APIRouter, FastAPI\napp = FastAPI()\nr = APIRouter()\n"


def module(code: str) -> Module:
    return read(HEAD + dedent(code))


def order(code: str) -> list[str]:
    """One word per registration, in true order: ``GET /x``, ``include_router``, ``?app``."""
    found = []
    for row in module(code).registered.registrations:
        if row.form is Form.OPAQUE:
            found.append(f"?{row.receiver}")
        elif row.form is Form.INCLUDE:
            found.append(f"{row.receiver}.{row.verb}")
        else:
            found.append(f"{','.join(row.methods) or row.verb} {row.path}")
    return found


def stays(code: str) -> list[tuple[str, str | None, str]]:
    """Handler, path and reason of everything that no statement can move."""
    return [(row.handler, row.path, row.why) for row in module(code).registered.unmoved]


# ---------------------------------------------------------------- order and forms


def test_stacked_decorators_register_from_the_bottom_up() -> None:
    code = """
    @app.get("/1")
    @cached
    @app.post("/2")
    @app.get("/3")
    def f(): pass
    """

    rows = module(code).registered.registrations

    assert [(row.path, row.decorator, row.position) for row in rows] == [
        ("/3", 3, 0),
        ("/2", 2, 1),
        ("/1", 0, 2),
    ]


@pytest.mark.parametrize(
    ("decorator", "row"),
    [
        ("app.get('/x')", "GET /x"),
        ("app.delete(path='/x')", "DELETE /x"),
        ("app.api_route('/x')", "GET /x"),
        ("app.api_route('/x', methods=['get', 'Post'])", "GET,POST /x"),
        ("app.websocket('/x')", "websocket /x"),
        ("r.get('')", "GET "),
        ("r.route('/x')", "GET /x"),
        ("r.get(PATH)", "GET /const"),
        ("r.get(f'{PATH}/{{x}}')", "GET /const/{x}"),
        ("r.get(PATH + '/y')", "GET /const/y"),
        ("r.get(f'{PATH!r}')", "GET None"),
        ("r.get(OTHER)", "GET None"),
        ("r.get(TWICE)", "GET None"),
        ("r.get(RE_BOUND)", "GET None"),
        ("r.get(config.path)", "GET None"),
    ],
)
def test_verbs_and_paths(decorator: str, row: str) -> None:
    code = f"""
    PATH = "/const"
    OTHER = PATH.upper()
    TWICE = "/1"
    TWICE = "/2"
    RE_BOUND = "/1"
    def g():
        global RE_BOUND
        RE_BOUND = "/2"
    @{decorator}
    def f(): pass
    """

    assert order(code) == [row]


def test_what_a_decorator_says_besides() -> None:
    code = """
    @app.get("/", tags=["a", B, "c"], operation_id="x", response_class=R)
    def f(): pass
    """

    [row] = module(code).registered.registrations

    assert (row.tags, row.has_operation_id, row.has_response_class) == (("a", "c"), True, True)


@pytest.mark.parametrize(
    ("call", "form", "row"),
    [
        ("app.add_api_route('/x', f)", Form.ADD_ROUTE, "GET /x"),
        ("app.add_api_route('/x', endpoint=f, methods=['PUT'])", Form.ADD_ROUTE, "PUT /x"),
        ("r.add_api_websocket_route('/x', f)", Form.ADD_ROUTE, "add_api_websocket_route /x"),
        ("app.post('/x')(f)", Form.CALL, "POST /x"),
    ],
)
def test_registrations_by_a_call(call: str, form: Form, row: str) -> None:
    found = module(f"def f(): pass\n{call}\n").registered

    [endpoint] = found.endpoints
    assert endpoint.name == "f"
    assert [r.form for r in endpoint.registrations] == [form]
    assert order(f"def f(): pass\n{call}\n") == [row]


def test_the_included_router_is_fixed_at_the_include() -> None:
    assert order("app.include_router(r, prefix='/p')") == ["app.include_router", "?r"]


@pytest.mark.parametrize(
    "call", ["app.mount('/m', x)", "app.host('h', x)", "r.add_route('/x', x)", "app.frontend(x)"]
)
def test_includes_count_for_order(call: str) -> None:
    assert order(call) == [call.split("(", maxsplit=1)[0]]


# ---------------------------------------------------------------- opaque events


@pytest.mark.parametrize(
    "code",
    [
        "install(app)",
        "x = [app]",
        "app.custom()",
        "app.routes.clear()",
        "x = app.router",
        "for x in y: app.custom(x)",
        "with app.custom(): pass",
        "class K:\n    install(app)",
        "def g(): app.custom()\ng()",
        "def g(): h()\ndef h(): app.custom()\ng()",
        "def g(): app.custom()\nx = map(g, y)",
        "class K:\n    def __init__(self): app.custom()\nK()",
        "call(lambda: app.custom())",
        "def deco(f): app.custom(f)\n@deco\ndef f(): pass",
        "x = lambda: app.custom()\nx()",
        "x = app",
    ],
)
def test_an_unknown_use_of_a_receiver_may_register_anything(code: str) -> None:
    assert "?app" in order(code)


@pytest.mark.parametrize(
    "code",
    [
        "def g(): app.custom()",
        "x = lambda: 1",
        "app.title = 'x'",
        "app.state.db = 1",
        "app.add_middleware(M, x=1)",
        "@app.middleware('http')\ndef f(): pass",
        "@app.exception_handler(E)\ndef f(): pass",
        "@app.on_event('startup')\ndef f(): pass",
        "app.dependency_overrides[x] = y",
        "from a import b",
        "del x",
    ],
)
def test_harmless_uses_register_nothing(code: str) -> None:
    assert order(code) == []


# ---------------------------------------------------------------- what stays


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "def make():\n    @app.get('/n')\n    def n(): pass",
            [("n", "/n", "inside a function")],
        ),
        (
            "def make():\n    x = FastAPI()\n    x.add_api_route('/n', n)",
            [("n", "/n", "inside a function")],
        ),
        (
            "class K:\n    def m(self):\n        @app.get('/n')\n        def n(): pass",
            [("n", "/n", "inside a class or function")],
        ),
        ("if x:\n    @app.get('/n')\n    def n(): pass", [("n", "/n", "conditional")]),
        (
            "try:\n    @app.get('/n')\n    def n(): pass\nfinally: pass",
            [("n", "/n", "conditional")],
        ),
        ("for x in y:\n    app.add_api_route(x, n)", [("n", None, "inside a loop")]),
        ("while x:\n    @app.get('/n')\n    def n(): pass", [("n", "/n", "inside a loop")]),
        (
            "with x:\n    @app.get('/n')\n    def n(): pass",
            [("n", "/n", "inside a with block")],
        ),
        ("@app.router.get('/n')\ndef n(): pass", [("n", "/n", "receiver is not a plain name")]),
        ("@gone.get('/n')\ndef n(): pass", [("n", "/n", "receiver is not a plain name")]),
        ("app.add_api_route('/n', m.n)", [("m.n", "/n", "handler is not a function here")]),
        (
            "def n(): pass\ndef n(): pass\napp.get('/n')(n)",
            [("n", "/n", "handler is not a function here")],
        ),
        ("def f():\n    x.get('/n')", []),
    ],
)
def test_what_no_statement_can_move(code: str, expected: list[tuple[str, str | None, str]]) -> None:
    assert stays(code) == expected


@pytest.mark.parametrize(
    ("code", "handlers"),
    [
        ("def add_api_route(self, path, f):\n        self.app.add_api_route(path, f)", []),
        ("def add_api_route(self, path, f):\n        self.app.add_api_route(path, endpoint=f)", []),
        ("def add_api_route(self, *a, **k):\n        super().add_api_route(*a, **k)", []),
        # The callers of these are no registrations.
        ("def add(self, path, f):\n        self.app.add_api_route(path, f)", ["f"]),
        ("def add_api_route(self, path, f):\n        self.app.add_api_route(path, g)", ["g"]),
        (
            "def add_api_route(self, p, f):\n        f = g\n        self.app.add_api_route(p, f)",
            ["f"],
        ),
    ],
)
def test_what_is_handed_on_is_registered_by_the_caller(code: str, handlers: list[str]) -> None:
    assert [row[0] for row in stays(f"class A:\n    {code}")] == handlers


def test_a_conditional_registration_is_an_event_of_its_receiver() -> None:
    assert order("if x:\n    @app.get('/n')\n    def n(): pass") == ["?app"]


def test_conditional_calls_are_events_too() -> None:
    assert order("if x:\n    def n(): pass\n    app.get('/n')(n)") == ["?app"]


# ---------------------------------------------------------------- endpoints


def test_endpoints_stand_in_source_order_with_all_their_registrations() -> None:
    code = """
    def later(): pass
    @app.get("/b")
    @timed(1)
    async def b(): yield 1
    app.add_api_route("/c", later)
    app.add_api_route("/d", later)
    """

    first, second = module(code).registered.endpoints

    assert (first.name, first.routes) == ("later", ("GET /c", "GET /d"))
    assert (second.name, second.routes) == ("b", ("GET /b",))
    assert (second.is_async, second.is_generator) == (True, True)
    assert second.other_decorators == ("timed(1)",)
    assert (second.span.first, second.span.last) == (6, 8)


def test_a_yield_in_a_nested_function_makes_no_generator() -> None:
    [endpoint] = module("@app.get('/')\ndef f():\n    def g(): yield 1\n").registered.endpoints

    assert not endpoint.is_generator


def test_two_endpoints_may_have_one_name() -> None:
    code = "@app.get('/1')\ndef f(): pass\n@app.get('/2')\ndef f(): pass\n"

    assert [e.routes for e in module(code).registered.endpoints] == [("GET /1",), ("GET /2",)]


def test_a_digest_does_not_see_line_endings_nor_outer_blank_lines() -> None:
    assert digest_of("\n\ndef f():\r\n    pass\r\n") == digest_of("def f():\n    pass")
    assert digest_of("def f():\n    pass") != digest_of("def f():\n     pass")
