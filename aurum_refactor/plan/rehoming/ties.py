"""What ties a name to the monolith even when every reference to it can be rewritten."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.graph.closure import reached_by_running
from aurum_refactor.language import BUILTINS, LOUD_BUILTINS, MODULE_DUNDERS, QUIET_PACKAGES
from aurum_refactor.model import Phase, Role, Statement, Survey
from aurum_refactor.plan.changes import inert_names
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.ties import MOVING_KINDS, Ties


class RehomeTies:
    """As ``Ties``, where being re-bound or patched is no reason to stay."""

    def __init__(self, survey: Survey, names: NameTable, pinned: Mapping[str, str]) -> None:
        self.survey = survey
        self.names = names
        self.pinned = pinned
        self.ties = Ties(survey, names)
        self.by_running = names.changes.by_running
        self.reached = reached_by_running(survey.statements, inert_names(survey))

    def why(self, statement: Statement) -> tuple[int, str] | None:
        """Line and first reason why *statement* cannot leave; None if it can."""
        line = statement.span.first
        if statement.ordinal in self.ties.receivers:
            return line, "endpoints are registered on it"
        if statement.kind not in MOVING_KINDS:
            return line, "it is bound under a condition"
        if any(endpoint.ordinal == statement.ordinal for endpoint in self.survey.endpoints):
            return line, "its endpoint stays"
        if statement.ties:
            return statement.ties[0]
        for binding in statement.binds:
            reason = self._why_name(binding.name, statement.ordinal)
            if reason:
                return line, reason
        for name in sorted(statement.unbinds):
            if self.names.may_be_missing(name):
                return line, f"it deletes {name}, which may be unbound already"
        for read in statement.reads:
            if read.name in self.ties.receiver_names:
                return read.line, f"it reads {read.name}, which endpoints are registered on"
            if (
                self.survey.future
                and read.role in (Role.ANNOTATION, Role.STRING)
                and len(self.names.bound.get(read.name, ())) > 1
                and self.names.changes_after(read.name, statement.ordinal)
            ):
                return read.line, f"its annotation {read.name} is bound again below"
            if self.names.may_come_from_star(read.name):
                return read.line, f"it reads {read.name}, which may come from a star import"
            if read.phase is Phase.CALL and self.names.may_be_missing(read.name):
                return read.line, f"it reads {read.name}, which may be unbound"
            if read.name in MODULE_DUNDERS and read.name not in self.names.bound:
                return read.line, f"it reads {read.name}"
        reason = self.ties.why_effect(
            statement, allowed=self._is_quiet_to_run, lazy=bool(self.survey.future)
        )
        return None if reason is None else (line, _sentence(reason))

    def _why_name(self, name: str, ordinal: int) -> str | None:
        if name in self.ties.path_names:
            return "routes are spelled with it"
        if name.startswith("__") and name.endswith("__"):
            return "it belongs to the module itself"
        if name in self.pinned:
            return self.pinned[name]
        if self.names.unbounded:
            return "another file may replace any name of this module"
        if self.names.may_be_missing(name):
            return "code that reads it handles that it may be unbound"
        found = self.names.bindings(name)
        if len(found) != 1 or not found[0][1].definite or found[0][0] <= self.names.last_star:
            return "it is bound more than once, or only sometimes"
        changer = next((o for o in self.ties.touchers.get(name, ()) if o != ordinal), None)
        if changer is not None and not self.survey.statements[ordinal].is_immutable:
            line = self.survey.statements[changer].span.first
            return f"it is changed in place on line {line} while the module is imported"
        return None

    def _is_quiet_to_run(self, name: str) -> bool:
        """True if running a function or class of this module makes a value and does nothing else.

        All that it may reach must be as quiet, or a definition of the module.
        """
        found = self.names.bindings(name)
        if len(found) != 1 or self.names.may_be_replaced(name) or self.by_running.get(name):
            return False
        if self.survey.statements[found[0][0]].kind not in MOVING_KINDS:
            return False
        for other in self.reached.get(name, frozenset()):
            if other in self.ties.origin:
                if self.ties.origin[other].split(".")[0] not in QUIET_PACKAGES:
                    return False
            elif other in self.names.bound:
                if self.names.may_be_replaced(other) or self.by_running.get(other):
                    return False
            elif other in LOUD_BUILTINS or other not in BUILTINS:
                return False
        return True


def _sentence(reason: str) -> str:
    return reason if reason.startswith(("its ", "another ")) else f"it {reason}"
