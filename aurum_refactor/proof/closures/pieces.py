"""What can be lifted at all, and whether its names are of the kinds they were."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aurum_refactor.proof.closures.case import Case
from aurum_refactor.proof.closures.tables import compared
from aurum_refactor.proof.closures.trees import FUNCTIONS, immediate, names_loaded
from aurum_refactor.proof.closures.values import Wrong

_SEES_LOCALS = frozenset({"locals", "vars", "dir", "eval", "exec", "super", "__class__"})
_PIECES = (*FUNCTIONS, ast.Expr, ast.Assign, ast.AnnAssign)


def wrong_pieces(case: Case) -> Iterator[Wrong]:
    """What would be another thing in a function of its own."""
    for node in case.place.run:
        if not isinstance(node, _PIECES):
            yield node.lineno, f"`{ast.unparse(node)[:40]}` is nothing that can be lifted"
        for inner in immediate(node):
            if isinstance(inner, ast.Await | ast.Yield | ast.YieldFrom | ast.Return):
                yield node.lineno, "it awaits, yields or returns"
        for inner in ast.walk(node):
            name = getattr(inner, "id", "")
            if name in _SEES_LOCALS:
                yield inner.lineno, f"{name} sees another function now"  # type: ignore[attr-defined]
            private = getattr(inner, "attr", "") or getattr(inner, "arg", "") or name
            if case.in_class and str(private).startswith("__") and not str(private).endswith("__"):
                line = getattr(inner, "lineno", node.lineno)
                yield line, f"{private} is a private name of the class around"
    if case.functions:
        for inner in names_loaded(case.functions[-1].body):
            if getattr(inner, "id", "") in _SEES_LOCALS - {"super", "__class__"}:
                yield inner.lineno, "the function around looks at its local variables"


def wrong_scopes(case: Case) -> Iterator[Wrong]:
    """Inside the lifted functions, every name is of the same kind as before."""
    old = [t for t in case.tables[-1].get_children() if t.get_lineno() in case.lines]
    new = list(case.new.get_children())
    if len(old) != len(new):
        yield case.lines[0], "its functions are not those of the original"
        return
    for one, other in zip(old, new, strict=True):
        yield from compared(one, other)


def wrong_level(case: Case) -> Iterator[Wrong]:
    """What the lifted statements themselves read and bind."""
    around = case.tables[-1]
    for name in case.new.get_identifiers():
        symbol = case.new.lookup(name)
        try:
            before = around.lookup(name)
        except KeyError:
            before = None
        was_global = before is None or (not case.functions) or before.is_global()
        if symbol.is_global() and not was_global:
            yield case.lines[0], f"{name} was a local variable and is the module's now"
        elif name in case.bound and case.functions and was_global:
            yield case.lines[0], f"{name} was bound in the module and is a local variable now"
        elif name in case.parameters and case.functions and was_global:
            yield case.lines[0], f"{name} was the module's and is an argument now"
