"""Workspace and plan to divisions of the endpoints with their figures; decides nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from aurum_refactor.cli.globs import globs_of
from aurum_refactor.cli.suggest_facts import (
    DivisionFacts,
    GroupFacts,
    MemberFacts,
    MoveFacts,
    SettingsFacts,
    SuggestFacts,
)
from aurum_refactor.graph.affinity import affinity, needs_of
from aurum_refactor.graph.build import build
from aurum_refactor.graph.communities import Division, divisions
from aurum_refactor.graph.coupling import couplings, homes_under
from aurum_refactor.model import HomeKind, Plan, Survey
from aurum_refactor.plan.domains import identifier
from aurum_refactor.source.config import OWN_FILE

if TYPE_CHECKING:
    from aurum_refactor.workspace import Workspace

# A longer array is written with one pattern a line.
_LONG = 78


def suggest_facts(workspace: Workspace, plan: Plan) -> SuggestFacts:
    """Cluster the endpoints that can move, and measure what comes out."""
    survey = workspace.survey
    current = {o: m.domain for m in plan.modules for run in m.runs for o in run.ordinals}
    graph = build(survey)
    joined = affinity(graph, needs_of(graph, survey, sorted(current)))
    paths = _paths(survey, current)
    words = {ordinal: _words(path) for ordinal, path in paths.items()}
    found = divisions(joined, current, words)
    best = max(found[1:], key=lambda row: row.modularity or 0.0, default=None)
    return SuggestFacts(
        module=survey.layout.module,
        path=survey.layout.path,
        endpoints=len(current),
        alone=sum(not joined.degree(node) for node in joined),
        divisions=tuple(_division(row, found[0], plan, survey) for row in found),
        settings=None if best is None else _settings(best, paths, workspace),
    )


def _division(row: Division, current: Division, plan: Plan, survey: Survey) -> DivisionFacts:
    kinds = (HomeKind.OWNED, HomeKind.SHARED)
    movable = {home.ordinal for home in plan.homes if home.kind in kinds}
    owned, shared = homes_under(survey.statements, row.domains, movable)
    measured = couplings(survey.statements, {**row.domains, **owned}, shared)
    cohesions = [one.cohesion for one in measured if one.cohesion is not None]
    groups: dict[str, list[MemberFacts]] = {}
    moves = []
    for ordinal, domain in row.domains.items():
        statement = survey.statements[ordinal]
        name, line, before = statement.label, statement.span.first, current.domains[ordinal]
        groups.setdefault(domain, []).append(MemberFacts(name, line))
        if domain != before:
            moves.append(MoveFacts(name, line, before, domain))
    return DivisionFacts(
        method=row.method,
        source=row.source,
        modularity=None if row.modularity is None else _rounded(row.modularity),
        cohesion=_rounded(fmean(cohesions)) if cohesions else None,
        agreement=_rounded(row.agreement),
        coupling=sum(one.crossings for one in measured),
        shared=len(shared),
        groups=tuple(GroupFacts(name, tuple(groups[name])) for name in sorted(groups)),
        moves=tuple(moves),
    )


def _settings(best: Division, paths: Mapping[int, str], workspace: Workspace) -> SettingsFacts:
    pairs = [(domain, paths[o]) for o, domain in best.domains.items() if o in paths]
    globs = globs_of(pairs)
    whole = {domain for domain, _ in pairs}
    for domain, path in pairs:
        if "*" in path or any(other != domain for other, same in pairs if same == path):
            whole.discard(domain)
    own = workspace.config.path == OWN_FILE
    lines = ["[domains]" if own else "[tool.aurum-refactor.domains]"]
    lines += [_assignment(domain, found) for domain, found in globs.items() if found]
    inseparable = tuple(sorted({*best.domains.values()} - whole))
    return SettingsFacts(best.method, "\n".join([*lines, ""]), inseparable)


def _assignment(domain: str, globs: Sequence[str]) -> str:
    # Every JSON string is a TOML basic string, but for DEL.
    values = [json.dumps(g, ensure_ascii=False).replace("\x7f", "\\u007f") for g in globs]
    line = f"{domain} = [{', '.join(values)}]"
    if len(line) <= _LONG:
        return line
    return "\n".join([f"{domain} = [", *(f"  {value}," for value in values), "]"])


def _rounded(value: float) -> float:
    # Adding zero turns -0.0 into 0.0.
    return round(value, 3) + 0.0


def _paths(survey: Survey, wanted: Mapping[int, str]) -> dict[int, str]:
    """URL path of every endpoint whose path is known, by ordinal."""
    prefixes = {receiver.name: receiver.prefix for receiver in survey.receivers}
    found = {}
    for endpoint in survey.endpoints:
        # Of stacked decorators the topmost decides, as it does for the plan.
        first = min(endpoint.registrations, key=lambda row: (row.ordinal, row.decorator))
        if first.path is not None and endpoint.ordinal in wanted:
            found[endpoint.ordinal] = prefixes.get(first.receiver, "") + first.path
    return found


def _words(path: str) -> tuple[str, ...]:
    """Segments of a path that can name a domain."""
    segments = (part.split(":")[0] for part in path.split("/") if part and "{" not in part)
    return tuple(dict.fromkeys(word for s in segments if (word := identifier(s))))
