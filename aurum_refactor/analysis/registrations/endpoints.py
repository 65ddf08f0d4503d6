"""Functions and views that are registered, each with all of its registrations."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Sequence

from aurum_refactor.analysis.nodes import children_of
from aurum_refactor.analysis.routes import route_call
from aurum_refactor.model import Endpoint, Form, Registration, Statement


def endpoints_of(
    body: Sequence[ast.stmt],
    statements: Sequence[Statement],
    registrations: Sequence[Registration],
    text: str,
    names: frozenset[str],
) -> tuple[Endpoint, ...]:
    """Put the registrations of each function or class of the module together.

    Args:
        body: ``ast.Module.body``.
        statements: The same statements, described.
        registrations: All of the module, numbered.
        text: The module's text, for digests.
        names: Names of the objects that endpoints are registered on.

    Returns:
        The endpoints in source order.
    """
    definitions = _single_definitions(body, statements)
    rows: dict[int, list[Registration]] = {}
    for registration in registrations:
        if registration.form in (Form.DECORATOR, Form.METHOD):
            rows.setdefault(registration.ordinal, []).append(registration)
        elif registration.form in (Form.CALL, Form.ADD_ROUTE):
            ordinal = definitions.get(registration.handler)
            if ordinal is not None:
                rows.setdefault(ordinal, []).append(registration)
    found = []
    for ordinal in sorted(rows):
        node = body[ordinal]
        statement = statements[ordinal]
        if isinstance(node, ast.ClassDef):
            found.append(_view(node, statement, rows[ordinal], text))
            continue
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        found.append(
            Endpoint(
                ordinal=ordinal,
                name=node.name,
                span=statement.span,
                is_async=isinstance(node, ast.AsyncFunctionDef),
                is_generator=_is_generator(node),
                registrations=tuple(rows[ordinal]),
                other_decorators=tuple(
                    ast.unparse(decorator)
                    for decorator in node.decorator_list
                    if (call := route_call(decorator)) is None or call[0] not in names
                ),
                digest=digest_of(text[statement.start : statement.end]),
            )
        )
    return tuple(found)


def _view(
    node: ast.ClassDef, statement: Statement, rows: Sequence[Registration], text: str
) -> Endpoint:
    """A class with its routes, which is one unit."""
    methods = dict.fromkeys(row.handler.rpartition(".")[2] for row in rows)
    return Endpoint(
        ordinal=statement.ordinal,
        name=node.name,
        span=statement.span,
        is_async=False,
        is_generator=False,
        registrations=tuple(rows),
        other_decorators=tuple(ast.unparse(decorator) for decorator in node.decorator_list),
        digest=digest_of(text[statement.start : statement.end]),
        members=tuple(methods),
        is_class=True,
    )


def digest_of(text: str) -> str:
    """SHA-256 of a definition's text, whatever its line endings and outer blank lines."""
    normal = "\n".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return hashlib.sha256(normal.strip().encode("utf-8", "surrogatepass")).hexdigest()


def _single_definitions(
    body: Sequence[ast.stmt], statements: Sequence[Statement]
) -> dict[str, int]:
    """Functions whose name the module binds exactly once: name to ordinal."""
    times: dict[str, int] = {}
    for statement in statements:
        for binding in statement.binds:
            times[binding.name] = times.get(binding.name, 0) + 1
    return {
        node.name: ordinal
        for ordinal, node in enumerate(body)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and times[node.name] == 1
    }


def _is_generator(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(children_of(inner))
    return False
