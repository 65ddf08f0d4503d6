"""Short ways to read a piece of code, for the tests of this room."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from textwrap import dedent

from aurum_refactor.analysis.receivers import receivers_of
from aurum_refactor.analysis.registrations.reading import Registered, registrations_of
from aurum_refactor.analysis.statements import parse, statements_of
from aurum_refactor.model import Layout, Receiver, Statement
from aurum_refactor.source.text import SourceText, decode


@dataclass(frozen=True)
class Module:
    """One module as the analysis sees it."""

    source: SourceText
    tree: ast.Module
    statements: tuple[Statement, ...]

    @property
    def receivers(self) -> tuple[Receiver, ...]:
        return receivers_of(self.tree.body, self.statements)

    @property
    def registered(self) -> Registered:
        return registrations_of(
            self.tree.body,
            self.statements,
            self.receivers,
            self.source.text,
            looks_back=frozenset(),
        )


def layout(module: str = "shop.main", *, relative: bool = False, is_init: bool = False) -> Layout:
    """A module of a package at the root of a project."""
    package = module if is_init else module.rpartition(".")[0]
    file = module.replace(".", "/") + ("/__init__.py" if is_init else ".py")
    return Layout(file, module, package, package.replace(".", "/"), is_init, "", relative)


def read(code: str, where: Layout | None = None) -> Module:
    """Read a module given as an indented literal."""
    where = where or layout()
    source = decode(where.path, dedent(code).encode())
    tree = parse(source)
    return Module(source, tree, statements_of(source, tree, where))


def only(code: str) -> Statement:
    """The last statement of a module."""
    return read(code).statements[-1]
