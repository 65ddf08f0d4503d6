"""Values for a JSON schema: one that fits, and some that almost do; always the same ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# Schemas may hold themselves, and with all that is optional they grow with every level.
_DEEPEST, _FULLEST = 12, 3
_FORMATS = {
    "uuid": "00000000-0000-4000-8000-000000000001",
    "date": "2024-01-31",
    "date-time": "2024-01-31T12:30:00Z",
    "time": "12:30:00",
    "duration": "P1D",
    "email": "user@example.com",
    "uri": "https://example.com/",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "ipvanyaddress": "192.0.2.1",
    "hostname": "example.com",
    "byte": "YQ==",
    "binary": "a",
    "json-string": "{}",
    "path": "a",
}
_TEXTS = (
    *("x1", "abc", "ABC", "a", "A", "1", "12", "123", "2024-01-31", "2024-01", "2024", "12:30"),
    *("1.0.0", "v1", "en", "en-US", "USD", "Europe/Paris", "#a1b2c3", "user@example.com"),
    *("https://example.com/", "+441632960000", "a-b", "a_b", "A1", "AB12", "0" * 24, "0" * 32),
    *("00000000-0000-4000-8000-000000000001", "asc", "true"),
)
_WRONG = {
    "object": "text",
    "array": {"not": "a list"},
    "string": 1,
    "integer": "abc",
    "number": "abc",
    "boolean": "maybe",
}


class Schemas:
    """The schemas of one OpenAPI document; references are followed in it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def resolve(self, schema: Any) -> dict[str, Any]:
        """Follow references and take the first of several ways that is not null."""
        for _ in range(_DEEPEST * 2):
            if not isinstance(schema, dict):
                return {}
            if isinstance(schema.get("$ref"), str):
                schema = self._reference(schema["$ref"])
                continue
            ways = schema.get("anyOf") or schema.get("oneOf")
            if ways:
                schema = next((w for w in ways if w != {"type": "null"}), ways[0])
                continue
            parts = schema.get("allOf")
            if parts:
                rest = {key: value for key, value in schema.items() if key != "allOf"}
                schema = self._merged([*parts, rest])
                continue
            return schema
        return {}

    def _reference(self, text: str) -> Any:
        value: Any = self.document
        for word in text.removeprefix("#/").split("/"):
            value = value.get(word, {}) if isinstance(value, dict) else {}
        return value

    def _merged(self, parts: list[Any]) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for part in map(self.resolve, parts):
            properties = {**merged.get("properties", {}), **part.get("properties", {})}
            required = [*merged.get("required", []), *part.get("required", [])]
            merged |= part
            merged |= {"properties": properties} if properties else {}
            merged |= {"required": required} if required else {}
        return merged

    def kind(self, schema: Any) -> str:
        """``object``, ``array``, ``string``, ``integer``, ``number``, ``boolean``, or ""."""
        resolved = self.resolve(schema)
        kind = resolved.get("type")
        if isinstance(kind, list):
            kind = next((name for name in kind if name != "null"), "")
        if kind is None and "properties" in resolved:
            return "object"
        return str(kind or "")

    def sample(self, schema: Any, *, full: bool = False, depth: int = 0) -> Any:
        """Give a value that fits, as far as that can be told; *full* has optional members too."""
        resolved = self.resolve(schema)
        for key in ("const", "example"):
            if key in resolved:
                return resolved[key]
        for key in ("enum", "examples"):
            if isinstance(resolved.get(key), list) and resolved[key]:
                return resolved[key][-1 if full else 0]
        kind = self.kind(resolved)
        if kind == "object":
            return self._object(resolved, full=full, depth=depth)
        if kind == "array":
            return self._array(resolved, full=full, depth=depth)
        if kind in ("integer", "number"):
            return _number(resolved, whole=kind == "integer")
        # A flag that is up more often forbids or forgets than one that is down.
        return full if kind == "boolean" else None if kind == "null" else _text(resolved)

    def _object(self, schema: dict[str, Any], *, full: bool, depth: int) -> dict[str, Any]:
        members = self.members(schema) if depth < _DEEPEST else {}
        required = schema.get("required", [])
        value = {
            name: self.sample(inner, full=full, depth=depth + 1)
            for name, inner in members.items()
            if name in required or (full and depth < _FULLEST)
        }
        extra = schema.get("additionalProperties")
        if full and isinstance(extra, dict) and depth < _FULLEST:
            value["key"] = self.sample(extra, full=full, depth=depth + 1)
        return value

    def _array(self, schema: dict[str, Any], *, full: bool, depth: int) -> list[Any]:
        first = schema.get("prefixItems")
        if isinstance(first, list) and depth < _DEEPEST:
            return [self.sample(item, full=full, depth=depth + 1) for item in first]
        least = schema.get("minItems", 0)
        count = max(least, 1) if depth < _DEEPEST else least
        item = self.sample(schema.get("items", {}), full=full, depth=depth + 1) if count else None
        # The same item twice fits no set.
        return [f"{item}{i}" if i and isinstance(item, str) else item for i in range(count)]

    def members(self, schema: Any) -> dict[str, Any]:
        """The properties of an object."""
        properties = self.resolve(schema).get("properties")
        return properties if isinstance(properties, dict) else {}

    def wrong(self, schema: Any) -> Any:
        """Give a value of another type."""
        return _WRONG.get(self.kind(schema), {"unexpected": [None]})

    def edges(self, schema: Any) -> Iterator[Any]:
        """Values at and just beyond what is allowed."""
        resolved = self.resolve(schema)
        kind = self.kind(resolved)
        if isinstance(resolved.get("enum"), list):
            yield from resolved["enum"][1:6]
        if kind in ("integer", "number"):
            yield from (0, -1, 2**63)
            for key in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
                limit = resolved.get(key)
                if isinstance(limit, int | float) and not isinstance(limit, bool):
                    yield from (limit - 1, limit, limit + 1)
        elif kind == "string":
            yield from ("", "é☃ /?&=", " x ")
            for key, by in (("minLength", -1), ("maxLength", 1)):
                limit = resolved.get(key)
                if isinstance(limit, int) and 0 <= limit + by <= 10_000:  # noqa: PLR2004
                    yield from ("x" * limit, "x" * (limit + by))
        elif kind == "boolean":
            yield True
        elif kind == "array":
            yield []


def _number(schema: dict[str, Any], *, whole: bool) -> Any:
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    step = schema.get("multipleOf", 1 if whole else 0.5)
    value: Any = step if step else 1
    if isinstance(least, int | float) and value <= least:
        value = least if "minimum" in schema else least + step
    if isinstance(most, int | float) and value >= most:
        value = most if "maximum" in schema else most - step
    return int(value) if whole else value


def _text(schema: dict[str, Any]) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    least, most = schema.get("minLength", 0), schema.get("maxLength", 1 << 20)
    pattern = schema.get("pattern")
    fitting = [text.ljust(least, "x")[: max(most, 0)] for text in _TEXTS]
    if isinstance(pattern, str):
        try:
            matching = [text for text in fitting if re.search(pattern, text)]
        except re.error:
            matching = []
        fitting = matching or fitting
    return fitting[0]
