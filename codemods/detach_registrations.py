"""Take the route decorators off top-level functions."""

from __future__ import annotations

import libcst as cst

from codemods._routes import Registrations, registrations


def detach_registrations(module: cst.Module, receiver: str) -> cst.Module:
    """Remove the route decorators of *receiver* from the functions at the top level.

    Comments on lines of their own among the decorators stay above what
    follows; a comment behind a decorator goes with it, and is found again
    behind its call in ``registration_calls``.

    Args:
        module: The tree to rewrite.
        receiver: The identifier before the verb: ``router`` in ``@router.get("/")``.

    Returns:
        The new tree; *module* itself where *receiver* registers nothing.

    Raises:
        CannotRewrite: A route decorator stands below another decorator: what
            it registers is not what the function's name is bound to.
    """
    found = {id(entry.function): entry for entry in registrations(module, receiver)}
    if not found:
        return module
    return module.with_changes(
        body=[
            _detached(found[id(statement)]) if id(statement) in found else statement
            for statement in module.body
        ]
    )


def _detached(entry: Registrations) -> cst.FunctionDef:
    """The function without its route decorators, their own-line comments above it."""
    function = entry.function
    rest = function.decorators[entry.depth :]
    between = [line for decorator in entry.decorators for line in decorator.leading_lines]
    # Blank lines below a decorator separated it from what follows; that need is gone.
    if rest:
        between += rest[0].leading_lines
        rest = (rest[0].with_changes(leading_lines=()), *rest[1:])
        after = function.lines_after_decorators
    else:
        between += function.lines_after_decorators
        after = ()
    return function.with_changes(
        leading_lines=[*function.leading_lines, *(line for line in between if line.comment)],
        decorators=rest,
        lines_after_decorators=after,
    )
