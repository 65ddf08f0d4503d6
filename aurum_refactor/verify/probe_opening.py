"""Whether the application began with importing its monolith, so that it came first.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own
interpreter, and never imported by the rest of aurum_refactor. Python 3.8
syntax and the standard library only.
"""

from __future__ import annotations

import ast
import sys
from typing import Any

# Given by the loader.
part: Any = globals()["part"]
values = part("probe_values")

# What has been imported before any target is, or changes nothing when it is.
LOADED = {
    *getattr(sys, "stdlib_module_names", ("__future__", "logging", "os", "sys", "types", "typing")),
    *("fastapi", "starlette", "pydantic"),
}


class Opening:
    """Watches the imports of one process, from before the first of the target's.

    Where the module that is imported first (*start*) runs nothing before the monolith, and
    nobody asks for it before it is done, its being there unfinished shows nowhere: then
    the process has done, in the same order, what one does that imports the monolith first.
    """

    def __init__(self, trees: tuple[str, ...]) -> None:
        self.trees = tuple(f"{tree}/" for tree in trees)
        # Modules that were asked for while they were being imported.
        self.unfinished: set[str] = set()
        # What the import system calls then; there is no documented way to hear of it.
        system: Any = sys.modules["_frozen_importlib"]
        self.can_see = hasattr(system, "_lock_unlock_module")
        if self.can_see:
            usual = system._lock_unlock_module  # noqa: SLF001

            def noted(name: str) -> None:
                self.unfinished.add(name)
                usual(name)

            system._lock_unlock_module = noted  # noqa: SLF001

    def is_with(self, monolith: str, start: str) -> bool:
        """Whether what was imported, with *start* first, began with the monolith."""
        if not (self.can_see and {monolith, start} <= set(sys.modules)):
            return False
        if start == monolith:
            return True
        # What is imported before either of them: the packages that they are in.
        package = start.rpartition(".")[0]
        if package and not monolith.startswith(f"{package}."):
            return False
        return start not in self.unfinished and self.opens(start, monolith)

    def is_own(self, name: str) -> bool:
        file = values.file_of(sys.modules.get(name))
        return isinstance(file, str) and file.startswith(self.trees) and "site-packages" not in file

    def opens(self, start: str, monolith: str) -> bool:
        """Whether the text of a module imports the monolith before it runs anything."""
        file = values.file_of(sys.modules[start])
        if not isinstance(file, str) or not file.endswith(".py") or file.endswith("__init__.py"):
            return False
        for node in ast.parse(text_of(file)).body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                return False
            first, *more = self.imported(node, start)
            if monolith in (first, *more[:1]):
                return first == monolith or isinstance(node, ast.ImportFrom)
            above = isinstance(node, ast.ImportFrom) and node.level
            names = (first, *(more if isinstance(node, ast.Import) else ()))
            if above or any(n.partition(".")[0] not in LOADED or self.is_own(n) for n in names):
                return False
        return False

    def imported(self, node: ast.Import | ast.ImportFrom, start: str) -> list[str]:
        """The modules that a statement of *start* imports, in that order."""
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        above = start.split(".")[: -node.level] if node.level else []
        base = ".".join([*above, *filter(None, [node.module])])
        return [base, *self.submodules(base, [alias.name for alias in node.names])]

    def submodules(self, package: str, names: list[str]) -> list[str]:
        """Of ``from package import names`` those that the package does not bind by itself."""
        if not self.is_own(package):
            return []
        text = text_of(values.file_of(sys.modules[package]))
        return [f"{package}.{name}" for name in names if name.encode() not in text]


def text_of(file: str) -> bytes:
    with open(file, "rb") as stream:
        return stream.read()
