"""From a project as it was read to the state of its migration."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from aurum_refactor.analysis.registered import endpoints_in, registering_functions, views_in
from aurum_refactor.errors import SourceError
from aurum_refactor.locating import is_test
from aurum_refactor.model import HomeKind, LockedEndpoint, Plan, Severity
from aurum_refactor.services.layers import path_of
from aurum_refactor.source.project import load_sources, read_bytes
from aurum_refactor.source.text import decode
from aurum_refactor.status.checklists import service_checklist
from aurum_refactor.status.coverage import covered
from aurum_refactor.status.criteria import criteria
from aurum_refactor.status.services import service_status
from aurum_refactor.status.values import (
    Anchored,
    DomainStatus,
    EndpointStatus,
    State,
    Status,
)
from aurum_refactor.workspace import Workspace, plan_of

#: Registrations of which no domain is known.
NO_DOMAIN = "(no domain)"


def status_of(workspace: Workspace, coverage: tuple[str, bytes] | None = None) -> Status:
    """How far the migration of one monolith is.

    Args:
        workspace: The project as it was read.
        coverage: Name and bytes of a coverage report in XML.

    Raises:
        AurumRefactorError: A router or the report cannot be read.
    """
    plan = plan_of(workspace)
    moved = _moved(workspace)
    domains = _domains(workspace, plan, moved)
    left = _left(workspace)
    services = {row.service.path for row in domains}
    lines = None if coverage is None else covered(*coverage, services)
    body = sum(row.count(State.BODY_MOVED) for row in domains)
    registered = sum(len(row.routes) for row, state in moved if state is State.MOVED)
    return Status(
        module=workspace.survey.layout.module,
        path=workspace.survey.layout.path,
        lines=len(workspace.original.text.splitlines()),
        left=left + body,
        moved=registered,
        domains=domains,
        refused=_refused(plan),
        anchored=tuple(
            Anchored(home.name, home.line, home.reason)
            for home in plan.homes
            if home.kind is HomeKind.ANCHORED
        ),
        criteria=criteria(
            workspace.survey.layout.path,
            left + body,
            [row for row in domains if row.name != NO_DOMAIN],
            lines,
            has_report=coverage is not None,
            sources=_own_sources(workspace),
            documents=_documents(workspace.root),
        ),
    )


def _left(workspace: Workspace) -> int:
    survey = workspace.survey
    return sum(len(e.registrations) for e in survey.endpoints) + len(survey.unmoved)


def _moved(workspace: Workspace) -> list[tuple[LockedEndpoint, State]]:
    """Endpoints that the lock says have left, and whether their registrations have too."""
    module = workspace.survey.layout.module
    rows = workspace.locked.endpoints if workspace.locked else ()
    found: list[tuple[LockedEndpoint, State]] = []
    registered: dict[str, set[str]] = {}
    for row in rows:
        if row.home == module:
            continue
        if row.home not in registered:
            tree = _tree(workspace, _path(workspace, row.home))
            names = set() if tree is None else {f.node.name for f in endpoints_in(tree)}
            early = frozenset() if tree is None else registering_functions(tree) | views_in(tree)
            registered[row.home] = names | early
        is_there = row.name in registered[row.home]
        found.append((row, State.MOVED if is_there else State.BODY_MOVED))
    return found


def _domains(
    workspace: Workspace, plan: Plan, moved: list[tuple[LockedEndpoint, State]]
) -> tuple[DomainStatus, ...]:
    rows: dict[str, list[EndpointStatus]] = {}
    homes: dict[str, set[str]] = {}
    for row, state in moved:
        rows.setdefault(row.domain, []).append(
            EndpointStatus(row.name, row.routes, state, row.home)
        )
        homes.setdefault(row.domain, set()).add(row.home)
    refusals = {row.ordinal: row.finding for row in plan.refusals}
    domain_of = {row.ordinal: row.domain for row in plan.assignments}
    module = workspace.survey.layout.module
    for endpoint in workspace.survey.endpoints:
        finding = refusals.get(endpoint.ordinal)
        entry = EndpointStatus(
            endpoint.name,
            endpoint.routes,
            State.LEFT if finding is None else State.REFUSED,
            module,
            "" if finding is None else finding.code,
            "" if finding is None else finding.advice,
        )
        rows.setdefault(domain_of[endpoint.ordinal], []).append(entry)
    for unmoved in workspace.survey.unmoved:
        route = f"{unmoved.verb.upper()} {'?' if unmoved.path is None else unmoved.path}"
        errors = [
            f for f in plan.findings if f.severity is Severity.ERROR and f.line == unmoved.line
        ]
        code, advice = (errors[0].code, errors[0].advice) if errors else ("", "")
        name = unmoved.handler or "?"
        entry = EndpointStatus(name, (route,), State.REFUSED, module, code, advice)
        rows.setdefault(NO_DOMAIN, []).append(entry)
    return tuple(
        _domain(workspace, name, tuple(rows[name]), tuple(sorted(homes.get(name, ()))))
        for name in sorted(rows)
    )


def _domain(
    workspace: Workspace,
    name: str,
    endpoints: tuple[EndpointStatus, ...],
    homes: tuple[str, ...],
) -> DomainStatus:
    layout, patterns = workspace.survey.layout, workspace.config.layout
    service_path = path_of(patterns.service, layout, name)
    routers = [_path(workspace, home) for home in homes]
    trees = tuple(t for t in (_tree(workspace, path) for path in routers) if t is not None)
    service = service_status(
        name,
        service_path,
        _tree(workspace, service_path),
        _tree(workspace, path_of(patterns.dao, layout, name)),
        _tree(workspace, path_of(patterns.tests, layout, name)),
        trees,
        len(endpoints),
    )
    return DomainStatus(
        name=name,
        endpoints=endpoints,
        lines=sum(_lines(workspace, path) for path in routers),
        service=service,
        checklist=service_checklist(service, has_router=bool(homes)),
    )


def _path(workspace: Workspace, module: str) -> str:
    """The file of a module of the project; "" if there is none."""
    root = workspace.survey.layout.source_root
    stem = "/".join(filter(None, (root, *module.split("."))))
    known = set(workspace.files)
    return next((p for p in (f"{stem}.py", f"{stem}/__init__.py") if p in known), "")


def _tree(workspace: Workspace, path: str) -> ast.Module | None:
    if not path or not (workspace.root / path).is_file():
        return None
    text = decode(path, read_bytes(workspace.root, path)).text
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise SourceError(path, f"cannot be parsed: {error.msg}", error.lineno) from None


def _lines(workspace: Workspace, path: str) -> int:
    if not path:
        return 0
    return len(decode(path, read_bytes(workspace.root, path)).text.splitlines())


def _refused(plan: Plan) -> tuple[tuple[str, str, int], ...]:
    findings = [row.finding for row in plan.refusals]
    findings += [f for f in plan.findings if f.severity is Severity.ERROR]
    counts = Counter((f.code, f.advice) for f in findings)
    return tuple((code, advice, count) for (code, advice), count in sorted(counts.items()))


def _own_sources(workspace: Workspace) -> dict[str, bytes]:
    paths = [path for path in workspace.files if not is_test(path)]
    return dict(load_sources(workspace.root, paths, lambda data: b"class " in data).files)


def _documents(root: Path) -> list[str]:
    found = []
    for pattern in ("docs/**/*", "doc/**/*", "adr/*", "adrs/*", "decisions/*"):
        found += [path.relative_to(root).as_posix() for path in root.glob(pattern)]
    return sorted(found)
