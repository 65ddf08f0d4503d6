"""Code that looks into a class, or asks which one a method stands in."""

from __future__ import annotations

import ast
from collections.abc import Collection

_OPENED = frozenset({"__dict__", "__bases__", "__base__", "__mro__", "mro", "__subclasses__"})
_OPENERS = frozenset({"vars", "delattr", "getmembers", "getmro", "getsource", "getsourcelines"})


def last_part(node: ast.AST) -> str:
    """``b`` of ``a.b``; "" for what is no name."""
    return getattr(node, "id", "") or getattr(node, "attr", "")


def opens(node: ast.AST, called: Collection[str] | None) -> bool:
    """True if an expression looks into a class of these names; with None into all but ``self``."""
    match node:
        case ast.Attribute(value=value, attr=attribute) if attribute in _OPENED:
            target = value
        case ast.Call(func=function, args=[first, *_]) if last_part(function) in _OPENERS:
            target = first
        case _:
            return False
    return ast.unparse(target) != "self" if called is None else last_part(target) in called


def asks_for_place(node: ast.AST) -> bool:
    """True for ``__qualname__``, which names the class of a method."""
    match node:
        case ast.Attribute(attr="__qualname__") | ast.Constant(value="__qualname__"):
            return True
        case _:
            return False
