"""Where a piece of code stands: when it runs, and which names it sees past its own scopes."""

from __future__ import annotations

from dataclasses import dataclass, replace

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Position:
    """Where a piece of code stands; all sets hold only names that are to be qualified."""

    # False while the module is being imported.
    live: bool
    # What is not the module's here.
    hidden: frozenset[str]
    # What is not the module's in functions nested here; a class hides nothing from them.
    inherited: frozenset[str]
    # Bound in this class body: its own if it is bound yet, else the module's.
    ambiguous: frozenset[str] = _NONE
    # The innermost class, without its leading underscores: what mangles private names.
    owner: str = ""

    def function(self, bound: frozenset[str], declared: frozenset[str]) -> Position:
        """The scope of a function body (or of type parameters) nested here."""
        hidden = (self.inherited - declared) | (bound - declared)
        return replace(self, live=True, hidden=hidden, inherited=hidden, ambiguous=_NONE)

    def comprehension(self, bound: frozenset[str]) -> Position:
        """The scope of a comprehension here; one that runs at import stays there."""
        return replace(self.function(bound, _NONE), live=self.live)

    def annotation(self, bound: frozenset[str]) -> Position:
        """The scope PEP 695 parameters open here: unlike a function it sees the class around it."""
        return replace(
            self,
            hidden=self.hidden | bound,
            inherited=self.inherited | bound,
            ambiguous=self.ambiguous - bound,
        )

    def class_body(self, bound: frozenset[str], declared: frozenset[str], name: str) -> Position:
        """The scope of the body of class *name* here."""
        return replace(
            self,
            hidden=self.inherited - declared,
            ambiguous=bound - declared if self.live else _NONE,
            owner=name.lstrip("_"),
        )


IMPORT_TIME = Position(live=False, hidden=_NONE, inherited=_NONE)
