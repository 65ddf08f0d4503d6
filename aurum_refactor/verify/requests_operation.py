"""What one operation takes: its parameters and bodies, from the document of that one route."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aurum_refactor.verify.observation import Inputs, Row
from aurum_refactor.verify.requests_samples import Schemas

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
BOUNDARY = "aurum-refactor-boundary"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter; ``place`` is path, query, header or cookie."""

    name: str
    place: str
    required: bool
    schema: Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one route, and what may be sent to it."""

    row: Row
    # "" for a WebSocket.
    method: str
    schemas: Schemas
    parameters: tuple[Parameter, ...] = ()
    # Of the body; "" where none is taken.
    media_type: str = ""
    body: Any = None
    # Header name and value for each security scheme.
    credentials: tuple[tuple[str, str], ...] = ()
    # Numbers and texts that the code behind it mentions.
    constants: tuple[Any, ...] = field(default=())

    @property
    def content_type(self) -> str:
        """The header that goes with the body."""
        boundary = f"; boundary={BOUNDARY}" if self.media_type == MULTIPART else ""
        return self.media_type + boundary

    def of(self, place: str) -> tuple[Parameter, ...]:
        """The parameters of one place."""
        return tuple(p for p in self.parameters if p.place == place)


def operations_of(row: Row, inputs: Inputs | None) -> list[Operation]:
    """One for each method of a route, in the order of the methods; one for a WebSocket.

    Args:
        row: The route.
        inputs: What the probe saw of it; ``None`` or an empty document leaves
            only what the path says.
    """
    document: dict[str, Any] = json.loads(inputs.document) if inputs and inputs.document else {}
    schemas = Schemas(document)
    constants = inputs.constants if inputs else ()
    item: dict[str, Any] = next(iter(document.get("paths", {}).values()), {})
    methods = row.methods or (("",) if row.kind.startswith("websocket") else ("GET",))
    found = []
    for method in methods:
        entry = item.get(method.lower(), {})
        media_type, body = _body(entry, schemas)
        found.append(
            Operation(
                row=row,
                method=method,
                schemas=schemas,
                parameters=_parameters(entry),
                media_type=media_type,
                body=body,
                credentials=_credentials(entry, document),
                constants=constants,
            )
        )
    return found


def _parameters(entry: dict[str, Any]) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(p["name"], p["in"], bool(p.get("required")), p.get("schema", {}))
        for p in entry.get("parameters", ())
    )


def _body(entry: dict[str, Any], schemas: Schemas) -> tuple[str, Any]:
    content = schemas.resolve(entry.get("requestBody")).get("content")
    if not isinstance(content, dict) or not content:
        return "", None
    media_type = JSON if JSON in content else next(iter(content))
    return media_type, content[media_type].get("schema", {})


def _credentials(entry: dict[str, Any], document: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    schemes = document.get("components", {}).get("securitySchemes", {})
    found: dict[str, str] = {}
    for alternative in entry.get("security", ()):
        for name in alternative:
            scheme = schemes.get(name, {})
            if scheme.get("type") == "apiKey":
                place, key = scheme.get("in"), str(scheme.get("name"))
                found |= {key.lower(): "key"} if place == "header" else {}
                found |= {"cookie": f"{key}=key"} if place == "cookie" else {}
            elif scheme.get("scheme") == "basic":
                found["authorization"] = "Basic dXNlcjpwYXNzd29yZA=="
            else:
                found["authorization"] = "Bearer token"
    return tuple(found.items())
