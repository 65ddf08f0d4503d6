"""What statements change, or look at, in other modules of the project while they are executed.

``@plugin`` of ``shop.plugins`` appends to a list there; ``class Job(Task)`` adds itself to
a registry in ``Task.__init_subclass__``. What a library does with what it is given is not
read: it keeps it by name, not by order.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aurum_refactor.analysis.foreign_modules import Found, Function, Modules, Table, dotted, inside
from aurum_refactor.analysis.nodes import children_of, parsed
from aurum_refactor.analysis.reads import is_wraps
from aurum_refactor.analysis.routes import route_call
from aurum_refactor.analysis.scopes import bound_in, evaluated_outside, parameters
from aurum_refactor.analysis.statements import absolute_module

_CHANGERS = frozenset(
    {
        *("append", "appendleft", "add", "update", "setdefault", "insert", "extend", "pop"),
        *("popitem", "popleft", "remove", "discard", "clear", "sort", "reverse"),
    }
)
#: Functions that change their first argument.
_TAKERS = frozenset({"next", "setattr", "delattr", "heappush", "insort", "insort_left"})
_CONTAINERS = frozenset(
    {
        *("dict", "list", "set", "defaultdict", "OrderedDict", "Counter", "deque", "ChainMap"),
        *("WeakSet", "WeakKeyDictionary", "WeakValueDictionary", "count", "cycle", "iter"),
    }
)
_DISPLAYS = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: How deep calls are followed.
_DEPTH = 8
#: (module, name): a value of another module.
Place = tuple[str, str]


@dataclass(slots=True)
class Effect:
    """What running something changes, and what it looks at."""

    changes: set[Place] = field(default_factory=set)
    looks: set[Place] = field(default_factory=set)

    def take(self, other: Effect, module: str) -> None:
        """Add another effect, without what it does to the values of one module."""
        self.changes |= {row for row in other.changes if row[0] != module}
        self.looks |= {row for row in other.looks if row[0] != module}


@dataclass(frozen=True, slots=True)
class Made:
    """What earlier extractions made of a monolith: modules, and the endpoints that are there."""

    modules: frozenset[str] = frozenset()
    endpoints: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Frame:
    """The names around an expression that are not the module's."""

    table: Table
    local: frozenset[str] = frozenset()
    # Local names that are, or are taken from, a value of a module.
    aliases: tuple[tuple[str, Place], ...] = ()
    # The first parameter of a method of a lasting object, and that object.
    me: tuple[str, Place] | None = None
    # The first parameter of a class method, and the class: what hangs on it is shared.
    kind: tuple[str, Place] | None = None
    globals: frozenset[str] = frozenset()


class ForeignState:
    """Judges the statements of one monolith."""

    def __init__(self, modules: Modules, home: Table, made: Made) -> None:
        self.modules = modules
        self.home = home
        self.made = made
        # Modules that were made of the monolith, and are not executed yet.
        self.waiting = set(made.modules)
        self.known: dict[tuple[str, str, tuple[str, ...], int], Effect] = {}
        # Running these cannot reach another module of the project.
        self.closed = not any(
            module in modules.project or f"{module}.{name}" in modules.project
            for module, name in home.imports.values()
        )

    def of(self, node: ast.stmt) -> Effect:
        """What executing one statement of the monolith does in other modules, or through them."""
        effect = Effect()
        if not self.closed and not isinstance(node, ast.Import | ast.ImportFrom):
            self._executed(node, _Frame(self.home), effect, 0)
        return effect

    def of_import(self, node: ast.stmt, package: str) -> tuple[Effect, Effect]:
        """What executing modules does that were made of the monolith: that stood there before.

        The second effect is that of defining the endpoints among their statements.
        """
        everything, defining = Effect(), Effect()
        for module in sorted(_named(node, package) & self.waiting):
            self.waiting.remove(module)
            content = self.modules.read(module)
            tree = None if content is None else parsed(content[0])
            if content is None or tree is None:
                continue
            table = self.modules.add(module, content[1], tree.body)
            for child in tree.body:
                inner, endpoints = self.of_import(child, content[1])
                if not isinstance(child, ast.Import | ast.ImportFrom):
                    self._executed(child, _Frame(table), inner, 0)
                if getattr(child, "name", "") in self.made.endpoints:
                    endpoints = inner
                # What it binds itself nobody has seen before.
                everything.take(inner, module)
                defining.take(endpoints, module)
        return everything, defining

    def _note(self, places: set[Place], place: Place, table: Table) -> None:
        """Remember a place, unless it is code of the monolith that gets at the monolith's values.

        That is read elsewhere.
        """
        if not place[0] == table.module == self.home.module:
            places.add(place)

    # ------------------------------------------------------------ statements

    def _executed(self, node: ast.AST, frame: _Frame, effect: Effect, depth: int) -> None:
        """Everything that runs with *node*; bodies of functions do not."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                route = route_call(decorator)
                if route is None:
                    self._applied(decorator, frame, effect, depth)
                for child in ast.iter_child_nodes(decorator):
                    self._executed(child, frame, effect, depth)
            for part in evaluated_outside(node):
                if part not in node.decorator_list:
                    self._executed(part, frame, effect, depth)
            if isinstance(node, ast.ClassDef):
                self._subclassed(node, frame, effect, depth)
                for child in node.body:
                    self._executed(child, frame, effect, depth)
            return
        if isinstance(node, ast.Lambda):
            for part in evaluated_outside(node):
                self._executed(part, frame, effect, depth)
            return
        self._stored(node, frame, effect)
        if isinstance(node, ast.Call):
            self._called(node, frame, effect, depth)
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            place = self._state(node, frame)
            # What the monolith binds may be bound again there.
            if place is not None and (place[0] == self.home.module or self._varies(place)):
                self._note(effect.looks, place, frame.table)
        for child in children_of(node):
            self._executed(child, frame, effect, depth)

    def _stored(self, node: ast.AST, frame: _Frame, effect: Effect) -> None:
        match node:
            case (
                ast.Attribute(ctx=ast.Store() | ast.Del())
                | ast.Subscript(ctx=ast.Store() | ast.Del())
            ):
                place = self._state(node, frame)
                direct = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
                marks = direct and frame.kind is not None and dotted(node)[:1] == [frame.kind[0]]
                if place is not None and not marks:
                    self._note(effect.changes, place, frame.table)
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) if name in frame.globals:
                self._note(effect.changes, (frame.table.module, name), frame.table)
            case _:
                pass

    # ------------------------------------------------------------ calls

    def _applied(self, node: ast.expr, frame: _Frame, effect: Effect, depth: int) -> None:
        """A decorator: it is called, and if it is a call, what that gives is called too."""
        if isinstance(node, ast.Call):
            self._run(node.func, frame, effect, depth, 2)
        else:
            self._run(node, frame, effect, depth, 1)

    def _called(self, node: ast.Call, frame: _Frame, effect: Effect, depth: int) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = name or (node.func.id if isinstance(node.func, ast.Name) else "")
        if name in _TAKERS and node.args:
            place = self._state(node.args[0], frame) or self._attribute(node.args, frame)
            if place is not None:
                self._note(effect.changes, place, frame.table)
        self._run(node.func, frame, effect, depth, 1)

    def _run(self, func: ast.expr, frame: _Frame, effect: Effect, depth: int, levels: int) -> None:
        """Call what *func* is; *levels* - 1 times also what that gives."""
        if depth > _DEPTH:
            return
        if isinstance(func, ast.Attribute):
            if frame.me is not None and dotted(func.value) == [frame.me[0]]:
                self._method(frame.me[1], func.attr, effect, depth, levels, frame.table)
                return
            place = self._state(func.value, frame)
            if place is not None:
                whole = self.modules.find(frame.table, dotted(func.value))
                if whole is None or whole.rest or _depth(func.value) >= len(dotted(func.value)):
                    # A part of the value, or a local name for one.
                    if func.attr in _CHANGERS and self._is_ours(place):
                        self._note(effect.changes, place, frame.table)
                    return
                self._method(place, func.attr, effect, depth, levels, frame.table)
                return
        names = dotted(func)
        if not names or names[0] in frame.local or len(names) != len(_plain(func)):
            return
        found = self.modules.find(frame.table, names)
        if found is not None:
            self._run_found(found, effect, depth, levels)

    def _run_found(self, found: Found, effect: Effect, depth: int, levels: int) -> None:
        """Call a definition; what it does is the same each time, and is worked out once."""
        key = (found.table.module, found.name, found.rest, levels)
        if key not in self.known:
            self.known[key] = known = Effect()
            self._run_anew(found, known, depth, levels)
        effect.changes |= self.known[key].changes
        effect.looks |= self.known[key].looks

    def _run_anew(self, found: Found, effect: Effect, depth: int, levels: int) -> None:
        table, name = found.table, found.name
        if name in table.functions and not found.rest:
            self._body(table, table.functions[name], effect, depth + 1, levels)
        elif name in table.classes:
            kind = table.classes[name]
            place = (table.module, name)
            for method in found.rest or ("__new__", "__init__", "__post_init__"):
                row = self.modules.method(table, kind, method)
                if row is not None:
                    first = _first(row[1]) if found.rest or method == "__new__" else None
                    shared = (first, place) if first else None
                    self._body(*row, effect, depth + 1, levels, kind=shared)
        elif name in table.values:
            value = table.values[name]
            place = (table.module, name)
            if found.rest:
                self._method(place, found.rest[-1], effect, depth, levels, table)
            elif isinstance(value, ast.Call):
                maker = self.modules.find(table, dotted(value.func))
                if maker is None:
                    return
                if maker.name in maker.table.classes:
                    self._method(place, "__call__", effect, depth, levels, table)
                elif maker.name in maker.table.functions and not maker.rest:
                    function = maker.table.functions[maker.name]
                    self._body(maker.table, function, effect, depth + 1, levels + 1, kept=place)
            elif isinstance(value, ast.Name | ast.Attribute):
                self._run(value, _Frame(table), effect, depth + 1, levels)

    def _method(
        self, place: Place, name: str, effect: Effect, depth: int, levels: int, by: Table
    ) -> None:
        """A method of a value that lasts, called by code of the module *by*."""
        table = self.modules.table(place[0])
        if table is None or depth > _DEPTH:
            return
        if place[1] in table.classes:
            if name in _CHANGERS:
                self._note(effect.changes, place, by)
            return
        value = table.values.get(place[1])
        if _is_container(value):
            self._note(effect.changes if name in _CHANGERS else effect.looks, place, by)
            return
        if isinstance(value, ast.Call):
            maker = self.modules.find(table, dotted(value.func))
            if maker is not None and maker.name in maker.table.classes and not maker.rest:
                kind = maker.table.classes[maker.name]
                row = self.modules.method(maker.table, kind, name)
                if row is not None:
                    me = (_first(row[1]), place)
                    self._body(*row, effect, depth + 1, levels, me=me)

    def _subclassed(self, node: ast.ClassDef, frame: _Frame, effect: Effect, depth: int) -> None:
        """What making a class runs: ``__init_subclass__`` of its bases, and metaclasses."""
        if depth > _DEPTH:
            return
        for position, (table, kind) in enumerate(self.modules.line(frame.table, node)):
            if position:
                for inner in kind.body:
                    if isinstance(inner, _FUNCTIONS) and inner.name == "__init_subclass__":
                        shared = (_first(inner), (table.module, kind.name))
                        self._body(table, inner, effect, depth + 1, 1, kind=shared)
            for keyword in kind.keywords:
                if keyword.arg != "metaclass":
                    continue
                found = self.modules.find(table, dotted(keyword.value))
                if found is None or found.name not in found.table.classes:
                    continue
                meta = found.table.classes[found.name]
                for name in ("__prepare__", "__new__", "__init__"):
                    row = self.modules.method(found.table, meta, name)
                    if row is not None:
                        shared = (_first(row[1]), (found.table.module, meta.name))
                        self._body(*row, effect, depth + 1, 1, kind=shared)

    def _body(
        self,
        table: Table,
        node: Function,
        effect: Effect,
        depth: int,
        levels: int,
        *,
        me: tuple[str, Place] | None = None,
        kind: tuple[str, Place] | None = None,
        kept: Place | None = None,
        around: _Frame | None = None,
    ) -> None:
        """Run a function; what it returns is run too where *levels* is more than one."""
        if depth > _DEPTH:
            return
        node = self.modules.whole(table, node)
        bound = bound_in(node.body)
        names = {argument.arg for argument in parameters(node)}
        running = [inner for statement in node.body for inner in _immediate(statement)]
        table, imported = inside(table, running)
        local = frozenset(bound.local | names) - imported
        aliases: list[tuple[str, Place]] = []
        if around is not None:
            aliases += [row for row in around.aliases if row[0] not in local]
            me = me or (around.me if around.me and around.me[0] not in local else None)
            kind = kind or (around.kind if around.kind and around.kind[0] not in local else None)
            local |= around.local
        frame = _Frame(table, local, (), me, kind, frozenset(bound.declared_global))
        for statement in node.body:
            for inner in _immediate(statement):
                match inner:
                    case ast.Assign(targets=[ast.Name(id=name)], value=value):
                        place = self._state(value, frame)
                        if place is None and kept is not None and _is_container(value):
                            place = kept
                        if place is not None:
                            aliases.append((name, place))
                    case _:
                        pass
        frame = _Frame(table, local, tuple(aliases), me, kind, frozenset(bound.declared_global))
        nested = {n.name: n for n in node.body for n in _flat_functions(n)}
        run: dict[str, int] = {}
        for statement in node.body:
            self._executed(statement, frame, effect, depth)
            for inner in _immediate(statement):
                match inner:
                    case ast.Call(func=ast.Name(id=name)) if name in nested:
                        run[name] = max(run.get(name, 0), 1)
                    case ast.Return(value=ast.Name(id=name)) if name in nested and levels > 1:
                        run[name] = max(run.get(name, 0), levels - 1)
                    case _:
                        pass
        for name, count in run.items():
            if not any(is_wraps(decorator) for decorator in nested[name].decorator_list):
                self._body(table, nested[name], effect, depth + 1, count, around=frame)

    # ------------------------------------------------------------ values

    def _state(self, node: ast.AST, frame: _Frame) -> Place | None:
        """The value of a module that an expression is, or is a part of."""
        if isinstance(node, ast.Call) and not isinstance(node.func, ast.Attribute):
            return None
        names = dotted(node)
        if not names:
            return None
        root = names[0]
        if frame.me is not None and root == frame.me[0]:
            return frame.me[1] if _depth(node) else None
        if frame.kind is not None and root == frame.kind[0]:
            return frame.kind[1] if _depth(node) else None
        for name, place in frame.aliases:
            if name == root:
                return place
        if root in frame.local:
            return None
        found = self.modules.find(frame.table, names)
        if found is None:
            return None
        if found.name in found.table.values:
            return (found.table.module, found.name)
        deeper = bool(found.rest) or _depth(node) > len(names) - 1
        return (found.table.module, found.name) if deeper else None

    def _attribute(self, args: Sequence[ast.expr], frame: _Frame) -> Place | None:
        """``main.KEY`` of ``setattr(main, "KEY", 1)``, where *main* is a module."""
        match args:
            case [owner, ast.Constant(value=str(name)), *_]:
                names = dotted(owner)
                known = bool(names) and names[0] not in frame.local
                found = self.modules.find(frame.table, [*names, name]) if known else None
                return None if found is None else (found.table.module, found.name)
            case _:
                return None

    def _is_ours(self, place: Place) -> bool:
        """False for what a library made: it keeps what it is given by name, not by order."""
        table = self.modules.table(place[0])
        value = None if table is None else table.values.get(place[1])
        if table is None or not isinstance(value, ast.Call) or _is_container(value):
            return True
        return self.modules.find(table, dotted(value.func)) is not None

    def _varies(self, place: Place) -> bool:
        """True for a value that something may change in place."""
        table = self.modules.table(place[0])
        value = None if table is None else table.values.get(place[1])
        return value is None or _is_container(value) or isinstance(value, ast.Call)


def _is_container(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Call):
        return (dotted(node.func) or [""])[-1] in _CONTAINERS
    return isinstance(node, _DISPLAYS)


def _depth(node: ast.AST) -> int:
    """How many attributes, subscripts and calls stand behind the first name."""
    count = 0
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
        count += 1
    return count


def _plain(node: ast.expr) -> list[str]:
    """A dotted name without subscripts and calls; else empty."""
    inner: ast.AST = node
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    return dotted(node) if isinstance(inner, ast.Name) else []


def _first(node: Function) -> str:
    found = parameters(node)
    return found[0].arg if found else ""


def _immediate(node: ast.AST) -> Iterator[ast.AST]:
    """What runs with a statement of a function."""
    yield node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        return
    for child in children_of(node):
        yield from _immediate(child)


def _flat_functions(node: ast.AST) -> Iterator[Function]:
    for inner in _immediate(node):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            yield inner


def _named(node: ast.stmt, package: str) -> set[str]:
    """Modules that an import may execute."""
    if isinstance(node, ast.Import):
        return {row.name for row in node.names}
    if not isinstance(node, ast.ImportFrom):
        return set()
    module = absolute_module(package, node.level, node.module or "")
    return {module, *(f"{module}.{row.name}" for row in node.names)}


def foreign_effects(
    body: Sequence[ast.stmt], home: Table, modules: Modules, made: Made
) -> tuple[dict[int, Effect], dict[int, Effect]]:
    """Effects in other modules of the project, by ordinal; statements without any are left out.

    Values of the monolith are among them where code of another module changes them: a function
    that is called, or, in the modules *made* of the monolith, a statement. The second table is of
    imports of these: what they do to define their endpoints.
    """
    state = ForeignState(modules, home, made)
    found, defining = {}, {}
    for ordinal, node in enumerate(body):
        effect, endpoints = state.of_import(node, home.package)
        own = state.of(node)
        effect.changes |= own.changes
        effect.looks |= own.looks
        if effect.changes or effect.looks:
            found[ordinal] = effect
        if endpoints.changes or endpoints.looks:
            defining[ordinal] = endpoints
    return found, defining
