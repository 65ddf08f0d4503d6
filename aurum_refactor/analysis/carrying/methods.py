"""Whether one method can be inherited: nothing asks where it stands, or when it was made."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aurum_refactor.analysis.carrying.executed import executed
from aurum_refactor.analysis.carrying.owner import Owner, Reason
from aurum_refactor.analysis.carrying.wrapping import only_wraps
from aurum_refactor.analysis.plain_imports import PlainImports
from aurum_refactor.analysis.scopes import evaluated_outside
from aurum_refactor.analysis.suites import Function

#: What may stand as a default: FastAPI keeps it and does nothing else.
_PARAMETERS = frozenset(
    {"Depends", "Security", "Query", "Path", "Body", "Header", "Cookie", "Form", "File"}
)


def method_stays(
    imports: PlainImports, node: Function, owner: Owner, *, lazy: bool
) -> Reason | None:
    """Why one method of a class cannot be inherited instead; None if it can.

    Args:
        imports: The monolith, and modules of the project that are asked for.
        node: The method.
        owner: The class, which is free to lose methods.
        lazy: True with ``from __future__ import annotations``.
    """
    name = node.name
    stored = owner.stored.get(name, [])
    if len(stored) > 1:
        return stored[1], f"{name} is bound more than once in {owner.name}"
    if name.startswith("__"):
        return node.lineno, f"{name} is a special or private method"
    if name in owner.read:
        return owner.read[name], f"the body of {owner.name} reads {name}"
    return (
        owner.super_of(name)
        or _asks_where_it_stands(node)
        or _runs(imports, node, owner)
        or _class_names(node, owner, lazy=lazy)
    )


def _runs(imports: PlainImports, node: Function, owner: Owner) -> Reason | None:
    """Decorators and defaults run with the class, in another order than before."""
    for decorator in node.decorator_list:
        if not only_wraps(imports, decorator):
            return (
                decorator.lineno,
                f"its decorator {ast.unparse(decorator).partition('(')[0]} may do more than "
                "wrap it, and would run in another order",
            )
    inside = [part for part in evaluated_outside(node) if part not in node.decorator_list]
    inside += [
        argument
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        for argument in (*decorator.args, *(k.value for k in decorator.keywords))
    ]
    for inner in executed(inside):
        match inner:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _PARAMETERS:
                continue
            case ast.Call() | ast.Await() | ast.NamedExpr():
                what = ast.unparse(inner).partition("(")[0]
                return inner.lineno, f"it runs {what} when it is defined"
            case _:
                continue
    for inner in executed([*node.args.defaults, *filter(None, node.args.kw_defaults)]):
        if owner.calls and isinstance(inner, ast.Attribute):
            text = ast.unparse(inner)
            return (
                inner.lineno,
                f"its default {text} may be another before {owner.name} is made",
            )
    return None


def _asks_where_it_stands(node: Function) -> Reason | None:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id in ("super", "__class__"):
            return inner.lineno, f"it uses {inner.id}, which means the class around"
        for field in ("id", "attr", "arg", "name"):
            text = getattr(inner, field, "")
            private = isinstance(text, str) and text.startswith("__") and not text.endswith("__")
            if private:
                line = getattr(inner, "lineno", node.lineno)
                return line, f"it uses {text}, a private name of the class around"
    return None


def _class_names(node: Function, owner: Owner, *, lazy: bool) -> Reason | None:
    """Names of the class's own that a method reads as it is defined."""
    annotations = {id(part) for part in _annotations(node)} if lazy else set()
    for part in evaluated_outside(node):
        if id(part) in annotations:
            continue
        for inner in executed([part]):
            if isinstance(inner, ast.Name) and inner.id in owner.bound:
                return inner.lineno, f"it reads {inner.id} of {owner.name} when it is defined"
    return None


def _annotations(node: Function) -> Iterator[ast.expr]:
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg) and argument.annotation is not None:
            yield argument.annotation
    if node.returns is not None:
        yield node.returns
