"""Closures, by CPython's own symbol tables: does every name of a lifted body mean the same?

Source: https://docs.python.org/3/library/symtable.html, which is the compiler's answer to
what is local, free or global, and the two rules that it does not know: a free variable is
looked up when the function runs, an argument when the call does.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aurum_refactor.analysis.nodes import children_of, nodes_of
from aurum_refactor.proof.sides import Unit

_SEES_LOCALS = frozenset({"locals", "vars", "dir", "eval", "exec", "super", "__class__"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PIECES = (*_FUNCTIONS, ast.Expr, ast.Assign, ast.AnnAssign)
_LEAVES = (ast.Raise, ast.Return, ast.Continue, ast.Break)
#: They keep what they are given, and run it only when a request comes.
_KEEPERS = frozenset(
    {
        *("Depends", "Security", "Query", "Path", "Body", "Header", "Cookie", "Form", "File"),
        *("get", "put", "post", "delete", "options", "head", "patch", "trace", "api_route"),
        *("websocket", "websocket_route", "route", "add_api_route", "add_api_websocket_route"),
    }
)

#: (line of the original, message)
Wrong = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the body of a lifted function stood in the original."""

    # Statements, handlers and cases around, outermost first.
    around: Sequence[ast.AST]
    suite: Sequence[ast.stmt]
    first: int
    # Exclusive.
    end: int

    @property
    def run(self) -> Sequence[ast.stmt]:
        """The statements that were lifted."""
        return self.suite[self.first : self.end]


@dataclass(frozen=True, slots=True)
class Registering:
    """A new function and the one statement that calls it."""

    node: ast.FunctionDef
    call: ast.stmt
    # Parameters, by position and by name.
    parameters: tuple[str, ...]
    # Those that the call hands on as forwarders.
    late: frozenset[str]
    returned: tuple[str, ...]
    # What the call stands for.
    body: Sequence[ast.stmt]


class Closures:
    """Both modules as the compiler sees them."""

    def __init__(self, before: Unit, after: Unit) -> None:
        self.old = symtable.symtable(before.source.text, before.path, "exec")
        self.new = symtable.symtable(after.source.text, after.path, "exec")
        self.lazy = "annotations" in before.future

    def judge(self, place: Place, row: Registering) -> list[Wrong]:
        """Everything that makes a lifted body different from the one in its place."""
        new = next(t for t in self.new.get_children() if t.get_name() == row.node.name)
        return list(_Case(self, place, new, row).wrong())


class _Case:
    """One lifted function."""

    def __init__(
        self,
        closures: Closures,
        place: Place,
        new: symtable.SymbolTable,
        row: Registering,
    ) -> None:
        self.closures = closures
        self.place = place
        self.new = new
        self.parameters = frozenset(row.parameters)
        self.returned = frozenset(row.returned)
        self.late = row.late
        self.functions: list[Any] = [n for n in place.around if isinstance(n, _FUNCTIONS)]
        self.in_class = any(isinstance(n, ast.ClassDef) for n in place.around)
        # Tables of the scopes around, outermost (the module) first.
        self.tables = [closures.old]
        for node in place.around:
            if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                self.tables.append(_child(self.tables[-1], node.name, node.lineno))
        self.bound = {name for name in new.get_identifiers() if new.lookup(name).is_assigned()}
        first = _first_line(place.run[0])
        last = place.run[-1].end_lineno or place.run[-1].lineno
        self.lines = range(first, last + 1)

    def wrong(self) -> Iterator[Wrong]:
        yield from self._pieces()
        yield from self._same_scopes()
        yield from self._own_level()
        later = self._looked_up_later()
        for name in sorted(self.parameters):
            yield from self._argument(name, later=name in later)
        yield from self._given_back(later)
        yield from self._annotations()

    # ------------------------------------------------------------ what is lifted

    def _pieces(self) -> Iterator[Wrong]:
        for node in self.place.run:
            if not isinstance(node, _PIECES):
                yield node.lineno, f"`{ast.unparse(node)[:40]}` is nothing that can be lifted"
            for inner in _immediate(node):
                if isinstance(inner, ast.Await | ast.Yield | ast.YieldFrom | ast.Return):
                    yield node.lineno, "it awaits, yields or returns"
            for inner in ast.walk(node):
                name = getattr(inner, "id", "")
                if name in _SEES_LOCALS:
                    yield inner.lineno, f"{name} sees another function now"  # type: ignore[attr-defined]
                private = getattr(inner, "attr", "") or getattr(inner, "arg", "") or name
                if (
                    self.in_class
                    and str(private).startswith("__")
                    and not str(private).endswith("__")
                ):
                    line = getattr(inner, "lineno", node.lineno)
                    yield line, f"{private} is a private name of the class around"
        if self.functions:
            for inner in _frame(self.functions[-1].body):
                if getattr(inner, "id", "") in _SEES_LOCALS - {"super", "__class__"}:
                    yield inner.lineno, "the function around looks at its local variables"

    def _same_scopes(self) -> Iterator[Wrong]:
        """Inside the lifted functions, every name is of the same kind as before."""
        old = [t for t in self.tables[-1].get_children() if t.get_lineno() in self.lines]
        new = list(self.new.get_children())
        if len(old) != len(new):
            yield self.lines[0], "its functions are not those of the original"
            return
        for one, other in zip(old, new, strict=True):
            yield from _compared(one, other)

    def _own_level(self) -> Iterator[Wrong]:
        """What the lifted statements themselves read and bind."""
        around = self.tables[-1]
        for name in self.new.get_identifiers():
            symbol = self.new.lookup(name)
            try:
                before = around.lookup(name)
            except KeyError:
                before = None
            was_global = before is None or (not self.functions) or before.is_global()
            if symbol.is_global() and not was_global:
                yield self.lines[0], f"{name} was a local variable and is the module's now"
            elif name in self.bound and self.functions and was_global:
                yield self.lines[0], f"{name} was bound in the module and is a local variable now"
            elif name in self.parameters and self.functions and was_global:
                yield self.lines[0], f"{name} was the module's and is an argument now"

    # ------------------------------------------------------------ arguments

    def _looked_up_later(self) -> set[str]:
        """Names of the new function that the functions in it look up when they run."""
        found: set[str] = set()
        for child in self.new.get_children():
            found |= _free(child)
        return found

    def _argument(self, name: str, *, later: bool) -> Iterator[Wrong]:
        """An argument has its value when the function is called, and keeps it."""
        line = self.lines[0]
        if not self.functions:
            if later:
                yield line, f"{name} is the module's, but its functions keep the argument"
            return
        owner = self._owner(name)
        if owner is None:
            return
        depth, function = owner
        if name in self.late:
            if not self._is_only_called(name, function):
                yield line, f"{name} is a forwarder, but more than called when its users run"
            return
        way = self._way_inside(depth)
        if name not in _parameters(function) and not _is_bound_on(way, name):
            yield line, f"{name} is not surely bound before the call"
        for inner in _nonlocals(function):
            if name in inner.names:
                yield inner.lineno, f"{name} is re-bound with nonlocal"
        if not later:
            return
        for node, loops, arms in _bindings(function.body, name):
            here = _position(node) < (self.lines[0], 0)
            repeated = any(self._is_around(loop) for loop in loops)
            exclusive = any(self._other_arm(branch, arm) for branch, arm in arms)
            if (not here and not exclusive) or repeated:
                yield node.lineno, f"{name} is bound again after the call"

    def _is_only_called(self, name: str, function: Any) -> bool:
        """True if all that the lifted functions do with a local function is to call it.

        What a frame looks like is not to be asked for, since a forwarder stands in between.
        """
        called: set[int] = set()
        for node in self.place.run:
            now = {id(inner) for inner in _immediate(node)}
            calls = [n for n in ast.walk(node) if isinstance(n, ast.Call) and id(n) not in now]
            called |= {id(call.func) for call in calls}
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and inner.id == name and id(inner) not in called:
                    return False
        makers = [node for node, _, _ in _bindings(function.body, name)]
        return name not in _parameters(function) and all(
            isinstance(maker, _FUNCTIONS) and not _asks_for_frames(maker) for maker in makers
        )

    def _owner(self, name: str) -> tuple[int, Any] | None:
        """The function whose variable a name is, with its rank among those around."""
        depth = len(self.functions) - 1
        for table in reversed(self.tables):
            if table.get_type() != "function":
                continue
            try:
                symbol = table.lookup(name)
            except KeyError:
                symbol = None
            if symbol is not None and symbol.is_local():
                return depth, self.functions[depth]
            depth -= 1
        return None

    def _way_inside(self, depth: int) -> list[tuple[ast.AST, Sequence[ast.stmt]]]:
        """Per suite from a function inwards: what holds it, and the statements above the place."""
        start = list(self.place.around).index(self.functions[depth])
        inner = self.functions[depth + 1] if depth + 1 < len(self.functions) else None
        stop = len(self.place.around) if inner is None else list(self.place.around).index(inner)
        around = [*self.place.around[start:stop]]
        targets: list[ast.AST] = [*around[1:], self.place.run[0] if inner is None else inner]
        found: list[tuple[ast.AST, Sequence[ast.stmt]]] = []
        for holder, target in zip(around, targets, strict=True):
            for suite in _suites(holder):
                if any(node is target for node in suite):
                    index = next(i for i, node in enumerate(suite) if node is target)
                    found.append((holder, suite[:index]))
        return found

    def _is_around(self, node: ast.AST) -> bool:
        return any(node is other for other in self.place.around)

    def _other_arm(self, branch: ast.If, arm: str) -> bool:
        """True if the place stands in the arm of an ``if`` that excludes *arm*."""
        if not self._is_around(branch):
            return False
        index = next(i for i, node in enumerate(self.place.around) if node is branch)
        inner = (
            self.place.around[index + 1]
            if index + 1 < len(self.place.around)
            else self.place.run[0]
        )
        other = branch.orelse if arm == "body" else branch.body
        return any(node is inner for node in other)

    # ------------------------------------------------------------ what is given back

    def _given_back(self, later: set[str]) -> Iterator[Wrong]:
        line = self.lines[0]
        if not self.functions:
            for name in sorted(self.bound - self.returned - self.parameters):
                yield line, f"{name} is not bound in the module any more"
            for name in sorted(later & self.bound):
                yield line, f"{name} is read from the new function, and may be replaced"
            return
        function = self.functions[-1]
        run = {id(node) for node in self.place.run}
        outside = _read_outside(function, self.tables[-1], run, self.lines)
        in_loop = any(isinstance(n, _LOOPS) for n in self._inside_function())
        for name in sorted(self.bound - self.parameters):
            others = [n for n, _, _ in _bindings(function.body, name) if not self._inside(n)]
            if name in outside and name not in self.returned:
                yield line, f"{name} is read outside of the new function"
            if (name in outside or name in later) and (others or name in _parameters(function)):
                yield line, f"{name} is bound more than once"
            if name not in outside:
                continue
            if in_loop:
                yield line, f"{name} is bound in a loop and read outside"
            for inner in _nonlocals(function):
                if name in inner.names:
                    yield inner.lineno, f"{name} is re-bound with nonlocal"
            if outside[name] < self.lines[0] and not self._runs_nothing():
                yield line, f"{name} may be read above while it is not there yet"

    def _inside_function(self) -> Sequence[ast.AST]:
        start = list(self.place.around).index(self.functions[-1])
        return self.place.around[start + 1 :]

    def _inside(self, node: ast.AST) -> bool:
        return getattr(node, "lineno", 0) in self.lines

    def _runs_nothing(self) -> bool:
        """True if executing the lifted statements calls no function of the one around."""
        local = {
            name
            for table in self.tables
            if table.get_type() == "function"
            for name in table.get_identifiers()
            if table.lookup(name).is_local() or table.lookup(name).is_free()
        }
        for node in self.place.run:
            for decorator in getattr(node, "decorator_list", ()):
                if isinstance(decorator, ast.Name) and decorator.id in local:
                    return False
            for inner in _immediate(node):
                if not isinstance(inner, ast.Call):
                    continue
                function = inner.func
                last = getattr(function, "attr", "") or getattr(function, "id", "")
                if last in _KEEPERS:
                    continue
                if any(isinstance(n, ast.Name) and n.id in local for n in ast.walk(inner)):
                    return False
        return True

    # ------------------------------------------------------------ annotations

    def _annotations(self) -> Iterator[Wrong]:
        """A string annotation names something of the module, whatever is local here."""
        module = set(self.closures.old.get_identifiers())
        local = self.parameters | self.bound
        for node in self.place.run:
            for inner in ast.walk(node):
                for text in _annotation_texts(inner, lazy=self.closures.lazy):
                    hidden = {n.id for n in ast.walk(text) if isinstance(n, ast.Name)}
                    for name in sorted(hidden & local & module if self.functions else ()):
                        yield inner.lineno, f"the annotation {name} is hidden"  # type: ignore[attr-defined]


# ---------------------------------------------------------------- symbol tables


def _child(inside: symtable.SymbolTable, name: str, line: int) -> symtable.SymbolTable:
    for child in inside.get_children():
        if child.get_name() == name and child.get_lineno() == line:
            # Type parameters have a table of their own around the function's.
            kinds = ("function", "class")
            return child if str(child.get_type()) in kinds else _child(child, name, line)
    raise LookupError(name)


def _compared(old: symtable.SymbolTable, new: symtable.SymbolTable) -> Iterator[Wrong]:
    line = old.get_lineno()
    one, other = set(old.get_identifiers()), set(new.get_identifiers())
    if old.get_name() != new.get_name() or one != other:
        yield line, f"{old.get_name()} has other names than before"
        return
    for name in sorted(one):
        kinds = [
            (s.is_global(), s.is_free(), s.is_local(), s.is_nonlocal(), s.is_parameter())
            for s in (old.lookup(name), new.lookup(name))
        ]
        if kinds[0] != kinds[1]:
            yield line, f"{name} in {old.get_name()} is found in another scope than before"
    children = list(old.get_children()), list(new.get_children())
    if len(children[0]) != len(children[1]):
        yield line, f"{old.get_name()} has other functions than before"
        return
    for first, second in zip(*children, strict=True):
        yield from _compared(first, second)


def _free(table: symtable.SymbolTable) -> set[str]:
    """Names that a scope, and those in it, take from the functions around it."""
    return {name for name in table.get_identifiers() if table.lookup(name).is_free()}


# ---------------------------------------------------------------- trees


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])


def _asks_for_frames(node: ast.AST) -> bool:
    words = {"_getframe", "currentframe", "stack", "getmodule", "stacklevel"}
    return any(
        getattr(inner, "attr", None) in words or getattr(inner, "arg", None) in words
        for inner in ast.walk(node)
    )


def _position(node: Any) -> tuple[int, int]:
    return node.lineno, node.col_offset


# It is asked for each argument of a function that was lifted out of another one.
@lru_cache(maxsize=16)
def _nonlocals(function: ast.AST) -> tuple[ast.Nonlocal, ...]:
    found = nodes_of(function, (ast.Nonlocal,))
    return tuple(node for node in found if isinstance(node, ast.Nonlocal))


def _parameters(function: Any) -> set[str]:
    return {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}


def _suites(node: ast.AST) -> Iterator[Sequence[ast.stmt]]:
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        suite = getattr(node, field, None)
        if isinstance(suite, list):
            yield suite


def _immediate(node: ast.AST) -> Iterator[ast.AST]:
    """What is executed with a statement: not what stands in the functions in it."""
    yield node
    if isinstance(node, (*_FUNCTIONS, ast.Lambda)):
        inside: list[ast.AST | None] = [*node.args.defaults, *node.args.kw_defaults]
        inside += getattr(node, "decorator_list", [])
        inside += [a.annotation for a in ast.walk(node.args) if isinstance(a, ast.arg)]
        inside.append(getattr(node, "returns", None))
    else:
        inside = [*children_of(node)]
    for child in inside:
        if child is not None:
            yield from _immediate(child)


def _frame(body: Iterable[ast.AST]) -> Iterator[Any]:
    """Names that a function loads itself."""
    for node in body:
        for inner in _immediate(node):
            if isinstance(inner, ast.Name):
                yield inner


def _stored(node: ast.AST, name: str) -> bool:
    """True if a node, without what is nested in it, binds or deletes a name."""
    match node:
        case ast.Name(id=other, ctx=ast.Store() | ast.Del()):
            return other == name
        case ast.FunctionDef(name=other) | ast.AsyncFunctionDef(name=other):
            return other == name
        case ast.ClassDef(name=other) | ast.ExceptHandler(name=other):
            return other == name
        case ast.alias(name=full, asname=alias):
            return (alias or full.split(".")[0]) == name
        case ast.MatchAs(name=other) | ast.MatchStar(name=other) | ast.MatchMapping(rest=other):
            return other == name
        case _:
            return False


_Bindings = Iterator[tuple[Any, list[ast.AST], list[tuple[ast.If, str]]]]


def _bindings(
    body: Sequence[ast.AST],
    name: str,
    loops: Sequence[ast.AST] = (),
    arms: Sequence[tuple[ast.If, str]] = (),
) -> _Bindings:
    """Where a function binds a name: the node, the loops and the arms of ``if`` around it."""
    for node in body:
        if _stored(node, name):
            where = node if hasattr(node, "lineno") else body[0]
            yield where, list(loops), list(arms)
        if isinstance(node, (*_FUNCTIONS, ast.Lambda)):
            inside = [n for n in _immediate(node) if n is not node]
            walrus = [n.target for n in inside if isinstance(n, ast.NamedExpr)]
            yield from _bindings(walrus, name, loops, arms)
            continue
        if isinstance(node, ast.ClassDef):
            continue
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            walrus = [n.target for n in ast.walk(node) if isinstance(n, ast.NamedExpr)]
            yield from _bindings(walrus, name, loops, arms)
            continue
        within = [*loops, node] if isinstance(node, _LOOPS) else loops
        if isinstance(node, ast.If):
            yield from _bindings([node.test], name, within, arms)
            yield from _bindings(node.body, name, within, [*arms, (node, "body")])
            yield from _bindings(node.orelse, name, within, [*arms, (node, "orelse")])
            continue
        yield from _bindings(children_of(node), name, within, arms)


def _is_bound_on(way: Sequence[tuple[ast.AST, Sequence[ast.stmt]]], name: str) -> bool:
    """True if a name is bound on every path to the end of a way."""
    bound = False
    for holder, above in way:
        match holder:
            case ast.For(target=target) | ast.AsyncFor(target=target):
                bound |= any(_stored(n, name) for n in ast.walk(target))
            case ast.With(items=items) | ast.AsyncWith(items=items):
                bound |= any(_stored(n, name) for i in items for n in ast.walk(i))
            case _:
                pass
        for node in above:
            bound = (bound or _always(node, name)) and not _deletes(node, name)
    return bound


def _always(node: ast.stmt, name: str) -> bool:
    """True if a statement that ends normally has bound a name."""
    match node:
        case ast.If(body=body, orelse=orelse):
            return all(_ends_bound(arm, name) for arm in (body, orelse))
        case ast.With(body=body) | ast.AsyncWith(body=body):
            here = any(_stored(n, name) for i in node.items for n in ast.walk(i))
            return here or any(_always(inner, name) for inner in body)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            paths = [[*body, *orelse], *(handler.body for handler in handlers)]
            surely = any(_always(inner, name) for inner in final)
            return surely or all(_ends_bound(path, name) for path in paths)
        case ast.For() | ast.AsyncFor() | ast.While() | ast.Match() | ast.Delete():
            return False
        case ast.AnnAssign(value=None):
            return False
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name == name
        case _:
            return any(True for _ in _bindings([node], name)) and not hasattr(node, "body")


def _ends_bound(path: Sequence[ast.stmt], name: str) -> bool:
    if path and isinstance(path[-1], _LEAVES):
        return True
    return any(_always(node, name) for node in path)


def _deletes(node: ast.AST, name: str) -> bool:
    """True if a statement may unbind a name; that of an exception goes with its handler."""
    return any(
        (isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Del))
        or (isinstance(n, ast.ExceptHandler) and n.name == name)
        for n in ast.walk(node)
    )


def _read_outside(
    function: Any, table: symtable.SymbolTable, run: set[int], lines: range
) -> dict[str, int]:
    """Names that a function reads besides in the lifted statements, with the first line."""
    found: dict[str, int] = {}

    def note(name: str, line: int) -> None:
        found[name] = min(found.get(name, line), line)

    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if id(node) in run:
            continue
        if isinstance(node, (*_FUNCTIONS, ast.Lambda)):
            waiting += [n for n in _immediate(node) if n is not node]
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            note(node.id, node.lineno)
        waiting += children_of(node)
    for child in table.get_children():
        if child.get_lineno() not in lines:
            for name in _free(child):
                note(name, child.get_lineno())
    return found


def _annotation_texts(node: ast.AST, *, lazy: bool) -> Iterator[ast.AST]:
    """Annotations that are looked up as strings, parsed."""
    annotation = getattr(node, "annotation", None) or getattr(node, "returns", None)
    if not isinstance(annotation, ast.expr):
        return
    if lazy:
        yield annotation
    for inner in ast.walk(annotation):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            try:
                yield ast.parse(inner.value.strip(), mode="eval")
            except SyntaxError:
                continue
