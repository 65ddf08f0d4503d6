"""Collections of strings that a module writes out, and which strings an expression may be."""

from __future__ import annotations

import ast
from collections.abc import Mapping


def literal_collections(tree: ast.Module) -> Mapping[str, frozenset[str]]:
    """Module-level names bound once to a literal collection of strings."""
    found: dict[str, frozenset[str]] = {}
    spoiled: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case ast.AugAssign(target=ast.Name(id=name)):
                spoiled.add(name)
                continue
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)) if (
                attribute in ("add", "append", "update", "extend", "insert", "setdefault")
            ):
                spoiled.add(name)
                continue
            case _:
                continue
        members = strings_of(value, found)
        if members is None or name in found:
            spoiled.add(name)
        else:
            found[name] = members
    return {name: members for name, members in found.items() if name not in spoiled}


def strings_of(node: ast.expr, known: Mapping[str, frozenset[str]]) -> frozenset[str] | None:
    """The strings in a collection that is written out of literals and *known* collections."""
    match node:
        case ast.Name(id=name):
            return known.get(name)
        case ast.Set(elts=elements) | ast.List(elts=elements) | ast.Tuple(elts=elements):
            parts = [_strings_in(element, known) for element in elements]
            return None if None in parts else frozenset().union(*(p for p in parts if p))
        case ast.Dict(keys=keys) if all(isinstance(key, ast.Constant) for key in keys):
            return frozenset(str(key.value) for key in keys if isinstance(key, ast.Constant))
        case ast.Call(func=ast.Name(id="set" | "frozenset" | "tuple" | "list"), args=[inner]):
            return strings_of(inner, known)
        case ast.BinOp(left=left, op=ast.BitOr() | ast.Add(), right=right):
            first, second = strings_of(left, known), strings_of(right, known)
            return None if first is None or second is None else first | second
        case _:
            return None


def _strings_in(node: ast.expr, known: Mapping[str, frozenset[str]]) -> frozenset[str] | None:
    match node:
        case ast.Constant(value=str(text)):
            return frozenset({text})
        case ast.Starred(value=value):
            return strings_of(value, known)
        case _:
            return None
