"""What is known of a monolith whose endpoints have moved, while its names are given homes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.model import ImportedName, NewModule, Statement, Stay, Survey
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.rehoming.decorated import beside_decorators


@dataclass(frozen=True, slots=True)
class Emptied:
    """An emptied monolith, and the modules that were made of it; nothing here is a decision."""

    survey: Survey
    statements: tuple[Statement, ...]
    # The modules that extractions made, by dotted name; the leaf is among them if it exists.
    new: Mapping[str, NewModule]
    leaf: str
    leaf_path: str
    # False if a file of that name is somebody's own.
    leaf_is_free: bool
    names: NameTable
    # Names that some reference, or a decorator that stays, ties to the monolith.
    pinned: Mapping[str, Stay]
    # Names that its ``__all__``, a star import or code that stays as it is asks it for.
    exported: frozenset[str]
    # Names whose value may change: they are looked up where they live, each time.
    live: frozenset[str]

    @classmethod
    def of(
        cls,
        survey: Survey,
        new: Sequence[NewModule],
        leaf: str,
        leaf_path: str,
        pinned: Mapping[str, Stay],
        exports: Collection[str],
        *,
        leaf_is_free: bool,
    ) -> Emptied:
        """Read it off the survey; the arguments are those of ``plan_rehoming``."""
        modules = {module.module: module for module in new}
        names = NameTable.of(survey, frozenset(modules))
        beside = beside_decorators(survey, modules, names)
        asked = frozenset(exports) | (beside.keys() - pinned.keys())
        return cls(
            survey=survey,
            statements=survey.statements,
            new=modules,
            leaf=leaf,
            leaf_path=leaf_path,
            leaf_is_free=leaf_is_free,
            names=names,
            pinned={**beside, **pinned},
            exported=_public(survey, names, asked),
            live=frozenset(name for name in names.bound if names.may_be_replaced(name)),
        )

    def bound_by(self, ordinals: Collection[int]) -> set[str]:
        """Names that some statements bind."""
        return {b.name for o in ordinals for b in self.statements[o].binds}

    def moving(self, ordinals: Collection[int]) -> dict[str, int]:
        """Names that leave with some statements, with the ordinals that bind them."""
        return {b.name: o for o in ordinals for b in self.statements[o].binds}

    def origin(self, name: str) -> str:
        """The new module that the monolith imports a name from; "" if from none."""
        for ordinal, _ in self.names.bindings(name):
            for row in self.statements[ordinal].imports:
                if row.bound == name and row.module in self.new and row.attribute == name:
                    return row.module
        return ""

    def is_found(self, row: ImportedName) -> bool:
        """True for what the monolith has from a new module, and from nowhere else."""
        known = row.module in self.new and row.bound == row.attribute
        return known and len(self.names.bindings(row.bound)) == 1

    def is_here(self, row: ImportedName | None) -> bool:
        """True for what a new module imports from the monolith itself."""
        return row is not None and row.module == self.survey.layout.module

    def place(self, module: str) -> int:
        """The statement of the monolith that imports a new module; -1 if none does."""
        return next(
            (
                statement.ordinal
                for statement in self.statements
                if any(_imports(row, module) for row in statement.imports)
            ),
            -1,
        )


def _public(survey: Survey, names: NameTable, asked: frozenset[str]) -> frozenset[str]:
    """Names that the monolith's ``__all__`` or a star import of it ask for, and *asked*."""
    found = asked | survey.public
    starred = any(use.what == "star" for use in survey.module_uses)
    if starred and "__all__" not in names.bound:
        found |= {name for name in names.bound if not name.startswith("_")}
    return frozenset(found)


def _imports(row: ImportedName, module: str) -> bool:
    return module in (row.module, f"{row.module}.{row.attribute}")


def touched(statement: Statement) -> frozenset[str]:
    """Names that a statement reads, or re-binds when it runs."""
    return frozenset(read.name for read in statement.reads) | statement.rebinds
