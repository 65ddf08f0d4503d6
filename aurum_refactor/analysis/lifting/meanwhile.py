"""What may run while the statements of a run are executed."""

from __future__ import annotations

import ast

from aurum_refactor.analysis.lifting.run import Run
from aurum_refactor.analysis.lifting.trees import immediate, root_of
from aurum_refactor.analysis.routes import ADDERS, VERBS

#: Calls that keep the functions they are given and run none of them.
_KEEPERS = frozenset(
    {
        *("Depends", "Security", "Query", "Path", "Body", "Header", "Cookie", "Form", "File"),
        *VERBS,
        *ADDERS,
    }
)


def keeps_functions(run: Run) -> bool:
    """True if executing the run cannot call a function of the one around."""
    local = frozenset[str]().union(*(frame.local for frame in run.frames))
    for node in run.nodes:
        for decorator in getattr(node, "decorator_list", ()):
            if not isinstance(decorator, ast.Call) and root_of(decorator) in local:
                return False
        for inner in immediate(node):
            if isinstance(inner, ast.Call) and not _keeps(inner, local):
                return False
    return True


def calls_only_imported(run: Run) -> bool:
    """True if executing the run calls no function of the module."""
    given = {root for n in run.nested for r in n.receivers if (root := root_of(r))}
    known = run.facts.imported | given
    for node in run.nodes:
        called = [root_of(d) for d in getattr(node, "decorator_list", ())]
        called += [root_of(c.func) for c in immediate(node) if isinstance(c, ast.Call)]
        if any(root is None or (root in run.facts.bound and root not in known) for root in called):
            return False
    return True


def _keeps(call: ast.Call, local: frozenset[str]) -> bool:
    """True if a call can run no function whose name is local."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _KEEPERS:
            return True
        case _:
            pass
    if root_of(call.func) in local:
        return False
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    return not any(
        isinstance(inner, ast.Name) and inner.id in local
        for argument in arguments
        for inner in ast.walk(argument)
    )
