"""The objects of a module that endpoints are registered on: FastAPI apps and routers."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from aurum_refactor.analysis.plain_names import PlainNames
from aurum_refactor.analysis.routes import ROUTING_ATTRIBUTES, literal_strings, route_call
from aurum_refactor.analysis.scopes import target_names
from aurum_refactor.analysis.views import view_routes
from aurum_refactor.model import Receiver, ReceiverKind, Statement

_MAKERS = {"FastAPI": ReceiverKind.APP, "APIRouter": ReceiverKind.ROUTER}
_MAKER_MODULES = frozenset({"fastapi", "fastapi.applications", "fastapi.routing"})


def receivers_of(body: Sequence[ast.stmt], statements: Sequence[Statement]) -> tuple[Receiver, ...]:
    """Find every object that a top-level function of the module is registered on.

    One receiver is one binding: a name bound twice gives two. Objects that are
    not made here by ``FastAPI(...)`` or ``APIRouter(...)`` are ``FOREIGN``;
    they count only if a decorator of the module uses them as receivers.
    """
    makers = maker_names(statements)
    used = _decorating_names(body)
    plain = PlainNames.of(body)
    found: list[Receiver] = []
    for node, statement in zip(body, statements, strict=True):
        made = _made_here(node, makers)
        for binding in statement.binds:
            if binding.name in made:
                call = made[binding.name]
                found.append(
                    receiver_of(
                        binding.name, call, statement.ordinal, statement.span.first, makers, plain
                    )
                )
            elif binding.name in used and not binding.deletes:
                found.append(
                    Receiver(
                        name=binding.name,
                        kind=ReceiverKind.FOREIGN,
                        ordinal=statement.ordinal,
                        line=binding.line,
                        route_class=None,
                        has_default_response_class=False,
                        has_arguments=True,
                        is_plain=False,
                    )
                )
    mutated = _mutations(body)
    return tuple(_with_mutation(receiver, mutated) for receiver in found)


def maker_names(statements: Sequence[Statement]) -> dict[str, ReceiverKind]:
    """Spellings of FastAPI and APIRouter in this module: ``FastAPI``, ``fastapi.APIRouter``."""
    names: dict[str, ReceiverKind] = {}
    for statement in statements:
        for imported in statement.imports:
            if imported.attribute is None:
                if imported.module in _MAKER_MODULES:
                    prefix = imported.alias or imported.module
                    names |= {f"{prefix}.{maker}": kind for maker, kind in _MAKERS.items()}
            elif imported.module in _MAKER_MODULES and imported.attribute in _MAKERS:
                names[imported.bound] = _MAKERS[imported.attribute]
    # A class of that name defined here, or imported from elsewhere, is not FastAPI's.
    for statement in statements:
        for imported in statement.imports:
            if imported.module not in _MAKER_MODULES:
                names.pop(imported.bound, None)
        if not statement.imports:
            for binding in statement.binds:
                names.pop(binding.name, None)
    return names


def _decorating_names(body: Sequence[ast.stmt]) -> frozenset[str]:
    found: set[str] = set()
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            calls = map(route_call, node.decorator_list)
            found |= {call[0] for call in calls if call is not None}
        elif isinstance(node, ast.ClassDef):
            found |= {route.receiver for route in view_routes(node)}
    return frozenset(found)


def _made_here(node: ast.stmt, makers: dict[str, ReceiverKind]) -> dict[str, ast.Call]:
    match node:
        case ast.Assign(targets=targets, value=ast.Call() as call):
            pass
        case ast.AnnAssign(target=target, value=ast.Call() as call):
            targets = [target]
        case _:
            return {}
    if ast.unparse(call.func) not in makers:
        return {}
    return {
        name.id: call
        for target in targets
        if isinstance(target, ast.Name)
        for name in target_names(target)
    }


def receiver_of(
    name: str,
    call: ast.Call,
    ordinal: int,
    line: int,
    makers: dict[str, ReceiverKind],
    plain: PlainNames,
) -> Receiver:
    """Describe the object that a call of FastAPI or APIRouter makes."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    unpacked = any(keyword.arg is None for keyword in call.keywords)
    route_class = keywords.get("route_class")
    prefix = keywords.get("prefix")
    return Receiver(
        name=name,
        # ``APIRouter(**options)`` may set anything, route_class included.
        kind=ReceiverKind.FOREIGN if unpacked else makers[ast.unparse(call.func)],
        ordinal=ordinal,
        line=line,
        route_class=None if route_class is None else ast.unparse(route_class),
        has_default_response_class="default_response_class" in keywords,
        has_arguments=bool(call.args or call.keywords),
        tags=literal_strings(keywords.get("tags")),
        has_prefix=prefix is not None,
        prefix=prefix.value
        if isinstance(prefix, ast.Constant) and isinstance(prefix.value, str)
        else "",
        is_plain=not unpacked
        and plain.is_route_class(route_class)
        and plain.is_pure(keywords.get("generate_unique_id_function")),
        counts_ids=not plain.is_pure(keywords.get("generate_unique_id_function")),
    )


def _mutations(body: Sequence[ast.stmt]) -> dict[str, int]:
    """Line of the first assignment to a routing attribute, by receiver name."""
    found: dict[str, int] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for inner in ast.walk(node):
            name = _mutated_name(inner)
            if name is not None:
                found.setdefault(name, inner.lineno)  # type: ignore[attr-defined]
    return found


def _mutated_name(node: ast.AST) -> str | None:
    match node:
        case ast.Attribute(attr=attribute, ctx=ast.Store()) if attribute in ROUTING_ATTRIBUTES:
            owner = node.value
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=attribute) as inner)) if (
            attribute in ROUTING_ATTRIBUTES - {"router"}
        ):
            owner = inner.value
        case _:
            return None
    if isinstance(owner, ast.Attribute) and owner.attr == "router":
        owner = owner.value
    return owner.id if isinstance(owner, ast.Name) else None


def _with_mutation(receiver: Receiver, mutated: dict[str, int]) -> Receiver:
    line = mutated.get(receiver.name)
    if line is None:
        return receiver
    return replace(receiver, mutated_at=line)
