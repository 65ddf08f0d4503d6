"""AR401: endpoints that the monolith registers and did not register before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from aurum_refactor.analysis.registered import Found, endpoints_in, view_methods_in
from aurum_refactor.guard.rules import ADDED
from aurum_refactor.guard.values import Marked, Monolith
from aurum_refactor.model import Finding, LockedEndpoint, Severity


def additions(monolith: Monolith) -> Iterator[Marked]:
    """Endpoints of a monolith that its lock does not know, one finding a registration.

    Without a lock that is every endpoint: then the baseline knows them. An
    endpoint whose path or name is edited stays the same one; a registration
    that is added to it is new.
    """
    rows = monolith.locked.endpoints if monolith.locked else ()
    stays = [row for row in rows if row.home == monolith.module]
    routes = Counter(route for row in stays for route in row.routes)
    names = Counter(row.name for row in stays for _route in row.routes)
    waiting: list[tuple[Found, str]] = []
    for found in (*endpoints_in(monolith.tree), *view_methods_in(monolith.tree)):
        for route in found.routes:
            if routes[route] > 0:
                routes[route] -= 1
                names[_owner(stays, route, _name(found))] -= 1
            else:
                waiting.append((found, route))
    moved = {row.name: row.home for row in rows if row.home != monolith.module}
    for found, route in waiting:
        name = _name(found)
        if names[name] > 0:
            # Its path was edited: one of its registrations is gone for this one.
            names[name] -= 1
            continue
        yield _finding(monolith, found, route, moved.get(name, ""))


def _name(found: Found) -> str:
    """The name in the lock: a class-based view is one endpoint there, with all its routes."""
    return found.view or found.node.name


def _owner(stays: list[LockedEndpoint], route: str, name: str) -> str:
    """The name under which a route is known; that of its function if it is one of several."""
    owners = [row.name for row in stays if route in row.routes]
    return name if name in owners else owners[0]


def _finding(monolith: Monolith, found: Found, route: str, home: str) -> Marked:
    node = found.node
    line = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    name = f"{found.view}.{node.name}" if found.view else node.name
    message = f"{route} ({name}) is new in the monolith"
    if home:
        message = f"{route} ({name}) is in the monolith again; it had moved to {home}"
    finding = Finding(
        code=ADDED.code,
        severity=Severity.ERROR,
        message=message,
        advice=ADDED.advice,
        path=monolith.path,
        line=line,
        subject=f"{monolith.module or monolith.path}:{name}",
    )
    return Marked(finding, node.lineno, f"{route} {name}")
