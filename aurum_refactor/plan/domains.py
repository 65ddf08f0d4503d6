"""Which domain each endpoint belongs to, and why: lock, then globs, then tags, then paths."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from aurum_refactor.model import (
    Assignment,
    Endpoint,
    LockedEndpoint,
    Receiver,
    Registrar,
    Registration,
)
from aurum_refactor.plan.receivers import receiver_at

#: Paths of probes that every service has; one domain whatever the spelling.
_PROBES = frozenset(
    {"health", "healthz", "live", "livez", "liveness", "ready", "readyz", "readiness", "ping"}
)
_VERSION = re.compile(r"^v\d+([._]\d+)*((a|b|alpha|beta)\d*)?$", re.IGNORECASE)
_SKIPPED = frozenset({"api", "apis", "rest", "public", "internal"})

Globs = Sequence[tuple[str, tuple[str, ...]]]


def assign(
    endpoints: Sequence[Endpoint],
    receivers: Sequence[Receiver],
    *,
    globs: Globs,
    remembered: Mapping[tuple[str, tuple[str, ...]], Sequence[LockedEndpoint]],
    matches: Callable[[str, str], bool],
    registrars: Mapping[str, Registrar] = MappingProxyType({}),
) -> tuple[Assignment, ...]:
    """Put every endpoint in exactly one domain.

    An endpoint with several registrations goes by the one written first, at
    the top of its decorators.

    Args:
        endpoints: In source order.
        receivers: Their ``prefix`` and ``tags`` count as the endpoint's own.
        globs: Configured domains in order, each with URL path patterns.
        remembered: What the lock file says of endpoints that are still here,
            by name and routes; twins in their order.
        matches: ``matches(pattern, path)`` for one glob.
        registrars: Functions that register several endpoints, by name; what they
            register was assigned before.
    """
    found = []
    waiting = {key: list(rows) for key, rows in remembered.items()}
    for endpoint in endpoints:
        rows = waiting.get((endpoint.name, endpoint.routes))
        original = place = -1
        if rows:
            row = rows.pop(0)
            domain, reason = row.domain, row.reason
            original, place = row.ordinal, row.place
        elif endpoint.members and endpoint.name in registrars:
            registrar = registrars[endpoint.name]
            domain, reason = registrar.domain, registrar.reason
        else:
            first = min(endpoint.registrations, key=lambda r: (r.ordinal, r.decorator))
            receiver = receiver_at(receivers, first.receiver, first.ordinal)
            domain, reason = _choose(first, receiver, globs, matches)
        found.append(Assignment(endpoint.ordinal, domain, reason, original, place))
    return tuple(found)


def _choose(
    registration: Registration,
    receiver: Receiver | None,
    globs: Globs,
    matches: Callable[[str, str], bool],
) -> tuple[str, str]:
    prefix = receiver.prefix if receiver else ""
    path = None if registration.path is None else prefix + registration.path
    if path is not None:
        for name, patterns in globs:
            for pattern in patterns:
                if matches(pattern, path):
                    return name, f"glob {pattern}"
    for tag in (*registration.tags, *(receiver.tags if receiver else ())):
        name = identifier(tag)
        if name:
            return name, f"tag {tag}"
    if path is not None:
        segments = path.split("/")
        for index, segment in enumerate(segments):
            plain = segment.split(":")[0]
            if not plain or plain.startswith("{") or _VERSION.match(plain):
                continue
            if plain.lower() in _SKIPPED:
                continue
            name = identifier(plain)
            # ``/live`` is a probe, ``/live/orders`` is a domain of that name.
            if name in _PROBES and (name.startswith("health") or not any(segments[index + 1 :])):
                return "health", f"probe path {path}"
            if name:
                return name, f"path {path}"
        return "root", f"path {path or '(empty)'}"
    return identifier(registration.handler) or "other", "its path is computed; named after it"


def identifier(text: str) -> str:
    """A lower-case module name for any text: ``Price Curves`` gives ``price_curves``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    name = re.sub(r"[^0-9a-z]+", "_", spaced.lower()).strip("_")
    if not name or not name.isascii():
        return ""
    if name[0].isdigit():
        name = f"v{name}" if re.fullmatch(r"\d+", name) else f"_{name}".lstrip("_")
        if name[0].isdigit():
            name = f"d{name}"
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        name = f"{name}_"
    return name
