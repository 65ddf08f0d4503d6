"""Which domain an endpoint belongs to, and the reason that is given for it."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurum_refactor.model import LockedEndpoint
from aurum_refactor.plan.domains import assign, identifier, shared_by_all
from aurum_refactor.source.globs import match_glob
from tests.analysis.reading import read

Remembered = dict[tuple[str, tuple[str, ...]], list[LockedEndpoint]]
HEAD = "from fastapi import APIRouter, FastAPI\napp = FastAPI()\n"


def domains(
    code: str,
    globs: tuple[tuple[str, tuple[str, ...]], ...] = (),
    remembered: Remembered | None = None,
    shared: frozenset[str] | None = frozenset(),
) -> list[tuple[str, str]]:
    """Domain and reason of every endpoint."""
    module = read(HEAD + code)
    rows = assign(
        module.registered.endpoints,
        module.receivers,
        globs=globs,
        remembered=remembered or {},
        matches=match_glob,
        shared=shared,
    )
    return [(row.domain, row.reason) for row in rows]


def endpoint(arguments: str, name: str = "f") -> str:
    return f"@app.get({arguments})\ndef {name}(): pass\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("'/x', tags=['Price Curves', 'EIA']", ("price_curves", "tag Price Curves")),
        ("'/x', tags=['Цены', 'EIA']", ("eia", "tag EIA")),
        ("'/x', tags=TAGS", ("x", "path /x")),
        ("'/v1/curves/{id}'", ("curves", "path /v1/curves/{id}")),
        ("'/api/v2.1/Admin-Users'", ("admin_users", "path /api/v2.1/Admin-Users")),
        ("'/{tenant}/orders'", ("orders", "path /{tenant}/orders")),
        ("'/items:batch'", ("items", "path /items:batch")),
        ("'/healthz'", ("health", "probe path /healthz")),
        ("'/v1/readyz'", ("health", "probe path /v1/readyz")),
        ("'/class'", ("class_", "path /class")),
        ("'/2024/report'", ("v2024", "path /2024/report")),
        ("'/'", ("root", "path /")),
        ("''", ("root", "path (empty)")),
        ("'/v1/{id}'", ("root", "path /v1/{id}")),
        ("PATH", ("f", "its path is computed; named after it")),
    ],
)
def test_tags_come_before_paths(arguments: str, expected: tuple[str, str]) -> None:
    assert domains(endpoint(arguments)) == [expected]


def test_configured_globs_come_first_in_their_order() -> None:
    globs = (("admin", ("/v1/admin/**",)), ("rest", ("/v1/**",)))
    code = endpoint("'/v1/admin/x', tags=['T']") + endpoint("'/v1/y'", "g") + endpoint("'/z'", "h")

    assert domains(code, globs) == [
        ("admin", "glob /v1/admin/**"),
        ("rest", "glob /v1/**"),
        ("z", "path /z"),
    ]


def test_the_lock_comes_before_everything() -> None:
    row = LockedEndpoint("f", ("GET /x",), "old", "tag Old", 7, "m", "0" * 64)
    remembered: Remembered = {("f", ("GET /x",)): [row]}

    assert domains(endpoint("'/x', tags=['New']"), (("glob", ("/**",)),), remembered) == [
        ("old", "tag Old")
    ]


def test_prefix_and_tags_of_the_object_count() -> None:
    code = """
r = APIRouter(prefix="/orders")
t = APIRouter(tags=["Users"])
@r.get("/{id}")
def f(): pass
@t.get("/x")
def g(): pass
@t.get("/x", tags=["Own"])
def h(): pass
"""

    assert [domain for domain, _ in domains(code)] == ["orders", "users", "own"]


def test_each_binding_of_a_name_has_a_prefix_of_its_own() -> None:
    code = """
r = APIRouter(prefix="/one")
@r.get("/")
def f(): pass
r = APIRouter(prefix="/two")
@r.get("/")
def g(): pass
"""

    assert [domain for domain, _ in domains(code)] == ["one", "two"]


def test_of_several_decorators_the_top_one_counts() -> None:
    code = "@app.get('/first')\n@app.get('/second')\ndef f(): pass\n"

    assert domains(code) == [("first", "path /first")]


@given(st.text())
def test_a_domain_is_a_module_name_or_nothing(text: str) -> None:
    name = identifier(text)

    assert name == "" or (name.isidentifier() and name.isascii() and name == name.lower())
    assert not keyword.iskeyword(name)
    assert identifier(name) == name


def monolith(*rows: str) -> str:
    return "".join(endpoint(row, f"f{number}") for number, row in enumerate(rows))


def test_what_all_endpoints_of_a_large_module_share_names_no_domain() -> None:
    rows = [f"'/admin/{kind}/{number}', tags=['Admin']" for kind in "xyz" for number in range(4)]

    found = domains(monolith(*rows), shared=None)

    assert [domain for domain, _ in found] == [*["x"] * 4, *["y"] * 4, *["z"] * 4]
    reason = "path /admin/x/0; all share the tag Admin; all share the path /admin"
    assert found[0] == ("x", reason)


def test_an_endpoint_without_more_than_what_all_share_is_named_after_it() -> None:
    rows = ["'/admin'", *(f"'/admin/{kind}/{n}'" for kind in "xy" for n in range(6))]

    found = domains(monolith(*rows), shared=None)

    assert found[0] == ("admin", "path /admin; all share the path /admin")
    assert {domain for domain, _ in found[1:]} == {"x", "y"}


@pytest.mark.parametrize(
    "rows",
    [
        # Few of them.
        [f"'/admin/{kind}/{number}'" for kind in "xyz" for number in range(3)],
        # A domain for each.
        [f"'/admin/{number}x/y'" for number in range(20)],
        # Nothing behind it.
        ["'/admin/{key}'" for _ in range(20)],
    ],
)
def test_one_domain_stays_where_going_on_would_not_help(rows: list[str]) -> None:
    found = domains(monolith(*rows), shared=None)

    assert {domain for domain, _ in found} == {"admin"}
    assert all("all share" not in reason for _, reason in found)


def test_what_is_shared_stays_shared_once_it_is_in_the_lock() -> None:
    reason = "path /admin/x/0; all share the tag Admin; all share the path /admin"
    code = monolith("'/admin/x/1', tags=['Admin']", "'/other', tags=['Admin', 'Mine']")

    found = domains(code, shared=shared_by_all([reason, "path /y"]))

    assert found == [
        ("x", reason.replace("x/0", "x/1")),
        ("mine", "tag Mine; all share the tag Admin"),
    ]


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("A2A Agents", "a2a_agents"),
        ("PriceCurves", "price_curves"),
        ("Top10Items", "top10_items"),
        ("OAuth2", "oauth2"),
        ("x" * 300, "x" * 60),
    ],
)
def test_words_of_a_tag(tag: str, name: str) -> None:
    assert identifier(tag) == name
