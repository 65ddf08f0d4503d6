"""Stand-ins for what a missing module would have held: good for import time, and for no more.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own
interpreter, and never imported by the rest of aurum_refactor. Python 3.8
syntax and the standard library only.

One dotted name is one object wherever it is imported, so that the same name is
the same thing on both sides; every call makes a new one, so that a limiter or a
cache that was made twice shows. The conventions are those of
``unittest.mock.MagicMock``, but nothing is recorded and nothing has a number or
an address in its text.
"""

from __future__ import annotations

import abc
import functools
import importlib
import inspect
import re
import typing
from collections.abc import Generator, Iterator
from typing import Any

# What is raised and caught must be a class of its own: ``except lib.Error`` takes no other.
RAISED = re.compile(
    r"(Error|Exception|Warning|Timeout|Exceeded|Exit|Abort|Interrupt|Cancelled|NotFound|Failure"
    r"|DoesNotExist|Denied|Conflict)$"
)
# What a version is compared with must be one.
SPECIAL = {"__version__": "0.0.0", "__version_tuple__": (0, 0, 0), "__author__": ""}
LONGEST = 60


class Bare:
    """A class of a missing module beside other classes: theirs is what there is to inherit."""


class Base(Bare):
    """A class of a missing module, for the classes that inherit from it alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # As pydantic, SQLAlchemy and dataclasses do; they are most of what is inherited from.
        for name, value in kwargs.items():
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if is_dunder(name):
            raise AttributeError(name)
        return child(f"{type(self).__name__}()", name)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return any_schema(source, handler)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        return {}

    @classmethod
    def __get_validators__(cls) -> Iterator[Any]:
        yield lambda value: value


class Family(abc.ABCMeta):
    """Class of such classes; an ABCMeta, so that ``metaclass=ABCMeta`` beside it is no conflict."""

    def __getattr__(cls, name: str) -> Any:
        if is_dunder(name) or name.startswith("_abc_"):
            raise AttributeError(name)
        return child(cls.__name__, name)


class StandIn:
    """One name of a missing module, or what was made with it."""

    __slots__ = ("_bases", "_given", "_held", "_name")

    def __init__(self, name: str, given: tuple[Any, ...] = ()) -> None:
        fields = {"_name": name, "_held": {}, "_bases": {}, "_given": given}
        for field, value in fields.items():
            object.__setattr__(self, field, value)

    def __getattr__(self, name: str) -> Any:
        held = object.__getattribute__(self, "_held")
        if name in held:
            return held[name]
        own = object.__getattribute__(self, "_name")
        if name in ("__name__", "__qualname__"):
            return own.rpartition(".")[2] if name == "__name__" else own
        if name == "__signature__":
            # As a dependency it asks for nothing.
            return inspect.Signature()
        if is_dunder(name):
            raise AttributeError(name)
        made = child(own, name) if is_rooted(self) else StandIn(f"{own}.{name}")
        held[name] = made
        return made

    def __setattr__(self, name: str, value: Any) -> None:
        object.__getattribute__(self, "_held")[name] = value

    def __delattr__(self, name: str) -> None:
        object.__getattribute__(self, "_held").pop(name, None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        name = object.__getattribute__(self, "_name")
        if len(args) == 1 and not kwargs and is_definition(args[0]) and not is_class_name(name):
            # Used as a decorator: what it decorates stays what it is.
            return args[0]
        if [type(arg) for arg in args] == [str, tuple, dict]:
            # Used as a metaclass.
            return Family(args[0], args[1], args[2])
        return StandIn(f"{name}()", (*args, *kwargs.values()))

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        alone = not any(isinstance(base, type) and base is not object for base in bases)
        return (self._class_for(alone),)

    def _class_for(self, alone: bool) -> type:  # noqa: FBT001
        """The one class behind this name; a plain one where it could clash with its neighbours."""
        made: dict[bool, type] = object.__getattribute__(self, "_bases")
        if alone not in made:
            name = object.__getattribute__(self, "_name").rpartition(".")[2]
            family: type = Family if alone else type
            base = Base if alone else Bare
            made[alone] = family(name, (base,), {"__module__": "fabricated"})
        return made[alone]

    def __getitem__(self, key: Any) -> Any:
        held = object.__getattribute__(self, "_held")
        label = f"[{describe(key)}]"
        if label not in held:
            held[label] = StandIn(object.__getattribute__(self, "_name") + label)
        return held[label]

    def __setitem__(self, key: Any, value: Any) -> None:
        object.__getattribute__(self, "_held")[f"[{describe(key)}]"] = value

    def __delitem__(self, key: Any) -> None:
        object.__getattribute__(self, "_held").pop(f"[{describe(key)}]", None)

    def __or__(self, other: Any) -> Any:
        return combine(self, other)

    def __ror__(self, other: Any) -> Any:
        return combine(other, self)

    def __instancecheck__(self, value: Any) -> bool:
        return isinstance(value, tuple(object.__getattribute__(self, "_bases").values()))

    def __subclasscheck__(self, kind: Any) -> bool:
        made = tuple(object.__getattribute__(self, "_bases").values())
        return isinstance(kind, type) and issubclass(kind, made)

    def __repr__(self) -> str:
        return f"<fabricated {object.__getattribute__(self, '_name')}>"

    def __str__(self) -> str:
        return object.__getattribute__(self, "_name")  # type: ignore[no-any-return]

    def __format__(self, spec: str) -> str:
        return str(self)

    def __fspath__(self) -> str:
        return str(self)

    def __copy__(self) -> StandIn:
        return self

    def __deepcopy__(self, memo: Any) -> StandIn:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __contains__(self, value: Any) -> bool:
        return False

    def __int__(self) -> int:
        return 1

    def __index__(self) -> int:
        return 1

    def __float__(self) -> float:
        return 1.0

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *error: Any) -> None:
        return None

    async def __aenter__(self) -> StandIn:
        return self

    async def __aexit__(self, *error: Any) -> None:
        return None

    def __aiter__(self) -> StandIn:
        return self

    async def __anext__(self) -> Any:
        raise StopAsyncIteration

    def __await__(self) -> Generator[Any, None, Any]:
        yield from ()
        return self

    # Static: ``type()`` of a made up value may be the annotation, too.
    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: Any) -> Any:
        return any_schema(source, handler)

    @staticmethod
    def __get_pydantic_json_schema__(schema: Any, handler: Any) -> Any:
        return {}

    @staticmethod
    def __get_validators__() -> Iterator[Any]:
        yield lambda value: value


def _calculate(self: StandIn, *other: Any) -> StandIn:
    return StandIn("a calculation")


def _compare(self: StandIn, other: Any) -> bool:
    return False


_CALCULATED = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "xor")
for _word in (*_CALCULATED, "lshift", "rshift"):
    setattr(StandIn, f"__{_word}__", _calculate)
    setattr(StandIn, f"__r{_word}__", _calculate)
for _word in ("neg", "pos", "abs", "invert"):
    setattr(StandIn, f"__{_word}__", _calculate)
for _word in ("lt", "le", "gt", "ge"):
    setattr(StandIn, f"__{_word}__", _compare)

ROOTED: dict[str, Any] = {}


def of(dotted: str) -> Any:
    """The one stand-in behind a dotted name of a missing module."""
    if dotted not in ROOTED:
        name = dotted.rpartition(".")[2]
        if is_class_name(name) and RAISED.search(name):
            ROOTED[dotted] = type(name, (Exception,), {"__module__": "fabricated"})
        elif name.endswith("Response") and re.search("fastapi|starlette", dotted):
            # FastAPI takes the media type of the document from the class.
            response = importlib.import_module("starlette.responses").Response
            ROOTED[dotted] = type(name, (response,), {"__module__": "fabricated"})
        else:
            ROOTED[dotted] = StandIn(dotted)
    return ROOTED[dotted]


def child(owner: str, name: str) -> Any:
    return of(f"{owner}.{name}")


def is_rooted(value: StandIn) -> bool:
    return ROOTED.get(object.__getattribute__(value, "_name")) is value


def is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def is_class_name(dotted: str) -> bool:
    """Whether a name is spelled as classes are: calling one makes an object."""
    return dotted.rpartition(".")[2].lstrip("_")[:1].isupper() and not dotted.endswith(")")


def is_definition(value: Any) -> bool:
    return inspect.isroutine(value) or inspect.isclass(value)


def describe(key: Any) -> str:
    """A subscript in words without addresses."""
    if isinstance(key, tuple):
        return ", ".join(map(describe, key))
    if isinstance(key, (type, StandIn)) or inspect.isroutine(key):
        return str(getattr(key, "__qualname__", key))
    if isinstance(key, (str, int, float, bool, type(None))):
        return repr(key)[:LONGEST]
    return re.sub(r"0x[0-9a-fA-F]+", "0x…", str(key))[:LONGEST]


def combine(left: Any, right: Any) -> Any:
    """``X | None`` in an annotation, or flags of a missing module put together."""
    kinds = (type, type(None), StandIn)
    parts = (left, right)
    if all(isinstance(part, kinds) or typing.get_origin(part) is not None for part in parts):
        return typing.Union[left, right]  # noqa: UP007
    return StandIn("a calculation")


def any_schema(source: Any, handler: Any) -> Any:
    """Anything goes, for pydantic 2."""
    from pydantic_core import core_schema  # noqa: PLC0415

    return core_schema.any_schema()


def teach_fastapi() -> None:
    """A router of a missing module has no routes, so that including it adds none."""
    try:
        router = importlib.import_module("fastapi").APIRouter
    except ImportError:
        # Then the application cannot be imported either, and that is told.
        return
    real = router.include_router

    @functools.wraps(real)
    def include_router(self: Any, router: Any, *args: Any, **kwargs: Any) -> None:
        if not isinstance(router, StandIn):
            real(self, router, *args, **kwargs)

    router.include_router = include_router


def given_to(value: Any) -> tuple[Any, ...]:
    """What a stand-in was made with: an application may be wrapped in a missing one."""
    given: tuple[Any, ...] = ()
    if isinstance(value, StandIn):
        given = object.__getattribute__(value, "_given")
    return given
