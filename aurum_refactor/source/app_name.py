"""How an application is named: ``module:attribute``, a factory, or statements that make it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

# Kept in step with ``verify/probe_recipe.py``, which runs where this cannot be imported.
_REFERENCE = re.compile(r"[\w.]+:[A-Za-z_]\w*([.(].*)?", re.DOTALL)


def is_reference(app: str) -> bool:
    """Whether *app* is ``module:attribute``, a factory among them, and not statements."""
    return _REFERENCE.fullmatch(app) is not None


def app_mistake(app: str) -> str | None:
    """Say what is wrong with the name of an application, before anything is run.

    Args:
        app: ``pkg.mod:app``, ``pkg.mod:create_app("x", debug=True).api`` with
            literals, or statements that bind ``app``.

    Returns:
        The end of a sentence that starts with *app*; None if it can be tried.
    """
    try:
        if is_reference(app):
            return _expression_mistake(ast.parse(app.partition(":")[2], mode="eval").body)
        if "app" in _bound(ast.parse(app)):
            return None
    except (SyntaxError, ValueError):
        return "is neither MODULE:NAME, nor MODULE:FACTORY(), nor Python statements"
    return "is neither MODULE:NAME nor statements that leave the application in `app`"


def _expression_mistake(node: ast.expr) -> str | None:
    match node:
        case ast.Name():
            return None
        case ast.Attribute(value=owner):
            return _expression_mistake(owner)
        case ast.Call(func=function, args=args, keywords=keywords):
            values = (*args, *(keyword.value for keyword in keywords))
            if all(map(_is_literal, values)) and all(k.arg for k in keywords):
                return _expression_mistake(function)
            return "has an argument that is not a literal; write statements that leave `app`"
        case _:
            return "is more than names, attributes and calls; write statements that leave `app`"


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError):
        return False
    return True


def _bound(tree: ast.Module) -> set[str]:
    return {name for node in ast.walk(tree) for name in _names(node)}


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.alias(name=name, asname=other):
            yield other or name.partition(".")[0]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case _:
            return
