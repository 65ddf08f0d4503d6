"""Names that a run binds: the new function gives back what is read elsewhere."""

from __future__ import annotations

import ast

from aurum_refactor.analysis.lifting.meanwhile import calls_only_imported, keeps_functions
from aurum_refactor.analysis.lifting.run import Run


def returned_by(run: Run) -> tuple[str, ...]:
    """Names that it binds and others read; notes those that cannot be given back."""
    if not run.frames:
        return _module_names(run)
    frame = run.frames[-1]
    shared = frame.shared
    found = []
    for name, offsets in run.binds.items():
        if name in shared:
            run.no(offsets[0], f"{name} is not local to {frame.function.name}")
        above = [before for other, _, before in run.reads_outside if other == name]
        if not above:
            continue
        found.append(name)
        if len(offsets) > 1 or run.bound_elsewhere(name):
            run.no(offsets[0], f"{name} is bound more than once and read elsewhere")
        elif frame.rebound_by(name) is not None:
            run.no(offsets[0], f"{name} is re-bound with nonlocal")
        elif _is_repeated(run):
            run.no(offsets[0], f"{name} is bound in a loop and read elsewhere")
        elif any(above) and not keeps_functions(run):
            reason = f"{name} is read by a function above, which may run meanwhile"
            run.no(offsets[0], reason)
    return tuple(found)


def _is_repeated(run: Run) -> bool:
    return any(
        isinstance(step.node, ast.For | ast.AsyncFor | ast.While)
        for step in run.frames[-1].steps[:-1]
    )


def _module_names(run: Run) -> tuple[str, ...]:
    """At module level others may read what is bound, whatever this module does."""
    for name, offsets in run.binds.items():
        if len(offsets) > 1:
            run.no(offsets[1], f"{name} is bound twice")
        elif name in run.facts.read_later and not calls_only_imported(run):
            run.no(offsets[0], f"{name} is read by a function that may run meanwhile")
    return tuple(run.binds)
