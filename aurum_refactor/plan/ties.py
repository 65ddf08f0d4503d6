"""What ties a helper, class or value to the monolith, so that it is anchored there."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.language import BUILTINS, MODULE_DUNDERS
from aurum_refactor.model import Phase, Role, Statement, StatementKind, Survey, Use
from aurum_refactor.plan.changes import Changes
from aurum_refactor.plan.names import NameTable

#: Kinds of statement that can have a home of their own.
MOVING_KINDS = frozenset({StatementKind.FUNCTION, StatementKind.CLASS, StatementKind.ASSIGNMENT})

#: Packages whose calls make a value, or wrap a function, and do nothing else.
_QUIET = frozenset(
    {
        "abc",
        "asyncio",
        "collections",
        "contextlib",
        "contextvars",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fastapi",
        "fractions",
        "functools",
        "itertools",
        "logging",
        "operator",
        "pathlib",
        "pydantic",
        "re",
        "starlette",
        "string",
        "threading",
        "types",
        "typing",
        "typing_extensions",
        "uuid",
        "weakref",
    }
)

#: Builtins that do something besides returning a value.
_LOUD = frozenset(
    {
        "open",
        "print",
        "input",
        "exec",
        "eval",
        "compile",
        "globals",
        "locals",
        "vars",
        "setattr",
        "delattr",
        "__import__",
        "breakpoint",
    }
)


class Ties:
    """Answers why a statement must stay; holds only tables read off the survey."""

    def __init__(self, survey: Survey, names: NameTable) -> None:
        self.survey = survey
        self.names = names
        self.receivers = {receiver.ordinal for receiver in survey.receivers}
        self.path_names = {name for row in survey.registrations for name in row.path_names}
        self.receiver_names = {receiver.name for receiver in survey.receivers}
        self.origin: Mapping[str, str] = {
            row.bound: row.module for s in survey.statements for row in s.imports
        }
        self.writers = _writers(survey)
        self.touchers = _touchers(survey)
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
            if read.name in MODULE_DUNDERS and read.name not in self.names.bound:
                return f"reads {read.name} on line {read.line}"
        return self._why_effect(statement)

    def _why_name(self, name: str, ordinal: int) -> str | None:
        if name in self.path_names:
            # Moved, the routes would be computed for whoever reads the monolith next.
            return "routes are spelled with it"
        if name.startswith("__") and name.endswith("__"):
            return "belongs to the module itself"
        if name in self.writers:
            label, line = self.writers[name]
            return f"re-bound by {label or 'a function'} (line {line})"
        if name in self.outside:
            return f"replaced by {self.outside[name]}"
        if self.names.unbounded:
            return "another file may replace any name of this module"
        if not self.names.is_constant(name):
            return "bound more than once, or only sometimes"
        changer = next((o for o in self.touchers.get(name, ()) if o != ordinal), None)
        if changer is not None:
            return f"changed in place on line {self.survey.statements[changer].span.first}"
        return None

    def _why_effect(self, statement: Statement) -> str | None:
        """Calls that run while the statement is executed may do more than make its value."""
        for call in sorted(statement.calls):
            if call in self.origin:
                package = self.origin[call].split(".")[0]
                if package in _QUIET:
                    continue
                if statement.kind is StatementKind.CLASS and (
                    self.origin[call] not in self.survey.project_modules
                ):
                    continue
                return f"calls {call} of {self.origin[call]} when it is defined"
            if call in self.names.bound:
                return f"calls {call} of this module when it is defined"
            if call in _LOUD or call not in BUILTINS:
                return f"calls {call} when it is defined"
        if statement.kind is StatementKind.ASSIGNMENT:
            for name in import_reads(statement):
                if self.origin.get(name, "") in self.survey.project_modules - self.names.own:
                    return f"its value is taken from {name} of another module, which may change"
                if name in self.receiver_names or any(
                    o != statement.ordinal for o in self.touchers.get(name, ())
                ):
                    return f"its value is taken from {name}, which changes"
        if statement.kind is StatementKind.FUNCTION and len(statement.binds) > 1:
            return "its signature binds a further name"
        if statement.kind is StatementKind.CLASS and statement.label in self.survey.class_names:
            return "another class of the project has the same name (R-11)"
        return None


def _writers(survey: Survey) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for statement in survey.statements:
        for name in statement.rebinds:
            found.setdefault(name, (statement.label, statement.span.first))
    return found


def _touchers(survey: Survey) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for statement, changed in zip(survey.statements, Changes.of(survey).at_import, strict=True):
        for name in changed:
            found.setdefault(name, []).append(statement.ordinal)
    return found


def import_reads(statement: Statement) -> tuple[str, ...]:
    """Names a statement reads while it is executed, each once, in order."""
    return tuple(dict.fromkeys(r.name for r in statement.reads if r.phase is Phase.IMPORT))
