"""Which requests are sent, and in which order: enumerated, never drawn at random.

Per operation every class of method, path, query, header and body (semantics
R-45). Sixty random requests found none of seven mutants; this finds them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from aurum_refactor.verify.observation import Observation, Row
from aurum_refactor.verify.requests_case import Case
from aurum_refactor.verify.requests_draft import (
    CAPITALS,
    PLACEHOLDER,
    Draft,
    body_of,
    case_of,
    latin,
    text_of,
)
from aurum_refactor.verify.requests_operation import (
    FORM,
    JSON,
    MULTIPART,
    Operation,
    Parameter,
    operations_of,
)

_CONVERTED = {
    "int": "1",
    "float": "1.5",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "path": "a/b",
}
_TYPICAL = (("accept", "application/json"), ("user-agent", "verify/1"))
_ODD = (
    ("accept", "text/html;q=0.1, image/*"),
    ("accept-encoding", "gzip"),
    ("accept-language", "zz"),
    ("if-none-match", "*"),
    ("range", "bytes=0-1"),
    ("cookie", "a=b; ; c"),
    ("x-forwarded-for", "192.0.2.1, 192.0.2.2"),
    ("x-request-id", "é"),
)
_PREFLIGHT = (
    ("origin", "https://example.com"),
    ("access-control-request-method", "POST"),
    ("access-control-request-headers", "x-odd"),
)
# How many values of one parameter, and of one operation's constants, are tried.
_MANY, _VARIANTS = 8, 60
_MAKERS, _DESTROYERS = ("POST", "PUT", "PATCH"), ("DELETE",)


def plan_of(
    before: Observation, after: Observation, headers: Iterable[tuple[str, str]] = ()
) -> tuple[Case, ...]:
    """Enumerate the requests for every route of the state before.

    Args:
        before: Looked at with inputs; its routes and schemas are asked.
        after: Looked at with inputs; only the constants of its code count.
        headers: Sent with all but the requests of header class "none", over
            what would be sent otherwise.

    Returns:
        Requests that make something first, those that delete last, so that
        there is something to be found in between. The same observations give
        the same requests.
    """
    given = {name.lower(): value for name, value in headers}
    more = {_key(after.rows[i.row]): i.constants for i in after.inputs}
    known = {inputs.row: inputs for inputs in before.inputs}
    phases: list[list[tuple[Row, Draft]]] = [[], [], [], [], []]
    for number, row in enumerate(before.rows):
        inputs = known.get(number)
        if inputs is not None:
            constants = dict.fromkeys((*inputs.constants, *more.get(_key(row), ())))
            inputs = replace(inputs, constants=tuple(constants))
        for draft in _drafts(row, operations_of(row, inputs)):
            phases[_phase(draft)].append((row, draft))
            if _phase(draft) == 0:
                # Once more, when others have been asked: what they set may forbid it now.
                phases[2].append((row, replace(draft, about=f"{draft.about}, again")))
    cases: list[Case] = []
    for row, draft in (pair for phase in phases for pair in phase):
        cases.append(case_of(len(cases), row, draft, given))
    return tuple(cases)


def _key(row: Row) -> tuple[str, str, tuple[str, ...]]:
    """What a route is known by on both sides."""
    return (row.kind, row.path, row.methods)


def _phase(draft: Draft) -> int:
    if draft.method in _DESTROYERS:
        return 4
    if draft.about.startswith("typical"):
        return 0 if draft.method in _MAKERS else 1
    return 3


def _drafts(row: Row, operations: list[Operation]) -> list[Draft]:
    """All requests for one row, each once."""
    if row.kind in ("mount", "host", "frontend", "webhook"):
        found = list(_below(row)) if row.kind != "webhook" else []
    elif row.module == "fastapi.applications":
        found = [Draft("documentation page", "GET", {}, (), _TYPICAL)]
    else:
        found = [d for operation in operations for d in _of_operation(operation)]
    # What is special about a request does not make it another one.
    unique: dict[Any, Draft] = {}
    for draft in found:
        key = replace(draft, about="", path={})
        unique.setdefault((repr(key), tuple(draft.path.items())), draft)
    return list(unique.values())


def _below(row: Row) -> Iterator[Draft]:
    if row.kind != "host":
        for tail in ("", "/", "/nothing.txt"):
            yield Draft(
                f"below a {row.kind}: {tail or 'itself'}", "GET", {}, (), _TYPICAL, None, tail
            )


def _of_operation(op: Operation) -> Iterator[Draft]:
    if op.row.kind.startswith("websocket"):
        yield from _sockets(op)
        return
    typical = _typical(op)
    yield typical
    yield replace(
        typical,
        about="typical, with what is required",
        headers=_with_type(op, _headers(op, full=False)),
    )
    if op.body is not None or op.of("query") or op.of("path"):
        yield replace(
            typical,
            about="typical, with all that is optional",
            path=_path_values(op, full=True),
            query=_query(op, full=True),
            body=body_of(op, op.schemas.sample(op.body, full=True)),
        )
    yield from _methods(op, typical)
    yield from _paths(op, typical)
    yield from _queries(op, typical)
    yield from _header_classes(op, typical)
    if op.body is not None:
        yield from _bodies(op, typical)
    else:
        # A body where none is expected.
        extra = (("content-type", JSON),)
        yield replace(
            typical, about="body: unexpected", headers=typical.headers + extra, body=b"{}"
        )
    yield from _constants(op, typical)


def _typical(op: Operation) -> Draft:
    return Draft(
        "typical",
        op.method,
        _path_values(op),
        _query(op, full=False),
        # Credentials are often optional headers, and without them nothing else is seen.
        _with_type(op, _headers(op, full=True)),
        body_of(op, op.schemas.sample(op.body)),
    )


def _methods(op: Operation, typical: Draft) -> Iterator[Draft]:
    bare = replace(typical, headers=(), body=None)
    for method in ("HEAD", "OPTIONS", *_wrong(op)):
        yield replace(bare, about=f"method {method}", method=method)
        yield replace(typical, about=f"method {method}, typical headers", method=method)
    yield replace(bare, about="method OPTIONS, preflight", method="OPTIONS", headers=_PREFLIGHT)
    yield replace(bare, about="a WebSocket", method="", kind="websocket")


def _wrong(op: Operation) -> list[str]:
    taken = set(op.row.methods)
    known = [m for m in ("PUT", "DELETE", "POST", "GET") if m not in taken]
    return [*known[:1], "PURGE"]


def _paths(op: Operation, typical: Draft) -> Iterator[Draft]:
    slash = "-/" if op.row.path.endswith("/") else "/"
    yield replace(typical, about="path with a slash more or less", tail=slash)
    yield replace(typical, about="path ends with %0A", tail="%0A")
    yield replace(typical, about="path goes on", tail="/more")
    yield replace(typical, about="path in capitals", tail=CAPITALS)
    for name, _converter in PLACEHOLDER.findall(op.row.path):
        schema: Any = next((p.schema for p in op.of("path") if p.name == name), {})
        wrong = [text_of(op.schemas.wrong(schema)), "0", "-1", "a b", "é", "..", "a%2Fb", "x" * 300]
        edges = [text_of(value) for value in op.schemas.edges(schema)]
        for value in dict.fromkeys((*wrong, *edges)):
            if value and value != typical.path.get(name):
                short = value if len(value) <= 20 else f"{value[:20]}…"  # noqa: PLR2004
                yield replace(
                    typical,
                    about=f"path parameter {name}: {short}",
                    path={**typical.path, name: value},
                )


def _queries(op: Operation, typical: Draft) -> Iterator[Draft]:
    yield replace(typical, about="query: unknown", query=(*typical.query, ("unknown-key", "1")))
    for parameter in op.of("query"):
        name, rest = parameter.name, tuple(p for p in typical.query if p[0] != parameter.name)
        right = _texts(op, parameter)
        if parameter.required:
            yield replace(typical, about=f"query without {name}", query=rest)
        else:
            yield replace(
                typical, about=f"query {name}", query=(*rest, *((name, v) for v in right))
            )
        twice = (*rest, *((name, v) for v in (*right, *right)))
        yield replace(typical, about=f"query {name} twice", query=twice)
        item = op.schemas.resolve(parameter.schema).get("items", parameter.schema)
        values = [op.schemas.wrong(item), "", *op.schemas.edges(item)]
        for value in dict.fromkeys(map(text_of, values)):
            yield replace(typical, about=f"query {name}={value[:20]}", query=(*rest, (name, value)))


def _header_classes(op: Operation, typical: Draft) -> Iterator[Draft]:
    plain = tuple(h for h in typical.headers if h[0] == "content-type")
    yield replace(typical, about="headers: none", headers=plain)
    yield replace(typical, about="headers: odd", headers=(*_ODD, *plain))
    yield replace(
        typical,
        about="headers: another authorization",
        headers=(*(h for h in typical.headers if h[0] != "authorization"), ("authorization", "!")),
    )
    for parameter in (*op.of("header"), *op.of("cookie")):
        name = parameter.name.lower()
        if parameter.place == "cookie":
            for value in (_texts(op, parameter)[0], text_of(op.schemas.wrong(parameter.schema))):
                cookie = ("cookie", f"{parameter.name}={quote(value)}")
                rest = tuple(h for h in typical.headers if h[0] != "cookie")
                yield replace(typical, about=f"cookie {parameter.name}", headers=(*rest, cookie))
            continue
        rest = tuple(h for h in typical.headers if h[0] != name)
        if parameter.required:
            yield replace(typical, about=f"headers without {name}", headers=rest)
        values = [op.schemas.sample(parameter.schema), op.schemas.wrong(parameter.schema), ""]
        for value in dict.fromkeys(map(text_of, values)):
            yield replace(typical, about=f"header {name}", headers=(*rest, (name, latin(value))))


def _bodies(op: Operation, typical: Draft) -> Iterator[Draft]:
    none = tuple(h for h in typical.headers if h[0] != "content-type")
    variants: list[tuple[str, bytes | None]] = [
        ("none", None),
        ("empty", b""),
        ("invalid JSON", b'{"a": '),
        ("not UTF-8", b"\xff\xfe{"),
        *((about, body_of(op, value)) for about, value in _values(op)),
    ]
    for about, body in variants:
        yield replace(typical, about=f"body: {about}", body=body)
    for about, body in (variants[0], variants[2], ("valid", typical.body)):
        yield replace(typical, about=f"body: {about}, no headers", headers=(), body=body)
        odd = (*_ODD, ("content-type", "text/plain"))
        yield replace(typical, about=f"body: {about}, odd headers", headers=odd, body=body)
    yield replace(typical, about="body: valid, no content type", headers=none)
    other = FORM if op.media_type == JSON else JSON
    yield replace(
        typical, about=f"body: valid, as {other}", headers=(*none, ("content-type", other))
    )
    charset = ("content-type", f"{op.media_type}; charset=latin-1")
    if op.media_type != MULTIPART:
        yield replace(typical, about="body: valid, in a charset", headers=(*none, charset))


def _values(op: Operation) -> Iterator[tuple[str, Any]]:
    """Bodies that almost fit."""
    right = op.schemas.sample(op.body)
    yield "wrong type", op.schemas.wrong(op.body)
    yield "null", None
    yield "empty object", {}
    yield "a list of it", [right]
    if not isinstance(right, dict):
        yield from (("edge", value) for value in list(op.schemas.edges(op.body))[:_MANY])
        return
    yield "unknown member", {**right, "unknown-key": 1}
    for name, schema in op.schemas.members(op.body).items():
        rest = {key: value for key, value in right.items() if key != name}
        if name in right:
            yield f"without {name}", rest
        yield f"wrong type of {name}", {**right, name: op.schemas.wrong(schema)}
        yield f"{name} is null", {**right, name: None}
        inner = right.get(name)
        if isinstance(inner, dict):
            for key in list(inner)[:_MANY]:
                less = {k: v for k, v in inner.items() if k != key}
                yield f"{name} without {key}", {**right, name: less}
        for value in list(op.schemas.edges(schema))[:_MANY]:
            yield f"edge of {name}", {**right, name: value}


def _constants(op: Operation, typical: Draft) -> Iterator[Draft]:
    """One value at a time, at and around what the code compares with."""
    # Every parameter has its turn where there are too many.
    found = sorted(_around(op, typical), key=lambda pair: pair[0])
    yield from (draft for _turn, draft in found[:_VARIANTS])


def _around(op: Operation, typical: Draft) -> Iterator[tuple[int, Draft]]:
    for parameter in (*op.of("path"), *op.of("query")):
        for turn, value in enumerate(_near(op, parameter.schema)):
            about = f"constant: {parameter.name}={value}"
            if parameter.place == "path":
                path = {**typical.path, parameter.name: text_of(value)}
                if path[parameter.name]:
                    yield turn, replace(typical, about=about, path=path)
            else:
                rest = tuple(p for p in typical.query if p[0] != parameter.name)
                query = (*rest, (parameter.name, text_of(value)))
                yield turn, replace(typical, about=about, query=query)
    if op.body is None:
        return
    right = op.schemas.sample(op.body)
    for where, schema in _leaves(op, op.body):
        for turn, value in enumerate(_near(op, schema)):
            about = f"constant: {'.'.join(where) or 'body'}={value}"
            yield turn, replace(typical, about=about, body=body_of(op, _put(right, where, value)))


def _leaves(op: Operation, schema: Any, depth: int = 0) -> Iterator[tuple[tuple[str, ...], Any]]:
    members = op.schemas.members(schema)
    if not members:
        yield (), schema
    for name, inner in members.items() if depth < 3 else ():  # noqa: PLR2004
        yield from (((name, *rest), leaf) for rest, leaf in _leaves(op, inner, depth + 1))


def _put(value: Any, where: tuple[str, ...], leaf: Any) -> Any:
    if not where:
        return leaf
    inner = value if isinstance(value, dict) else {}
    return {**inner, where[0]: _put(inner.get(where[0]), where[1:], leaf)}


def _near(op: Operation, schema: Any) -> list[Any]:
    kind = op.schemas.kind(schema)
    if kind == "string":
        return [c for c in op.constants if isinstance(c, str)]
    if kind not in ("integer", "number"):
        return []
    numbers = [c for c in op.constants if not isinstance(c, str)]
    whole = [n for n in numbers if kind == "number" or float(n).is_integer()]
    around = [n + by for n in whole for by in (1, 0, -1)]
    return list(dict.fromkeys(int(n) if kind == "integer" else n for n in around))


def _sockets(op: Operation) -> Iterator[Draft]:
    path, query = _path_values(op), _query(op, full=False)
    base = Draft("typical", "", path, query, _headers(op, full=False), kind="websocket")
    json_text = ("text", json.dumps({"type": "ping", "data": 1}))
    raw = ("bytes", base64.b64encode(b"\x00a").decode("ascii"))
    constants = tuple(("text", c) for c in op.constants if isinstance(c, str))[:_MANY]
    yield replace(base, about="typical: text", script=(("text", "hello"), ("text", "")))
    yield replace(base, about="JSON", script=(json_text, ("text", "[]"), ("text", "1")))
    yield replace(base, about="bytes", script=(raw,))
    yield replace(base, about="nothing is said")
    yield replace(base, about="its own words", script=constants) if constants else base
    yield replace(base, about="headers: odd", headers=_ODD, script=(("text", "hello"),))
    yield replace(base, about="headers: none", headers=(), query=())
    yield replace(base, about="subprotocols", subprotocols=("graphql-ws", "chat"))
    yield replace(base, about="not a WebSocket", kind="http", method="GET")
    for tail in ("/", "%0A"):
        yield replace(base, about=f"path ends with {tail}", tail=tail)
    for name, _converter in PLACEHOLDER.findall(op.row.path):
        for value in ("abc", "0", "é"):
            yield replace(base, about=f"path parameter {name}: {value}", path={**path, name: value})


def _path_values(op: Operation, *, full: bool = False) -> dict[str, str]:
    declared = {p.name: p.schema for p in op.of("path")}
    return {
        name: _CONVERTED[converter]
        if converter in _CONVERTED
        else text_of(op.schemas.sample(declared.get(name, {"type": "string"}), full=full))
        for name, converter in PLACEHOLDER.findall(op.row.path)
    }


def _query(op: Operation, *, full: bool) -> tuple[tuple[str, str], ...]:
    wanted = [p for p in op.of("query") if full or p.required]
    return tuple((p.name, value) for p in wanted for value in _texts(op, p, full=full))


def _texts(op: Operation, parameter: Parameter, *, full: bool = False) -> list[str]:
    value = op.schemas.sample(parameter.schema, full=full)
    return [text_of(item) for item in value] if isinstance(value, list) else [text_of(value)]


def _headers(op: Operation, *, full: bool) -> tuple[tuple[str, str], ...]:
    found = dict((*_TYPICAL, *op.credentials))
    for parameter in op.of("header"):
        if full or parameter.required:
            value = latin(text_of(op.schemas.sample(parameter.schema, full=full)))
            found.setdefault(parameter.name.lower(), value)
    cookies = [
        f"{p.name}={quote(text_of(op.schemas.sample(p.schema, full=full)))}"
        for p in op.of("cookie")
        if full or p.required
    ]
    if cookies:
        found["cookie"] = "; ".join((*filter(None, [found.get("cookie")]), *cookies))
    return tuple(found.items())


def _with_type(op: Operation, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    if not op.media_type:
        return headers
    return (*headers, ("content-type", op.content_type))
