"""Which application a verification runs when nobody has said: read from the monolith alone."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from aurum_refactor.cli.app_classes import (
    MAKES,
    Holder,
    bound_application,
    holders_of,
    makes_one,
    needed_by,
)
from aurum_refactor.errors import UsageError
from aurum_refactor.model import Survey

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def guess_app(survey: Survey, text: str) -> str:
    """Name the application of a monolith.

    Args:
        survey: What is registered on which object.
        text: The monolith as it stands.

    Returns:
        ``module:name`` of the object with the most endpoints, FastAPI before
        APIRouter; without one, what the module binds to an application that an
        object holds; else ``module:factory()`` of the factory with the most
        functions in it, else ``module:Class().attribute``.

    Raises:
        UsageError: There is none of these, or making it needs arguments.
    """
    module = survey.layout.module
    used = Counter(r.receiver for r in survey.registrations)
    # The object nearest to the top wins a tie.
    best = min(
        survey.receivers,
        key=lambda r: (r.kind != MAKES, -used[r.name], r.line),
        default=None,
    )
    if best is not None:
        return f"{module}:{best.name}"
    tree = ast.parse(text)
    holders = holders_of(tree)
    bound = bound_application(tree, holders)
    if bound:
        return f"{module}:{bound}"
    return f"{module}:{_made(module, tree, holders)}"


def _made(module: str, tree: ast.Module, holders: tuple[Holder, ...]) -> str:
    """The call that makes the application."""
    calls = [
        (f"{function.name}({{}})", needed_by(function))
        for function in sorted(_factories(tree, frozenset(h.name for h in holders)), key=_size)
    ]
    calls = [(f"{h.name}({{}}).{h.attribute}", h.needed) for h in holders] + calls
    if not calls:
        raise UsageError(f"{module} has no application of its own; name it with --app MODULE:NAME")
    free = [call for call, needed in calls if not needed]
    if free:
        return free[-1].format("")
    call, parameters = calls[-1]
    needed = ", ".join(parameters)
    raise UsageError(
        f"{module}:{call.partition('(')[0]} makes the application, and needs {needed}; "
        f"call it with --app '{module}:{call.format('…')}', or with statements that leave `app`"
    )


def _factories(tree: ast.Module, classes: frozenset[str]) -> Iterator[_Function]:
    """Functions of the module that make an application and give something back."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and makes_one(node, classes):
            inside = ast.walk(node)
            if any(isinstance(part, ast.Return) and part.value for part in inside):
                yield node


def _size(function: _Function) -> int:
    return sum(
        isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in ast.walk(function)
    )
