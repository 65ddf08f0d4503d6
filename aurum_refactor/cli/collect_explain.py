"""Workspace, plan and a name to the facts of its story; decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from aurum_refactor.cli.collect_homes import new_modules
from aurum_refactor.cli.explain_facts import (
    ExplainFacts,
    OriginFacts,
    TouchFacts,
    UserFacts,
    WayFacts,
)
from aurum_refactor.cli.facts import finding_facts, routes_of
from aurum_refactor.errors import UsageError
from aurum_refactor.model import Access, DomainModule, Home, Plan, Statement, StatementKind, Survey

if TYPE_CHECKING:
    from aurum_refactor.workspace import Workspace


def explain_facts(workspace: Workspace, plan: Plan, symbol: str) -> ExplainFacts:
    """Collect what is known of one name.

    Args:
        workspace: The project as it stands.
        plan: The whole assignment.
        symbol: ``list_curves``, ``app.routes:list_curves`` or ``app.routes.list_curves``.

    Raises:
        UsageError: The monolith has no such name; the nearest ones are named.
    """
    survey = workspace.survey
    name = _name(workspace, symbol)
    teller = _Teller(plan, survey)
    origins = tuple(
        teller.origin(statement, name)
        for statement in survey.statements
        if name in _names_of(statement)
    )
    return ExplainFacts(
        symbol=f"{survey.layout.module}:{name}",
        name=name,
        module=survey.layout.module,
        path=survey.layout.path,
        origins=origins,
        users=teller.users(name),
        touched=tuple(
            TouchFacts(r.path, r.line, str(r.use))
            for r in sorted(set(survey.references))
            if r.name == name
        ),
        ways=tuple(teller.ways(name)),
    )


class _Teller:
    """Tables of one plan that every part of a story is looked up in."""

    def __init__(self, plan: Plan, survey: Survey) -> None:
        self.plan = plan
        self.survey = survey
        self.endpoints = {endpoint.ordinal: endpoint for endpoint in survey.endpoints}
        self.assigned = {row.ordinal: row for row in plan.assignments}
        self.homes = {row.ordinal: row for row in plan.homes}
        self.runs = {o: run for m in plan.modules for run in m.runs for o in run.ordinals}
        self.modules: dict[int, DomainModule] = {}
        for module in new_modules(plan):
            moved = (o for run in module.runs for o in run.ordinals)
            self.modules |= dict.fromkeys((*moved, *module.owned), module)

    def origin(self, statement: Statement, name: str) -> OriginFacts:
        """What one statement that binds the name is, and where it goes."""
        ordinal = statement.ordinal
        endpoint, assigned = self.endpoints.get(ordinal), self.assigned.get(ordinal)
        module = self.modules.get(ordinal)
        layout = self.survey.layout
        home, reason = self._home(statement, name)
        run = self.runs.get(ordinal)
        refused = (r.finding for r in self.plan.refusals if r.ordinal == ordinal)
        return OriginFacts(
            kind=str(statement.kind) if endpoint is None else "endpoint",
            first_line=statement.span.first,
            last_line=statement.span.last,
            imported=_imported(statement, name),
            routes=() if endpoint is None else routes_of(endpoint),
            domain=self._domain(ordinal),
            reason=reason if assigned is None else assigned.reason,
            home=home,
            module=layout.module if module is None else module.module,
            path=layout.path if module is None else module.path,
            wiring="" if run is None else str(run.wiring),
            because="" if run is None else run.because,
            refused=tuple(
                finding_facts(finding, assigned.domain if assigned else None) for finding in refused
            ),
        )

    def users(self, name: str) -> tuple[UserFacts, ...]:
        """The statements that look the name up, or re-bind it, in source order."""
        found = []
        for statement in self.survey.statements:
            lines: dict[str, dict[int, None]] = {}
            if name in statement.rebinds:
                lines["re-binds"] = {statement.span.first: None}
            for read in statement.reads:
                if read.name == name:
                    lines.setdefault(str(read.phase), {})[read.line] = None
            found += [
                UserFacts(
                    statement.label, phase, tuple(sorted(own)), self._domain(statement.ordinal)
                )
                for phase, own in sorted(lines.items())
            ]
        return tuple(found)

    def ways(self, name: str) -> Iterator[WayFacts]:
        """How each new module reaches the name, less those that define it."""
        for module in new_modules(self.plan):
            for row in module.accesses:
                if row.name == name and row.access is not Access.LOCAL:
                    written = self._written(module, name, row.access)
                    yield WayFacts(module.module, str(row.access), row.because, written)

    def _written(self, module: DomainModule, name: str, access: Access) -> str:
        if access is Access.MODULE:
            return f"{module.alias}.{name}"
        home = self.survey.layout.module
        if access is Access.NEIGHBOUR:
            home = next(found for found, names in module.neighbours if name in names)
        # Repeated imports are written as the author wrote them.
        return "" if access is Access.REIMPORT else f"from {home} import {name}"

    def _domain(self, ordinal: int) -> str | None:
        assigned, home = self.assigned.get(ordinal), self.homes.get(ordinal)
        if assigned is not None:
            return assigned.domain
        return home.domain or None if home is not None else None

    def _home(self, statement: Statement, name: str) -> tuple[str, str]:
        home: Home | None = self.homes.get(statement.ordinal)
        if home is not None and statement.ordinal not in self.assigned:
            return str(home.kind), home.reason
        if statement.ordinal in self.endpoints:
            return ("endpoint" if statement.ordinal in self.modules else "stays"), ""
        if statement.kind is StatementKind.IMPORT:
            far = [w for w in self.ways(name) if w.access not in ("re-import", "new module")]
            if far:
                return "fixed", f"an import stays; it is not repeated ({far[0].because})"
            return "repeated", "an import stays, and is repeated where it is needed"
        return "fixed", "only functions, classes and assignments move"


def _name(workspace: Workspace, symbol: str) -> str:
    """The plain name that a symbol stands for, once it is known to exist."""
    survey = workspace.survey
    module, colon, name = symbol.partition(":")
    if not colon:
        module, _, name = symbol.rpartition(".")
    if module not in ("", survey.layout.module):
        raise UsageError(
            f"{symbol}: only names of {survey.layout.module} can be explained; "
            "choose another module with --monolith PATH"
        )
    known = {found for statement in survey.statements for found in _names_of(statement)}
    if name in known:
        return name
    locked = workspace.locked
    for row in locked.endpoints if locked else ():
        if row.name == name and locked and row.home != locked.module:
            raise UsageError(f"{name} has moved already, to {row.home}")
    for unmoved in survey.unmoved:
        if unmoved.handler == name:
            raise UsageError(
                f"{name} is no name of {survey.layout.module} itself; it is registered "
                f"on line {unmoved.line} and stays ({unmoved.why})"
            )
    near = get_close_matches(name, sorted(known), n=3, cutoff=0.8)
    near += [found for found in sorted(known) if found.casefold() == name.casefold()]
    hint = f"; did you mean {', '.join(dict.fromkeys(near))}?" if near else ""
    raise UsageError(f"{survey.layout.module} has no name {name!r}{hint}")


def _names_of(statement: Statement) -> frozenset[str]:
    return frozenset({binding.name for binding in statement.binds}) | {
        row.bound for row in statement.typing_imports
    }


def _imported(statement: Statement, name: str) -> str:
    for row in (*statement.imports, *statement.typing_imports):
        if row.bound == name:
            return row.module if row.attribute is None else f"{row.module}.{row.attribute}"
    return ""
