"""Which module-level names one statement looks up, where, and when: exact, over ``ast``.

Source: https://docs.python.org/3/reference/executionmodel.html#naming-and-binding
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aurum_refactor.analysis.bindings import is_type_checking
from aurum_refactor.analysis.nodes import children_of
from aurum_refactor.analysis.routes import route_call
from aurum_refactor.analysis.scopes import (
    COMPREHENSIONS,
    Bound,
    Comprehension,
    FunctionNode,
    bound_in,
    bound_without_target,
    evaluated_outside,
    parameters,
    type_parameters,
)
from aurum_refactor.model import Phase, Read, Role

#: What calls the functions that it is given; a framework keeps them for later.
_RUNNERS = frozenset({"map", "filter", "sorted", "min", "max", "reduce", "starmap", "accumulate"})


@dataclass(frozen=True, slots=True)
class _Scope:
    kind: str  # "function", "class" or "comprehension"
    local: frozenset[str]
    declared_global: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reads:
    """What one top-level statement looks up and does besides binding names."""

    reads: tuple[Read, ...]
    rebinds: frozenset[str]
    unbinds: frozenset[str]
    touches: frozenset[str]
    stores: frozenset[str]
    called_on: frozenset[str]
    call_stores: frozenset[str]
    call_methods: frozenset[str]
    introspects: bool
    calls: frozenset[str]
    identifiers: frozenset[str]
    # (line, reason) of what ties the statement to its module.
    ties: tuple[tuple[int, str], ...]


def reads_of(node: ast.stmt, *, literal_names: frozenset[str]) -> Reads:
    """Resolve every name in a top-level statement.

    Args:
        node: One element of ``ast.Module.body``.
        literal_names: Local names bound to ``typing.Literal`` (with dotted
            spellings such as ``typing.Literal``): strings in their subscripts
            are values, not annotations.

    Returns:
        The reads in source order. A read is listed whether or not the module
        binds the name; the caller tells builtins and undefined names apart.
    """
    walker = _Walker(literal_names)
    walker.visit(node, Phase.IMPORT, Role.BODY, ())
    return Reads(
        tuple(walker.reads),
        frozenset(walker.rebinds),
        frozenset(walker.unbinds),
        frozenset(walker.touches),
        frozenset(walker.stores),
        frozenset(walker.called_on),
        frozenset(walker.call_stores),
        frozenset(walker.call_methods),
        walker.introspects,
        frozenset(walker.calls),
        frozenset(walker.identifiers),
        tuple(walker.ties),
    )


# Attributes by which a function is asked where it was defined.
_INTROSPECTION = frozenset(
    {"__module__", "__qualname__", "__globals__", "_getframe", "getmodule", "stack"}
)

# Builtins that change what they are given.
_CHANGERS = frozenset({"next", "anext", "setattr", "delattr"})

# Methods that change nothing, on all containers and strings.
_LOOKERS = frozenset(
    {"get", "items", "keys", "values", "copy", "index", "count", "union", "format", "join"}
)

# Builtins that make a function depend on the namespace it stands in.
_NAMESPACE_BUILTINS = frozenset({"globals", "eval", "exec"})
# While a module is executed, these see its namespace too.
_LOCAL_BUILTINS = _NAMESPACE_BUILTINS | {"locals", "vars", "dir"}
# Attributes that give a namespace away.
_NAMESPACE_ATTRIBUTES = frozenset({"f_globals", "__globals__", "_getframe", "currentframe"})


class _Walker:
    """One walk over one statement; holds only the lists it appends to."""

    def __init__(self, literal_names: frozenset[str]) -> None:
        self.literal_names = literal_names
        self.reads: list[Read] = []
        self.rebinds: set[str] = set()
        self.unbinds: set[str] = set()
        self.touches: set[str] = set()
        self.stores: set[str] = set()
        self.called_on: set[str] = set()
        self.call_stores: set[str] = set()
        self.call_methods: set[str] = set()
        self.introspects = False
        # How many functions that replace another one the walk is in.
        self.deferred = 0
        self.calls: set[str] = set()
        self.identifiers: set[str] = set()
        self.ties: list[tuple[int, str]] = []

    # ------------------------------------------------------------ names

    def _read(self, name: str, line: int, phase: Phase, role: Role) -> None:
        self.reads.append(Read(name, phase, role, line, is_deferred=self.deferred > 0))

    def _resolves_to_module(self, name: str, scopes: tuple[_Scope, ...]) -> bool:
        for depth, scope in enumerate(reversed(scopes)):
            if scope.kind == "class" and depth > 0:
                if name == "__class__":
                    # The cell that ``super()`` uses, too.
                    return False
                continue
            if name in scope.declared_global:
                return True
            if name in scope.local:
                return False
        return True

    # ------------------------------------------------------------ the walk

    def visit(  # noqa: C901, PLR0915 - one case per kind of node
        self, node: ast.AST, phase: Phase, role: Role, scopes: tuple[_Scope, ...]
    ) -> None:
        match node:
            case ast.Name():
                self._name(node, phase, role, scopes)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, phase, role, scopes)
            case ast.Lambda():
                self._lambda(node, phase, role, scopes)
            case ast.ClassDef():
                self._class(node, phase, role, scopes)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node, phase, role, scopes)
            case ast.AnnAssign():
                self.visit(node.target, phase, role, scopes)
                self._annotation(node.annotation, phase, scopes)
                if node.value is not None:
                    self.visit(node.value, phase, role, scopes)
            case ast.AugAssign():
                # The target is read before it is stored.
                if isinstance(node.target, ast.Name):
                    loaded = ast.Name(node.target.id, ast.Load())
                    self._name(ast.copy_location(loaded, node.target), phase, role, scopes)
                else:
                    self._touch(node.target, phase, role, scopes)
                self._children(node, phase, role, scopes)
            case (
                ast.Attribute(ctx=ast.Store() | ast.Del())
                | ast.Subscript(ctx=ast.Store() | ast.Del())
            ):
                self._touch(node, phase, role, scopes)
                self._children(node, phase, role, scopes)
            case ast.Attribute() if node.attr in _INTROSPECTION | _NAMESPACE_ATTRIBUTES:
                self.introspects = True
                if node.attr in _NAMESPACE_ATTRIBUTES:
                    self.ties.append((node.lineno, f"uses {node.attr}, which sees this module"))
                self._children(node, phase, role, scopes)
            case ast.Assign() if not scopes:
                self._forward_references(node.value, scopes)
                self._children(node, phase, role, scopes)
            case ast.Call():
                self._call(node, phase, role, scopes)
                self._children(node, phase, role, scopes)
            case ast.If() if is_type_checking(node):
                self.visit(node.test, phase, role, scopes)
                for child in node.orelse:
                    self.visit(child, phase, role, scopes)
            case ast.Global() | ast.Nonlocal():
                self.identifiers.update(node.names)
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    self.identifiers.add(alias.asname or alias.name.split(".")[0])
            case ast.ExceptHandler(name=str(name)):
                self.identifiers.add(name)
                self._children(node, phase, role, scopes)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self.identifiers.add(name)
                self._children(node, phase, role, scopes)
            case ast.MatchMapping(rest=str(name)):
                self.identifiers.add(name)
                self._children(node, phase, role, scopes)
            case _:
                self._children(node, phase, role, scopes)

    def _children(
        self, node: ast.AST, phase: Phase, role: Role, scopes: tuple[_Scope, ...]
    ) -> None:
        for child in children_of(node):
            self.visit(child, phase, role, scopes)

    def _name(self, node: ast.Name, phase: Phase, role: Role, scopes: tuple[_Scope, ...]) -> None:
        self.identifiers.add(node.id)
        if isinstance(node.ctx, ast.Load) and self._resolves_to_module(node.id, scopes):
            self._read(node.id, node.lineno, phase, role)
            looks = _NAMESPACE_BUILTINS if phase is Phase.CALL else _LOCAL_BUILTINS
            if node.id in looks:
                self.ties.append((node.lineno, f"calls {node.id}(), which sees this module"))
            if (
                node.id.startswith("__")
                and not node.id.endswith("__")
                and any(scope.kind == "class" for scope in scopes)
            ):
                self.ties.append((node.lineno, f"reads the private name {node.id} in a class"))

    def _function(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        phase: Phase,
        role: Role,
        scopes: tuple[_Scope, ...],
    ) -> None:
        self.identifiers.add(node.name)
        top = not scopes and phase is Phase.IMPORT
        # A method of a class of the module's own suite, whose decorator may be a route's as well.
        near = top or (phase is Phase.IMPORT and [scope.kind for scope in scopes] == ["class"])
        for decorator in node.decorator_list:
            if (
                near
                and (route := route_call(decorator)) is not None
                and self._resolves_to_module(route[0], scopes)
            ):
                self._route_decorator(route[0], route[2], scopes)
            else:
                if phase is Phase.IMPORT:
                    self.calls.update(_root(decorator))
                    if isinstance(decorator, ast.Attribute):
                        self._touch(decorator, phase, Role.DECORATOR, scopes)
                self.visit(decorator, phase, Role.DECORATOR if top else role, scopes)
        inner = self._with_type_parameters(node, scopes)
        for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self.visit(default, phase, Role.DEFAULT if top else role, scopes)
        for argument in parameters(node):
            self.identifiers.add(argument.arg)
            if argument.annotation is not None:
                self._annotation(argument.annotation, phase, inner)
        if node.returns is not None:
            self._annotation(node.returns, phase, inner)
        replaces = any(is_wraps(decorator) for decorator in node.decorator_list)
        self.deferred += replaces
        self._body(node, node.body, inner)
        self.deferred -= replaces

    def _route_decorator(self, receiver: str, call: ast.Call, scopes: tuple[_Scope, ...]) -> None:
        self.identifiers.add(receiver)
        self.reads.append(
            Read(receiver, Phase.IMPORT, Role.DECORATOR, call.lineno, is_route_decorator=True)
        )
        for argument in [*call.args, *call.keywords]:
            self.visit(argument, Phase.IMPORT, Role.DECORATOR, scopes)

    def _lambda(
        self, node: ast.Lambda, phase: Phase, role: Role, scopes: tuple[_Scope, ...]
    ) -> None:
        for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self.visit(default, phase, role, scopes)
        self.identifiers.update(argument.arg for argument in parameters(node))
        self._body(node, [node.body], scopes)

    def _body(
        self, node: FunctionNode, body: list[ast.stmt] | list[ast.expr], scopes: tuple[_Scope, ...]
    ) -> None:
        bound = bound_in(body)
        self.rebinds |= bound.rebinds
        self.unbinds |= bound.unbinds
        self.identifiers |= bound.stored
        local = bound.local | {argument.arg for argument in parameters(node)}
        scope = _Scope("function", frozenset(local), frozenset(bound.declared_global))
        if not self.deferred:
            self.call_stores |= bound.rebinds
        if bound.rebinds:
            self.ties += [
                (line, "re-binds a global name in a way that has no form for another module")
                for line in bound_without_target(body, frozenset(bound.rebinds))
            ]
        for child in body:
            self.visit(child, Phase.CALL, Role.BODY, (*scopes, scope))

    def _class(
        self, node: ast.ClassDef, phase: Phase, role: Role, scopes: tuple[_Scope, ...]
    ) -> None:
        self.identifiers.add(node.name)
        for decorator in node.decorator_list:
            if phase is Phase.IMPORT:
                self.calls.update(_root(decorator))
            self.visit(decorator, phase, Role.DECORATOR if not scopes else role, scopes)
        inner = self._with_type_parameters(node, scopes)
        for base in [*node.bases, *node.keywords]:
            self.visit(base, phase, role, inner)
        bound = bound_in(node.body)
        self.rebinds |= bound.rebinds
        self.unbinds |= bound.unbinds
        self._unbound_in_class(node, bound, phase, inner)
        scope = _Scope("class", frozenset(bound.local), frozenset(bound.declared_global))
        for child in node.body:
            self.visit(child, phase, role, (*inner, scope))

    def _unbound_in_class(
        self, node: ast.ClassDef, bound: Bound, phase: Phase, scopes: tuple[_Scope, ...]
    ) -> None:
        """A class body reads a name globally until it binds it: ``x = x`` (LOAD_NAME)."""
        seen: set[str] = set()
        for child in node.body:
            for inner in _direct_loads(child):
                if (
                    inner.id in bound.local
                    and inner.id not in seen
                    and self._resolves_to_module(inner.id, scopes)
                ):
                    self._read(inner.id, inner.lineno, phase, Role.BODY)
                    if scopes:
                        self.ties.append(
                            (inner.lineno, f"the class {node.name} reads {inner.id} and binds it")
                        )
            # ``x: int`` makes x a name of the class, and binds nothing.
            if not (isinstance(child, ast.AnnAssign) and child.value is None):
                seen |= bound_in([child]).stored

    def _with_type_parameters(
        self, node: ast.AST, scopes: tuple[_Scope, ...]
    ) -> tuple[_Scope, ...]:
        names = type_parameters(node)
        if not names:
            return scopes
        self.identifiers.update(names)
        return (*scopes, _Scope("function", frozenset(names), frozenset()))

    def _comprehension(
        self, node: Comprehension, phase: Phase, role: Role, scopes: tuple[_Scope, ...]
    ) -> None:
        # The first iterable belongs to the scope around the comprehension.
        self.visit(node.generators[0].iter, phase, role, scopes)
        local: set[str] = set()
        for generator in node.generators:
            local |= {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
        self.identifiers |= local
        scope = _Scope("comprehension", frozenset(local), frozenset())
        inner = (*scopes, scope)
        for index, generator in enumerate(node.generators):
            self.visit(generator.target, phase, role, inner)
            if index:
                self.visit(generator.iter, phase, role, inner)
            for condition in generator.ifs:
                self.visit(condition, phase, role, inner)
        if isinstance(node, ast.DictComp):
            self.visit(node.key, phase, role, inner)
            self.visit(node.value, phase, role, inner)
        else:
            self.visit(node.elt, phase, role, inner)

    # ------------------------------------------------------------ annotations

    def _annotation(self, node: ast.expr, phase: Phase, scopes: tuple[_Scope, ...]) -> None:
        match node:
            case ast.Constant(value=str(text)):
                self._string_annotation(text, node.lineno, scopes)
            case ast.Subscript() if ast.unparse(node.value) in self.literal_names:
                self.visit(node.value, phase, Role.ANNOTATION, scopes)
            case ast.Subscript() if _is_annotated(node.value):
                self.visit(node.value, phase, Role.ANNOTATION, scopes)
                if isinstance(node.slice, ast.Tuple) and node.slice.elts:
                    self._annotation(node.slice.elts[0], phase, scopes)
                    for metadata in node.slice.elts[1:]:
                        self.visit(metadata, phase, Role.ANNOTATION, scopes)
                else:
                    self._annotation(node.slice, phase, scopes)
            case ast.Name() | ast.Call() | ast.Lambda():
                self.visit(node, phase, Role.ANNOTATION, scopes)
            case _ if isinstance(node, COMPREHENSIONS):
                self.visit(node, phase, Role.ANNOTATION, scopes)
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self._annotation(child, phase, scopes)

    def _string_annotation(self, text: str, line: int, scopes: tuple[_Scope, ...]) -> None:
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError):
            return
        inner = _Walker(self.literal_names)
        inner._annotation(tree.body, Phase.IMPORT, scopes)
        for read in inner.reads:
            self._read(read.name, line, Phase.IMPORT, Role.STRING)

    # ------------------------------------------------------------ effects at import

    def _forward_references(self, node: ast.expr, scopes: tuple[_Scope, ...]) -> None:
        """Strings in a type alias (``List["Item"]``) name types, whoever evaluates them."""
        match node:
            case ast.Subscript() if ast.unparse(node.value) not in self.literal_names:
                elements = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
                for element in elements[:1] if _is_annotated(node.value) else elements:
                    match element:
                        case ast.Constant(value=str(text)):
                            self._string_annotation(text, element.lineno, scopes)
                        case _:
                            self._forward_references(element, scopes)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                self._forward_references(left, scopes)
                self._forward_references(right, scopes)
            case ast.Call():
                for text, line in _types_given(node):
                    self._string_annotation(text, line, scopes)
            case _:
                pass

    def _touch(self, node: ast.expr, phase: Phase, role: Role, scopes: tuple[_Scope, ...]) -> None:
        names = {name for name in _root(node) if self._resolves_to_module(name, scopes)}
        storing = isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(
            node.ctx, ast.Load
        )
        if phase is Phase.CALL and self.deferred:
            return
        if phase is Phase.CALL:
            (self.call_stores if storing else self.call_methods).update(names)
            return
        if storing:
            self.stores |= names
        # Arguments of decorators and defaults are passed on, not changed, by
        # every framework we know (``Depends(x)``, ``Query(...)``).
        if role is Role.BODY:
            self.touches |= names
        elif isinstance(node, ast.Attribute) and node.attr not in _LOOKERS:
            # ``@registry.add`` and ``= ids.pop()`` do change some objects.
            self.called_on |= names

    def _call(self, node: ast.Call, phase: Phase, role: Role, scopes: tuple[_Scope, ...]) -> None:
        if isinstance(node.func, ast.Attribute):
            self._touch(node.func, phase, role, scopes)
        if phase is not Phase.IMPORT:
            return
        self.calls.update(_run_with(node.func))
        if isinstance(node.func, ast.Name) and node.func.id in _CHANGERS and node.args:
            self.touches |= {n for n in _root(node.args[0]) if self._resolves_to_module(n, scopes)}
        runs = _tail(node.func) in _RUNNERS
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            if runs:
                self.calls.update(_run_with(argument))
            if isinstance(argument, ast.Name | ast.Attribute | ast.Starred):
                self._touch(argument, phase, role, scopes)


#: What makes a type, and the place of its first argument that is one.
_TYPE_MAKERS = {
    "TypeVar": 1,
    "NewType": 1,
    "NamedTuple": 1,
    "TypedDict": 1,
    "ForwardRef": 0,
    "TypeAdapter": 0,
    "create_model": 1,
}


def _types_given(call: ast.Call) -> Iterator[tuple[str, int]]:
    """Strings that name types: ``TypeVar("T", bound="Item")``, ``NewType("Id", "int")``."""
    first = _TYPE_MAKERS.get(_tail(call.func))
    if first is None:
        return
    fields = _tail(call.func) == "create_model"
    waiting = [*call.args[first:], *(keyword.value for keyword in call.keywords)]
    while waiting:
        match waiting.pop(0):
            case ast.Constant(value=str(text), lineno=line):
                yield text, line
            case ast.Tuple(elts=[kind, *_]) if fields:
                # What follows is a default.
                waiting.append(kind)
            case ast.Tuple(elts=[ast.Constant(value=str()), kind]):
                # ``("name", "Item")`` of a named tuple.
                waiting.append(kind)
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Dict(values=parts):
                waiting += parts
            case ast.Subscript(slice=part):
                waiting.append(part)
            case _:
                pass


def is_wraps(decorator: ast.expr) -> bool:
    """``@functools.wraps(f)``."""
    match decorator:
        case ast.Call(func=ast.Name(id="wraps") | ast.Attribute(attr="wraps")):
            return True
        case _:
            return False


def _run_with(node: ast.expr) -> list[str]:
    """What is run with an expression that is called: ``partial(f, 1)`` runs ``f`` then only."""
    match node:
        case ast.Call(func=func, args=args) if _tail(func) == "partial":
            return [*_root(func), *(name for part in args for name in _root(part))]
        case _:
            return _root(node)


def _tail(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _root(node: ast.expr) -> list[str]:
    """``["a"]`` for ``a``, ``a.b``, ``a[0].c`` and ``a.b()``; else empty."""
    current: ast.expr = node
    while True:
        match current:
            case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Starred(value=value):
                current = value
            case ast.Call(func=func):
                current = func
            case ast.Name(id=name):
                return [name]
            case _:
                return []


def _direct_loads(node: ast.AST) -> Iterator[ast.Name]:
    """Names loaded by a class body itself, not by the scopes nested in it."""
    inside: Iterable[ast.AST]
    match node:
        case ast.Name(ctx=ast.Load()):
            yield node
            return
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() | ast.ClassDef():
            inside = evaluated_outside(node)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            # Only the first iterable is evaluated around the comprehension.
            inside = [node.generators[0].iter]
        case _:
            inside = children_of(node)
    for child in inside:
        yield from _direct_loads(child)


def _is_annotated(node: ast.expr) -> bool:
    match node:
        case ast.Name(id="Annotated") | ast.Attribute(attr="Annotated"):
            return True
        case _:
            return False
