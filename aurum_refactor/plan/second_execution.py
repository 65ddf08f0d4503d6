"""Which code of the project makes the monolith run a second time, and in which module object."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from aurum_refactor.model import ModuleUse, Survey

#: What puts another module object into ``sys.modules``.
_REMOVALS = frozenset({"remove", "remove all", "load by path"})
#: What makes the monolith run again, in its module object or in another one.
EXECUTES_AGAIN = _REMOVALS | {"reload", "watched copy"}


@dataclass(frozen=True, slots=True)
class SecondExecutions:
    """Code that makes the monolith run again, by how it does so."""

    reloads: tuple[ModuleUse, ...]
    removals: tuple[ModuleUse, ...]
    copies: tuple[ModuleUse, ...]
    # True if all of it lets the parts of the monolith be reloaded with it.
    in_place: bool

    @classmethod
    def of(cls, survey: Survey, parts: Collection[str], own: Collection[str]) -> SecondExecutions:
        """Read them off the survey.

        Args:
            survey: Of the monolith.
            parts: The new modules, their package and the package of the monolith.
            own: Modules that earlier extractions made.
        """
        uses = survey.module_uses
        rows = _reloads(uses), _removals(uses, parts), copies(uses)
        again = tuple(use for found in rows for use in found)
        return cls(*rows, in_place=_are_in_place(survey, again, own))

    @property
    def every(self) -> tuple[ModuleUse, ...]:
        """All of it."""
        return (*self.reloads, *self.removals, *self.copies)


def _reloads(uses: Iterable[ModuleUse]) -> tuple[ModuleUse, ...]:
    """Uses that execute the monolith again in its own module object."""
    return tuple(use for use in uses if use.what == "reload")


def _are_in_place(survey: Survey, again: Collection[ModuleUse], own: Collection[str]) -> bool:
    """True if all that executes the monolith again lets its parts be reloaded with it.

    Then each part has its module object for good, as the monolith has, and what is read
    of it is what the last execution has left there. That is not so after an execution that
    ended half way, where some went on from it.

    Args:
        survey: Of the monolith.
        again: What executes it again.
        own: Modules that earlier extractions made; what they do then stays as it is.
    """
    if any(use.what != "reload" for use in again):
        return False
    if any(row.module in own for statement in survey.statements for row in statement.imports):
        return any(
            row.module == "importlib" and row.attribute == "reload" and row.bound.startswith("_re")
            for statement in survey.statements
            for row in statement.imports
        )
    return not survey.half_reloaded


def _removals(uses: Iterable[ModuleUse], modules: Collection[str]) -> tuple[ModuleUse, ...]:
    """Uses after which the monolith may be executed again in a new module object.

    What takes all of *modules* along is left out: then everything is made anew.

    Args:
        uses: Of the monolith.
        modules: The new modules, their package and the package of the monolith.
    """
    return tuple(
        use
        for use in uses
        if use.what in _REMOVALS
        and not (
            use.what == "remove all" and all(module.startswith(use.detail) for module in modules)
        )
    )


def copies(uses: Iterable[ModuleUse]) -> tuple[ModuleUse, ...]:
    """Uses that execute the monolith's file under another name, where all that is done with the
    copy is known."""
    return tuple(use for use in uses if use.what == "watched copy")
