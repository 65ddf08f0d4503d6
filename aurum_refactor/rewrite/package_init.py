"""Writes the ``__init__`` of the package that new modules go to (guarantee G5)."""

from __future__ import annotations

from aurum_refactor.model import Plan
from aurum_refactor.rewrite.imports import monolith_object


def render_init(plan: Plan, existing: str | None, alias: str, newline: str) -> str:
    """The package's ``__init__``: it imports the monolith before any router is.

    A router that is imported first would otherwise find the monolith half
    made, because the monolith imports it back (semantics R-33).

    Args:
        plan: Says whether the import is needed.
        existing: Text of the ``__init__`` that is there; None if there is none.
        alias: Fresh name of the monolith's module object.
        newline: Line ending of new text.
    """
    if existing is None:
        head = f'"""Routers of {plan.layout.module}, one module per domain."""{newline}'
    else:
        head = existing
        if head and not head.endswith(("\n", "\r")):
            head += newline
    if not plan.init_imports_monolith:
        return head
    line = monolith_object(plan.layout, plan.target_package, alias, newline)
    comment = f"# First of all: the routers read it, and it imports them.{newline}"
    gap = newline if head else ""
    return f"{head}{gap}{comment}{line.removesuffix(newline)}  # noqa: F401{newline}"
