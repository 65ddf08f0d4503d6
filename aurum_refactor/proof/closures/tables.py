"""Scopes as the compiler sees them, by its symbol tables."""

from __future__ import annotations

import symtable
from collections.abc import Iterator

from aurum_refactor.proof.closures.values import Wrong


def child_of(inside: symtable.SymbolTable, name: str, line: int) -> symtable.SymbolTable:
    """The table of a function or class that stands in another scope.

    Raises:
        LookupError: There is none of that name on that line.
    """
    for child in inside.get_children():
        if child.get_name() == name and child.get_lineno() == line:
            # Type parameters have a table of their own around the function's.
            kinds = ("function", "class")
            return child if str(child.get_type()) in kinds else child_of(child, name, line)
    raise LookupError(name)


def compared(old: symtable.SymbolTable, new: symtable.SymbolTable) -> Iterator[Wrong]:
    """Names that are found in another scope than before, in a function and those in it."""
    line = old.get_lineno()
    one, other = set(old.get_identifiers()), set(new.get_identifiers())
    if old.get_name() != new.get_name() or one != other:
        yield line, f"{old.get_name()} has other names than before"
        return
    for name in sorted(one):
        kinds = [
            (s.is_global(), s.is_free(), s.is_local(), s.is_nonlocal(), s.is_parameter())
            for s in (old.lookup(name), new.lookup(name))
        ]
        if kinds[0] != kinds[1]:
            yield line, f"{name} in {old.get_name()} is found in another scope than before"
    children = list(old.get_children()), list(new.get_children())
    if len(children[0]) != len(children[1]):
        yield line, f"{old.get_name()} has other functions than before"
        return
    for first, second in zip(*children, strict=True):
        yield from compared(first, second)


def free_names(table: symtable.SymbolTable) -> set[str]:
    """Names that a scope, and those in it, take from the functions around it."""
    return {name for name in table.get_identifiers() if table.lookup(name).is_free()}
