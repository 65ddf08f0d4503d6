"""Fabricates modules that are missing, so that an application still registers its routes.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own
interpreter, and never imported by the rest of aurum_refactor. Python 3.8
syntax and the standard library only.

By itself it fabricates what the project asks for and nobody can find, optional
modules (``except ImportError``) among them: endpoints may depend on those. What
a library asks for stays missing, that library has another answer ready. A
module of the project itself is fabricated by name only, or one that an
extraction forgot to write would go unnoticed.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import importlib.metadata
import os
import sys
from collections.abc import Sequence
from types import FrameType, ModuleType
from typing import Any

# Without these there is nothing to compare.
NEVER = ("fastapi", "starlette", "pydantic", "pydantic_core", "typing_extensions")
VERSION = "0.0.0"


class Fabricated(ModuleType):
    """A module that has every name."""

    # The part of the probe that makes what stands behind the names.
    standin: Any = None

    def __getattr__(self, name: str) -> Any:
        if name in self.standin.SPECIAL:
            return self.standin.SPECIAL[name]
        if self.standin.is_dunder(name):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = self.standin.of(f"{self.__name__}.{name}")
        setattr(self, name, value)
        return value


class Stubs(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands twice in ``sys.meta_path``: first for what is forced, last for what is missing."""

    def __init__(self, trees: Sequence[str], request: dict[str, Any], standin: Any) -> None:
        self.trees = tuple(trees)
        self.auto, self.force = request["auto"], tuple(request["force"])
        self.deny = (*request["deny"], *NEVER)
        Fabricated.standin = standin
        self.made: list[str] = []

    def install(self) -> None:
        if self.force:
            sys.meta_path.insert(0, Forced(self))
        if self.auto or self.force:
            sys.meta_path.append(self)
        if self.auto:
            real = importlib.metadata.version
            importlib.metadata.version = functools.partial(self.version, real)

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        """Give what nobody else could find, if it is the project that needs it."""
        if within(fullname, self.deny):
            return None
        parent = fullname.rpartition(".")[0]
        wanted = isinstance(sys.modules.get(parent), Fabricated)
        # The parent of what is forced: ``google`` for ``google.cloud``.
        wanted = wanted or any(name.startswith(f"{fullname}.") for name in self.force)
        if not wanted and self.auto and not self.is_own(path):
            wanted = self.is_asked_for(sys._getframe(1))
        return self.spec(fullname) if wanted else None

    def spec(self, fullname: str) -> importlib.machinery.ModuleSpec:
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return Fabricated(spec.name, "Fabricated: it is not installed.")

    def exec_module(self, module: ModuleType) -> None:
        if not self.made:
            Fabricated.standin.teach_fastapi()
        self.made.append(module.__name__)

    def is_own(self, path: Any) -> bool:
        """Whether the missing module would belong to a package of the project."""
        return any(self.in_tree(folder) for folder in path or ())

    def in_tree(self, file: str) -> bool:
        inside = any(file.startswith(tree + os.sep) for tree in self.trees)
        return inside and "site-packages" not in file

    def is_asked_for(self, frame: FrameType | None) -> bool:
        """Whether it is the project that asks, by an import or by ``find_spec``."""
        while frame is not None and is_machinery(frame):
            frame = frame.f_back
        return frame is not None and self.in_tree(frame.f_code.co_filename)

    def version(self, real: Any, distribution_name: str) -> str:
        """The version of the project itself, which need not be installed to be looked at."""
        try:
            return str(real(distribution_name))
        except importlib.metadata.PackageNotFoundError:
            if not self.is_asked_for(sys._getframe(1)):
                raise
            self.made.append(f"version of {distribution_name}")
            return VERSION


class Forced(importlib.abc.MetaPathFinder):
    """Gives what is to be fabricated even where it could be found."""

    def __init__(self, stubs: Stubs) -> None:
        self.stubs = stubs

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        return self.stubs.spec(fullname) if within(fullname, self.stubs.force) else None


def within(name: str, roots: Sequence[str]) -> bool:
    """Whether a module is one of *roots* or lies in one."""
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def is_machinery(frame: FrameType) -> bool:
    file = frame.f_code.co_filename
    own = frame.f_globals.get("__name__") == __name__
    folder = os.path.basename(os.path.dirname(file))
    return own or file.startswith("<frozen importlib") or folder == "importlib"
