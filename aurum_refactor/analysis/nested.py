"""Registrations inside functions, conditions and loops: of which endpoint, on what, for what path.

Nothing here is sure to be FastAPI's. It need not be: statements are lifted as they are,
whatever they call, and only the choice of a domain rests on what is read here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.analysis.forwarders import forwards
from aurum_refactor.analysis.nodes import nodes_of
from aurum_refactor.analysis.plain_names import PlainNames
from aurum_refactor.analysis.receivers import maker_names, receiver_of
from aurum_refactor.analysis.registrations.calls import handler_of, registration_of
from aurum_refactor.analysis.registrations.endpoints import digest_of
from aurum_refactor.analysis.routes import ADDERS, VERBS, is_path, path_argument
from aurum_refactor.analysis.segments import first_line, last_line
from aurum_refactor.analysis.suites import Function, Suite
from aurum_refactor.model import Endpoint, Form, Receiver, Registration, Span, Statement

#: Code without any of these registers nothing inside anything.
_MAY_NEST = re.compile(
    rf"(?m)^[ \t]+@[\w.\[\]\"'()]+\.(?:{'|'.join(VERBS)})\b|\.(?:{'|'.join(sorted(ADDERS))})\b"
)
#: ``app.get("/items", ...)(list_items)``, over as many lines as it takes.
_CALLED = re.compile(rf"(?m)^[ \t]*[\w.]+\.(?:{'|'.join(VERBS)})\(")
_APPLIED = re.compile(r"\)\s*\(")

#: What a function of the module's own suite is registered on, by its decorator.
_OWNER = re.compile(rf"(?m)^@([\w.]+)\.(?:{'|'.join(VERBS)})\b")


def may_nest(text: str) -> bool:
    """False if a module surely registers nothing inside functions, by calls or twice; fast."""
    if _MAY_NEST.search(text) is not None:
        return True
    if _CALLED.search(text) is not None and _APPLIED.search(text) is not None:
        return True
    return len(set(_OWNER.findall(text))) > 1


def has_top_level(text: str) -> bool:
    """True if a function of the module's own suite may be decorated as an endpoint; fast."""
    return _OWNER.search(text) is not None


#: A class of the module's own suite, and one of its methods.
Member = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Nested:
    """A statement of a suite that registers something."""

    index: int
    endpoint: Endpoint
    # The expressions that it registers on.
    receivers: tuple[ast.expr, ...]


def nested_in(
    suite: Suite, constants: Mapping[str, str], handled: frozenset[str]
) -> tuple[Nested, ...]:
    """Statements of one suite that register an endpoint, in order.

    Args:
        suite: Where to look; not below its own statements.
        constants: Names of the module that stand for strings.
        handled: Functions of the module's own suite whose registrations are
            decorators: a call that registers one of them again stays.
    """
    found = []
    for index, node in enumerate(suite.body):
        if isinstance(node, Function):
            calls = _decorators(node)
            if not suite.way and not _on_several_objects(calls):
                continue
        else:
            calls = [
                c
                for c in [_call(node)]
                if c is not None
                and c[3] not in handled
                and not (suite.functions and forwards(c[0], suite.functions[-1]))
            ]
        if calls:
            found.append(_nested(index, node, calls, constants))
    return tuple(found)


#: (call, verb, form, handler, index of the decorator)
_Call = tuple[ast.Call, str, Form, str, int]


def _decorators(node: Function) -> list[_Call]:
    """Registrations among the decorators of a function, in the order in which they run."""
    found: list[_Call] = []
    for index in range(len(node.decorator_list) - 1, -1, -1):
        decorator = node.decorator_list[index]
        match decorator:
            case ast.Call(func=ast.Attribute(attr=verb)) if verb in VERBS:
                path = path_argument(decorator)
                if path is not None and is_path(path):
                    found.append((decorator, verb, Form.DECORATOR, node.name, index))
            case _:
                pass
    return found


def _on_several_objects(calls: Sequence[_Call]) -> bool:
    """True for decorators of two routers on one function: no router holds both routes."""
    owners = {ast.unparse(c.func.value) for c, *_ in calls if isinstance(c.func, ast.Attribute)}
    return len(owners) > 1


def _call(node: ast.stmt) -> _Call | None:
    """``x.add_api_route(path, f)`` or ``x.get(path)(f)`` as a statement."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=verb)) as call) if verb in ADDERS:
            return call, verb, Form.ADD_ROUTE, handler_of(call), -1
        case ast.Expr(
            value=ast.Call(
                func=ast.Call(func=ast.Attribute(attr=verb)) as call, args=[handler], keywords=[]
            )
        ) if verb in VERBS:
            path = path_argument(call)
            if path is not None and is_path(path):
                return call, verb, Form.CALL, ast.unparse(handler), -1
        case _:
            pass
    return None


def _nested(
    index: int, node: ast.stmt, calls: Sequence[_Call], constants: Mapping[str, str]
) -> Nested:
    rows: list[Registration] = []
    receivers: list[ast.expr] = []
    for call, verb, form, handler, decorator in calls:
        owner = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        receivers.append(owner)
        # The line stands for the ordinal: a suite has none.
        row = registration_of(
            call, node.lineno, ast.unparse(owner), form, verb, handler, decorator, constants
        )
        rows.append(row)
    endpoint = Endpoint(
        ordinal=node.lineno,
        name=rows[0].handler,
        span=Span(first_line(node), last_line(node)),
        is_async=isinstance(node, ast.AsyncFunctionDef),
        is_generator=False,
        registrations=tuple(rows),
        other_decorators=(),
        digest="",
    )
    return Nested(index, endpoint, tuple(receivers))


def bound_handler(suite: Suite, handler: str) -> Member | None:
    """The class and the name of a method registered as ``self.name`` or ``Api.name``; else None."""
    way = [step.node for step in suite.way[:2]]
    match way:
        case [ast.ClassDef(name=owner), ast.FunctionDef() | ast.AsyncFunctionDef() as method]:
            arguments = [*method.args.posonlyargs, *method.args.args]
            me, _, name = handler.partition(".")
            is_own = me == owner or (arguments and arguments[0].arg == me)
            if is_own and name.isidentifier():
                return None if method.decorator_list else (owner, name)
        case _:
            pass
    return None


def local_receivers(
    body: Sequence[ast.stmt], statements: Sequence[Statement]
) -> tuple[Receiver, ...]:
    """``router = APIRouter(prefix=..., tags=...)`` wherever it stands; its ordinal is its line."""
    makers = maker_names(statements)
    lasts = {maker.rpartition(".")[2] for maker in makers}
    plain = PlainNames.of(body)
    found = []
    for top in body:
        for node in nodes_of(top, (ast.Assign, ast.AnnAssign)):
            match node:
                case ast.Assign(targets=[target], value=ast.Call() as call):
                    pass
                case ast.AnnAssign(target=target, value=ast.Call() as call):
                    pass
                case _:
                    continue
            match call.func:
                case ast.Name(id=last) | ast.Attribute(attr=last) if last in lasts:
                    pass
                case _:
                    continue
            if ast.unparse(call.func) in makers:
                name = ast.unparse(target)
                found.append(receiver_of(name, call, node.lineno, node.lineno, makers, plain))
    return tuple(sorted(found, key=lambda receiver: receiver.line))


def group(
    name: str, node: Function, statement: Statement, text: str, constants: Mapping[str, str]
) -> Endpoint:
    """A function that registers endpoints on what it is given, as one unit that moves."""
    suite = Suite(node.body, ())
    rows: list[Registration] = []
    members: list[str] = []
    for index, inner in enumerate(suite.body):
        if isinstance(inner, Function):
            calls = _decorators(inner)
        else:
            calls = [c for c in [_call(inner)] if c is not None]
        if calls:
            found = _nested(index, inner, calls, constants)
            rows += found.endpoint.registrations
            members.append(found.endpoint.name)
    return Endpoint(
        ordinal=statement.ordinal,
        name=name,
        span=statement.span,
        is_async=False,
        is_generator=False,
        registrations=tuple(rows),
        other_decorators=(),
        digest=digest_of(text[statement.start : statement.end]),
        members=tuple(members),
    )
