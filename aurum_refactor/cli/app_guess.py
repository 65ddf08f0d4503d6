"""Which application a verification runs when nobody has said: read from the monolith alone."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from aurum_refactor.errors import UsageError
from aurum_refactor.model import Survey

_MAKES = "FastAPI"
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def guess_app(survey: Survey, text: str) -> str:
    """Name the application of a monolith.

    Args:
        survey: What is registered on which object.
        text: The monolith as it stands.

    Returns:
        ``module:name`` of the object with the most endpoints, FastAPI before
        APIRouter; without one, ``module:factory()`` of the factory with the
        most functions in it.

    Raises:
        UsageError: There is neither, or the factory needs arguments.
    """
    module = survey.layout.module
    used = Counter(r.receiver for r in survey.registrations)
    # The object nearest to the top wins a tie.
    best = min(
        survey.receivers,
        key=lambda r: (r.kind != _MAKES, -used[r.name], r.line),
        default=None,
    )
    if best is not None:
        return f"{module}:{best.name}"
    factories = sorted(_factories(text), key=_size)
    if not factories:
        raise UsageError(f"{module} has no application of its own; name it with --app MODULE:NAME")
    callable_ones = [function for function in factories if not _needed(function)]
    if callable_ones:
        return f"{module}:{callable_ones[-1].name}()"
    factory = factories[-1]
    needed = ", ".join(_needed(factory))
    raise UsageError(
        f"{module}:{factory.name} makes the application, and needs {needed}; "
        f"call it with --app '{module}:{factory.name}(…)', or with statements that leave `app`"
    )


def _factories(text: str) -> Iterator[_Function]:
    """Functions of the module that make a FastAPI object and give something back."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = list(ast.walk(node))
            makes = any(
                isinstance(part, ast.Call) and _word(part.func) == _MAKES for part in inside
            )
            if makes and any(isinstance(part, ast.Return) and part.value for part in inside):
                yield node


def _size(function: _Function) -> int:
    return sum(
        isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in ast.walk(function)
    )


def _needed(function: _Function) -> list[str]:
    """Parameters that a call cannot leave out."""
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    needed = positional[: len(positional) - len(args.defaults)]
    named = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    needed += [arg for arg, default in named if default is None]
    return [arg.arg for arg in needed]


def _word(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
