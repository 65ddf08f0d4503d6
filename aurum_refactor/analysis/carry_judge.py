"""Can methods of a class become those of a base class of it, that stands directly above it?

A class finds what it inherits as it finds its own, so nobody can tell by looking a method up on
it, on a class derived from it or on an object of theirs, or by replacing it there. What can tell
is whatever reads the class's own namespace: a metaclass, ``__init_subclass__``, a decorator of
the class, ``__dict__``; what asks where a method stands: ``super()``, private names; and what
may hold an order that is another now: decorators and defaults, which run with the class.
Source: https://docs.python.org/3/reference/datamodel.html#customizing-class-creation
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from aurum_refactor.analysis.plain_imports import Plain, PlainImports
from aurum_refactor.analysis.scopes import bound_in, evaluated_outside
from aurum_refactor.analysis.suites import Function

#: (line, reason)
Reason = tuple[int, str]

#: Base classes that are known to leave the namespace of a class alone.
_QUIET_BASES = frozenset({"abc.ABC", "object", "fastapi.FastAPI", "fastapi.APIRouter"})
#: Attributes that show what a class itself holds, or what it inherits from directly.
_INSIDES = frozenset({"__dict__", "__bases__", "__base__", "__mro__", "__subclasses__", "mro"})
#: Calls that show the same, or take an attribute off the class itself.
_LOOKERS = frozenset({"vars", "delattr", "getmembers", "getmro", "getsource", "getsourcelines"})
#: What a function says of the class around its definition.
_PLACE = "__qualname__"
#: What may stand as a default: FastAPI keeps it and does nothing else.
_PARAMETERS = frozenset(
    {"Depends", "Security", "Query", "Path", "Body", "Header", "Cookie", "Form", "File"}
)
#: Python's decorators of methods that do nothing but to wrap one.
_PLAIN_METHODS = frozenset({"staticmethod", "classmethod"})
#: What a decorator may call while it wraps a function.
_WRAPPERS = frozenset(
    {"wraps", "iscoroutinefunction", "isasyncgenfunction", "isgeneratorfunction"}
    | {"signature", "isinstance", "callable", "cast", "getattr", "hasattr"}
)


class ClassJudge:
    """Judges the classes of one module."""

    def __init__(self, imports: PlainImports, others: Mapping[str, bytes]) -> None:
        """Take in what is read of the project.

        Args:
            imports: The monolith, and modules of the project that are asked for.
            others: Further files that may name its classes, by path.
        """
        self.imports = imports
        self.others = others
        self.known: dict[int, _Owner] = {}

    # ------------------------------------------------------------ the class

    def class_stays(self, body: Sequence[ast.stmt], node: ast.ClassDef) -> str:
        """Why nothing of a class can be inherited instead; "" if it can."""
        times = bound_in(body)
        same = [n for n in ast.walk(ast.Module(list(body), [])) if _is_class(n, node.name)]
        if len(same) > 1 or node.name in times.deleted or times.declared_global:
            return f"{node.name} may be bound more than once"
        if node.decorator_list:
            return f"a decorator of {node.name} sees what it holds itself"
        if getattr(node, "type_params", None):
            return f"{node.name} has type parameters"
        return (
            self._keywords(self.imports.home, node)
            or self._namespace(node)
            or self._bases(self.imports.home, node, frozenset())
            or _looked_into(body, node)
            or self._elsewhere(node.name)
        )

    def _keywords(self, home: Plain, node: ast.ClassDef) -> str:
        for keyword in node.keywords:
            origin = self.imports.origin(home, ast.unparse(keyword.value))
            if keyword.arg != "metaclass" or origin != "abc.ABCMeta":
                return (
                    f"{node.name} is made with {keyword.arg or '**'}, which may see what it holds"
                )
        return ""

    def _namespace(self, node: ast.ClassDef) -> str:
        for statement in node.body:
            if isinstance(statement, ast.Global):
                return f"the body of {node.name} binds global names"
        bound = bound_in(node.body).stored
        for name in ("__slots__", "__getattribute__", "__prepare__"):
            if name in bound:
                return f"{node.name} has {name}"
        for inner in _executed(node.body):
            if isinstance(inner, ast.Call) and getattr(inner.func, "id", "") in (
                "locals",
                "vars",
                "dir",
                "exec",
                "eval",
            ):
                return f"the body of {node.name} looks at its own names"
        return ""

    def _bases(self, home: Plain, node: ast.ClassDef, seen: frozenset[str]) -> str:
        """Every base must be read, and none may see the namespace of what is derived from it."""
        for base in node.bases:
            text = ast.unparse(base)
            if self.imports.origin(home, text) in _QUIET_BASES:
                continue
            found = self.imports.find(home, text)
            if found is None or not isinstance(found.node, ast.ClassDef):
                return f"its base {text} is not read here, and may see what a class holds"
            kind = found.node
            key = f"{found.home.module}:{kind.name}"
            if key in seen:
                return f"its base {text} is its own base"
            if kind.decorator_list:
                return f"a decorator of its base {text} may change how it is inherited from"
            for name in ("__init_subclass__", "__getattribute__", "__prepare__"):
                if name in bound_in(kind.body).stored:
                    return f"{name} of its base {text} may see what it holds"
            why = (
                self._keywords(found.home, kind)
                or _looked_into([kind], kind)
                or self._bases(found.home, kind, seen | {key})
            )
            if why:
                return why
        return ""

    def _elsewhere(self, name: str) -> str:
        word = re.compile(rb"\b" + name.encode() + rb"\b")
        for path in sorted(self.others):
            data = self.others[path]
            if word.search(data) is None:
                continue
            try:
                body = ast.parse(data).body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            found = looked_at(body, name)
            if found is not None:
                return f"{path}:{found[0]} {found[1]}"
        return ""

    # ------------------------------------------------------------ one method

    def method_stays(self, node: Function, owner: ast.ClassDef, *, lazy: bool) -> Reason | None:
        """Why one method of a class cannot be inherited instead; None if it can.

        Args:
            node: The method.
            owner: The class, which is free to lose methods.
            lazy: True with ``from __future__ import annotations``.
        """
        name = node.name
        if id(owner) not in self.known:
            self.known[id(owner)] = _Owner(owner)
        known = self.known[id(owner)]
        stored = known.stored.get(name, [])
        if len(stored) > 1:
            return stored[1], f"{name} is bound more than once in {owner.name}"
        if name.startswith("__"):
            return node.lineno, f"{name} is a special or private method"
        if name in known.read:
            return known.read[name], f"the body of {owner.name} reads {name}"
        return (
            known.super_of(name)
            or _asks_where_it_stands(node)
            or self._runs(node, known)
            or _class_names(node, known, lazy=lazy)
        )

    def _runs(self, node: Function, owner: _Owner) -> Reason | None:
        """Decorators and defaults run with the class, in another order than before."""
        for decorator in node.decorator_list:
            if not self._only_wraps(decorator):
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
        for inner in _executed(inside):
            match inner:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if (
                    name in _PARAMETERS
                ):
                    continue
                case ast.Call() | ast.Await() | ast.NamedExpr():
                    what = ast.unparse(inner).partition("(")[0]
                    return inner.lineno, f"it runs {what} when it is defined"
                case _:
                    continue
        for inner in _executed([*node.args.defaults, *filter(None, node.args.kw_defaults)]):
            if owner.calls and isinstance(inner, ast.Attribute):
                text = ast.unparse(inner)
                return (
                    inner.lineno,
                    f"its default {text} may be another before {owner.name} is made",
                )
        return None

    def _only_wraps(self, decorator: ast.expr) -> bool:
        """True for a decorator of the project that makes a function and does nothing else.

        Or Python's own for methods that take no object: what they make is found by the same
        look-up, and bound to the class that was asked.
        """
        if isinstance(decorator, ast.Name) and decorator.id in _PLAIN_METHODS:
            return self.imports.origin(self.imports.home, decorator.id) == decorator.id
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        found = self.imports.find(self.imports.home, ast.unparse(target))
        if found is None or not isinstance(found.node, ast.FunctionDef):
            return False
        function = found.node
        if function.decorator_list:
            return False
        levels = [function]
        if isinstance(decorator, ast.Call):
            levels += [n for n in function.body if isinstance(n, ast.FunctionDef)]
        return all(_makes_a_function(level) for level in levels)


class _Owner:
    """What is asked of a class for each of its methods, found once."""

    def __init__(self, node: ast.ClassDef) -> None:
        # Kept, so that nothing else gets its id.
        self.node = node
        self.name = node.name
        # Lines of the statements of its body that bind each name.
        self.stored: dict[str, list[int]] = {}
        for inner in node.body:
            for name in bound_in([inner]).local:
                self.stored.setdefault(name, []).append(inner.lineno)
        self.bound = self.stored.keys() | {"__module__", "__qualname__"}
        # Names that its body reads, and the line.
        self.read: dict[str, int] = {}
        for part in _executed(node.body):
            if isinstance(part, ast.Name):
                self.read.setdefault(part.id, part.lineno)
        self.calls = any(
            isinstance(part, ast.Call)
            for other in node.body
            if not isinstance(other, Function)
            for part in ast.walk(other)
        )
        self.supers = tuple(_supers(node))

    def super_of(self, name: str) -> Reason | None:
        """Where the class may look for a method of that name in its bases."""
        for line, attribute in self.supers:
            if not attribute:
                return line, f"{self.name} uses super() for more than the name of a method"
            if attribute == name:
                return line, f"{self.name} calls super().{name}"
        return None


def _supers(owner: ast.ClassDef) -> Iterator[tuple[int, str]]:
    """Lines that use ``super``, with the attribute that is taken of what it gives; "" for none."""
    nodes = list(ast.walk(owner))
    found = [node for node in nodes if isinstance(node, ast.Name) and node.id == "super"]
    calls = {id(node.func): node for node in nodes if isinstance(node, ast.Call)} if found else {}
    attributes = {id(n.value): n.attr for n in nodes if isinstance(n, ast.Attribute)}
    for node in found:
        call = calls.get(id(node))
        yield node.lineno, "" if call is None else attributes.get(id(call), "")


# ---------------------------------------------------------------- what is looked at


def names_of(body: Sequence[ast.stmt], name: str) -> frozenset[str]:
    """What a class is called in a file: its name, and the names that imports and ``=`` give it."""
    found = {name}
    for top in body:
        for node in ast.walk(top):
            match node:
                case ast.alias(name=original, asname=str(alias)) if original == name:
                    found.add(alias)
                case ast.Assign(targets=targets, value=value) if _last(value) == name:
                    found |= {_last(target) for target in targets}
                case _:
                    continue
    return frozenset(found - {""})


def looked_at(body: Sequence[ast.stmt], name: str) -> Reason | None:
    """Code of another file that would notice what the class *name* holds itself."""
    called = names_of(body, name)
    for top in body:
        for node in ast.walk(top):
            match node:
                case ast.ClassDef(bases=bases) if len(bases) > 1 and any(
                    _last(base) in called for base in bases
                ):
                    return node.lineno, f"derives from {name} and others, in an order of its own"
                case ast.Attribute(value=value, attr=attribute) if (
                    attribute in _INSIDES and _last(value) in called
                ):
                    return node.lineno, f"looks at {name}.{attribute}"
                case ast.Attribute(value=value, ctx=ast.Del()) if _last(value) in called:
                    return node.lineno, f"deletes from {name}"
                case ast.Attribute(attr=place) | ast.Constant(value=place) if place == _PLACE:
                    return node.lineno, f"reads {_PLACE}, which names the class of a method"
                case ast.Call(func=function, args=[first, *_]) if (
                    _last(function) in _LOOKERS and _last(first) in called
                ):
                    return node.lineno, f"looks into {name}"
                case _:
                    continue
    return None


def _looked_into(body: Sequence[ast.stmt], owner: ast.ClassDef) -> str:
    """Code of the module that may look into the class, by whatever name."""
    called = names_of(body, owner.name)
    for top in body:
        for node in ast.walk(top):
            match node:
                case ast.Attribute(value=value, attr=attribute) if (
                    attribute in _INSIDES and not _is_self(value)
                ):
                    return f"line {node.lineno} looks at {ast.unparse(node)[:40]}"
                case ast.Call(func=function, args=[first, *_]) if _last(
                    function
                ) in _LOOKERS and not _is_self(first):
                    return f"line {node.lineno} looks into {ast.unparse(first)[:40]}"
                case ast.Attribute(value=value, ctx=ast.Del()) if _last(value) in called:
                    return f"line {node.lineno} deletes from {owner.name}"
                case ast.Attribute(attr=place) | ast.Constant(value=place) if place == _PLACE:
                    return f"line {node.lineno} reads {_PLACE}, which names the class of a method"
                case ast.ClassDef(bases=bases, name=name) if len(bases) > 1 and any(
                    _last(base) in called for base in bases
                ):
                    return f"{name} derives from it and others, in an order of its own"
                case _:
                    continue
    return ""


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _last(node: ast.expr) -> str:
    return getattr(node, "id", "") or getattr(node, "attr", "")


def _is_class(node: ast.AST, name: str) -> bool:
    match node:
        case ast.ClassDef(name=other) | ast.FunctionDef(name=other):
            return other == name
        case ast.AsyncFunctionDef(name=other):
            return other == name
        case ast.Name(id=other, ctx=ast.Store() | ast.Del()):
            return other == name
        case ast.alias(name=full, asname=alias):
            return (alias or full.split(".")[0]) == name
        case _:
            return False


# ---------------------------------------------------------------- one method


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


def _class_names(node: Function, owner: _Owner, *, lazy: bool) -> Reason | None:
    """Names of the class's own that a method reads as it is defined."""
    annotations = {id(part) for part in _annotations(node)} if lazy else set()
    for part in evaluated_outside(node):
        if id(part) in annotations:
            continue
        for inner in _executed([part]):
            if isinstance(inner, ast.Name) and inner.id in owner.bound:
                return inner.lineno, f"it reads {inner.id} of {owner.name} when it is defined"
    return None


def _annotations(node: Function) -> Iterator[ast.expr]:
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg) and argument.annotation is not None:
            yield argument.annotation
    if node.returns is not None:
        yield node.returns


def _executed(body: Collection[ast.AST]) -> Iterator[ast.AST]:
    """What is executed with some statements: not the bodies of functions."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += evaluated_outside(node)
        else:
            waiting += ast.iter_child_nodes(node)


def _makes_a_function(node: ast.FunctionDef) -> bool:
    """True if running a decorator's body defines functions, chooses one and returns it."""
    if any(_PLACE in (getattr(n, "attr", ""), getattr(n, "value", "")) for n in ast.walk(node)):
        return False
    local = {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
    local |= bound_in(node.body).local
    for inner in _executed(node.body):
        match inner:
            case ast.Global() | ast.Nonlocal() | ast.Await() | ast.Yield() | ast.YieldFrom():
                return False
            case ast.Call(func=function) if _last(function) not in _WRAPPERS:
                return False
            case ast.For() | ast.While() | ast.With() | ast.Import() | ast.ImportFrom():
                return False
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Del()):
                return False
            case ast.Attribute(ctx=ast.Store(), value=value) if _last(value) not in local:
                return False
            case _:
                continue
    return True
