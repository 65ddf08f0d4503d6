"""Why an endpoint stays in the monolith: one rule, one line, one next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aurum_refactor.language import BUILTINS, MODULE_DUNDERS
from aurum_refactor.model import (
    Endpoint,
    Finding,
    Form,
    Phase,
    Read,
    Receiver,
    Refusal,
    Role,
    Severity,
    Statement,
    Survey,
    Unmoved,
    Use,
    WiringKind,
)
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.wiring import route_decorators_are_outermost

_UNMOVED = {
    "inside a function": (
        "AR101",
        "it is registered inside a function",
        "build the routes at module level",
    ),
    "inside a class or function": (
        "AR101",
        "it is registered inside a class",
        "build the routes at module level",
    ),
    "conditional": (
        "AR102",
        "it is registered conditionally",
        "register it always, or keep it in the monolith",
    ),
    "inside a loop": (
        "AR102",
        "it is registered in a loop",
        "write the registrations out, or keep them in the monolith",
    ),
    "inside a with block": (
        "AR102",
        "it is registered inside a with block",
        "register it at top level, or keep it in the monolith",
    ),
    "receiver is not a plain name": (
        "AR103",
        "it is registered on something that is not a name of this module",
        "give the app or router a name at module level and decorate with that",
    ),
    "path is not written": (
        "AR102",
        "its path is not an argument of its own",
        "write the path out in the decorator",
    ),
    "handler is not a function here": (
        "AR104",
        "its handler is not a function that this module defines once",
        "give it a function of its own at module level",
    ),
}


def refuse(
    survey: Survey, ordinal: int, name: str, code: str, line: int, message: str, advice: str
) -> Refusal:
    """One refusal with its finding."""
    subject = f"{survey.layout.module}:{name}"
    finding = Finding(
        code=code,
        severity=Severity.ERROR,
        message=f"{name} stays: {message}",
        advice=advice,
        path=survey.layout.path,
        line=line,
        subject=subject,
    )
    return Refusal(ordinal, name, finding)


def unmoved_findings(survey: Survey) -> tuple[Finding, ...]:
    """One finding per registration that no top-level statement carries."""
    found = []
    for row in survey.unmoved:
        code, message, advice = _UNMOVED[row.why]
        if row.reason:
            message, advice = f"{message}, and {row.reason}", "change that, or keep it here"
        found.append(_unmoved(survey, row, code, message, advice))
    return tuple(found)


def _unmoved(survey: Survey, row: Unmoved, code: str, message: str, advice: str) -> Finding:
    path = row.path or ("with the empty path" if row.path == "" else "with a computed path")
    name = row.handler or path
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=f"{name}, {row.receiver}.{row.verb} {path}, stays: {message}",
        advice=advice,
        path=survey.layout.path,
        line=row.reason_line or row.line,
        subject=f"{survey.layout.module}:{row.handler}",
    )


def refuse_statically(
    survey: Survey,
    endpoint: Endpoint,
    kind: WiringKind,
    names: NameTable,
    kept: Sequence[str],
) -> Refusal | None:
    """The first rule that keeps one endpoint at home whatever its domain does."""
    statement = survey.statements[endpoint.ordinal]

    def no(code: str, line: int, message: str, advice: str) -> Refusal:
        return refuse(survey, endpoint.ordinal, endpoint.name, code, line, message, advice)

    if endpoint.name in kept:
        return no("AR100", endpoint.span.first, "the configuration keeps it", "remove it from keep")
    if len({binding.name for binding in statement.binds}) > 1:
        return no(
            "AR106",
            endpoint.span.first,
            "its signature binds a further name of the module",
            "assign that name in a statement of its own",
        )
    for line, reason in statement.ties:
        return no("AR106", line, f"it {reason}", "rewrite that line, or keep the endpoint here")
    if endpoint.is_class:
        same = sorted((statement.classes - {endpoint.name}) & survey.class_names)
        if same:
            return no(
                "AR101",
                endpoint.span.first,
                f"another class has the same name as its {same[0]} (R-11)",
                "move that class out of it, or give it another name",
            )
    if endpoint.members:
        # What a class is decorated with is called on the object that moves with it.
        return _unreadable_first(survey, endpoint, names)
    # Calls that register it once more stay where they are, whatever they register it on.
    moves_with_object = kind is WiringKind.OBJECT
    decorated = {r.receiver for r in endpoint.registrations if r.form is Form.DECORATOR}
    owners = decorated or {r.receiver for r in endpoint.registrations}
    if not moves_with_object and len(owners) > 1:
        return no(
            "AR103",
            endpoint.span.first,
            "it is registered on two objects at once",
            "split it into one function per object",
        )
    for row in survey.registrations:
        if row.ordinal == endpoint.ordinal and row.form is Form.OPAQUE:
            return no(
                "AR112",
                row.line,
                f"one of its decorators may register something on {row.receiver} itself",
                "register that route on its own",
            )
    if kind is WiringKind.REGISTER and not route_decorators_are_outermost(endpoint):
        return no(
            "AR108",
            endpoint.span.first,
            "a decorator stands above its route decorator, and it needs a register() function",
            "move the route decorator to the top if the other one is meant to be served",
        )
    return _unreadable_first(survey, endpoint, names)


def refuse_view(
    survey: Survey,
    endpoint: Endpoint,
    receivers: Mapping[str, Receiver],
    reasons: Mapping[int, str],
) -> Refusal:
    """A class moves with the router of its methods or not at all."""
    row = endpoint.registrations[0]
    receiver = receivers.get(row.receiver)
    why = reasons.get(receiver.ordinal, "") if receiver is not None else ""
    return refuse(
        survey,
        endpoint.ordinal,
        endpoint.name,
        "AR101",
        row.line,
        f"it is a class, which moves with its router {row.receiver} or not at all"
        + (f": {why}" if why else ""),
        "give the class a router of its own, directly above it",
    )


def of_members(survey: Survey, refusals: Sequence[Refusal]) -> tuple[Refusal, ...]:
    """Refusals with one for each method of a class that stays."""
    classes = {endpoint.ordinal: endpoint for endpoint in survey.endpoints if endpoint.is_class}
    found: list[Refusal] = []
    for refusal in refusals:
        endpoint = classes.get(refusal.ordinal)
        if endpoint is None:
            found.append(refusal)
            continue
        message = refusal.finding.message.partition(" stays: ")[2]
        for method in endpoint.members:
            name = f"{endpoint.name}.{method}"
            line = next(r.line for r in endpoint.registrations if r.handler == name)
            if refusal.finding.code != "AR101":
                line = refusal.finding.line
            finding = replace(
                refusal.finding,
                message=f"{name} stays: {message}",
                line=line,
                subject=f"{survey.layout.module}:{name}",
            )
            found.append(Refusal(refusal.ordinal, name, finding))
    return tuple(found)


def _unreadable_first(survey: Survey, endpoint: Endpoint, names: NameTable) -> Refusal | None:
    """The first name of an endpoint that would not be the same elsewhere."""
    statement = survey.statements[endpoint.ordinal]
    for read in statement.reads:
        problem = _unreadable(survey, statement, read, names)
        if problem is not None:
            code, message, advice = problem
            return refuse(survey, endpoint.ordinal, endpoint.name, code, read.line, message, advice)
    for name in sorted(statement.unbinds):
        if names.may_be_missing(name):
            message = f"it deletes {name}, which may be unbound already"
            advice = f"bind {name} to None instead of deleting it"
            line = statement.span.first
            return refuse(survey, endpoint.ordinal, endpoint.name, "AR107", line, message, advice)
    return None


def _unreadable(
    survey: Survey, statement: Statement, read: Read, names: NameTable
) -> tuple[str, str, str] | None:
    """Why one look-up of a moved statement would not give the same object elsewhere."""
    if not names.exists(read.name) and not names.may_come_from_star(read.name):
        return None
    if names.may_come_from_star(read.name):
        return (
            "AR114",
            f"{read.name} may come from a star import",
            "replace the star import by the names it is used for",
        )
    if read.phase is Phase.IMPORT:
        return _unreadable_at_import(survey, statement, read, names)
    if read.name in names.replaced and read.name in BUILTINS and not names.bound.get(read.name):
        writes = (Use.ASSIGN, Use.PATCH, Use.FORWARD)
        by = [r for r in survey.references if r.name == read.name and r.use in writes]
        if names.may_be_patched_builtin(read.name):
            return None
        return (
            "AR107",
            f"{by[0].path}:{by[0].line} binds the builtin {read.name} in this module for a while, "
            f"and there is no {read.name} of the module at other times",
            f"patch what {read.name} is used on instead",
        )
    if read.name in BUILTINS and not names.surely_bound(read.name):
        return (
            "AR107",
            f"{read.name} is a builtin that this module binds only sometimes",
            "bind it always or under another name",
        )
    if names.unbound_matters and not names.surely_bound(read.name):
        return (
            "AR107",
            f"{read.name} may be unbound, and this module handles that",
            f"bind {read.name} always",
        )
    return None


def _unreadable_at_import(
    survey: Survey, statement: Statement, read: Read, names: NameTable
) -> tuple[str, str, str] | None:
    if read.name in MODULE_DUNDERS and read.name not in names.bound:
        return (
            "AR106",
            f"it reads {read.name} while it is defined, and that differs in a new module",
            "write the value out, or read it inside the function",
        )
    if not names.bindings(read.name):
        # If nothing had bound it, this line would have raised NameError.
        return (
            "AR105",
            f"{read.name} is bound by running code only, or through globals() or the like",
            f"bind {read.name} by a statement",
        )
    if not names.bound_before(read.name, statement.ordinal):
        return (
            "AR105",
            f"{read.name} is bound only after it",
            f"define or import {read.name} above the endpoint",
        )
    string_like = bool(survey.future) or read.role is Role.STRING
    if (
        read.role in (Role.ANNOTATION, Role.STRING)
        and string_like
        and not names.surely_bound(read.name)
    ):
        return (
            "AR105",
            f"the annotation {read.name} is bound only sometimes",
            f"bind {read.name} always",
        )
    if (
        read.role in (Role.ANNOTATION, Role.STRING)
        and string_like
        and names.changes_after(read.name, statement.ordinal)
    ):
        return (
            "AR111",
            f"the annotation {read.name} is bound again or deleted later (R-19)",
            f"bind {read.name} once",
        )
    return None
