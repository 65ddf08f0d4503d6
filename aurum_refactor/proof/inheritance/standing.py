"""Where a method stands: nothing in it means the class around."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import CodeType
from typing import Any

from aurum_refactor.proof.inheritance.case import Case, Wrong


def wrong_code(case: Case) -> Iterator[Wrong]:
    """``__class__`` is a free variable of whatever uses it or ``super()``."""
    bodies = [c for c in _codes(case.code) if c.co_name == case.node.name]
    for body in bodies:
        for method in _codes(body):
            if method.co_name in case.names and any(
                "__class__" in inner.co_freevars for inner in (method, *_deep(method))
            ):
                yield method.co_firstlineno, f"{method.co_name} uses the class it stands in"


def wrong_supers(case: Case) -> Iterator[Wrong]:
    """``super()`` of another method finds the base class that is new."""
    parents = {
        id(child): parent
        for parent in ast.walk(case.node)
        for child in ast.iter_child_nodes(parent)
    }
    for inner in ast.walk(case.node):
        if not (isinstance(inner, ast.Name) and inner.id == "super"):
            continue
        call = parents[id(inner)]
        taken = parents.get(id(call))
        if not (isinstance(call, ast.Call) and isinstance(taken, ast.Attribute)):
            yield inner.lineno, "super() is used for more than a method"
        elif taken.attr in case.names:
            yield inner.lineno, f"super().{taken.attr} would be its own method"


def wrong_names(method: Any) -> Iterator[Wrong]:
    """Private names are spelt with the class around."""
    for inner in ast.walk(method):
        if isinstance(inner, ast.Name) and inner.id in ("super", "__class__"):
            yield inner.lineno, f"{method.name} uses {inner.id}"
        for value in (getattr(inner, field, None) for field in inner._fields):
            texts = value if isinstance(value, list) else [value]
            is_text = isinstance(inner, ast.Constant)
            for text in texts:
                if not is_text and isinstance(text, str) and _is_private(text):
                    yield method.lineno, f"{method.name} uses the private name {text}"


def _is_private(text: str) -> bool:
    return text.startswith("__") and not text.endswith("__")


def _codes(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _deep(code: CodeType) -> Iterator[CodeType]:
    for inner in _codes(code):
        yield inner
        yield from _deep(inner)
