"""What the functions behind the routes look up when they run, read from their byte code.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own
interpreter, and never imported by the rest of aurum_refactor. Python 3.8
syntax and the standard library only. Nothing is called or changed: names are
resolved where the function itself would resolve them.
"""

from __future__ import annotations

import builtins
import dis
import functools
import importlib.util
import inspect
import os
import sys
from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

UNBOUND = object()
DEEPEST = 20
# What wraps a function and says so; asking any other object may run code of the target's.
WRAPPERS = (FunctionType, type(functools.lru_cache(maxsize=1)(len)))
# Loads of a name that is not local to the function; the last two from Python 3.12 on.
LOADS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS", "LOAD_FROM_DICT_OR_DEREF")
ATTRIBUTES = ("LOAD_ATTR", "LOAD_METHOD")
STORES = ("STORE_GLOBAL", "DELETE_GLOBAL")
STORING = {dis.opmap[name] for name in (*STORES, "STORE_ATTR", "DELETE_ATTR")}
# Never between a load and the attribute that is taken from it, but for these.
# The last two are of ``name.attribute += 1``, which needs the object once more to set it.
COPIES = ("COPY", "DUP_TOP")
PADDING = ("NOP", "CACHE", "EXTENDED_ARG", "PUSH_NULL", "PRECALL", *COPIES)
# The compiler makes one object of two equal constants: their identity means nothing.
PLAIN = (str, bytes, int, float, complex, bool, type(None), type(Ellipsis))


class Look:
    """One look-up: the words of a dotted name, or an import inside a function."""

    __slots__ = ("level", "words")

    def __init__(self, words: tuple[str, ...], level: int = -1) -> None:
        self.words = words
        # -1 for a name; the level of a relative import otherwise, 0 for an absolute one.
        self.level = level


@functools.lru_cache(maxsize=None)  # noqa: UP033 -- Python 3.8 has no other
def looks_of(code: CodeType) -> tuple[tuple[Look, ...], tuple[tuple[str, ...], ...]]:
    """The names one code object reads, and those it binds globally, nested functions too.

    Returns:
        Look-ups in order of appearance, and stores: ``(name,)`` for ``global name``,
        the words of ``name.attribute`` where an attribute of a global name is set.
    """
    looks: list[Look] = []
    stores: list[tuple[str, ...]] = []
    words: list[str] = []
    constants: list[Any] = []
    imported: tuple[str, int] | None = None
    steps = list(dis.get_instructions(code))
    # Only a class body binds names that are neither fast nor global.
    local = {step.argval for step in steps if step.opname == "STORE_NAME"}
    stores += _changed_in_place(steps)
    preamble = _preamble(steps)
    for step in steps:
        name = step.opname
        if name in PADDING or step is preamble:
            continue
        if name in ATTRIBUTES and words:
            words.append(step.argval)
            continue
        if words == ["__name__"] and name == "STORE_NAME" and step.argval == "__module__":
            # How every class body begins; its author has read nothing.
            words = []
            continue
        if words:
            if name in ("STORE_ATTR", "DELETE_ATTR"):
                stores.append((*words, step.argval))
            looks.append(Look(tuple(words)))
            words = []
        if name in LOADS and not (name == "LOAD_NAME" and step.argval in local):
            words = [step.argval]
        elif name in STORES:
            stores.append((step.argval,))
        elif name == "IMPORT_NAME":
            level = constants[-2] if len(constants) > 1 else 0
            imported = (step.argval, level if isinstance(level, int) else 0)
            if not constants or not constants[-1]:
                looks.append(Look((imported[0],), imported[1]))
        elif name == "IMPORT_FROM" and imported:
            looks.append(Look((imported[0], step.argval), imported[1]))
        if name.startswith("LOAD_CONST") or name == "LOAD_SMALL_INT":
            constants.append(step.argval)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            more, bound = looks_of(inner)
            looks += more
            stores += bound
    return tuple(looks), tuple(stores)


def _changed_in_place(steps: list[dis.Instruction]) -> Iterator[tuple[str, ...]]:
    """The words of every ``name.attribute += 1``."""
    words: list[str] = []
    copied: list[str] = []
    for step in steps:
        if step.opname in LOADS:
            words = [step.argval]
        elif step.opname in ATTRIBUTES and words:
            words.append(step.argval)
        elif step.opname in COPIES and words:
            copied = list(words)
        elif step.opname == "STORE_ATTR" and copied and not words:
            yield (*copied, step.argval)
            copied = []
        elif step.opname not in PADDING:
            words = []


def _preamble(steps: list[dis.Instruction]) -> dis.Instruction | None:
    """The ``__name__`` that every class body reads for its ``__module__``: no look-up of theirs."""
    for place, step in enumerate(steps[1:]):
        if step.opname == "STORE_NAME" and step.argval == "__module__":
            return steps[place] if steps[place].argval == "__name__" else None
    return None


def may_store(code: CodeType) -> bool:
    """Whether some step could set a global or an attribute: a look at the bytes, no reading."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return not STORING.isdisjoint(code.co_code[::2]) or any(map(may_store, inner))


def constants_of(code: CodeType) -> Iterator[Any]:
    """Numbers and short texts that a function compares with, or uses otherwise."""
    names = set(code.co_names)
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from constants_of(value)
        elif isinstance(value, (tuple, frozenset)):
            yield from (item for item in value if isinstance(item, (int, float, str)))
        elif isinstance(value, (int, float, str)) and value not in names:
            yield value


def is_plain(value: Any) -> bool:
    """Whether the compiler or the interpreter may share or repeat such an object at will."""
    if type(value) in (tuple, frozenset):
        return all(is_plain(item) for item in value)
    return type(value) in PLAIN


def unwrapped(value: Any) -> Any:
    """The function below all wrappers; other objects are not asked for any attribute."""
    depth = 0
    while type(value) in WRAPPERS and hasattr(value, "__wrapped__") and depth < DEEPEST:
        value, depth = value.__wrapped__, depth + 1
    return value


class Reader:
    """Resolves what functions of the project look up; one for one state of the target.

    *homes* are the modules that endpoints may stand in: a name there is called
    by the name alone, so that it is called the same wherever it has moved.
    """

    # The parts of the probe meet through this object: none of them can import another.
    unbound, wrappers = UNBOUND, WRAPPERS
    is_plain, unwrapped = staticmethod(is_plain), staticmethod(unwrapped)
    constants_of = staticmethod(constants_of)

    def __init__(
        self,
        trees: Iterable[str],
        homes: Iterable[str],
        patched: Iterable[str],
        members_of: Any = vars,
    ) -> None:
        self.members_of = members_of
        self.trees = tuple(tree + os.sep for tree in trees)
        self.homes = tuple(homes)
        self.places = {id(vars(module)): module for module in self.modules()}
        # Names whose binding matters, not only their value: set while the application runs.
        self.volatile = set(patched)
        self.writers = list(self._writers())
        self.volatile.update(name for _writer, _module, name in self.writers)

    def modules(self) -> list[ModuleType]:
        """The loaded modules of the project."""
        return [m for m in list(sys.modules.values()) if self.is_own_module(m)]

    def is_own_module(self, value: Any) -> bool:
        # Not ``isinstance``: a proxy answers for its class, and may raise when it is asked.
        return issubclass(type(value), ModuleType) and self.is_own_file(
            vars(value).get("__file__") or next(iter(_parts(value)), None)
        )

    def is_own_file(self, file: Any) -> bool:
        # A venv inside the project is not the project.
        return isinstance(file, str) and file.startswith(self.trees) and "site-packages" not in file

    def is_own(self, value: Any) -> bool:
        """Whether it is a function or class that the project defines."""
        if inspect.isclass(value):
            return self.is_own_module(sys.modules.get(getattr(value, "__module__", None) or ""))
        code = getattr(value, "__code__", None)
        return isinstance(code, CodeType) and self.is_own_file(code.co_filename)

    def functions_of(self, value: Any) -> Iterator[tuple[str, Any]]:
        """The functions a class defines, by their names; the function itself for another."""
        if not inspect.isclass(value):
            yield "", value
            return
        for name, member in sorted(self.members_of(value).items()):
            try:
                inner = getattr(member, "__func__", None) or getattr(member, "func", None) or member
            except Exception:  # noqa: S112 - a proxy with nothing behind it yet is no function
                continue
            inner = inner.fget if isinstance(inner, property) else inner
            if inspect.isfunction(inner) and self.is_own(inner):
                yield name, inner

    def names_of(self, function: Any) -> dict[str, tuple[str, Any]]:
        """Label to (module of the binding or "", value) for all a function looks up.

        The label of a name in one of the homes is the bare name; of one in another
        module of the project, reached through the module, ``module.name``.
        """
        found: dict[str, tuple[str, Any]] = {}
        code = function.__code__
        # ``strict=`` is unknown to Python 3.8, and the two are equally long by definition.
        for name, cell in zip(code.co_freevars, function.__closure__ or ()):  # noqa: B905
            try:
                found[name] = ("", seen_through(cell.cell_contents))
            except ValueError:
                # A variable that is bound later has an empty cell.
                found[name] = ("", UNBOUND)
        for look in looks_of(code)[0]:
            label, place, value = self.resolve(look, function.__globals__)
            if label:
                found.setdefault(label, (place, value))
        return found

    def resolve(self, look: Look, scope: dict[str, Any]) -> tuple[str, str, Any]:
        """Give label, module of the binding and value; the label is "" for a builtin."""
        words = list(look.words)
        if look.level >= 0:
            value, place, name = self._imported(words[0], look.level, scope), "", ""
            words = words[1:]
            if not self.is_own_module(value):
                text = value if isinstance(value, str) else value.__name__
                return f"import {'.'.join((text, *words))}", "", value
        else:
            name = words.pop(0)
            place = self.place_of(scope)
            value = scope.get(name, UNBOUND)
            if value is UNBOUND and hasattr(builtins, name):
                return "", "", None
        while words and self.is_own_module(value):
            place, name = value.__name__, words.pop(0)
            value = vars(value).get(name, UNBOUND)
            if value is UNBOUND:
                # A submodule, or what a module's own __getattr__ gives, without asking it.
                value = sys.modules.get(f"{place}.{name}", UNBOUND)
        if not name:
            return f"import {value.__name__}", "", value
        if self.is_own_module(value) and value.__name__ in self.homes:
            # The module itself is looked up, to read what it is not known here.
            return "", "", None
        if value is not UNBOUND and not words and value is getattr(builtins, name, UNBOUND):
            # A builtin is the same one in a module that has its name.
            return "", "", None
        home = place in self.homes or place == self.place_of(scope) != ""
        return (name if home else f"{place}.{name}", place, value)

    def place_of(self, scope: dict[str, Any]) -> str:
        """The name of the project's module whose namespace this is, or "" for another's."""
        module = self.places.get(id(scope))
        return module.__name__ if module else ""

    def _imported(self, name: str, level: int, scope: dict[str, Any]) -> Any:
        """The module an import inside a function gives, or its name if it is not loaded."""
        if level:
            package = scope.get("__package__") or str(scope.get("__name__")).rpartition(".")[0]
            try:
                name = importlib.util.resolve_name("." * level + name, package)
            except (ImportError, ValueError):
                return "." * level + name
        return sys.modules.get(name, name)

    def _writers(self) -> Iterator[tuple[str, str, str]]:
        """(function, module, name) of every name of a home that a function binds globally."""
        for module in self.modules():
            is_home = module.__name__ in self.homes
            near = is_home or any(
                self.is_own_module(value) and value.__name__ in self.homes
                for value in list(vars(module).values())
            )
            for _name, value in sorted(vars(module).items()) if near else ():
                inner = unwrapped(value)
                own = type(inner) is FunctionType and inner.__globals__ is vars(module)
                if own or (issubclass(type(value), type) and value.__module__ == module.__name__):
                    for method, function in self.functions_of(inner):
                        yield from self._written(function, method)

    def _module(self, words: list[str], scope: dict[str, Any]) -> Any:
        """The module that dotted words name, as far as they go through modules only."""
        value = scope.get(words[0])
        for word in words[1:]:
            value = vars(value).get(word) if self.is_own_module(value) else None
        return value

    def _written(self, function: Any, method: str) -> Iterator[tuple[str, str, str]]:
        code = getattr(function, "__code__", None)
        if not isinstance(code, CodeType):
            return
        scope = function.__globals__
        for *owner, name in looks_of(code)[1] if may_store(code) else ():
            place = self.place_of(scope)
            if owner:
                value = self._module(owner, scope)
                place = value.__name__ if self.is_own_module(value) else ""
            if place in self.homes:
                yield getattr(function, "__qualname__", method), place, name


def _parts(module: ModuleType) -> list[str]:
    """The folders of a namespace package."""
    try:
        return [str(part) + os.sep for part in module.__path__]
    except Exception:
        return []


def _forwarder() -> Any:
    target: Any = None
    return lambda *args, **kwargs: target(*args, **kwargs)  # noqa: PLW0108 - it is the pattern


_FORWARDS = _forwarder().__code__


def _kind(code: CodeType) -> int:
    """What kind of function it is, whatever its module imports from ``__future__``."""
    return code.co_flags & 0xFFF


def seen_through(value: Any) -> Any:
    """What is called by a function that hands all its arguments on and does nothing else."""
    while type(value) is FunctionType:
        code = value.__code__
        same = code.co_code == _FORWARDS.co_code and _kind(code) == _kind(_FORWARDS)
        if not same or len(code.co_freevars) != 1 or code.co_varnames != ("args", "kwargs"):
            break
        try:
            value = (value.__closure__ or ())[0].cell_contents
        except ValueError:
            return UNBOUND
    return value
