"""G2: every name that moved code reads means the same object as before."""

from __future__ import annotations

from collections.abc import Sequence

from aurum_refactor.language import BUILTINS, MODULE_DUNDERS
from aurum_refactor.model import Breach, Phase, StatementKind
from aurum_refactor.proof.history import END
from aurum_refactor.proof.levels import Use
from aurum_refactor.proof.normal import named
from aurum_refactor.proof.sides import Unit
from aurum_refactor.proof.state import Entry, Origin, State


def prove_binding(state: State) -> tuple[int, list[Breach]]:
    """Compare the origin of every name in moved code; returns how many were compared."""
    breaches: list[Breach] = []
    count = 0
    for unit in state.result.modules.values():
        if unit.future != state.original.unit.future:
            message = f"{unit.module} has other `from __future__` imports than the monolith"
            breaches.append(Breach("G2", unit.path, 1, message))
        for entry in state.names[unit.module].get("*", ()):
            message = "a new module imports *, which may bind anything"
            breaches.append(Breach("G2", unit.path, entry.line, message))
    for row in state.homes.moved:
        unit = state.result.modules[row.module]
        judge = Judge(state, unit, row.ordinal, row.index)
        seen: set[tuple[str, str]] = set()
        for use in row.uses:
            count += 1
            found = judge.judge(use)
            # One sentence per name and statement is enough.
            if found is not None and (use.name, found.guarantee) not in seen:
                seen.add((use.name, found.guarantee))
                breaches.append(found)
    return count, breaches


class Judge:
    """Judges the names of one statement that was moved."""

    def __init__(self, state: State, unit: Unit, ordinal: int, index: int) -> None:
        self.state = state
        self.original = state.original
        self.unit = unit
        self.ordinal = ordinal
        self.index = index
        self.names = state.names[unit.module]
        self.place = state.places.get(unit.module, 0)

    def judge(self, use: Use) -> Breach | None:
        """None if the name means the same on both sides."""
        found = self._wrong(use)
        if found is None:
            return None
        guarantee, why = found
        where = named(self.original.unit.body[self.ordinal])
        return Breach(guarantee, self.unit.path, use.line_after, f"in {where}, {why}")

    def hidden(self, use: Use, parameter: str) -> Breach | None:
        """A breach if the parameter of a register function hides the name."""
        if parameter not in (use.name, use.through):
            return None
        message = f"{parameter} is hidden by the parameter of a register function"
        return Breach("G2", self.unit.path, use.line_after, message)

    def _wrong(self, use: Use) -> tuple[str, str] | None:
        if use.through:
            return self._through(use)
        if use.global_before != use.global_after:
            before = "the module's" if use.global_before else "a local one"
            after = "the module's" if use.global_after else "a local one"
            return "G2", f"{use.name} was {before} and is {after} now"
        if use.store and use.phase is Phase.IMPORT and self._may_be_bound_here(use.name):
            # A value that moved is bound where it stands now, and re-exported.
            return None
        if use.store:
            why = "is bound in the new module, no longer in the monolith"
            return "G2", f"{use.name} {why} (a `global` was left behind)"
        return self._plain(use)

    def _may_be_bound_here(self, name: str) -> bool:
        """True for a constant, and for a router that nothing but other files may replace.

        They replace it in the monolith, which has the name as before; whether moved
        code looks there is judged where it reads the name.
        """
        if self.original.is_constant(name):
            return True
        binds = self.original.history.binds.get(name, ())
        once = len(binds) == 1 and binds[0].definite and name not in self.original.rebound
        return once and self.ordinal in {r.ordinal for r in self.original.receivers}

    def _through(self, use: Use) -> tuple[str, str] | None:
        """``alias.NAME`` is looked up in the monolith when it runs."""
        spelled = f"{use.through}.{use.name}"
        if not use.global_before:
            return "G2", f"{use.name} was a local name and is {spelled} now"
        if not use.global_after:
            return "G2", f"{use.through} in {spelled} is a local name"
        if not self.state.is_alias(self.unit.module, use.through):
            return "G2", f"{use.through} in {spelled} is not the monolith's module object"
        if use.phase is Phase.IMPORT:
            return "G5", f"{spelled} is read while the module is imported"
        deletes = use.name in self.original.statements[self.ordinal].unbinds
        if use.name in self.original.missing and (deletes or not use.store):
            return "G2", f"{spelled} may not be there, and {use.name} was looked for in vain before"
        if use.store:
            return None
        if not self.original.exists(use.name) and not self.original.unbounded:
            return "G2", f"{spelled} cannot be: the monolith never had the name {use.name}"
        history = self.original.history
        builtin = use.name in BUILTINS - MODULE_DUNDERS
        imported = {row.local for row in self.state.wiring.builtins}
        if builtin and use.name not in imported and not history.is_bound(use.name, END):
            return "G2", f"{spelled} may not be there when the builtin {use.name} was meant"
        return None

    def _plain(self, use: Use) -> tuple[str, str] | None:
        entries = self.names.get(use.name, ())
        exists = self.original.exists(use.name)
        if not entries:
            if use.name in MODULE_DUNDERS:
                return "G2", f"{use.name} is that of the new module now"
            if exists:
                return "G2", f"{use.name} is not bound in {self.unit.module}"
            return None
        if not exists:
            before = "a builtin" if use.name in BUILTINS else "undefined"
            return "G2", f"{use.name} was {before} and is {entries[-1].what} now"
        why = self._bound(use, entries)
        return None if why is None else ("G2", why)

    def _bound(self, use: Use, entries: Sequence[Entry]) -> str | None:
        """The name is bound in the new module: by what, when it is read?"""
        name = use.name
        # ``import a`` and ``import a.b`` bind the same ``a``.
        several = len(entries) > 1 and any(e.origin != ("module", name) for e in entries)
        if several and use.annotation:
            return f"the annotation {name} is bound more than once in {self.unit.module}"
        if use.phase is Phase.IMPORT:
            entries = [entry for entry in entries if entry.index < self.index]
            if (other := self.state.overtaken(name, self.ordinal)) is not None:
                line = self.original.unit.line(other)
                return f"{name} is read on the other side of its change on line {line}"
        if not entries and use.annotation:
            # Strings in a model's annotations are resolved when all names are there.
            entries = list(self.names.get(name, ()))
        if not entries:
            return f"{name} is bound only further down in {self.unit.module}"
        if use.annotation and self._is_lazy() and self._is_bound_below(name):
            return f"the annotation {name} is bound again below"
        entry = entries[-1]
        if entry.ordinal >= 0:
            return self._local(use, entry)
        if not entry.origin:
            return f"{name} is another object, made in the new module"
        if entry.origin[:2] == ("attribute", self.state.layout.module):
            return self._from_monolith(use, entry)
        if entry.origin[1] in self.state.result.modules:
            return self._from_neighbour(use, entry)
        return self._imported(use, entries)

    # ------------------------------------------------------------ four ways to a name

    def _local(self, use: Use, entry: Entry) -> str | None:
        """A name that another moved statement of the same module binds."""
        if use.phase is Phase.CALL and not self.original.is_constant(use.name):
            return f"{use.name} may be bound anew, but is read from the new module"
        before = self.original.history.meaning(use.name, self._moment(use))
        if use.annotation and not before:
            # ``sub: "Later"`` in a model is resolved when all names are there.
            before = self.original.history.meaning(use.name, END)
        if before != (entry.ordinal,):
            return f"{use.name} is not what it was when the statement ran"
        return None

    def _from_monolith(self, use: Use, entry: Entry) -> str | None:
        """``from monolith import NAME``: the object of the moment of the import."""
        name = use.name
        if entry.origin[2] != name:
            return f"{name} is {entry.origin[2]} of the monolith now"
        if use.phase is Phase.CALL and not self._star(name) and not self.original.is_constant(name):
            return f"{name} is imported once, but may be bound anew before it is read"
        if use.phase is Phase.CALL or self._star(name):
            return None
        before = self.original.history.meaning(name, self.ordinal)
        after = self.state.history.meaning(name, self.place)
        if before != after:
            return f"{name} is not what it was when the statement ran"
        return None

    def _from_neighbour(self, use: Use, entry: Entry) -> str | None:
        """``from other_new_module import NAME``: a definition that has moved there."""
        ordinal = self.state.moved_as.get((entry.origin[1], entry.origin[-1]), -1)
        fixed = use.phase is Phase.IMPORT or self.original.is_constant(use.name)
        if not fixed or self.original.history.meaning(use.name, self._moment(use)) != (ordinal,):
            return f"{use.name} is {entry.what}, which it was not before"
        return None

    def _imported(self, use: Use, entries: Sequence[Entry]) -> str | None:
        """An import of the monolith, repeated."""
        name = use.name
        if not self.original.may_be_repeated(name):
            return f"{name} may be replaced in the monolith, but is imported anew"
        meaning = self.original.history.meaning(name, self._moment(use))
        rows = [row for o in meaning for row in self.original.statements[o].imports]
        found = {_origin(row.module, row.attribute, row.alias) for row in rows if row.bound == name}
        if not meaning or found != {entries[-1].origin} or not self._only_imports(name, meaning):
            return f"{name} is {entries[-1].what}, which it was not before"
        if entries[-1].loads or entries[-1].origin == ("module", name):
            return self._loads(name, entries)
        return None

    # ------------------------------------------------------------ helpers

    def _moment(self, use: Use) -> int:
        return END if use.phase is Phase.CALL else self.ordinal

    def _star(self, name: str) -> bool:
        """True if only a star import of the monolith can bind the name."""
        return self.original.has_star and name not in self.original.history.binds

    def _is_bound_below(self, name: str) -> bool:
        binds = self.original.history.binds.get(name, ())
        return len(binds) > 1 and any(bind.at >= self.ordinal for bind in binds)

    def _is_lazy(self) -> bool:
        return "annotations" in self.original.unit.future

    def _only_imports(self, name: str, meaning: Sequence[int]) -> bool:
        deletes = any(row.deletes for row in self.original.history.binds[name])
        kinds = {self.original.statements[ordinal].kind for ordinal in meaning}
        return kinds == {StatementKind.IMPORT} and not deletes

    def _loads(self, name: str, entries: Sequence[Entry]) -> str | None:
        """``import a.b`` and ``import a.c``: both submodules must be there."""
        wanted = {
            row.module
            for statement in self.original.statements
            for row in statement.imports
            if row.bound == name and row.attribute is None and row.alias is None
        } - {name}
        missing = sorted(wanted - {entry.loads for entry in entries})
        return f"{missing[0]} is not imported in the new module" if missing else None


def _origin(module: str, attribute: str | None, alias: str | None) -> Origin:
    if attribute is not None:
        return ("attribute", module, attribute)
    return ("module", module if alias else module.partition(".")[0])
