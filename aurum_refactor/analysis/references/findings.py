"""What is found in one file: rows that are written down in any order, and given in one."""

from __future__ import annotations

from dataclasses import dataclass, field

from aurum_refactor.model import Finding, ModuleUse, Reference, Use

#: Uses that are judged by what else the file does.
_WIDE = frozenset({"remove", "second copy", "watched copy", "load by path"})


@dataclass(frozen=True, slots=True)
class Referenced:
    """Uses of one monolith, found in the files given."""

    references: tuple[Reference, ...]
    module_uses: tuple[ModuleUse, ...]
    warnings: tuple[Finding, ...]


@dataclass(slots=True)
class Findings:
    """The uses of one file as far as it has been read."""

    path: str
    references: list[Reference] = field(default_factory=list)
    uses: list[ModuleUse] = field(default_factory=list)
    # True if what was found depends on code that names nothing of the monolith.
    asks_all: bool = False

    def use(self, what: str, line: int, detail: str = "") -> None:
        """Note what is done with the module as a whole."""
        self.asks_all |= what in _WIDE and not detail
        self.uses.append(ModuleUse(self.path, line, what, detail))

    def refer(self, name: str, use: Use, line: int) -> None:
        """Note what is done with one name of it."""
        self.references.append(Reference(self.path, line, name, use))

    def referenced(self) -> Referenced:
        """All of it, sorted and each row once."""
        return Referenced(tuple(sorted(set(self.references))), tuple(sorted(set(self.uses))), ())
