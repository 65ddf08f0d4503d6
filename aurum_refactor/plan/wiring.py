"""Which rung of the ladder of guarantee G3 an endpoint needs: S0, S1b, S3 or S5, and why."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.model import (
    Endpoint,
    Form,
    Phase,
    Receiver,
    ReceiverKind,
    Role,
    Survey,
    WiringKind,
)
from aurum_refactor.plan.names import NameTable


def route_decorators_are_outermost(endpoint: Endpoint) -> bool:
    """True if no other decorator stands above a registering one.

    Only then is the function that is registered the one that the name is
    bound to afterwards, so that ``router.get(path)(function)`` says the same.
    """
    indexes = sorted(r.decorator for r in endpoint.registrations if r.decorator >= 0)
    return indexes == list(range(len(indexes)))


def wiring_of(
    endpoint: Endpoint,
    receivers: Mapping[str, Receiver],
    survey: Survey,
    names: NameTable,
    *,
    moves_with_object: bool,
) -> tuple[WiringKind, str]:
    """The first rung that keeps the routes of *endpoint* exactly, with the reason.

    Args:
        endpoint: An endpoint of the monolith.
        receivers: What it is registered on, by name.
        survey: The monolith.
        names: History of its names.
        moves_with_object: True if the object that it is registered on moves whole.

    Source: semantics R-3 to R-10, R-13.
    """
    if endpoint.members and not endpoint.is_class:
        return WiringKind.LIFTED, "it registers them on what it is given (R-31)"
    if moves_with_object:
        return WiringKind.OBJECT, ""
    if all(r.form is not Form.DECORATOR for r in endpoint.registrations):
        return WiringKind.BODY, "registered by a call, which stays"
    for registration in endpoint.registrations:
        if registration.form is not Form.DECORATOR:
            continue
        receiver = receivers[registration.receiver]
        reason = _why_not_included(endpoint, registration.verb, receiver, survey, names)
        if reason:
            return WiringKind.REGISTER, reason
        if registration.path == "":
            return WiringKind.REGISTER, "an empty path cannot go through an include (R-6)"
        if registration.path is None:
            return WiringKind.REGISTER, "its path is computed and may be empty (R-6)"
        if len(registration.methods) > 1 and not registration.has_operation_id:
            reason = "several methods without operation_id: an include may rename it (R-10)"
            return WiringKind.REGISTER, reason
    return WiringKind.INCLUDE, ""


def _why_not_included(
    endpoint: Endpoint, verb: str, receiver: Receiver, survey: Survey, names: NameTable
) -> str:
    newest = survey.fastapi.may_be_at_least(0, 137)
    if receiver.kind is ReceiverKind.FOREIGN:
        return f"{receiver.name} is not made here by FastAPI() or APIRouter() (R-29)"
    if receiver.mutated_at is not None:
        return f"{receiver.name} is changed on line {receiver.mutated_at} (R-5)"
    if receiver.counts_ids:
        return f"the operation ids of {receiver.name} may depend on when they are made"
    if receiver.route_class is not None and not _is_dotted(receiver.route_class):
        return f"the route_class of {receiver.name} is computed (R-5)"
    if verb in ("route", "websocket_route"):
        return f"@{receiver.name}.{verb} is Starlette's own (R-7)"
    setter = next((u for u in survey.module_uses if u.what == "sets route class"), None)
    if setter is not None:
        return f"{setter.path}:{setter.line} sets a route class (R-5)"
    if newest:
        if receiver.has_prefix:
            return f"{receiver.name} has a prefix, which the route itself would lose (R-3)"
        walker = _walker(survey)
        if walker:
            return walker
    if receiver.kind is ReceiverKind.APP and survey.future:
        moving = _moving_annotation(endpoint, survey, names)
        if moving:
            return moving
    if endpoint.is_generator and receiver.has_default_response_class and newest:
        return "a generator under a default response class (R-13)"
    return ""


def _moving_annotation(endpoint: Endpoint, survey: Survey, names: NameTable) -> str:
    """A dependency's string annotation that an include would resolve a second time (R-19).

    Decorated on the app it is resolved once; through an include again, when
    the name may be another or gone.
    """
    waiting = [endpoint.ordinal]
    seen = set(waiting)
    while waiting:
        statement = survey.statements[waiting.pop()]
        for read in statement.reads:
            if read.phase is not Phase.IMPORT:
                continue
            if (
                statement.ordinal != endpoint.ordinal
                and read.role in (Role.ANNOTATION, Role.STRING)
                and names.bindings(read.name)
                and names.changes_after(read.name, endpoint.ordinal)
            ):
                return (
                    f"{statement.label} is annotated with {read.name}, "
                    "which is bound again or later (R-19)"
                )
            for target in names.bound.get(read.name, ()):
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
    return ""


def _walker(survey: Survey) -> str:
    """Code that iterates ``app.routes`` would meet an opaque include from 0.137 on (R-8)."""
    for use in survey.module_uses:
        if use.what == "walks routes":
            return f"{use.path}:{use.line} walks {use.detail or 'the'} routes (R-8)"
    return ""


def _is_dotted(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))
