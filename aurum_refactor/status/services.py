"""What there is of a domain's service, DAO and tests."""

from __future__ import annotations

import ast

from aurum_refactor.services.values import names_of
from aurum_refactor.status.values import ServiceState, ServiceStatus


def service_status(
    domain: str,
    path: str,
    service: ast.Module | None,
    dao: ast.Module | None,
    tests: ast.Module | None,
    routers: tuple[ast.Module, ...],
    endpoints: int,
) -> ServiceStatus:
    """Read the layers of one domain; None where a file is not there.

    A method that only raises ``NotImplementedError`` counts as not written, and
    so does one that an endpoint lacks.
    """
    names = names_of(domain)
    owner = _class(service, names.service)
    methods = [] if owner is None else [m for m in _functions(owner.body) if _counts(m)]
    written = [method for method in methods if not _is_stub(method)]
    if owner is None:
        state = ServiceState.NONE
    elif not written:
        state = ServiceState.STUB
    elif len(written) == len(methods) >= endpoints:
        state = ServiceState.IMPLEMENTED
    else:
        state = ServiceState.PARTLY
    found = [] if tests is None else [f for f in _functions(tests.body) if _is_test(f)]
    return ServiceStatus(
        state=state,
        path=path,
        methods=0 if owner is None else max(len(methods), endpoints),
        written=len(written),
        has_interface=_class(service, names.interface) is not None,
        has_dao=_class(dao, names.dao) is not None,
        used_by_router=any(_names(tree, names.service) for tree in routers),
        tests=None if tests is None else len(found),
        expected_to_fail=sum(_is_expected_to_fail(f) for f in found),
    )


def _class(tree: ast.Module | None, name: str) -> ast.ClassDef | None:
    body = [] if tree is None else tree.body
    return next((n for n in body if isinstance(n, ast.ClassDef) and n.name == name), None)


def _functions(body: list[ast.stmt]) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _counts(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return not node.name.startswith("_")


def _is_stub(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    match body:
        case []:
            return True
        case [ast.Pass()] | [ast.Expr(value=ast.Constant())]:
            return True
        case [ast.Raise(exc=exception)]:
            return exception is not None and "NotImplementedError" in ast.unparse(exception)
        case _:
            return False


def _is_test(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return node.name.startswith("test_")


def _is_expected_to_fail(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("xfail" in ast.unparse(decorator) for decorator in node.decorator_list)


def _names(tree: ast.Module, name: str) -> bool:
    return any(
        alias.name == name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )
