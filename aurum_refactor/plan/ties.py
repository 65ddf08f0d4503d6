"""What ties a helper, class or value to the monolith, so that it is anchored there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from aurum_refactor.graph.closure import reached_by_running
from aurum_refactor.language import BUILTINS, LOUD_BUILTINS, MODULE_DUNDERS, QUIET_PACKAGES
from aurum_refactor.model import Phase, Role, Statement, StatementKind, Survey, Use
from aurum_refactor.plan.copies import run_in_copies
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.paths import dotted_name

#: Kinds of statement that can have a home of their own.
MOVING_KINDS = frozenset({StatementKind.FUNCTION, StatementKind.CLASS, StatementKind.ASSIGNMENT})


class Ties:
    """Answers why a statement must stay; holds only tables read off the survey."""

    def __init__(self, survey: Survey, names: NameTable) -> None:
        self.survey = survey
        self.names = names
        self.receivers = {receiver.ordinal for receiver in survey.receivers}
        # Nobody pickles or names them: their methods are those of the class that inherits them.
        self.carriers = frozenset(row.name for row in survey.carriers)
        self.path_names = {name for row in survey.registrations for name in row.path_names}
        self.receiver_names = {receiver.name for receiver in survey.receivers}
        self.origin: Mapping[str, str] = {
            row.bound: row.module for s in survey.statements for row in s.imports
        }
        # What an earlier extraction moved means the same as before.
        self.foreign = survey.project_modules - names.own - {names.leaf}
        self.writers = _writers(survey)
        self.changes = names.changes.at_import
        self.touchers = _touchers(self.changes)
        self.in_copies = run_in_copies(survey) if names.copied else frozenset()
        # Names that new modules of earlier extractions read here.
        self.read_by_own = {
            r.name: r.path
            for r in survey.references
            if dotted_name(r.path, survey.layout.source_root) in names.own
        }
        self.looked_for = _looked_for_early(survey, names)
        self.outside = {
            r.name: f"{r.path}:{r.line}"
            for r in reversed(survey.references)
            if r.use in (Use.ASSIGN, Use.PATCH, Use.FORWARD)
        }

    def why(self, statement: Statement) -> str | None:
        """The first reason that anchors *statement*; None if it is free to go."""
        if statement.ordinal in self.receivers:
            return "endpoints are registered on it"
        if statement.ties:
            line, tie = statement.ties[0]
            return f"line {line} {tie}"
        if statement.rebinds:
            return f"re-binds {', '.join(sorted(statement.rebinds))} with global"
        for binding in statement.binds:
            reason = self._why_name(binding.name, statement.ordinal)
            if reason:
                return reason
        for read in statement.reads:
            if (
                self.survey.future
                and read.role in (Role.ANNOTATION, Role.STRING)
                and len(self.names.bound.get(read.name, ())) > 1
                and self.names.changes_after(read.name, statement.ordinal)
            ):
                return f"its annotation {read.name} is bound again below"
            if self.names.may_come_from_star(read.name):
                return f"reads {read.name}, which may come from a star import"
            if read.phase is Phase.CALL and self.names.may_be_missing(read.name):
                return f"reads {read.name}, which may be unbound"
            if read.name in MODULE_DUNDERS and read.name not in self.names.bound:
                return f"reads {read.name} on line {read.line}"
        # How methods are defined was judged when they were carried out of their class.
        return self.why_effect(statement, lambda _: statement.label in self.carriers)

    def _why_name(self, name: str, ordinal: int) -> str | None:
        if name in self.path_names:
            # Moved, the routes would be computed for whoever reads the monolith next.
            return "routes are spelled with it"
        if name.startswith("__") and name.endswith("__"):
            return "belongs to the module itself"
        if name in self.writers:
            label, line = self.writers[name]
            return f"re-bound by {label or 'a function'} (line {line})"
        if name in self.looked_for:
            return f"line {self.looked_for[name]} may look for it in this module before it is bound"
        if name in self.outside:
            return f"replaced by {self.outside[name]}"
        if name in self.read_by_own:
            # It stayed when that module was made, whatever has left since.
            return f"{self.read_by_own[name]} reads it here"
        if self.names.unbounded:
            return "another file may replace any name of this module"
        if self.names.reloaded and not self._is_always_alike(self.survey.statements[ordinal]):
            return "bound anew when this module is reloaded"
        if self.names.copied and (
            self.survey.statements[ordinal].kind is not StatementKind.FUNCTION
            or name in self.in_copies
        ):
            return "each copy of this module that is made under another name has its own"
        if (
            self.names.taken_out
            and self.survey.statements[ordinal].kind is StatementKind.CLASS
            and name not in self.carriers
        ):
            # Pickles and forward references look for a class in what sys.modules holds.
            return "this module may be taken out of sys.modules and put back"
        # What a reload makes of it has been judged above.
        if not replace(self.names, reloaded=False).is_constant(name):
            return "bound more than once, or only sometimes"
        changer = next((o for o in self.touchers.get(name, ()) if o != ordinal), None)
        if changer is not None:
            return f"changed in place on line {self.survey.statements[changer].span.first}"
        return None

    def _is_always_alike(self, statement: Statement) -> bool:
        """True for a function that is the same whichever execution has made it.

        It reads all names as it runs, from the module as the last execution has left that.
        What it takes as it is made it must take each time, where one may end half way.
        """
        if statement.kind is not StatementKind.FUNCTION:
            return False
        if not self.survey.half_reloaded:
            return True
        lasting = self.names.lasting
        made_anew = any(
            self.names.exists(read.name)
            and (read.role not in (Role.ANNOTATION, Role.STRING) or read.name not in lasting)
            for read in statement.reads
            if read.phase is Phase.IMPORT
        )
        changed = (statement.label in s.stores | s.call_stores for s in self.survey.statements)
        return not made_anew and not statement.keeps_state and not any(changed)

    def why_effect(
        self,
        statement: Statement,
        allowed: Callable[[str], bool] = lambda _: False,
        *,
        lazy: bool = False,
    ) -> str | None:
        """Calls that run while the statement is executed may do more than make its value.

        *allowed* tells which functions of the module are known not to; with
        *lazy* annotations are not evaluated.
        """
        for call in sorted(call for call in statement.calls if not allowed(call)):
            if call in self.origin:
                package = self.origin[call].split(".")[0]
                if package in QUIET_PACKAGES:
                    continue
                if statement.kind is StatementKind.CLASS and (
                    self.origin[call] not in self.survey.project_modules
                ):
                    continue
                return f"calls {call} of {self.origin[call]} when it is defined"
            if call in self.names.bound:
                return f"calls {call} of this module when it is defined"
            if call in LOUD_BUILTINS or call not in BUILTINS:
                return f"calls {call} when it is defined"
        for name in import_reads(statement, lazy=lazy):
            if self._changes(name, statement):
                return f"its value is taken from {name}, which changes"
            if statement.kind is not StatementKind.ASSIGNMENT:
                continue
            if self.origin.get(name) in self.foreign:
                return f"its value is taken from {name} of another module, which may change"
            if name in self.receiver_names:
                return f"its value is taken from {name}, which changes"
        changed = self.changes[statement.ordinal] - {b.name for b in statement.binds}
        if changed:
            return f"changes {min(changed)} when it is defined"
        if statement.kind is StatementKind.FUNCTION and len(statement.binds) > 1:
            return "its signature binds a further name"
        if same := sorted(statement.classes & self.survey.class_names):
            what = "" if same[0] == statement.label else f" as its {same[0]}"
            return f"another class has the same name{what} (R-11)"
        return None

    def _changes(self, name: str, statement: Statement) -> bool:
        """True if another statement may change the value *name* while the module is executed.

        What a call of another module's function might do to imported objects
        counts for values only: functions and classes mostly name types of them.
        """
        others = [o for o in self.touchers.get(name, ()) if o != statement.ordinal]
        if statement.kind is StatementKind.ASSIGNMENT or name not in self.origin:
            return bool(others)
        return any(name in self.survey.statements[o].stores for o in others)


def _looked_for_early(survey: Survey, names: NameTable) -> dict[str, int]:
    """Names that may be looked for in the module's object above what binds them: the line."""
    looked = {name for row in survey.statements for name in row.own_reads}
    if not looked:
        return {}
    reached = reached_by_running(survey.statements)
    found: dict[str, int] = {}
    for statement in survey.statements:
        run = {name for called in statement.calls for name in reached.get(called, ())}
        for name in run & looked:
            if any(o > statement.ordinal for o in names.bound.get(name, ())):
                found.setdefault(name, statement.span.first)
    return found


def _writers(survey: Survey) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for statement in survey.statements:
        for name in statement.rebinds:
            found.setdefault(name, (statement.label, statement.span.first))
    return found


def _touchers(changes: Sequence[frozenset[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for ordinal, changed in enumerate(changes):
        for name in changed:
            found.setdefault(name, []).append(ordinal)
    return found


def import_reads(statement: Statement, *, lazy: bool = False) -> tuple[str, ...]:
    """Names a statement reads while it is executed, each once, in order."""
    unread = (Role.ANNOTATION, Role.STRING) if lazy else ()
    if statement.kind is StatementKind.ASSIGNMENT:
        # ``Items = List["Item"]`` names a type that need not be there yet.
        unread = (*unread, Role.STRING)
    return tuple(
        dict.fromkeys(
            r.name for r in statement.reads if r.phase is Phase.IMPORT and r.role not in unread
        )
    )
