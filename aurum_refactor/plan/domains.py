"""Which domain each endpoint belongs to, and why: lock, then globs, then tags, then paths."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
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

#: Letters of a domain's name; it names files, whose names are limited.
_LONGEST = 60
#: Up to this many endpoints that share a tag or a prefix are one domain.
_ONE_DOMAIN = 10
_SHARED = "; all share "


def assign(
    endpoints: Sequence[Endpoint],
    receivers: Sequence[Receiver],
    *,
    globs: Globs,
    remembered: Mapping[tuple[str, tuple[str, ...]], Sequence[LockedEndpoint]],
    matches: Callable[[str, str], bool],
    registrars: Mapping[str, Registrar] = MappingProxyType({}),
    shared: frozenset[str] | None = frozenset(),
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
        shared: Tags and prefixes that tell nothing because all endpoints have them, as
            ``shared_by_all`` reads them off the lock; None to find them now.
    """
    if shared is None:
        shared = _shared_now(endpoints, receivers, globs, matches)
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
        elif endpoint.is_class:
            domain, reason = _of_class(endpoint, receivers, globs, matches, shared)
        else:
            domain, reason = _choose(*_first(endpoint, receivers), globs, matches, shared)
        found.append(Assignment(endpoint.ordinal, domain, reason, original, place))
    return tuple(found)


def _of_class(
    endpoint: Endpoint,
    receivers: Sequence[Receiver],
    globs: Globs,
    matches: Callable[[str, str], bool],
    shared: frozenset[str],
) -> tuple[str, str]:
    """The domain of all its routes; that of its name where these are of several."""
    rows = [
        _choose(row, receiver_at(receivers, row.receiver, row.ordinal), globs, matches, shared)
        for row in endpoint.registrations
    ]
    if len({domain for domain, _ in rows}) == 1:
        return rows[0]
    plain = _VIEW.sub("", endpoint.name) or endpoint.name
    name = identifier(plain) or identifier(endpoint.name) or rows[0][0]
    return name, f"class {endpoint.name}"


#: What names of classes end with that say nothing of a domain.
_VIEW = re.compile(
    r"(?:_|(?<=[a-z0-9]))"
    r"(?:Controller|CBV|Cbv|Views?|ViewSet|Endpoints?|Routes?|Router|Resource|API|Api|Handlers?)$"
)


def shared_by_all(reasons: Iterable[str]) -> frozenset[str]:
    """Tags and prefixes that no domain was named after because every endpoint has them."""
    return frozenset(note for reason in reasons for note in reason.split(_SHARED)[1:])


def _shared_now(
    endpoints: Sequence[Endpoint],
    receivers: Sequence[Receiver],
    globs: Globs,
    matches: Callable[[str, str], bool],
) -> frozenset[str]:
    """Go on behind what all endpoints of a large module share, while that gives one domain only.

    Where that would give a domain for every other endpoint or more, the one domain stays.
    """
    firsts = [_first(endpoint, receivers) for endpoint in endpoints]
    shared: frozenset[str] = frozenset()
    if len(firsts) <= _ONE_DOMAIN:
        return shared
    while True:
        rows = [_choose(*first, globs, matches, shared) for first in firsts]
        domains = {domain for domain, _ in rows}
        if len(domains) > 1:
            return shared if len(domains) * 2 <= len(rows) else frozenset()
        more = {_named_after(reason, domain) for domain, reason in rows} - {"", *shared}
        if len(more) != 1:
            return frozenset()
        shared |= more


def _named_after(reason: str, domain: str) -> str:
    """The tag or the beginning of the path that a domain got its name from; "" for neither."""
    kind, _, value = reason.split(_SHARED, maxsplit=1)[0].partition(" ")
    if kind == "tag":
        return f"the tag {value}"
    if kind != "path":
        return ""
    segments = value.split("/")
    for index, segment in enumerate(segments):
        if identifier(segment.split(":")[0]) == domain and not segment.startswith("{"):
            return f"the path {'/'.join(segments[: index + 1])}"
    return ""


def _first(
    endpoint: Endpoint, receivers: Sequence[Receiver]
) -> tuple[Registration, Receiver | None]:
    first = min(endpoint.registrations, key=lambda r: (r.ordinal, r.decorator))
    return first, receiver_at(receivers, first.receiver, first.ordinal)


def _choose(
    registration: Registration,
    receiver: Receiver | None,
    globs: Globs,
    matches: Callable[[str, str], bool],
    shared: frozenset[str],
) -> tuple[str, str]:
    prefix = receiver.prefix if receiver else ""
    path = None if registration.path is None else prefix + registration.path
    if path is not None:
        for name, patterns in globs:
            for pattern in patterns:
                if matches(pattern, path):
                    return name, f"glob {pattern}"
    told = ""
    for tag in (*registration.tags, *(receiver.tags if receiver else ())):
        name = identifier(tag)
        if f"the tag {tag}" in shared:
            told += f"{_SHARED}the tag {tag}"
        elif name:
            return name, f"tag {tag}{told}"
    if path is not None:
        segments = path.split("/")
        last = ""
        for index, segment in enumerate(segments):
            plain = segment.split(":")[0]
            if not plain or plain.startswith("{") or _VERSION.match(plain):
                continue
            if plain.lower() in _SKIPPED:
                continue
            name = identifier(plain)
            above = f"the path {'/'.join(segments[: index + 1])}"
            if above in shared:
                last, told = name, f"{told}{_SHARED}{above}"
                continue
            # ``/live`` is a probe, ``/live/orders`` is a domain of that name.
            if name in _PROBES and (name.startswith("health") or not any(segments[index + 1 :])):
                return "health", f"probe path {path}{told}"
            if name:
                return name, f"path {path}{told}"
        return last or "root", f"path {path or '(empty)'}{told}"
    name = identifier(registration.handler) or "other"
    return name, f"its path is computed; named after it{told}"


def identifier(text: str) -> str:
    """A lower-case module name for any text: ``Price Curves`` gives ``price_curves``."""
    # ``A2A`` is one word, ``Top10Items`` are two.
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[0-9])(?=[A-Z][a-z])", "_", text)
    name = re.sub(r"[^0-9a-z]+", "_", spaced.lower()).strip("_")
    if not name or not name.isascii():
        return ""
    if name[0].isdigit():
        name = f"v{name}" if re.fullmatch(r"\d+", name) else f"_{name}".lstrip("_")
        if name[0].isdigit():
            name = f"d{name}"
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        name = f"{name}_"
    return name if len(name) <= _LONGEST else name[:_LONGEST].rstrip("_")
