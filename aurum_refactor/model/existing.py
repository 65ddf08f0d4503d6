"""A module that people wrote where the endpoints of a domain are to go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aurum_refactor.model.statements import ImportedName


@dataclass(frozen=True, slots=True)
class ExistingModule:
    """What is to be known of a module to add to it."""

    path: str
    module: str
    # Why nothing can be added whatever it is: ``path:line`` and the end of a sentence; "" if
    # something may.
    closed: str
    future: frozenset[str]
    # Line of every name that it binds or re-binds at its top level.
    bound: Mapping[str, int]
    # Names that it binds once, by an import; what of the monolith's must be just that.
    imports: Mapping[str, ImportedName]
    # Every identifier in it, those in the strings of annotations included.
    identifiers: frozenset[str]
    # What it imports from the monolith while it is executed: name, line.
    from_monolith: tuple[tuple[str, int], ...] = ()
    # True if it imports modules of the project.
    imports_project: bool = False
    # Modules of the project that it imports and whose import may be noticed.
    unsettling: frozenset[str] = frozenset()
    # Names of it that other files replace.
    replaced: frozenset[str] = frozenset()
    # The package around the monolith that imports it, or "".
    imported_by: str = ""
    # Ordinals of the monolith's statements that may import it.
    imported_at: tuple[int, ...] = ()
