"""A class whose methods are judged one after the other."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aurum_refactor.analysis.carrying.executed import executed
from aurum_refactor.analysis.scopes import bound_in
from aurum_refactor.analysis.suites import Function

#: (line, reason)
Reason = tuple[int, str]


class Owner:
    """What is asked of a class for each of its methods, found once."""

    def __init__(self, node: ast.ClassDef) -> None:
        # Kept, so that nothing else gets its id.
        self.node = node
        self.name = node.name
        # Lines of the statements of its body that bind each name.
        self.stored: dict[str, list[int]] = {}
        for inner in node.body:
            for name in bound_in([inner]).local:
                self.stored.setdefault(name, []).append(inner.lineno)
        self.bound = self.stored.keys() | {"__module__", "__qualname__"}
        # Names that its body reads, and the line.
        self.read: dict[str, int] = {}
        for part in executed(node.body):
            if isinstance(part, ast.Name):
                self.read.setdefault(part.id, part.lineno)
        self.calls = any(
            isinstance(part, ast.Call)
            for other in node.body
            if not isinstance(other, Function)
            for part in ast.walk(other)
        )
        self.supers = tuple(_supers(node))

    def super_of(self, name: str) -> Reason | None:
        """Where the class may look for a method of that name in its bases."""
        for line, attribute in self.supers:
            if not attribute:
                return line, f"{self.name} uses super() for more than the name of a method"
            if attribute == name:
                return line, f"{self.name} calls super().{name}"
        return None


def _supers(owner: ast.ClassDef) -> Iterator[tuple[int, str]]:
    """Lines that use ``super``, with the attribute that is taken of what it gives; "" for none."""
    nodes = list(ast.walk(owner))
    found = [node for node in nodes if isinstance(node, ast.Name) and node.id == "super"]
    calls = {id(node.func): node for node in nodes if isinstance(node, ast.Call)} if found else {}
    attributes = {id(n.value): n.attr for n in nodes if isinstance(n, ast.Attribute)}
    for node in found:
        call = calls.get(id(node))
        yield node.lineno, "" if call is None else attributes.get(id(call), "")
