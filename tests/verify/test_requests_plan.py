"""What is sent is enumerated from what is declared; the same each time."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fastapi import Body, Cookie, Depends, FastAPI, File, Form, Header, Query, UploadFile
from fastapi.security import APIKeyHeader, OAuth2PasswordBearer
from pydantic import BaseModel, Field

from aurum_refactor.verify.observation import Inputs, Observation, Row
from aurum_refactor.verify.requests_case import Case
from aurum_refactor.verify.requests_fuzz import generated
from aurum_refactor.verify.requests_plan import plan_of
from aurum_refactor.verify.requests_samples import Schemas

NOTHING = Observation((), (), {}, (), (), {}, {}, {})


class Inner(BaseModel):
    code: str = Field(pattern="^[A-Z]{3}$")


class Thing(BaseModel):
    name: str = Field(min_length=2, max_length=5)
    size: int = Field(ge=1, lt=10)
    inner: Inner
    note: str | None = None


def put(
    thing: Thing,
    key: int,
    token: str = Depends(OAuth2PasswordBearer("t")),
    secret: str = Depends(APIKeyHeader(name="X-Key")),
    q: list[int] = Query(),  # noqa: B008
    x_odd: str = Header(),
    c: int = Cookie(1),
): ...


def upload(file: UploadFile = File(), name: str = Form()): ...  # noqa: B008


def form(name: str = Form(), size: int = Form(3)): ...


def several(one: int = Body(), two: str = Body("b")): ...


def seen(path: str, method: str, endpoint: object, *constants: float | str) -> Observation:
    """One route as it would be looked at."""
    app = FastAPI()
    app.add_api_route(path, endpoint, methods=[method])
    row = Row("api", path, (method,), "f", "f", "m", {}, ())
    inputs = Inputs(0, json.dumps(app.openapi()), constants)
    return replace(NOTHING, rows=(row,), inputs=(inputs,))


def plan(path: str, method: str, endpoint: object, *constants: float | str) -> dict[str, Case]:
    """What is special about a request, to the request."""
    observation = seen(path, method, endpoint, *constants)
    return {case.about: case for case in plan_of(observation, observation)}


def test_typical_request_fits_what_is_declared() -> None:
    case = plan("/things/{key}", "PUT", put)["typical"]

    assert case.line == "PUT /things/1?q=1"
    assert json.loads(case.body or b"") == {"name": "x1", "size": 1, "inner": {"code": "ABC"}}
    assert dict(case.headers) == {
        "host": "testserver",
        "accept": "application/json",
        "user-agent": "verify/1",
        "authorization": "Bearer token",
        "x-key": "key",
        "x-odd": "x1",
        "cookie": "c=1",
        "content-type": "application/json",
        "content-length": str(len(case.body or b"")),
    }


@pytest.mark.parametrize(
    ("about", "line"),
    [
        ("method HEAD", "HEAD /things/1?q=1"),
        ("method OPTIONS, preflight", "OPTIONS /things/1?q=1"),
        ("method DELETE", "DELETE /things/1?q=1"),
        ("method PURGE", "PURGE /things/1?q=1"),
        ("a WebSocket", "WS /things/1?q=1"),
        ("path ends with %0A", "PUT /things/1%0A?q=1"),
        ("path with a slash more or less", "PUT /things/1/?q=1"),
        ("path in capitals", "PUT /THINGS/1?q=1"),
        ("path parameter key: abc", "PUT /things/abc?q=1"),
        ("path parameter key: -1", "PUT /things/-1?q=1"),
        ("path parameter key: a%2Fb", "PUT /things/a%2Fb?q=1"),
        ("query without q", "PUT /things/1"),
        ("query q twice", "PUT /things/1?q=1&q=1"),
        ("query q=abc", "PUT /things/1?q=abc"),
        ("query: unknown", "PUT /things/1?q=1&unknown-key=1"),
    ],
)
@pytest.mark.rule("R-45")
def test_methods_paths_and_queries_are_enumerated(about: str, line: str) -> None:
    assert plan("/things/{key}", "PUT", put)[about].line == line


@pytest.mark.parametrize(
    ("about", "body"),
    [
        ("body: none", None),
        ("body: empty", b""),
        ("body: invalid JSON", b'{"a": '),
        ("body: wrong type", b'"text"'),
        ("body: null", b"null"),
        ("body: empty object", b"{}"),
        ("body: without size", b'{"name": "x1", "inner": {"code": "ABC"}}'),
        ("body: wrong type of size", b'{"name": "x1", "size": "abc", "inner": {"code": "ABC"}}'),
        ("body: inner without code", b'{"name": "x1", "size": 1, "inner": {}}'),
        ("body: none, no headers", None),
    ],
)
def test_bodies_are_enumerated(about: str, body: bytes | None) -> None:
    assert plan("/things/{key}", "PUT", put)[about].body == body


def test_header_classes_are_enumerated() -> None:
    cases = plan("/things/{key}", "PUT", put)

    names = {about: [n for n, _v in cases[about].headers] for about in cases}
    assert names["headers: none"] == ["host", "content-type", "content-length"]
    assert "range" in names["headers: odd"]
    assert "x-odd" not in names["headers without x-odd"]
    assert dict(cases["headers: another authorization"].headers)["authorization"] == "!"


def test_edges_and_constants_are_tried_one_at_a_time() -> None:
    cases = plan("/things/{key}", "PUT", put, 7, 2.5, "NEW")

    sizes = {json.loads(c.body or b"0")["size"] for a, c in cases.items() if "size=" in a}
    assert sizes == {6, 7, 8}
    assert cases["constant: key=8"].path == "/things/8"
    assert json.loads(cases["constant: inner.code=NEW"].body or b"")["inner"] == {"code": "NEW"}


def test_forms_and_files_are_sent_as_such() -> None:
    file = plan("/f", "POST", upload)["typical"]
    plain = plan("/f", "POST", form)["typical"]

    assert b'name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n' in (
        file.body or b""
    )
    assert dict(file.headers)["content-type"].startswith("multipart/form-data; boundary=")
    assert plain.body == b"name=x1"
    assert dict(plain.headers)["content-type"] == "application/x-www-form-urlencoded"


def test_embedded_bodies_have_all_their_members() -> None:
    cases = plan("/s", "POST", several)

    assert cases["typical"].body == b'{"one": 1}'
    assert json.loads(cases["typical, with all that is optional"].body or b"") == {
        "one": 1,
        "two": "x1",
    }


def test_something_is_made_before_it_is_read_and_deleted_last() -> None:
    parts = [seen("/x", method, lambda: None) for method in ("DELETE", "GET", "POST")]
    observation = replace(
        NOTHING,
        rows=tuple(p.rows[0] for p in parts),
        inputs=tuple(replace(p.inputs[0], row=n) for n, p in enumerate(parts)),
    )

    cases = plan_of(observation, observation)

    typical = [c.method for c in cases if c.about == "typical"]
    assert typical == ["POST", "GET", "DELETE"]
    assert [c.number for c in cases] == list(range(len(cases)))
    assert plan_of(observation, observation) == cases


def test_given_headers_are_sent_with_all_but_the_bare_requests() -> None:
    observation = seen("/things/{key}", "PUT", put)

    cases = {c.about: c for c in plan_of(observation, observation, [("Authorization", "mine")])}

    assert dict(cases["typical"].headers)["authorization"] == "mine"
    assert "authorization" not in dict(cases["method HEAD"].headers)


def test_route_without_a_schema_is_asked_by_its_path_alone() -> None:
    row = Row("route", "/files/{name:path}", (), "f", "f", "m", {}, ())

    cases = plan_of(replace(NOTHING, rows=(row,)), NOTHING)

    assert cases[0].line == "GET /files/a/b"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"$ref": "#/d/A"}, {"a": 1}),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, 1),
        ({"allOf": [{"$ref": "#/d/A"}, {"properties": {"b": {"const": 2}}, "required": ["b"]}]},
         {"a": 1, "b": 2}),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, ["x1", "x11"]),
        ({"type": "integer", "minimum": 5, "maximum": 6}, 5),
        ({"type": "integer", "exclusiveMinimum": 5}, 6),
        ({"type": "integer", "maximum": -5}, -5),
        ({"type": "integer", "multipleOf": 4}, 4),
        ({"type": "string", "format": "date"}, "2024-01-31"),
        ({"type": "string", "pattern": "^[0-9]{4}$"}, "2024"),
        ({"type": "string", "minLength": 4}, "x1xx"),
        ({"enum": ["b", "a"]}, "b"),
        ({"$ref": "#/d/Loop"}, {"next": None}),
        ({}, "x1"),
    ],
)  # fmt: skip
def test_samples_fit_their_schemas(schema: dict[str, object], value: object) -> None:
    loop = {"properties": {"next": {"anyOf": [{"type": "null"}]}}, "required": ["next"]}
    known = {"A": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}}

    assert Schemas({"d": {**known, "Loop": loop}}).sample(schema) == value


def test_sample_of_a_model_that_holds_itself_ends() -> None:
    tree = {"properties": {"left": {"$ref": "#/T"}}, "required": ["left"], "type": "object"}

    assert "left" in Schemas({"T": tree}).sample({"$ref": "#/T"}, full=True)


def test_generated_requests_fit_and_are_the_same_each_time() -> None:
    pytest.importorskip("schemathesis")
    observation = seen("/things/{key}", "PUT", put)

    cases = generated(observation, 5, 100)

    assert generated(observation, 5, 100) == cases
    assert [c.number for c in cases] == list(range(100, 100 + len(cases)))
    assert {c.operation for c in cases} == {"PUT /things/{key} (f)"}
    assert all(set(json.loads(c.body or b"")) >= {"name", "size", "inner"} for c in cases)
