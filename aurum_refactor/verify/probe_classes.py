"""A class and the classes that only hold methods for it, seen as one.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own interpreter.
Python 3.8 syntax and the standard library only. A method is called by the class that finds it,
and the class that holds it for that one is not told apart; whatever else a base class has, a
constructor or a value, makes it one that counts.
"""

from __future__ import annotations

import inspect
from typing import Any

# What every class has, whatever is written in it.
ALWAYS = (
    *("__module__", "__qualname__", "__dict__", "__weakref__", "__doc__"),
    *("__static_attributes__", "__firstlineno__", "__annotations__"),
)


def is_holder(kind: Any) -> bool:
    """True for a class that is derived from nothing and holds methods only."""
    if type(kind) is not type or kind.__bases__ != (object,):
        return False
    names = [name for name in vars(kind) if name not in ALWAYS]
    return bool(names) and all(
        inspect.isfunction(function_in(vars(kind)[name])) and not name.startswith("__")
        for name in names
    )


def function_in(value: Any) -> Any:
    """The function of a static or class method; anything else is given back."""
    return value.__func__ if type(value) in (staticmethod, classmethod) else value


def heir_of(function: Any) -> Any:
    """The class for which another one holds a function, a static method; None if none does."""
    owner, _, name = function.__qualname__.rpartition(".")
    kind = function.__globals__.get(owner)
    if not isinstance(kind, type) or not is_holder(kind):
        return None
    heirs: list[Any] = kind.__subclasses__()
    held = function_in(vars(kind).get(name)) is function
    return heirs[0] if held and len(heirs) == 1 else None


def bases_of(kind: Any) -> list[Any]:
    """What a class is derived from, without the classes that hold methods for it."""
    return [base for base in kind.__bases__ if not is_holder(base)] or [object]


def members_of(kind: Any) -> dict[str, Any]:
    """What a class has itself, with the methods that are held for it; the first one counts."""
    found: dict[str, Any] = {}
    for base in reversed(kind.__bases__):
        if is_holder(base):
            found.update({n: v for n, v in vars(base).items() if n not in ALWAYS})
    found.update(vars(kind))
    return found


def owner_of(method: Any) -> Any:
    """The class whose method a bound method is, or None if no class of its object has it."""
    me = method.__self__
    line = inspect.getmro(me if inspect.isclass(me) else type(me))
    for kind in line:
        values = list(vars(kind).values())
        if any(getattr(value, "__func__", value) is method.__func__ for value in values):
            heirs = [heir for heir in line if kind in heir.__bases__]
            return heirs[0] if heirs and is_holder(kind) else kind
    return None
