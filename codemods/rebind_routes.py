"""Register endpoints on another object: ``@old.get(…)`` becomes ``@new.get(…)``."""

from __future__ import annotations

import libcst as cst

from codemods._dotted import dotted_name
from codemods._routes import route_verb


def rebind_routes(module: cst.Module, old: str, new: str) -> cst.Module:
    """Give the route decorators of the top-level functions another receiver.

    Only a call of a route verb on the plain name *old* is one; its arguments,
    layout and comments stay. Functions in classes, functions or conditional
    blocks keep their decorators.

    Args:
        module: The tree to rewrite.
        old: The identifier that stands before the verb.
        new: The identifier, or dotted name, that is to stand there.

    Returns:
        The new tree; *module* itself where nothing changed.
    """
    body = [
        _rebound(statement, old, new) if isinstance(statement, cst.FunctionDef) else statement
        for statement in module.body
    ]
    if all(after is before for after, before in zip(body, module.body, strict=True)):
        return module
    return module.with_changes(body=body)


def _rebound(function: cst.FunctionDef, old: str, new: str) -> cst.FunctionDef:
    if old == new or not any(route_verb(decorator, old) for decorator in function.decorators):
        return function
    return function.with_changes(
        decorators=[
            _with_receiver(decorator, new) if route_verb(decorator, old) else decorator
            for decorator in function.decorators
        ]
    )


def _with_receiver(decorator: cst.Decorator, new: str) -> cst.Decorator:
    call = cst.ensure_type(decorator.decorator, cst.Call)
    verb = cst.ensure_type(call.func, cst.Attribute)
    old = cst.ensure_type(verb.value, cst.Name)
    receiver = dotted_name(new).with_changes(lpar=old.lpar, rpar=old.rpar)
    return decorator.with_changes(
        decorator=call.with_changes(func=verb.with_changes(value=receiver))
    )
