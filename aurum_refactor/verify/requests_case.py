"""One request as a plain value: the same bytes go to the state before and to the one after."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One HTTP request, or one WebSocket with what its client says."""

    # Place in the plan, from 0; also the seed of what is random while it is answered.
    number: int
    # The route it was made for, as ``Row.label`` has it; another may answer.
    operation: str
    # What is special about it: ``typical``, ``body: invalid JSON``, ``path ends with %0A``.
    about: str
    # "http" or "websocket".
    kind: str
    method: str
    # Percent-encoded, without the query.
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    # Messages of a WebSocket's client: ("text" or "bytes", text or base64).
    script: tuple[tuple[str, str], ...] = ()
    subprotocols: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The request for people: ``GET /items/1?q=2``."""
        verb = "WS" if self.kind == "websocket" else self.method
        return f"{verb} {self.path}{'?' if self.query else ''}{self.query}"

    def as_json(self) -> dict[str, Any]:
        """What the probe sends."""
        return {
            "id": self.number,
            "operation": self.operation,
            "kind": self.kind,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": [list(pair) for pair in self.headers],
            "body": None if self.body is None else base64.b64encode(self.body).decode("ascii"),
            "script": [list(message) for message in self.script],
            "subprotocols": list(self.subprotocols),
        }
