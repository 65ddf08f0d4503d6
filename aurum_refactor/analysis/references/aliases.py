"""Which expressions of a file hold the monolith's module object: imports, aliases, look-ups."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from aurum_refactor.analysis.dotted import dotted, last_part
from aurum_refactor.analysis.references.findings import Findings
from aurum_refactor.analysis.statements import absolute_module
from aurum_refactor.model import Use


class Aliases:
    """The names of one file that hold the monolith; learnt from its imports and assignments.

    Args:
        package: Dotted package of the file, for its relative imports.
        spellings: Dotted names of the monolith.
        at_home: True for the monolith itself, where ``sys.modules[__name__]`` is it.
        findings: Gets every import of the monolith and of its names.
    """

    def __init__(
        self, package: str, spellings: frozenset[str], findings: Findings, *, at_home: bool
    ) -> None:
        self.package = package
        self.spellings = spellings
        self.at_home = at_home
        self.names: set[str] = set()
        # The last parts of them: most attributes are told apart by that.
        self.endings: set[str] = set()
        self._findings = findings

    def read_imports(self, nodes: Sequence[ast.AST]) -> None:
        """Learn from the import statements among *nodes*, and from nothing else."""
        for node in nodes:
            if isinstance(node, ast.Import):
                self._import(node)
            elif isinstance(node, ast.ImportFrom):
                self._import_from(node)

    def read_assignments(self, assignments: Sequence[ast.Assign]) -> None:
        """``m = main``, ``self.m = main``: until nothing new is learnt."""
        while True:
            known = len(self.names)
            for node in assignments:
                if self.holds(node.value):
                    for target in node.targets:
                        self._learn(dotted(target))
            if len(self.names) == known:
                return

    def holds(self, node: ast.expr) -> bool:
        """True for an expression that is the monolith's module object."""
        if isinstance(node, ast.Name):
            return node.id in self.names
        if isinstance(node, ast.Attribute):
            return node.attr in self.endings and dotted(node) in self.names
        if isinstance(node, ast.BoolOp):
            return any(map(self.holds, node.values))
        return self._looks_up(node)

    def executes(self, node: ast.AST) -> bool:
        """True for an import of the monolith, or of a name of it."""
        names: list[str] = []
        match node:
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases]
            case ast.ImportFrom(module=written, level=level, names=aliases):
                module = absolute_module(self.package, level, written or "")
                names = [module, *(f"{module}.{alias.name}" for alias in aliases)]
            case ast.Call():
                return self._looks_up(node) and last_part(node.func) != "getattr"
            case _:
                pass
        return not self.spellings.isdisjoint(names)

    def is_spelt(self, node: ast.expr) -> bool:
        """True for a string that is the monolith's dotted name."""
        return isinstance(node, ast.Constant) and node.value in self.spellings

    def _learn(self, alias: str | None) -> None:
        if alias:
            self.names.add(alias)
            self.endings.add(alias.rpartition(".")[2])

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            for spelling in self.spellings:
                if alias.name == spelling:
                    self._findings.use("import", node.lineno, spelling)
                    self._learn(alias.asname or spelling)
                elif spelling.startswith(alias.name + "."):
                    rest = spelling[len(alias.name) :]
                    self._learn((alias.asname or alias.name) + rest)

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = absolute_module(self.package, node.level, node.module or "")
        for alias in node.names:
            if module in self.spellings:
                if alias.name == "*":
                    self._findings.use("star", node.lineno)
                else:
                    self._findings.use("import", node.lineno, module)
                    self._findings.refer(alias.name, Use.IMPORT, node.lineno)
                continue
            imported = f"{module}.{alias.name}" if module else alias.name
            for spelling in self.spellings:
                if imported == spelling:
                    self._findings.use("import", node.lineno, spelling)
                    self._learn(alias.asname or alias.name)
                elif spelling.startswith(imported + "."):
                    rest = spelling[len(imported) :]
                    self._learn((alias.asname or alias.name) + rest)

    def _looks_up(self, node: ast.expr) -> bool:
        """True for ``import_module("app.main")``, ``sys.modules["app.main"]`` and the like."""
        match node:
            case ast.Name() | ast.Attribute() | ast.Constant():
                # What is asked about most often.
                return False
            case ast.Call(
                func=ast.Attribute(value=table, attr="get"),
                args=[ast.Constant(value=str(text)), *_],
            ):
                return text in self.spellings and (dotted(table) or "").endswith("modules")
            case ast.Call(func=func, args=[ast.Constant(value=str(text)), *_]):
                called = dotted(func) or ""
                return text in self.spellings and called.rpartition(".")[2] in (
                    "import_module",
                    "__import__",
                    "reload",
                )
            case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(text)), *_]):
                return any(text == spelling.rpartition(".")[2] for spelling in self.spellings)
            case ast.Call(func=func, args=[argument, *_]):
                called = dotted(func) or ""
                return called.rpartition(".")[2] == "reload" and self.holds(argument)
            case ast.Subscript(value=value, slice=ast.Constant(value=str(text))):
                return text in self.spellings and (dotted(value) or "").endswith("modules")
            case ast.Subscript(value=value, slice=key) if (dotted(value) or "").endswith(
                "sys.modules"
            ):
                # ``sys.modules[main.helper.__module__]``, ``sys.modules[__name__]`` at home.
                if self.at_home and isinstance(key, ast.Name) and key.id == "__name__":
                    return True
                inside = [node for node in ast.walk(key) if isinstance(node, ast.expr)]
                return any(dotted(inner) in self.names for inner in inside)
        return False
