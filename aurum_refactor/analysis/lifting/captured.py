"""Names of the functions around that a run reads: they are given to the new function."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from aurum_refactor.analysis.lifting.run import Run
from aurum_refactor.analysis.lifting.trees import binds_name, immediate
from aurum_refactor.analysis.suites import Frame, Function
from aurum_refactor.model import Phase, Role


def captured_by(run: Run) -> list[str]:
    """Local names of the functions around that it reads; notes those that cannot be given."""
    found: dict[str, None] = {}
    for offset, node in enumerate(run.nodes):
        later: dict[str, int] = {}
        now: dict[str, int] = {}
        for read in run.readings.of(node).reads:
            lazy = read.role is Role.STRING or (run.facts.lazy and read.role is Role.ANNOTATION)
            if lazy and _hides(run, read.name):
                run.no(
                    offset,
                    f"its annotation {read.name} names the module's own, "
                    "and a local variable of that name hides it",
                    read.line,
                )
            (later if read.phase is Phase.CALL else now).setdefault(read.name, read.line)
        _own_names(run, offset, later)
        for name, line in {**now, **later}.items():
            if name in run.binds:
                continue
            frame = run.owner(name)
            if frame is not None:
                found[name] = None
                _capture(run, offset, name, line, frame, later=name in later)
        _nonlocals(run, offset, node)
    return list(found)


def _hides(run: Run, name: str) -> bool:
    return name in run.facts.bound and (name in run.binds or run.owner(name) is not None)


def _capture(run: Run, offset: int, name: str, line: int, frame: Frame, *, later: bool) -> None:
    changed = frame.bound_later(name) if later else frame.rebound_by(name)
    bound = name in frame.surely_bound
    if (not bound or changed is not None) and _is_only_called(run, name, frame):
        run.late.add(name)
        return
    if not bound:
        run.no(offset, f"{name} is not surely bound before it in {frame.function.name}", line)
        return
    if changed is not None:
        reason = f"{name} is bound again on line {changed}, and its body would miss that"
        run.no(offset, reason, line)


def _is_only_called(run: Run, name: str, frame: Frame) -> bool:
    """True if a function of the one around is only ever called, by functions of the run.

    Then a forwarder does for it, which looks it up whenever it is called.
    """
    if name in ("args", "kwargs"):
        return False
    called: set[int] = set()
    loaded: set[int] = set()
    for node in run.nodes:
        now = {id(inner) for inner in immediate(node)}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and id(inner) not in now:
                called.add(id(inner.func))
            if isinstance(inner, ast.Name) and inner.id == name:
                loaded.add(id(inner))
    if not loaded <= called:
        return False
    makers = [n for n in ast.walk(frame.function) if binds_name(n, name)]
    return all(
        isinstance(maker, Function)
        and not run.readings.of(maker).introspects
        and not _counts_frames(maker)
        for maker in makers
    )


def _own_names(run: Run, offset: int, later: Mapping[str, int]) -> None:
    """Names of the run that its functions read when they are called."""
    for name, line in later.items():
        if name not in run.binds:
            continue
        if not run.frames:
            run.no(offset, f"it reads {name} from the module when it is called", line)
        elif len(run.binds[name]) > 1 or run.bound_elsewhere(name):
            run.no(offset, f"{name} is bound more than once", line)


def _nonlocals(run: Run, offset: int, node: ast.stmt) -> None:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Nonlocal):
            for name in inner.names:
                if name not in run.binds and run.owner(name) is not None:
                    run.no(offset, f"it re-binds {name} with nonlocal", inner.lineno)


def can_be_given(run: Run, name: str) -> bool:
    """True if a name of the module may be an argument: nothing reads it later."""
    return not run.frames and not any(
        read.name == name and read.phase is Phase.CALL
        for node in run.nodes
        for read in run.readings.of(node).reads
    )


def _counts_frames(node: ast.AST) -> bool:
    return any(isinstance(n, ast.keyword) and n.arg == "stacklevel" for n in ast.walk(node))
