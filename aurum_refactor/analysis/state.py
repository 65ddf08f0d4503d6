"""Whether the objects of a class change when their methods are called."""

from __future__ import annotations

import ast

from aurum_refactor.analysis.nodes import children_of
from aurum_refactor.analysis.reads import is_wraps

_CHANGEABLE = (
    *(ast.List, ast.Dict, ast.Set, ast.Call),
    *(ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp),
)
_MAKERS = frozenset({"__init__", "__new__", "__post_init__"})


def keeps_state(node: ast.stmt) -> bool:
    """True for a class with a method that stores in its object, or in what that holds.

    ``self.items.append(f)`` and ``self.count += 1`` do; what stands in a
    function that replaces another one (``@wraps(f)``) runs at another time.
    Of a function it is true if a default is an object that may be changed.
    """
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        return any(isinstance(inner, _CHANGEABLE) for d in defaults for inner in ast.walk(d))
    return isinstance(node, ast.ClassDef) and any(
        _changes(child, method.args)
        for method in node.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and method.name not in _MAKERS
        for child in method.body
    )


def _changes(node: ast.AST, arguments: ast.arguments) -> bool:
    first = [*arguments.posonlyargs, *arguments.args][:1]
    own = first[0].arg if first else ""
    match node:
        case ast.FunctionDef(decorator_list=decorators) if any(map(is_wraps, decorators)):
            return False
        case ast.AsyncFunctionDef(decorator_list=decorators) if any(map(is_wraps, decorators)):
            return False
        case (
            ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del())
        ):
            if _root(node) == own:
                return True
        case ast.Call(func=ast.Attribute(value=ast.Attribute() | ast.Subscript() as held)):
            if _root(held) == own:
                return True
        case _:
            pass
    return any(_changes(child, arguments) for child in children_of(node))


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
