"""Which rung of the ladder of guarantee G3 an endpoint needs: S1b, S3 or S5, and why."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.model import (
    Endpoint,
    Form,
    Receiver,
    ReceiverKind,
    Survey,
    WiringKind,
)


def route_decorators_are_outermost(endpoint: Endpoint) -> bool:
    """True if no other decorator stands above a registering one.

    Only then is the function that is registered the one that the name is
    bound to afterwards, so that ``router.get(path)(function)`` says the same.
    """
    indexes = sorted(r.decorator for r in endpoint.registrations if r.decorator >= 0)
    return indexes == list(range(len(indexes)))


def wiring_of(
    endpoint: Endpoint, receivers: Mapping[str, Receiver], survey: Survey
) -> tuple[WiringKind, str]:
    """The first rung that keeps the routes of *endpoint* exactly, with the reason.

    Source: semantics R-3 to R-10, R-13.
    """
    if any(r.form in (Form.CALL, Form.ADD_ROUTE) for r in endpoint.registrations):
        return WiringKind.BODY, "registered by a call, which stays"
    for registration in endpoint.registrations:
        receiver = receivers[registration.receiver]
        reason = _why_not_included(endpoint, registration.verb, receiver, survey)
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
    endpoint: Endpoint, verb: str, receiver: Receiver, survey: Survey
) -> str:
    newest = survey.fastapi.may_be_at_least(0, 137)
    if receiver.kind is ReceiverKind.FOREIGN:
        return f"{receiver.name} is not made here by FastAPI() or APIRouter() (R-29)"
    if receiver.mutated_at is not None:
        return f"{receiver.name} is changed on line {receiver.mutated_at} (R-5)"
    if receiver.route_class is not None and not _is_dotted(receiver.route_class):
        return f"the route_class of {receiver.name} is computed (R-5)"
    if verb in ("route", "websocket_route"):
        return f"@{receiver.name}.{verb} is Starlette's own (R-7)"
    if newest:
        walker = _walker(survey)
        if walker:
            return walker
    if endpoint.is_generator and receiver.has_default_response_class and newest:
        return "a generator under a default response class (R-13)"
    return ""


def _walker(survey: Survey) -> str:
    """Code that iterates ``app.routes`` would meet an opaque include from 0.137 on (R-8)."""
    for use in survey.module_uses:
        if use.what == "walks routes":
            return f"{use.path}:{use.line} walks {use.detail or 'the'} routes (R-8)"
    return ""


def _is_dotted(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))
