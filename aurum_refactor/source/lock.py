"""``aurum-refactor.lock``: what was decided and moved, as a file that is committed.

Only its form is known here. One endpoint is one line, so that two branches
that move different endpoints merge.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from aurum_refactor.errors import SourceError
from aurum_refactor.model import Held, LockedEndpoint, LockedMonolith
from aurum_refactor.source.project import read_bytes

LOCK_FILE: Final = "aurum-refactor.lock"
_VERSION: Final = 1
_ADVICE = f"restore it from version control (git checkout -- {LOCK_FILE})"


def read_lock(root: Path) -> tuple[LockedMonolith, ...]:
    """Read the lock of a project; empty where there is none yet.

    Raises:
        SourceError: The file cannot be read or is not a lock; says what to do.
    """
    if not (root / LOCK_FILE).exists():
        return ()
    return parse_lock(read_bytes(root, LOCK_FILE))


def parse_lock(data: bytes) -> tuple[LockedMonolith, ...]:
    """Turn the bytes of a lock into values, in canonical order.

    Raises:
        SourceError: Not JSON, not a lock, or written by a newer version; the
            line is given where it is known.
    """
    try:
        document = json.loads(data.decode("utf-8"))
    except json.JSONDecodeError as error:
        raise SourceError(LOCK_FILE, _json_reason(data), error.lineno) from None
    except (ValueError, RecursionError):
        raise SourceError(LOCK_FILE, f"is not a lock file; {_ADVICE}") from None
    version = document.get("version") if isinstance(document, dict) else None
    if type(version) is int and version > _VERSION:
        reason = f"was written by a newer aurum-refactor (format {version}); upgrade this one"
        raise SourceError(LOCK_FILE, reason)
    if type(version) is not int or version != _VERSION:
        raise SourceError(LOCK_FILE, f"is not a lock file; {_ADVICE}")
    try:
        return canonical(map(_monolith, _list(document["monoliths"])))
    except (TypeError, KeyError):
        raise SourceError(LOCK_FILE, f"is not a lock file; {_ADVICE}") from None


def render_lock(monoliths: Iterable[LockedMonolith]) -> bytes:
    """Give the bytes of a lock: the same for equal values, one line an endpoint.

    ``parse_lock(render_lock(x)) == canonical(x)`` for every ``x``.
    """
    blocks = [_block(monolith) for monolith in canonical(monoliths)]
    body = "[\n" + ",\n".join(blocks) + "\n  ]" if blocks else "[]"
    return f'{{\n  "version": {_VERSION},\n  "monoliths": {body}\n}}\n'.encode()


def canonical(monoliths: Iterable[LockedMonolith]) -> tuple[LockedMonolith, ...]:
    """Sort monoliths by module, and endpoints by ordinal, then by all their fields."""
    ordered = sorted(monoliths, key=lambda monolith: (monolith.module, monolith.path))
    return tuple(
        replace(
            m,
            endpoints=tuple(sorted(m.endpoints, key=_endpoint_key)),
            options=tuple(sorted(set(m.options))),
            held=tuple(sorted(m.held, key=lambda held: (held.name, held.because))),
        )
        for m in ordered
    )


def _endpoint_key(endpoint: LockedEndpoint) -> tuple[int, str]:
    return (endpoint.ordinal, _line(endpoint))


def _block(monolith: LockedMonolith) -> str:
    lines = [f"        {_line(endpoint)}" for endpoint in monolith.endpoints]
    endpoints = "[\n" + ",\n".join(lines) + "\n      ]" if lines else "[]"
    written = json.dumps(list(monolith.options))
    options = f'      "options": {written},\n' if monolith.options else ""
    rows = [f"        {json.dumps(asdict(row))}" for row in monolith.held]
    held = f'      "held_at": {json.dumps(monolith.held_at)},\n' if monolith.held_at else ""
    held += '      "held": [\n' + ",\n".join(rows) + "\n      ],\n" if rows else ""
    return (
        "    {\n"
        f'      "module": {json.dumps(monolith.module)},\n'
        f'      "path": {json.dumps(monolith.path)},\n'
        f"{options}"
        f"{held}"
        f'      "endpoints": {endpoints}\n'
        "    }"
    )


def _line(endpoint: LockedEndpoint) -> str:
    row = asdict(endpoint)
    if endpoint.place < 0:
        del row["place"]
    return json.dumps(row)


def _json_reason(data: bytes) -> str:
    if b"\n<<<<<<< " in data or b"\n>>>>>>> " in data:
        return "has merge conflicts; keep both sides' lines, then run `aurum-refactor plan`"
    return f"is not valid JSON; {_ADVICE}"


def _monolith(given: Any) -> LockedMonolith:
    return LockedMonolith(
        module=_text(given["module"]),
        path=_text(given["path"]),
        endpoints=tuple(map(_endpoint, _list(given["endpoints"]))),
        options=tuple(map(_text, _list(given.get("options", [])))),
        held=tuple(map(_held, _list(given.get("held", [])))),
        held_at=_text(given.get("held_at", "")),
    )


def _held(given: Any) -> Held:
    return Held(name=_text(given["name"]), because=_text(given["because"]))


def _endpoint(given: Any) -> LockedEndpoint:
    ordinal, place = given["ordinal"], given.get("place", -1)
    if type(ordinal) is not int or type(place) is not int:
        raise TypeError
    return LockedEndpoint(
        name=_text(given["name"]),
        routes=tuple(map(_text, _list(given["routes"]))),
        domain=_text(given["domain"]),
        reason=_text(given["reason"]),
        ordinal=ordinal,
        home=_text(given["home"]),
        digest=_text(given["digest"]),
        place=place,
    )


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError
    return given


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise TypeError
    return given
