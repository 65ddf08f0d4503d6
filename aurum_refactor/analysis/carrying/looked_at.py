"""Code that would notice what a class holds itself."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from aurum_refactor.analysis.carrying.owner import Reason
from aurum_refactor.analysis.dotted import last_part

#: Attributes that show what a class itself holds, or what it inherits from directly.
_INSIDES = frozenset({"__dict__", "__bases__", "__base__", "__mro__", "__subclasses__", "mro"})
#: Calls that show the same, or take an attribute off the class itself.
_LOOKERS = frozenset({"vars", "delattr", "getmembers", "getmro", "getsource", "getsourcelines"})
#: What a function says of the class around its definition.
PLACE = "__qualname__"


def _names_of(body: Sequence[ast.stmt], name: str) -> frozenset[str]:
    """What a class is called in a file: its name, and the names that imports and ``=`` give it."""
    found = {name}
    for top in body:
        for node in ast.walk(top):
            match node:
                case ast.alias(name=original, asname=str(alias)) if original == name:
                    found.add(alias)
                case ast.Assign(targets=targets, value=value) if last_part(value) == name:
                    found |= {last_part(target) for target in targets}
                case _:
                    continue
    return frozenset(found - {""})


def looked_at(body: Sequence[ast.stmt], name: str) -> Reason | None:
    """Code of another file that would notice what the class *name* holds itself."""
    called = _names_of(body, name)
    for top in body:
        for node in ast.walk(top):
            match node:
                case ast.ClassDef(bases=bases) if len(bases) > 1 and any(
                    last_part(base) in called for base in bases
                ):
                    return node.lineno, f"derives from {name} and others, in an order of its own"
                case ast.Attribute(value=value, attr=attribute) if (
                    attribute in _INSIDES and last_part(value) in called
                ):
                    return node.lineno, f"looks at {name}.{attribute}"
                case ast.Attribute(value=value, ctx=ast.Del()) if last_part(value) in called:
                    return node.lineno, f"deletes from {name}"
                case ast.Attribute(attr=place) | ast.Constant(value=place) if place == PLACE:
                    return node.lineno, f"reads {PLACE}, which names the class of a method"
                case ast.Call(func=function, args=[first, *_]) if (
                    last_part(function) in _LOOKERS and last_part(first) in called
                ):
                    return node.lineno, f"looks into {name}"
                case _:
                    continue
    return None


def looked_into(body: Sequence[ast.stmt], owner: ast.ClassDef) -> str:
    """Code of the module that may look into the class, by whatever name."""
    called = _names_of(body, owner.name)
    for top in body:
        for node in ast.walk(top):
            match node:
                case ast.Attribute(value=value, attr=attribute) if (
                    attribute in _INSIDES and not _is_self(value)
                ):
                    return f"line {node.lineno} looks at {ast.unparse(node)[:40]}"
                case ast.Call(func=function, args=[first, *_]) if last_part(
                    function
                ) in _LOOKERS and not _is_self(first):
                    return f"line {node.lineno} looks into {ast.unparse(first)[:40]}"
                case ast.Attribute(value=value, ctx=ast.Del()) if last_part(value) in called:
                    return f"line {node.lineno} deletes from {owner.name}"
                case ast.Attribute(attr=place) | ast.Constant(value=place) if place == PLACE:
                    return f"line {node.lineno} reads {PLACE}, which names the class of a method"
                case ast.ClassDef(bases=bases, name=name) if len(bases) > 1 and any(
                    last_part(base) in called for base in bases
                ):
                    return f"{name} derives from it and others, in an order of its own"
                case _:
                    continue
    return ""


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"
