"""Names of the monolith that a file asks for the module they stand in, and for its names.

``main.load.__globals__["LIMIT"] = 3`` and ``sys.modules[main.load.__module__]`` find the
monolith as long as ``load`` is defined there, and another module once it is not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence

from aurum_refactor.analysis.dotted import last_part
from aurum_refactor.analysis.nodes import nodes_of
from aurum_refactor.analysis.references.aliases import Aliases
from aurum_refactor.analysis.references.findings import Findings
from aurum_refactor.analysis.statements import absolute_module

#: Words of every file that asks.
ASKS = re.compile(rb"__globals__|\.__module__|getmodule")
_ATTRIBUTES = frozenset({"__globals__", "__module__"})
#: Attributes and calls by which one asks.
NAMESPACES = _ATTRIBUTES | {"getmodule"}


def read_namespaces(tree: ast.Module, aliases: Aliases, findings: Findings) -> None:
    """Note every name whose module is asked for, and the names that are named with it."""
    nodes = nodes_of(tree, (ast.Attribute, ast.Call, ast.ImportFrom, ast.Subscript))
    names = _names_of(tree) if aliases.at_home else _imported(nodes, aliases)
    for node in nodes:
        match node:
            case ast.Attribute(value=value, attr=attribute) if attribute in _ATTRIBUTES:
                asked = [value]
            case ast.Call(func=func, args=[first, *_]) if last_part(func) == "getmodule":
                asked = [first]
            case ast.Call(args=[ast.Attribute(value=value, attr="__globals__"), *rest]):
                asked = [value]
                if _name(value, names, aliases):
                    for word in _words(rest, node.keywords):
                        findings.use("namespace", node.lineno, word)
            case ast.Subscript(
                value=ast.Attribute(value=value, attr="__globals__"),
                slice=ast.Constant(value=str(word)),
            ):
                asked = [value]
                if _name(value, names, aliases):
                    findings.use("namespace", node.lineno, word)
            case _:
                continue
        for found in filter(None, (_name(row, names, aliases) for row in asked)):
            findings.use("namespace", node.lineno, found)


def _name(node: ast.expr, names: Collection[str], aliases: Aliases) -> str:
    """``load`` for ``main.load``, ``main.load.method`` and an imported ``load``."""
    while True:
        match node:
            case ast.Attribute(value=value, attr=attribute):
                if aliases.holds(value):
                    return attribute
                node = value
            case ast.Name(id=name):
                return name if name in names else ""
            case _:
                return ""


def _names_of(tree: ast.Module) -> frozenset[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return frozenset(node.name for node in tree.body if isinstance(node, kinds))


def _imported(nodes: Sequence[ast.AST], aliases: Aliases) -> frozenset[str]:
    """Names that a file has of the monolith; under another name they are not followed."""
    return frozenset(
        alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        and absolute_module(aliases.package, node.level, node.module or "") in aliases.spellings
        for alias in node.names
    )


def _words(rest: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> Iterator[str]:
    for keyword in keywords:
        if keyword.arg:
            yield keyword.arg
    for node in rest:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                yield inner.value
