"""Applications that an object of a class of the module holds: ``app = Interface({}).app``."""

from __future__ import annotations

import ast
from dataclasses import dataclass

MAKES = "FastAPI"
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Holder:
    """A class whose objects hold an application."""

    name: str
    # Of the object: ``self.app = FastAPI()``.
    attribute: str
    # Parameters that making an object cannot leave out.
    needed: tuple[str, ...]


def holders_of(tree: ast.Module) -> tuple[Holder, ...]:
    """The classes of a module that make an application and keep it, in their order."""
    return tuple(
        Holder(node.name, attribute, _needed_by(node))
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for attribute in _kept(node)[:1]
    )


def bound_application(tree: ast.Module, holders: tuple[Holder, ...]) -> str:
    """How the module itself names what such an object holds; "" if it does not.

    Returns:
        ``app`` for ``app = Interface({}).app``, ``service.app`` for
        ``service = Interface({})``; the last binding counts.
    """
    attributes = {holder.name: holder.attribute for holder in holders}
    found = ""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                continue
        match value:
            case ast.Attribute(value=ast.Call(func=ast.Name(id=made)), attr=attribute):
                found = name if attributes.get(made) == attribute else found
            case ast.Call(func=ast.Name(id=made)) if made in attributes:
                found = f"{name}.{attributes[made]}"
    return found


def makes_one(node: ast.AST, names: frozenset[str] = frozenset()) -> bool:
    """Whether a FastAPI object, or one of the classes *names*, is made somewhere in it."""
    return any(
        isinstance(part, ast.Call) and word(part.func) in {MAKES, *names} for part in ast.walk(node)
    )


def needed_by(function: _Function) -> tuple[str, ...]:
    """Parameters that a call cannot leave out."""
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    needed = positional[: len(positional) - len(args.defaults)]
    named = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    needed += [arg for arg, default in named if default is None]
    return tuple(arg.arg for arg in needed)


def word(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _kept(node: ast.ClassDef) -> list[str]:
    """Attributes that a method binds to a new application: ``self.app = FastAPI()``."""
    found = []
    for part in ast.walk(node):
        match part:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(), attr=attribute)], value=value):
                pass
            case ast.AnnAssign(
                target=ast.Attribute(value=ast.Name(), attr=attribute), value=ast.expr() as value
            ):
                pass
            case _:
                continue
        if isinstance(value, ast.Call) and word(value.func) == MAKES:
            found.append(attribute)
    return found


def _needed_by(node: ast.ClassDef) -> tuple[str, ...]:
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            return needed_by(part)[1:]
    return ()
