"""Merged runs: every pair of routes that changed places is judged again, by rules of its own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from aurum_refactor.model import Breach, Layout, OrderFacts
from aurum_refactor.plan.overlap import common_path, language_of
from aurum_refactor.proof.precedence import meeting
from aurum_refactor.proof.prove import prove
from tests.plan.patterns import patterns

LAYOUT = Layout("routes.py", "routes", "", "", False, "", False)
HEAD = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"


def endpoint(decorator: str, name: str, on: str = "app") -> str:
    return f"@{on}.{decorator}\ndef {name}():\n    pass\n"


def proven(
    first: str, rival: str, last: str, facts: OrderFacts | None = None, between: str = ""
) -> tuple[list[str], int]:
    """Merge two runs around a route of somebody else; breaches, and pairs that were judged."""
    other = between or endpoint(rival, "rival")
    before = HEAD + "\n\n".join((endpoint(first, "one"), other, endpoint(last, "two")))
    after = HEAD + "\n\n".join(
        ("from v1.mine import one, router as _mine, two\n\napp.include_router(_mine)\n", other)
    )
    moved = "\n\n".join((endpoint(first, "one", "router"), endpoint(last, "two", "router")))
    mine = f"from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n{moved}"
    files = {"routes.py": after.encode(), "v1/__init__.py": b"", "v1/mine.py": mine.encode()}
    found = prove({"routes.py": before.encode()}, files, LAYOUT, order=facts)
    counts = {what: count for _, what, count in found.counts}
    return [_shown(row) for row in found.breaches], counts.get(
        "pairs of routes changing places", -1
    )


def _shown(breach: Breach) -> str:
    return f"{breach.guarantee}: {breach.message}"


def test_what_nobody_can_tell_is_proven() -> None:
    assert proven('get("/a")', 'get("/b/{x}")', 'get("/c")', OrderFacts()) == ([], 1)


def test_without_being_asked_no_order_may_change() -> None:
    breaches, judged = proven('get("/a")', 'get("/b/{x}")', 'get("/c")')

    assert len(breaches) == 1
    assert "in another order than before" in breaches[0]
    assert judged == -1


@pytest.mark.parametrize(
    ("rival", "last", "facts", "because"),
    [
        ('get("/items/{x}")', 'get("/items/export")', OrderFacts(), "both match '/items/export'"),
        ('get("/items/export")', 'get("/items/{x}")', OrderFacts(), "both match '/items/export'"),
        ('get("/b")', 'post("/b")', OrderFacts(), "both match '/b'"),
        ('get("/{x:path}")', 'get("/b/c")', OrderFacts(), "both match '/b/c'"),
        ('get("/x/{a:int}")', 'get("/x/{b:float}")', OrderFacts(), "both match '/x/0'"),
        ('get("/b", name="n")', 'get("/c", name="n")', OrderFacts(), "both are called n"),
        ('get("/b" + SUFFIX)', 'get("/c")', OrderFacts(), "is not written out"),
        ('get("/b", **MORE)', 'get("/c")', OrderFacts(), "is not written out"),
        ('get("/{x:colour}")', 'get("/c")', OrderFacts(), "is not understood"),
        ('get("/b")', 'get("/c")', OrderFacts(overridden="t.py:1"), "sets a route class"),
        (
            'get("/b")',
            'get("/c")',
            OrderFacts(scheme_clashes=("HTTPBearer (a.py:1 and b.py:1)",)),
            "security schemes share a name",
        ),
    ],
)
def test_what_somebody_could_tell_is_a_breach(
    rival: str, last: str, facts: OrderFacts, because: str
) -> None:
    breaches, judged = proven('get("/a")', rival, last, facts)

    assert judged == 1
    assert len(breaches) == 1
    assert because in breaches[0]


@pytest.mark.parametrize(
    ("between", "because"),
    [
        ('app.mount("/c", other)\n', "both match '/c/d'"),
        ("app.include_router(other)\n", "may match anything"),
        ("register(app)\n", "may match anything"),
        ('app.host("example.org", other)\n', "may match anything"),
        ("app = FastAPI()\n", "makes the object itself"),
    ],
)
def test_what_may_match_anything_is_not_crossed(between: str, because: str) -> None:
    breaches, _ = proven('get("/a")', "", 'get("/c/d")', OrderFacts(), between)

    assert any(because in breach for breach in breaches), breaches


def test_a_mount_elsewhere_is_crossed() -> None:
    assert proven('get("/a")', "", 'get("/c")', OrderFacts(), 'app.mount("/b", x)\n') == ([], 1)


@given(patterns(), patterns())
@settings(max_examples=150, deadline=None)
def test_two_methods_agree_whether_patterns_meet(one: str, other: str) -> None:
    left, right = language_of(one), language_of(other)
    assert left is not None
    assert right is not None

    found = meeting(one, other)

    assert (found != "") == (common_path(left, right) is not None)
