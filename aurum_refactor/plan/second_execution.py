"""Which code of the project makes the monolith run a second time, and in which module object."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from aurum_refactor.model import ModuleUse

#: What puts another module object into ``sys.modules``.
_REMOVALS = frozenset({"remove", "remove all", "load by path"})
#: What makes the monolith run again, in its module object or in another one.
EXECUTES_AGAIN = _REMOVALS | {"reload", "watched copy"}


def reloads(uses: Iterable[ModuleUse]) -> tuple[ModuleUse, ...]:
    """Uses that execute the monolith again in its own module object."""
    return tuple(use for use in uses if use.what == "reload")


def removals(uses: Iterable[ModuleUse], modules: Collection[str]) -> tuple[ModuleUse, ...]:
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
