"""``setattr(monolith, name, value)``: the names that the code around it bounds, or any name."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import cached_property

from aurum_refactor.analysis.dotted import last_part
from aurum_refactor.analysis.references.aliases import Aliases
from aurum_refactor.analysis.references.findings import Findings
from aurum_refactor.analysis.references.guards import calls_with_guards
from aurum_refactor.analysis.references.literal_collections import literal_collections, strings_of
from aurum_refactor.model import Use

#: Calls that can replace a name they compute.
DYNAMIC = frozenset({"setattr", "delattr", "vars"})
#: ``setattr(target, name)`` has two positional arguments.
_TWO = 2


class ComputedNames:
    """What one file replaces in the monolith by names that it computes.

    Args:
        tree: The file, whose literal collections bound the names.
        aliases: What holds the monolith there.
        findings: Gets ``dynamic`` uses, and a forwarding of each name that is bounded.
    """

    def __init__(self, tree: ast.Module, aliases: Aliases, findings: Findings) -> None:
        self.tree = tree
        self._aliases = aliases
        self._findings = findings

    def read(self, nodes: Sequence[ast.AST]) -> None:
        """Note all of them; *nodes* are the calls and attributes of the file, and maybe more."""
        unbounded = [
            node for node in nodes if isinstance(node, ast.Call) and self._sets_by_value(node)
        ]
        # Which conditions hold somewhere is asked only where one is needed.
        guarded = calls_with_guards(self.tree, ()) if unbounded else ()
        meant = set(map(id, unbounded))
        for call, guards in guarded:
            if id(call) in meant:
                bounded = self.bounded_by(call.args[1], guards)
                if bounded is None:
                    self._findings.use("dynamic", call.lineno, ast.unparse(call.args[1]))
                else:
                    for member in bounded:
                        self._findings.refer(member, Use.FORWARD, call.lineno)
        for node in nodes:
            if (
                isinstance(node, ast.Attribute)
                and node.attr == "__dict__"
                and self._aliases.holds(node.value)
            ):
                self._findings.use("dynamic", node.lineno, "__dict__")

    def _sets_by_value(self, call: ast.Call) -> bool:
        """True for a call that replaces what a value says; notes those that no guard bounds."""
        called = last_part(call.func)
        if called == "vars" and call.args and self._aliases.holds(call.args[0]):
            self._findings.use("dynamic", call.lineno, "vars()")
        if called not in ("setattr", "delattr", "object"):
            return False
        first, starred = next(iter(call.args), None), call.args[1:2]
        if any(isinstance(argument, ast.Starred) for argument in (first, *starred)):
            # ``setattr(module, *item)``: whatever the item says.
            if first is not None and (isinstance(first, ast.Starred) or self._aliases.holds(first)):
                self._findings.use("dynamic", call.lineno, ast.unparse(call))
            return False
        if len(call.args) < _TWO:
            return False
        target, name = call.args[0], call.args[1]
        for key, owner in looked_up(target, name):
            if self._aliases.holds(owner):
                self._findings.refer(key, Use.FORWARD, call.lineno)
        return not isinstance(name, ast.Constant) and self._aliases.holds(target)

    def bounded_by(self, name: ast.expr, guards: Sequence[ast.expr]) -> frozenset[str] | None:
        """The names that an expression may be under *guards*; None if nothing bounds it."""
        self._findings.asks_all = True
        return bounded_by(name, guards, self._literals)

    @cached_property
    def _literals(self) -> Mapping[str, frozenset[str]]:
        return literal_collections(self.tree)


def bounded_by(
    name: ast.expr, guards: Sequence[ast.expr], literals: Mapping[str, frozenset[str]]
) -> frozenset[str] | None:
    """The strings that an expression may be.

    Args:
        name: The expression.
        guards: Conditions that hold where it stands; see ``calls_with_guards``.
        literals: Collections of strings by name; see ``literal_collections``.

    Returns:
        The members of the first collection that a guard says it is in; None without one.
    """
    for guard in guards:
        match guard:
            case ast.Compare(left=left, ops=[ast.In()], comparators=[collection]) if ast.dump(
                left
            ) == ast.dump(name):
                members = strings_of(collection, literals)
                if members is not None:
                    return members
    return None


def looked_up(target: ast.expr, name: ast.expr) -> tuple[tuple[str, ast.expr], ...]:
    """Names and owners of ``{"a": rows, "b": main}[name]``; nothing for anything else."""
    match target:
        case ast.Subscript(value=ast.Dict(keys=keys, values=owners), slice=key) if ast.dump(
            key
        ) == ast.dump(name):
            rows = zip(keys, owners, strict=True)
            found = tuple(
                (key.value, owner)
                for key, owner in rows
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            )
            return found if len(found) == len(keys) else ()
        case _:
            return ()
