"""Endpoints that code may meet in a copy of the monolith, which it loads under another name.

The copy drops the parts and so makes its own, but these read the monolith's names and not
the copy's: who meets one of their endpoints there would see the wrong state.
"""

from __future__ import annotations

from aurum_refactor.model import Endpoint, Finding, ModuleUse, Phase, Refusal, Severity, Survey
from aurum_refactor.plan.second_execution import copies


def met_in_a_copy(survey: Survey, endpoint: Endpoint) -> Refusal | None:
    """Why an endpoint stays because of a copy; None if nobody can meet it there."""
    met = dict(survey.met_in_copies)
    if not met:
        return None
    own = {endpoint.name, *endpoint.members, *(row.handler for row in endpoint.registrations)}
    served = {receiver.name for receiver in survey.receivers}
    for what, names in (("it", own), ("an application with its routes", served)):
        for name in sorted(names & met.keys()):
            use = met[name]
            shown = use.detail.replace(" ", ", ")
            message = (
                f"{use.path} makes a copy of the monolith under another name, and may meet "
                f"{what} through {shown} (R-34)"
            )
            advice = "import the monolith by its name there, or let that code make a new app"
            finding = Finding(
                code="AR113",
                severity=Severity.ERROR,
                message=f"{endpoint.name} stays: {message}",
                advice=advice,
                path=use.path,
                line=use.line,
                subject=f"{survey.layout.module}:{endpoint.name}",
            )
            return Refusal(endpoint.ordinal, endpoint.name, finding)
    return None


def run_in_copies(survey: Survey) -> frozenset[str]:
    """Names that code of a copy may look up while the copy is made, or for those who look at it.

    That is what is looked at there, what is read while the module is executed, and whatever
    all these read when they run. Nothing else of a copy ever runs: what a copy has of the
    rest may be of the parts, which read the monolith.
    """
    followed = copies(survey.module_uses)
    if not followed:
        return frozenset()
    binders: dict[str, list[int]] = {}
    for statement in survey.statements:
        for binding in statement.binds:
            binders.setdefault(binding.name, []).append(statement.ordinal)
    looked_at = {name for use in followed for name in use.detail.split()}
    looked_at |= {name for name, _ in survey.met_in_copies}
    if not looked_at.isdisjoint(receiver.name for receiver in survey.receivers):
        # Then every endpoint may run.
        return frozenset(binders)
    at_import = {r.name for s in survey.statements for r in s.reads if r.phase is Phase.IMPORT}
    found: set[str] = set()
    waiting = [*looked_at, *at_import]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            for ordinal in binders.get(name, ()):
                waiting += [read.name for read in survey.statements[ordinal].reads]
    return frozenset(found)


def why_not_followed(survey: Survey) -> tuple[ModuleUse, str] | None:
    """A copy that is followed, and why it is one too many for whoever moves endpoints.

    It is made of the parts of the monolith, which must be there, and imports them by their
    full names.
    """
    found = copies(survey.module_uses)
    if not found:
        return None
    if survey.layout.relative:
        return found[0], "whose relative imports are those of another package"
    for use in survey.module_uses:
        gone = use.what == "remove" and use.detail != "comes back"
        if gone or use.what in ("remove all", "load by path"):
            return found[0], f"while {use.path}:{use.line} may have taken the monolith away"
    return None
