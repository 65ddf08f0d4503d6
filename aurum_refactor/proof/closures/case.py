"""One lifted function, the place where it stood, and the scopes around that."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aurum_refactor.proof.closures.tables import child_of, free_names
from aurum_refactor.proof.closures.trees import FUNCTIONS, first_line
from aurum_refactor.proof.closures.values import Place, Registering


@dataclass(frozen=True, slots=True)
class Case:
    """One lifted function, as the compiler sees it and what was around it."""

    place: Place
    # The table of the new function.
    new: symtable.SymbolTable
    parameters: frozenset[str]
    returned: frozenset[str]
    # Parameters that are handed on as forwarders.
    late: frozenset[str]
    # Functions around the place, outermost first.
    functions: Sequence[Any]
    in_class: bool
    # Tables of the scopes around, outermost (the module) first.
    tables: Sequence[symtable.SymbolTable]
    # Names that the lifted statements bind.
    bound: frozenset[str]
    # Lines of the original that were lifted.
    lines: range

    @classmethod
    def of(
        cls,
        old: symtable.SymbolTable,
        new: symtable.SymbolTable,
        place: Place,
        row: Registering,
    ) -> Case:
        """The case of one function.

        Args:
            old: The table of the original module.
            new: The table of the function.
            place: Where its body stood.
            row: The function and its call.
        """
        tables = [old]
        for node in place.around:
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                tables.append(child_of(tables[-1], node.name, node.lineno))
        last = place.run[-1].end_lineno or place.run[-1].lineno
        return cls(
            place=place,
            new=new,
            parameters=frozenset(row.parameters),
            returned=frozenset(row.returned),
            late=row.late,
            functions=[node for node in place.around if isinstance(node, FUNCTIONS)],
            in_class=any(isinstance(node, ast.ClassDef) for node in place.around),
            tables=tables,
            bound=frozenset(n for n in new.get_identifiers() if new.lookup(n).is_assigned()),
            lines=range(first_line(place.run[0]), last + 1),
        )

    def looked_up_later(self) -> set[str]:
        """Names of the new function that the functions in it look up when they run."""
        found: set[str] = set()
        for child in self.new.get_children():
            found |= free_names(child)
        return found

    def owner(self, name: str) -> tuple[int, Any] | None:
        """The function whose variable a name is, with its rank among those around."""
        depth = len(self.functions) - 1
        for table in reversed(self.tables):
            if table.get_type() != "function":
                continue
            try:
                symbol = table.lookup(name)
            except KeyError:
                symbol = None
            if symbol is not None and symbol.is_local():
                return depth, self.functions[depth]
            depth -= 1
        return None

    def way_inside(self, depth: int) -> list[tuple[ast.AST, Sequence[ast.stmt]]]:
        """Per suite from a function inwards: what holds it, and the statements above the place."""
        start = list(self.place.around).index(self.functions[depth])
        inner = self.functions[depth + 1] if depth + 1 < len(self.functions) else None
        stop = len(self.place.around) if inner is None else list(self.place.around).index(inner)
        around = [*self.place.around[start:stop]]
        targets: list[ast.AST] = [*around[1:], self.place.run[0] if inner is None else inner]
        found: list[tuple[ast.AST, Sequence[ast.stmt]]] = []
        for holder, target in zip(around, targets, strict=True):
            for suite in _suites(holder):
                if any(node is target for node in suite):
                    index = next(i for i, node in enumerate(suite) if node is target)
                    found.append((holder, suite[:index]))
        return found

    def is_around(self, node: ast.AST) -> bool:
        """True for what the place stands in."""
        return any(node is other for other in self.place.around)

    def is_in_other_arm(self, branch: ast.If, arm: str) -> bool:
        """True if the place stands in the arm of an ``if`` that excludes *arm*."""
        if not self.is_around(branch):
            return False
        index = next(i for i, node in enumerate(self.place.around) if node is branch)
        inner = (
            self.place.around[index + 1]
            if index + 1 < len(self.place.around)
            else self.place.run[0]
        )
        other = branch.orelse if arm == "body" else branch.body
        return any(node is inner for node in other)

    def inside_function(self) -> Sequence[ast.AST]:
        """What stands around the place in the innermost function."""
        start = list(self.place.around).index(self.functions[-1])
        return self.place.around[start + 1 :]

    def holds(self, node: ast.AST) -> bool:
        """True for what was lifted."""
        return getattr(node, "lineno", 0) in self.lines


def _suites(node: ast.AST) -> Iterator[Sequence[ast.stmt]]:
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        suite = getattr(node, field, None)
        if isinstance(suite, list):
            yield suite
