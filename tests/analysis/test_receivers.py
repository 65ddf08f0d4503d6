"""Which objects of a module endpoints are registered on, and what is known of them."""

from __future__ import annotations

import pytest

from aurum_refactor.model import ReceiverKind
from tests.analysis.reading import read

APP, ROUTER, FOREIGN = ReceiverKind.APP, ReceiverKind.ROUTER, ReceiverKind.FOREIGN


def kinds(code: str) -> list[tuple[str, ReceiverKind]]:
    return [(receiver.name, receiver.kind) for receiver in read(code).receivers]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from fastapi import FastAPI\napp = FastAPI()", [("app", APP)]),
        ("from fastapi import APIRouter as R\nr = R()", [("r", ROUTER)]),
        ("from fastapi.routing import APIRouter\nr = APIRouter()", [("r", ROUTER)]),
        ("import fastapi\na = b = fastapi.FastAPI()", [("a", APP), ("b", APP)]),
        ("import fastapi as fa\nr: fa.APIRouter = fa.APIRouter()", [("r", ROUTER)]),
        ("import fastapi.routing\nr = fastapi.routing.APIRouter()", [("r", ROUTER)]),
        ("from fastapi import APIRouter\nr = APIRouter(**options)", [("r", FOREIGN)]),
        ("from fastapi import FastAPI\na, b = FastAPI(), 1", []),
        ("from fastapi import FastAPI\na.b = FastAPI()", []),
        ("from fastapi import FastAPI\nclass FastAPI: pass\napp = FastAPI()", []),
        ("from other import APIRouter\nr = APIRouter()", []),
        ("app = FastAPI()", []),
        ("r = make()\n@r.get('/')\ndef f(): pass", [("r", FOREIGN)]),
        ("from m import r\n@r.get('/')\ndef f(): pass", [("r", FOREIGN)]),
        ("from m import r\n@r.task('/')\ndef f(): pass", []),
        ("@r.get('/')\ndef f(): pass", []),
    ],
)
def test_what_is_a_receiver(code: str, expected: list[tuple[str, ReceiverKind]]) -> None:
    assert kinds(code) == expected


def test_a_name_bound_twice_gives_two_receivers() -> None:
    code = "from fastapi import APIRouter\nr = APIRouter()\nr = APIRouter(prefix='/b')\n"

    assert [(r.ordinal, r.line, r.prefix) for r in read(code).receivers] == [
        (1, 2, ""),
        (2, 3, "/b"),
    ]


def test_an_alias_is_foreign_because_it_may_be_any_object() -> None:
    code = """
    from fastapi import APIRouter
    r = APIRouter()
    s = r
    @s.get("/")
    def f(): pass
    """

    assert kinds(code) == [("r", ROUTER), ("s", FOREIGN)]


def test_what_is_known_of_its_arguments() -> None:
    code = """
    from fastapi import APIRouter
    a = APIRouter(prefix="/p", tags=["x", "y"], route_class=m.Timed, default_response_class=J)
    b = APIRouter(prefix=P, tags=T)
    c = APIRouter()
    """

    a, b, c = read(code).receivers

    assert (a.prefix, a.tags, a.route_class) == ("/p", ("x", "y"), "m.Timed")
    assert (a.has_default_response_class, a.has_arguments) == (True, True)
    assert (b.prefix, b.tags, b.route_class) == ("", (), None)
    assert (b.has_default_response_class, b.has_arguments) == (False, True)
    assert not c.has_arguments


@pytest.mark.parametrize(
    ("line", "mutated"),
    [
        ("r.route_class = Timed", 3),
        ("r.router.route_class = Timed", 3),
        ("r.tags.append('x')", 3),
        ("r.tags += ['x']", 3),
        ("if x: r.prefix = '/p'", 3),
        ("r.state.tags = 1", None),
        ("r.title = 'x'", None),
        ("def f(): r.tags = []", None),
        ("x.tags.append('x')", None),
    ],
)
def test_assignments_that_change_later_registrations(line: str, mutated: int | None) -> None:
    [receiver] = read(f"from fastapi import APIRouter\nr = APIRouter()\n{line}\n").receivers

    assert receiver.mutated_at == mutated
