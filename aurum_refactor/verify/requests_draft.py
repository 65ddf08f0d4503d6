"""From a request in values to one in bytes: paths, queries, bodies and headers as they are sent."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from aurum_refactor.verify.observation import Row
from aurum_refactor.verify.requests_case import Case
from aurum_refactor.verify.requests_operation import BOUNDARY, FORM, MULTIPART, Operation

# A path parameter: its name, and its convertor if it has one.
PLACEHOLDER = re.compile(r"{([^}:]+)(?::([^}]+))?}")
# A server always has one.
_HOST = ("host", "testserver")
# Instead of a tail: the whole path in capitals.
CAPITALS = "^"


@dataclass(frozen=True, slots=True)
class Draft:
    """A request in the making: values, not bytes yet."""

    about: str
    method: str
    # Name to text, of path parameters.
    path: dict[str, str]
    query: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    body: bytes | None = None
    tail: str = ""
    kind: str = "http"
    script: tuple[tuple[str, str], ...] = field(default=())
    subprotocols: tuple[str, ...] = field(default=())


def case_of(number: int, row: Row, draft: Draft, given: dict[str, str]) -> Case:
    def value(match: re.Match[str]) -> str:
        text = draft.path.get(match[1], "x")
        safe = "/" if match[2] == "path" else "%" if "%2F" in text else ""
        return quote(text, safe=safe) or "x"

    path = PLACEHOLDER.sub(value, quote(row.path, safe="/{}:")) or "/"
    if draft.tail == CAPITALS:
        path = path.upper().replace("%2F", "%2f")
    elif draft.tail.startswith("-"):
        path = path.rstrip("/") or "/"
    else:
        path = path.rstrip("/") + draft.tail if draft.tail == "/nothing.txt" else path + draft.tail
    path = path if path.startswith("/") else f"/{path}"
    headers = dict.fromkeys((_HOST, *draft.headers))
    if draft.headers:
        headers = dict.fromkeys((*(h for h in headers if h[0] not in given), *given.items()))
    elif "host" in given:
        headers = dict.fromkeys((("host", given["host"]),))
    if draft.body is not None and draft.kind == "http":
        headers |= {("content-length", str(len(draft.body))): None}
    return Case(
        number=number,
        operation=row.label,
        about=draft.about,
        kind=draft.kind,
        method=draft.method,
        path=path,
        query=urlencode(draft.query),
        headers=tuple(headers),
        body=draft.body if draft.kind == "http" else None,
        script=draft.script,
        subprotocols=draft.subprotocols,
    )


def body_of(op: Operation, value: Any) -> bytes | None:
    """A value in the form that the operation takes."""
    if op.body is None:
        return None
    if op.media_type in (FORM, MULTIPART):
        members = value if isinstance(value, dict) else {"value": value}
        pairs = [
            (name, item)
            for name, inner in members.items()
            for item in (inner if isinstance(inner, list) else [inner])
        ]
        if op.media_type == FORM:
            return urlencode([(name, text_of(item)) for name, item in pairs]).encode("ascii")
        return _multipart(op, pairs)
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _multipart(op: Operation, pairs: list[tuple[str, Any]]) -> bytes:
    members = op.schemas.members(op.body)
    lines: list[str] = []
    for name, value in pairs:
        schema = op.schemas.resolve(members.get(name, {}))
        schema = op.schemas.resolve(schema.get("items", schema))
        binary = schema.get("format") == "binary" or "contentMediaType" in schema
        file = '; filename="a.txt"\r\nContent-Type: text/plain' if binary else ""
        head = f'Content-Disposition: form-data; name="{name}"{file}'
        lines += [f"--{BOUNDARY}", head, "", text_of(value)]
    return "\r\n".join([*lines, f"--{BOUNDARY}--", ""]).encode("utf-8", "replace")


def text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return str(value) if isinstance(value, int | float) else json.dumps(value, sort_keys=True)


def latin(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1").replace("\n", " ")
