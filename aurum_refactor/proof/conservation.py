"""G1: every statement, name and comment of the original stands, once, and as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aurum_refactor.graph.closure import reached_by_running
from aurum_refactor.language import BUILTINS, CALLER_BUILTINS
from aurum_refactor.model import Breach, Phase
from aurum_refactor.proof.history import END
from aurum_refactor.proof.sides import Original
from aurum_refactor.proof.state import State


def prove_conservation(state: State) -> tuple[int, list[Breach]]:
    """Check the monolith's names; statements are matched in ``placement``, text in ``text``."""
    breaches = [
        *state.kept.breaches,
        *state.wiring.breaches,
        *state.homes.breaches,
        *_names(state),
        *_added_names(state),
        *_readers(state),
        *_changes(state),
    ]
    return len(state.original.statements), breaches


def _names(state: State) -> Iterator[Breach]:
    """``vars(monolith)`` has every name it had, for the same definition."""
    before, after = state.original.history, state.history
    for name in before.binds:
        was, now = before.meaning(name, END), after.meaning(name, END)
        if was == now:
            continue
        line = state.original.unit.line(was[-1]) if was else 1
        if now:
            message = f"{name} is not what line {line} of the original binds it to"
        else:
            message = f"{name} (line {line} of the original) is not bound in the monolith any more"
        yield Breach("G1", state.layout.path, line, message)


def _added_names(state: State) -> Iterator[Breach]:
    """What the wiring binds besides moved definitions must be new to the monolith."""
    taken = set(state.original.history.binds)
    for statement in state.original.statements:
        taken |= statement.identifiers
    added = [
        (row.line, row.local)
        for row in state.wiring.imports
        if (row.module, row.attribute) not in state.moved_as
    ]
    if state.wiring.script is not None and not _is_only_sys(state.original):
        added.append((state.result.monolith.line(state.wiring.script), "_sys"))
    for drop in state.wiring.drops:
        if drop.index not in state.kept.ordinal_at:
            added += [(drop.line, name) for name in drop.binds]
    for reload in state.wiring.reloads[:1]:
        if reload.imported_at[0] not in state.kept.ordinal_at:
            added += [(reload.line, name) for name in reload.binds]
    for line, local in added:
        if local in taken or local in BUILTINS or state.original.rebound & {local}:
            message = f"the wiring binds {local}, a name that the monolith uses already"
            yield Breach("G1", state.layout.path, line, message)
    original = state.original
    first = min((row.index for row in state.wiring.imports), default=0)
    for row in state.wiring.builtins:
        bound = row.local in original.history.binds or row.local in original.rebound
        patched = row.local in original.replaced and row.local not in CALLER_BUILTINS
        handled = "__getattr__" in original.history.binds or original.unbounded
        if bound or not patched or handled or original.has_star or row.index > first:
            message = f"the wiring binds the builtin {row.local}, which somebody may notice"
            yield Breach("G1", state.layout.path, row.line, message)
    for row in state.wiring.imports:
        if (row.module, row.attribute) in state.moved_as and row.local != row.attribute:
            message = f"{row.attribute} is bound as {row.local}"
            yield Breach("G1", state.layout.path, row.line, message)
        known = {name for module, name in state.moved_as if module == row.module}
        if row.attribute not in known | set(state.homes.handles(row.module)):
            message = f"{row.module} has nothing of the original by the name {row.attribute}"
            yield Breach("G1", state.layout.path, row.line, message)


def _is_only_sys(original: Original) -> bool:
    """True if ``_sys`` is the module of that name already, wherever it is bound."""
    binds = original.history.binds.get("_sys", ())
    imports = [
        row
        for bind in binds
        for row in original.statements[bind.ordinal].imports
        if row.bound == "_sys" and row.module == "sys" and row.attribute is None
    ]
    return bool(binds) and len(imports) == len([b for b in binds if not b.deletes])


def _readers(state: State) -> Iterator[Breach]:
    """What stays and runs at import finds moved names as it found them before."""
    suspects = _suspects(state)
    if not suspects:
        return
    reached = reached_by_running(state.original.statements)
    for ordinal, names in suspects.items():
        statement = state.original.statements[ordinal]
        direct = {read.name for read in statement.reads if read.phase is Phase.IMPORT}
        # What is called, decorates or is passed to a call may be run.
        run = frozenset[str]() if statement.is_alias else direct
        read = direct.union(*(reached.get(name, frozenset()) for name in run))
        for name in sorted(names & read):
            line = state.result.monolith.line(state.kept.index_of[ordinal])
            message = f"{name} is read here while the monolith is imported, and is another one now"
            yield Breach("G2", state.layout.path, line, message)


def _changes(state: State) -> Iterator[Breach]:
    """A value that a moved statement changes is read at the same stage by what stays."""
    changed = {
        name
        for name, ordinals in state.touching.items()
        if any(ordinal in state.home_of for ordinal in ordinals)
    }
    for ordinal in state.kept.index_of if changed else ():
        statement = state.original.statements[ordinal]
        read = {read.name for read in statement.reads if read.phase is Phase.IMPORT}
        for name in sorted(read & changed):
            if (other := state.overtaken(name, ordinal)) is not None:
                line = state.original.unit.line(other)
                message = f"{name} is read on the other side of its change on line {line}"
                path = state.layout.path
                yield Breach("G2", path, statement.span.first, message)


def _suspects(state: State) -> Mapping[int, set[str]]:
    """Kept statements that see another binding of a moved name than before."""
    moved = {
        binding.name
        for row in state.homes.moved
        for binding in state.original.statements[row.ordinal].binds
    }
    found: dict[int, set[str]] = {}
    before, after = state.original.history, state.history
    looked = {name for row in state.original.statements for name in row.own_reads}
    for name in moved:
        for ordinal, index in state.kept.index_of.items():
            was = before.meaning(name, ordinal)
            # What was not bound yet was not read either, or the import had failed; but one may
            # look for it in the module's object.
            if (was or name in BUILTINS or name in looked) and was != after.meaning(name, index):
                found.setdefault(ordinal, set()).add(name)
    return found
