"""Endpoints that code may meet in a copy of the monolith, which it loads under another name.

The copy drops the parts and so makes its own, but these read the monolith's names and not
the copy's: who meets one of their endpoints there would see the wrong state.
"""

from __future__ import annotations

from aurum_refactor.model import Endpoint, Finding, ModuleUse, Refusal, Severity, Survey
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
