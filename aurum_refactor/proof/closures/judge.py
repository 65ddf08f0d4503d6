"""Closures, by CPython's own symbol tables: does every name of a lifted body mean the same?

Source: https://docs.python.org/3/library/symtable.html, which is the compiler's answer to
what is local, free or global, and the two rules that it does not know: a free variable is
looked up when the function runs, an argument when the call does.
"""

from __future__ import annotations

import symtable
from collections.abc import Iterator

from aurum_refactor.proof.closures.annotations import wrong_annotations
from aurum_refactor.proof.closures.arguments import wrong_argument
from aurum_refactor.proof.closures.case import Case
from aurum_refactor.proof.closures.given_back import wrong_returns
from aurum_refactor.proof.closures.pieces import wrong_level, wrong_pieces, wrong_scopes
from aurum_refactor.proof.closures.values import Place, Registering, Wrong
from aurum_refactor.proof.sides import Unit


class Closures:
    """Both modules as the compiler sees them."""

    def __init__(self, before: Unit, after: Unit) -> None:
        self.old = symtable.symtable(before.source.text, before.path, "exec")
        self.new = symtable.symtable(after.source.text, after.path, "exec")
        self.lazy = "annotations" in before.future

    def judge(self, place: Place, row: Registering) -> list[Wrong]:
        """Everything that makes a lifted body different from the one in its place."""
        new = next(t for t in self.new.get_children() if t.get_name() == row.node.name)
        return list(_wrong(Case.of(self.old, new, place, row), lazy=self.lazy))


def _wrong(case: Case, *, lazy: bool) -> Iterator[Wrong]:
    yield from wrong_pieces(case)
    yield from wrong_scopes(case)
    yield from wrong_level(case)
    later = case.looked_up_later()
    for name in sorted(case.parameters):
        yield from wrong_argument(case, name, later=name in later)
    yield from wrong_returns(case, later)
    yield from wrong_annotations(case, lazy=lazy)
