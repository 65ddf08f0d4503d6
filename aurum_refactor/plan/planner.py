"""Survey and settings in, one ``Plan`` of the whole assignment out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aurum_refactor.graph.closure import reached_by_running
from aurum_refactor.model import (
    Assignment,
    LockedMonolith,
    OrderFacts,
    Plan,
    Survey,
)
from aurum_refactor.plan.blockers import Surroundings
from aurum_refactor.plan.changes import inert_names
from aurum_refactor.plan.domains import assign, shared_by_all
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.new_files import NewFiles
from aurum_refactor.plan.outcome import outcome_of
from aurum_refactor.plan.recorded import (
    domains_begun,
    handed_back,
    own_modules,
    remembered,
    without_own_imports,
)
from aurum_refactor.plan.refusals import of_members, unmoved_findings
from aurum_refactor.plan.remarks import executed_again, remarks
from aurum_refactor.plan.runs.observers import Observers
from aurum_refactor.plan.second_execution import SecondExecutions
from aurum_refactor.plan.settle import Question, settle
from aurum_refactor.source.globs import match_glob
from aurum_refactor.source.settings import Config


def make_plan(
    survey: Survey,
    config: Config,
    locked: LockedMonolith | None,
    around: Surroundings,
    unrewritable: Mapping[str, str],
    held: Mapping[str, str],
    facts: OrderFacts | None = None,
) -> Plan:
    """Decide for every endpoint its domain, its run, its module and its wiring.

    Nothing is read or written; equal inputs give an equal plan. Endpoints
    that cannot be proven to move are refused, each with a rule and a line.

    Args:
        survey: The monolith and its uses.
        config: Domains by glob, layout, and endpoints to keep.
        locked: What earlier extractions recorded of this monolith.
        around: Files that exist already.
        unrewritable: Endpoints for which a rewrite found no faithful form,
            with the reason.
        held: Endpoints that the proof does not let pass, with what it says.
        facts: What the project says about the order of routes; None where the
            runs of a domain are not to be merged.
    """
    files = NewFiles.of(survey.layout, config)
    own = own_modules(locked, files.leaf)
    survey = without_own_imports(survey, own)
    assignments = _assigned(survey, config, locked)
    domains = {row.domain for row in assignments}
    files = files.beside(locked, domains, around.files)
    executions = SecondExecutions.of(survey, files.parts(domains), own)
    names = replace(
        NameTable.of(survey, own - {files.leaf}, files.leaf),
        reloaded=bool(executions.reloads) and not executions.in_place,
        taken_out=bool(executions.removals),
        copied=bool(executions.copies),
    )
    observers = Observers.of(
        survey, reached_by_running(survey.statements, inert_names(survey)), own
    )
    settled = settle(
        Question(
            survey=survey,
            config=config,
            names=names,
            assignments=assignments,
            unrewritable=unrewritable,
            held=held,
            observers=observers,
            around=around,
            facts=facts,
            leaf=files.leaf,
            leaf_path=files.leaf_path,
            handed_back=handed_back(survey, locked, files.leaf),
            path_of=files.path_of,
            dotted=files.dotted,
            begun=domains_begun(locked),
            again=executions.every,
        )
    )
    outcome = outcome_of(
        survey, names, files, settled, executions.every, around, factor=config.factor
    )
    findings = (
        *survey.warnings,
        *remarks(survey),
        *unmoved_findings(survey),
        *outcome.apart,
        *executed_again(outcome.again, in_place=executions.in_place),
    )
    return Plan(
        layout=survey.layout,
        digest=survey.digest,
        assignments=assignments,
        modules=outcome.modules,
        refusals=of_members(survey, outcome.refusals),
        target_package=files.package,
        init_path=files.init,
        init_imports_monolith=outcome.needs_init,
        script_alias=outcome.needs_init and survey.script_serves_own_object,
        findings=findings,
        shared=outcome.shared,
        shared_place=outcome.homes.shared_place,
        homes=outcome.homes.rows,
        coalesced=facts is not None,
        factored=config.factor,
        own=own,
        again=outcome.again,
        in_place=executions.in_place and bool(outcome.again),
        builtins=tuple(sorted(n for n in outcome.qualified() if names.may_be_patched_builtin(n))),
    )


def _assigned(
    survey: Survey, config: Config, locked: LockedMonolith | None
) -> tuple[Assignment, ...]:
    """The domain of every endpoint."""
    # Functions that register were given their domain with all that is nested.
    unlocked = frozenset[str]() if survey.registrars else None
    return assign(
        survey.endpoints,
        survey.receivers,
        globs=[(rule.name, rule.globs) for rule in config.domains],
        remembered=remembered(locked),
        matches=match_glob,
        registrars={row.name: row for row in survey.registrars},
        shared=shared_by_all(e.reason for e in locked.endpoints) if locked else unlocked,
    )
