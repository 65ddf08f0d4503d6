"""One pass over one file for what it does with the monolith."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from aurum_refactor.analysis.dotted import last_part
from aurum_refactor.analysis.nodes import nodes_of
from aurum_refactor.analysis.references.aliases import Aliases
from aurum_refactor.analysis.references.computed_names import DYNAMIC, ComputedNames
from aurum_refactor.analysis.references.executions import Executions
from aurum_refactor.analysis.references.findings import Findings
from aurum_refactor.analysis.references.namespaces import NAMESPACES, read_namespaces
from aurum_refactor.analysis.references.removals import (
    FORGETTERS,
    HOLDERS,
    removed_by_call,
    removed_by_statement,
    settle_removals,
    undone,
)
from aurum_refactor.analysis.references.text_targets import TextTargets
from aurum_refactor.analysis.reloads import may_be_caught
from aurum_refactor.model import Use

#: Calls that only look at a module that is handed to them.
_READERS = frozenset(
    {
        "getattr",
        "hasattr",
        "dir",
        "reload",
        "vars",
        "id",
        "repr",
        "str",
        "print",
        "isinstance",
        "getsource",
        "getsourcefile",
        "getfile",
        "getmembers",
        "getdoc",
    }
)
#: Calls that give the text of the module that is handed to them.
_SOURCES = frozenset({"getsource", "getsourcelines"})
#: Arguments of patches that are no names of the target.
_OPTIONS = frozenset({"target", "attribute", "new", "raising", "value", "create"})
_INTERESTING = (
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.Attribute,
    ast.Call,
    ast.Constant,
    ast.Delete,
)


class Reader:
    """Reads one file; holds only its findings and the aliases it learnt.

    Args:
        path: The file, relative to the project.
        package: Dotted package of the file, for its relative imports.
        tree: The file, or an outline of it.
        spellings: Dotted names of the monolith.
        at_home: True for the monolith itself.
    """

    def __init__(
        self,
        path: str,
        package: str,
        tree: ast.Module,
        spellings: frozenset[str],
        *,
        at_home: bool,
    ) -> None:
        self.tree = tree
        self.at_home = at_home
        self.findings = Findings(path)
        self.aliases = Aliases(package, spellings, self.findings, at_home=at_home)
        self.computed = ComputedNames(tree, self.aliases, self.findings)
        self._targets = TextTargets(tree, self.aliases, self.findings)
        self._executions = Executions(tree, self.aliases, self.findings)
        self._constants: set[str] = set()
        self._has_dynamic = False
        # True if it asks for the module that something stands in.
        self._asks = False

    def read(self) -> None:
        """Fill ``findings``; once."""
        nodes = nodes_of(self.tree, (*_INTERESTING, *HOLDERS))
        self.aliases.read_imports(nodes)
        self.aliases.read_assignments([node for node in nodes if isinstance(node, ast.Assign)])
        forgets = False
        for node in nodes:
            if isinstance(node, ast.Attribute):
                self._has_dynamic |= node.attr == "__dict__"
                self._asks |= node.attr in NAMESPACES
                self._attribute(node)
            elif isinstance(node, ast.Call):
                called = last_part(node.func)
                self._has_dynamic |= called in DYNAMIC
                forgets |= called in FORGETTERS
                self._asks |= called in NAMESPACES
                self._call(node, called)
            elif isinstance(node, ast.Constant):
                if isinstance(node.value, str):
                    self._constants.add(node.value)
                    self._targets.string(node.value, node.lineno)
            elif isinstance(node, ast.Delete | ast.Assign):
                removed_by_statement(node, self.aliases, self.findings)
        if not self.at_home:
            if forgets:
                self._undone(nodes)
            settle_removals(self.tree, self.aliases, self.findings)
        if self._asks:
            read_namespaces(self.tree, self.aliases, self.findings)
        if self._has_dynamic and (self.aliases.names or self.at_home):
            self.computed.read(nodes)

    def _undone(self, nodes: Sequence[ast.AST]) -> None:
        # A file that neither uses nor spells the monolith imports nothing of it.
        if self.findings.uses or self.aliases.spellings & self._constants:
            undone(self.tree, nodes, self.aliases, self.findings)

    def _attribute(self, node: ast.Attribute) -> None:
        if self.aliases.holds(node.value):
            use = Use.READ if isinstance(node.ctx, ast.Load) else Use.ASSIGN
            self.findings.refer(node.attr, use, node.lineno)

    def _call(self, node: ast.Call, called: str) -> None:
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if self.at_home and called in ("globals", "exec") and isinstance(node.func, ast.Name):
            self.findings.use("dynamic", node.lineno, f"{called}()")
        if called == "reload" and any(map(self.aliases.holds, arguments)):
            self.findings.asks_all = True
            caught = may_be_caught(self.tree, node.lineno)
            self.findings.use("reload", node.lineno, "may be caught" if caught else "")
        if called in _SOURCES and not self.at_home and any(map(self.aliases.holds, node.args[:1])):
            self.findings.use("reads text", node.lineno, called)
        removed_by_call(node, called, arguments, self.aliases, self.findings)
        if not self.at_home:
            self._executions.call(node, called)
        by_name = called == "multiple" and any(map(self.aliases.is_spelt, arguments))
        if by_name or (any(map(self.aliases.holds, arguments)) and called not in _READERS):
            self._handed_on(node, called)
        else:
            self._targets.call(node)

    def _handed_on(self, node: ast.Call, called: str) -> None:
        """The monolith's module object is an argument: whatever is named there may be replaced."""
        for keyword in node.keywords:
            if keyword.arg is None:
                self.findings.use("dynamic", node.lineno, f"**{ast.unparse(keyword.value)}")
            elif keyword.arg not in _OPTIONS:
                self.findings.refer(keyword.arg, Use.PATCH, node.lineno)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                name = inner.value
                if name.isidentifier():
                    self.findings.refer(name, Use.PATCH, node.lineno)
        if called in ("setattr", "delattr", "object"):
            self._has_dynamic = True
