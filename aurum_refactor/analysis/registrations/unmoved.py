"""Registrations inside of something: nested in a function, conditional, in a loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aurum_refactor.analysis.forwarders import forwarding_calls
from aurum_refactor.analysis.nodes import children_of, nodes_of
from aurum_refactor.analysis.registrations.calls import handler_of
from aurum_refactor.analysis.registrations.literal_paths import literal_path
from aurum_refactor.analysis.routes import ADDERS, VERBS, is_path, path_argument
from aurum_refactor.model import Unmoved

_REGISTERING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Call)


def inside(node: ast.AST, why: str, *, skip_self: bool = False) -> list[Unmoved]:
    """Registrations written inside *node*: nested in a function, conditional, in a loop."""
    found: list[Unmoved] = []
    own = getattr(node, "decorator_list", []) if skip_self else []
    forwarded: frozenset[int] | None = None
    children = children_of(node) if skip_self else [node]
    for child in children:
        if child in own:
            continue
        for inner in nodes_of(child, _REGISTERING):
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                found += decorated(inner, why)
            elif isinstance(inner, ast.Call) and (rows := list(_called(inner, why))):
                forwarded = forwarding_calls(node) if forwarded is None else forwarded
                found += rows if id(inner) not in forwarded else []
    return found


def decorated(node: ast.FunctionDef | ast.AsyncFunctionDef, why: str) -> Iterator[Unmoved]:
    """Registrations by the decorators of a function, from the last one up."""
    for decorator in reversed(node.decorator_list):
        if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
            continue
        path = path_argument(decorator)
        if decorator.func.attr in VERBS and path is not None and is_path(path):
            yield Unmoved(
                line=decorator.lineno,
                receiver=ast.unparse(decorator.func.value),
                verb=decorator.func.attr,
                path=literal_path(path, {}),
                handler=node.name,
                why=why,
            )


def _called(node: ast.Call, why: str) -> Iterator[Unmoved]:
    if isinstance(node.func, ast.Attribute) and node.func.attr in ADDERS:
        path = path_argument(node)
        yield Unmoved(
            line=node.lineno,
            receiver=ast.unparse(node.func.value),
            verb=node.func.attr,
            path=None if path is None else literal_path(path, {}),
            handler=handler_of(node),
            why=why,
        )


def why_compound(node: ast.stmt) -> str:
    """What a compound statement makes of the registrations in it."""
    if isinstance(node, ast.For | ast.AsyncFor | ast.While):
        return "inside a loop"
    if isinstance(node, ast.With | ast.AsyncWith):
        return "inside a with block"
    return "conditional"
