"""The monolith's file executed once more: under its own name, or as a second copy."""

from __future__ import annotations

import ast
from functools import cached_property

from aurum_refactor.analysis.copies import looked_at
from aurum_refactor.analysis.dotted import dotted, last_part
from aurum_refactor.analysis.nodes import nodes_of
from aurum_refactor.analysis.references.aliases import Aliases
from aurum_refactor.analysis.references.file_paths import mentions_file
from aurum_refactor.analysis.references.findings import Findings

#: Calls that execute a file once more, whatever has been imported.
COPYING = frozenset(
    {
        "spec_from_file_location",
        "SourceFileLoader",
        "load_source",
        "run_path",
        "run_module",
        "exec",
    }
)


class Executions:
    """What the calls of one file execute of the monolith's file.

    Args:
        tree: The file, whole: whether a copy is the monolith's is asked of all of it.
        aliases: What holds the monolith there.
        findings: Gets ``second copy``, ``watched copy`` and ``load by path``.
    """

    def __init__(self, tree: ast.Module, aliases: Aliases, findings: Findings) -> None:
        self.tree = tree
        self._aliases = aliases
        self._spellings = aliases.spellings
        self._findings = findings

    def call(self, node: ast.Call, called: str) -> None:
        """Note a call that may execute the file."""
        if called in COPYING or self._finds_to_execute(node, called):
            self._copied(node, called)

    def _copied(self, node: ast.Call, called: str) -> None:
        named = self._is_spelt_in(node)
        if not named and not self._names_file:
            return
        if called in ("run_module", "run_path"):
            as_script = any(
                isinstance(inner, ast.Constant) and inner.value == "__main__"
                for inner in ast.walk(node)
            )
            if not as_script:
                self._findings.use("second copy", node.lineno)
            return
        if called != "exec" and (named or self._may_be_its_name(node)) and self._is_registered():
            self._findings.use("load by path", node.lineno)
            return
        if called == "spec_from_file_location":
            names = looked_at(self.tree, node, self._spellings, self._aliases.executes)
            if names is not None:
                self._findings.use("watched copy", node.lineno, " ".join(sorted(names)))
                return
        self._findings.use("second copy", node.lineno)

    def _finds_to_execute(self, node: ast.Call, called: str) -> bool:
        """``find_spec("app.main")`` in a file that executes what it has found."""
        return (
            called == "find_spec"
            and any(map(self._aliases.is_spelt, node.args))
            and any(
                isinstance(inner, ast.Attribute) and inner.attr == "exec_module"
                for inner in ast.walk(self.tree)
            )
        )

    def _is_spelt_in(self, tree: ast.AST) -> bool:
        return any(
            isinstance(inner, ast.Constant) and inner.value in self._spellings
            for inner in ast.walk(tree)
        )

    def _may_be_its_name(self, call: ast.Call) -> bool:
        """True if a copy gets a computed name in a file that writes the monolith's name out."""
        if not call.args or isinstance(call.args[0], ast.Constant):
            return False
        return self._is_spelt_in(self.tree)

    def _is_registered(self) -> bool:
        """True if a module is put into ``sys.modules`` above the call that executes it."""
        stored = [
            target.lineno
            for inner in ast.walk(self.tree)
            if isinstance(inner, ast.Assign)
            for target in inner.targets
            if isinstance(target, ast.Subscript)
            and (dotted(target.value) or "").endswith("modules")
        ]
        executed = [
            inner.lineno
            for inner in ast.walk(self.tree)
            if isinstance(inner, ast.Call)
            and last_part(inner.func) in ("exec_module", "load_module")
        ]
        return bool(stored) and (not executed or min(stored) < min(executed))

    @cached_property
    def _names_file(self) -> bool:
        """Whether the file holds a path that ends in the monolith's, or asks it for its path."""
        kinds = (ast.BinOp, ast.Call, ast.Assign, ast.Attribute)
        return any(
            (
                isinstance(node, ast.Attribute)
                and node.attr == "__file__"
                and self._aliases.holds(node.value)
            )
            or mentions_file(node, self._spellings)
            for node in nodes_of(self.tree, kinds)
        )
