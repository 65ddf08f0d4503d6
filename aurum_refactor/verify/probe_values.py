"""Asks any object what it is without running code of the target's.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own
interpreter, and never imported by the rest of aurum_refactor. Python 3.8
syntax, the standard library and the target's own fastapi only.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

# Given by the loader.
part: Any = globals()["part"]
classes = part("probe_classes")

SCALARS = (str, int, float, bool, type(None))


def short_name(value: Any) -> str:
    """Qualified name, without the function it is nested in: lifting a closure keeps it."""
    if is_a(value, MethodType) and hasattr(value.__func__, "__name__"):
        owner = classes.owner_of(value)
        if owner is not None:
            return f"{short_name(owner)}.{value.__func__.__name__}"
    heir = classes.heir_of(value) if type(value) is FunctionType else None
    if heir is not None:
        return f"{short_name(heir)}.{value.__name__}"
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    return str(name).rpartition("<locals>.")[2] if name else short_name(type(value)) + " object"


def get(value: Any, name: str) -> Any:
    """An attribute, or None: what neither side has is null on both."""
    return getattr(value, name, None)


def is_a(value: Any, kinds: Any) -> bool:
    """``isinstance`` by what an object is: a proxy answers for another, and may raise."""
    return issubclass(type(value), kinds)


def file_of(module: Any) -> Any:
    """The file of what stands among the loaded modules; one that loads late may raise."""
    own = is_a(module, ModuleType)
    return object.__getattribute__(module, "__dict__").get("__file__") if own else None


def is_routine(value: Any) -> bool:
    """``inspect.isroutine`` for any object, proxies among them."""
    kind = type(value)
    if issubclass(kind, (FunctionType, BuiltinFunctionType, MethodType)):
        return True
    is_descriptor = hasattr(kind, "__get__") and not hasattr(kind, "__set__")
    return is_descriptor and not issubclass(kind, type)


def is_named(value: Any) -> bool:
    """Whether it is a class or a routine: what is called by a name of its own."""
    return issubclass(type(value), type) or is_routine(value)


def is_plain(value: Any) -> bool:
    if is_a(value, (list, tuple, set, frozenset)):
        return all(is_a(item, SCALARS) for item in value)
    return is_a(value, SCALARS)


def held(value: Any) -> Iterator[tuple[str, Any]]:
    """The values a closure or a callable object was made with."""
    if inspect.isfunction(value):
        # ``strict=`` is unknown to Python 3.8, and the two are equally long by definition.
        for name, cell in zip(value.__code__.co_freevars, value.__closure__ or ()):  # noqa: B905
            # A variable that is bound later has an empty cell.
            with contextlib.suppress(ValueError):
                yield name, cell.cell_contents
    elif not inspect.isroutine(value) and not inspect.isclass(value):
        yield from getattr(value, "__dict__", {}).items()


def kind(value: Any) -> str:
    tests = (
        ("async def", inspect.iscoroutinefunction),
        ("async generator", inspect.isasyncgenfunction),
        ("generator", inspect.isgeneratorfunction),
        ("class", inspect.isclass),
        ("def", inspect.isroutine),
    )
    return next((kind for kind, test in tests if test(value)), "callable")
