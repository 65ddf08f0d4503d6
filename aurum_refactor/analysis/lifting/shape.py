"""Statements that would be another thing in a function of their own."""

from __future__ import annotations

import ast

from aurum_refactor.analysis.lifting.run import Run
from aurum_refactor.analysis.lifting.trees import immediate
from aurum_refactor.model import Phase

#: Builtins that see the names of the function they are called in.
_SEES_LOCALS = frozenset({"locals", "vars", "dir", "eval", "exec", "super", "__class__"})


def judge_shape(run: Run, offset: int, node: ast.stmt) -> None:
    """Note what one statement is or does that a function of its own would change."""
    reads = run.readings.of(node)
    if isinstance(node, ast.ClassDef):
        run.no(offset, "it is a class, whose qualified name would be another")
    for inner in immediate(node):
        if isinstance(inner, ast.Await | ast.Yield | ast.YieldFrom):
            run.no(offset, "it awaits or yields in the function around it", inner.lineno)
    for read in reads.reads:
        if read.name in _SEES_LOCALS:
            run.no(offset, f"it uses {read.name}, which sees the function around", read.line)
    for line, reason in reads.ties:
        run.no(offset, f"it {reason}", line)
    if run.suite.in_class:
        for private in sorted(_private(node)):
            run.no(offset, f"it uses {private}, a private name of the class around")
    for name in run.readings.memo.of_statement(node).declared_global:
        run.no(offset, f"it declares {name} global")


def judge_frame(run: Run) -> None:
    """Note a function around that looks at its own local variables."""
    if not run.frames:
        return
    for name, phase, _ in run.reads_outside:
        if name in _SEES_LOCALS - {"super", "__class__"} and phase is Phase.IMPORT:
            reason = f"{run.frames[-1].function.name} calls {name}, which sees it"
            for offset in range(len(run.nodes)):
                run.no(offset, reason)
            return


def _private(node: ast.AST) -> set[str]:
    """Names that Python mangles inside a class."""
    found = set()
    for inner in ast.walk(node):
        for part in ("id", "attr", "name", "arg"):
            name = getattr(inner, part, None)
            if isinstance(name, str) and name.startswith("__") and not name.endswith("__"):
                found.add(name)
    return found
