"""Decorators that make a function of a method and do nothing else."""

from __future__ import annotations

import ast

from aurum_refactor.analysis.carrying.executed import executed
from aurum_refactor.analysis.carrying.looked_at import PLACE
from aurum_refactor.analysis.dotted import last_part
from aurum_refactor.analysis.plain_imports import PlainImports
from aurum_refactor.analysis.scopes import bound_in

#: Python's decorators of methods that do nothing but to wrap one.
_PLAIN_METHODS = frozenset({"staticmethod", "classmethod"})
#: What a decorator may call while it wraps a function.
_WRAPPERS = frozenset(
    {"wraps", "iscoroutinefunction", "isasyncgenfunction", "isgeneratorfunction"}
    | {"signature", "isinstance", "callable", "cast", "getattr", "hasattr"}
)


def only_wraps(imports: PlainImports, decorator: ast.expr) -> bool:
    """True for a decorator of the project that makes a function and does nothing else.

    Or Python's own for methods that take no object: what they make is found by the same
    look-up, and bound to the class that was asked.
    """
    if isinstance(decorator, ast.Name) and decorator.id in _PLAIN_METHODS:
        return imports.origin(imports.home, decorator.id) == decorator.id
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    found = imports.find(imports.home, ast.unparse(target))
    if found is None or not isinstance(found.node, ast.FunctionDef):
        return False
    function = found.node
    if function.decorator_list:
        return False
    levels = [function]
    if isinstance(decorator, ast.Call):
        levels += [n for n in function.body if isinstance(n, ast.FunctionDef)]
    return all(_makes_a_function(level) for level in levels)


def _makes_a_function(node: ast.FunctionDef) -> bool:
    """True if running a decorator's body defines functions, chooses one and returns it."""
    if any(PLACE in (getattr(n, "attr", ""), getattr(n, "value", "")) for n in ast.walk(node)):
        return False
    local = {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
    local |= bound_in(node.body).local
    for inner in executed(node.body):
        match inner:
            case ast.Global() | ast.Nonlocal() | ast.Await() | ast.Yield() | ast.YieldFrom():
                return False
            case ast.Call(func=function) if last_part(function) not in _WRAPPERS:
                return False
            case ast.For() | ast.While() | ast.With() | ast.Import() | ast.ImportFrom():
                return False
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Del()):
                return False
            case ast.Attribute(ctx=ast.Store(), value=value) if last_part(value) not in local:
                return False
            case _:
                continue
    return True
