"""Does a class that inherits some of its methods behave as if it had them itself?

Looking one up gives the same function, for the class, what is derived from it, and all of their
objects: the new bases come first, and hold nothing else. What could tell is shut out here one
by one: hooks and metaclasses that see a namespace, code that looks into it, ``super()`` and
``__class__`` by what the compiler made of them, private names, names of the class's scope by
CPython's own symbol table, and whatever runs while the methods are defined.
Source: https://docs.python.org/3/reference/datamodel.html#customizing-class-creation
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

from aurum_refactor.analysis.target import module_name, package_of
from aurum_refactor.errors import SourceError
from aurum_refactor.proof.sides import Unit
from aurum_refactor.source.text import decode

#: Bases that have neither hooks nor a metaclass of their own.
_QUIET = frozenset({"object", "abc.ABC", "fastapi.FastAPI", "fastapi.APIRouter"})

#: (line of the original, message)
Wrong = tuple[int, str]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_HOOKS = frozenset({"__init_subclass__", "__getattribute__", "__prepare__"})
_OPENED = frozenset({"__dict__", "__bases__", "__base__", "__mro__", "mro", "__subclasses__"})
_OPENERS = frozenset({"vars", "delattr", "getmembers", "getmro", "getsource", "getsourcelines"})
_KEPT = frozenset({"Depends", "Security", "Query", "Path", "Body", "Header", "Cookie"})
_KEPT_FILES = frozenset({"Form", "File"})
_HARMLESS = frozenset(
    {"wraps", "iscoroutinefunction", "isasyncgenfunction", "isgeneratorfunction", "signature"}
    | {"isinstance", "callable", "cast", "getattr", "hasattr"}
)


@dataclass(frozen=True, slots=True)
class _Module:
    name: str
    package: str
    body: Sequence[ast.stmt]


class Family:
    """The module of a class and the files around it, as far as they are known."""

    def __init__(self, unit: Unit, others: Mapping[str, bytes]) -> None:
        self.unit = unit
        self.home = _Module(unit.module, unit.package, unit.body)
        self.others = others
        root = unit.path[: len(unit.path) - len(_tail(unit.path, unit.module))].rstrip("/")
        self.known: dict[str, _Module] = {unit.module: self.home}
        self.read: dict[str, Sequence[ast.stmt]] = {}
        for path, data in others.items():
            try:
                body = ast.parse(decode(path, data).text).body
            except (SourceError, SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            self.read[path] = body
            if path != unit.path and path.startswith(root):
                name = module_name(path, root)
                self.known[name] = _Module(name, package_of(path, root), body)

    def find(self, module: _Module, text: str) -> tuple[_Module, Any] | None:
        """The function or class that a dotted name means, followed through imports."""
        for _ in range(16):
            first, _, rest = text.partition(".")
            binders = [n for n in module.body if _binds(n, first)]
            if len(binders) != 1 or any(_is_star(n) for n in module.body):
                return None
            match binders[0]:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() as node:
                    return None if rest else (module, node)
                case ast.ImportFrom(module=written, names=names, level=level):
                    alias = next(a for a in names if (a.asname or a.name) == first)
                    source = _absolute(module.package, level, written or "")
                    whole = f"{source}.{alias.name}" if source else alias.name
                    path = f"{whole}.{rest}" if rest else whole
                case ast.Import(names=names):
                    alias = next(a for a in names if _bound(a) == first)
                    path = f"{alias.name if alias.asname else first}.{rest}"
                case _:
                    return None
            home = next(
                (
                    name
                    for count in range(path.count("."), 0, -1)
                    if (name := ".".join(path.split(".")[:count])) in self.known
                ),
                None,
            )
            if home is None:
                return None
            module, text = self.known[home], path[len(home) + 1 :]
        return None

    def origin(self, module: _Module, text: str) -> str:
        """What a dotted name of a module is called where it comes from."""
        first, _, rest = text.partition(".")
        binders = [n for n in module.body if _binds(n, first)]
        if any(_is_star(n) for n in module.body):
            return f"?{text}"
        if not binders:
            return text
        match binders:
            case [ast.ImportFrom(module=written, names=names, level=0)]:
                alias = next(a for a in names if (a.asname or a.name) == first)
                return ".".join(filter(None, (written, alias.name, rest)))
            case [ast.Import(names=names)]:
                alias = next(a for a in names if _bound(a) == first)
                return ".".join(filter(None, (alias.name if alias.asname else first, rest)))
            case _:
                return f"?{text}"


def judge(family: Family, node: ast.ClassDef, names: frozenset[str]) -> list[Wrong]:
    """Everything that could tell that a class inherits its methods *names* now."""
    return list(_Case(family, node, names).wrong())


class _Case:
    def __init__(self, family: Family, node: ast.ClassDef, names: frozenset[str]) -> None:
        self.family = family
        self.node = node
        self.names = names
        self.methods = [n for n in node.body if isinstance(n, _FUNCTIONS) and n.name in names]
        source = family.unit.source.text
        self.table = next(
            child
            for child in symtable.symtable(source, family.unit.path, "exec").get_children()
            if child.get_name() == node.name and child.get_type() == "class"
        )
        self.code = compile(source, family.unit.path, "exec", dont_inherit=True)

    def wrong(self) -> Iterator[Wrong]:
        if (
            sum(
                _binds(n, self.node.name)
                for n in ast.walk(ast.Module(list(self.family.unit.body), []))
            )
            != 1
        ):
            yield self.node.lineno, "it may be bound more than once"
        if self.node.decorator_list:
            yield self.node.lineno, "its decorators see what it holds"
        yield from self._line(self.family.home, self.node, 0)
        yield from self._scope()
        yield from self._compiled()
        yield from self._supers()
        for method in self.methods:
            yield from self._private(method)
            yield from self._defined(method)
        yield from self._watched()

    # ------------------------------------------------------------ what it is derived from

    def _line(self, module: _Module, node: ast.ClassDef, depth: int) -> Iterator[Wrong]:
        line = self.node.lineno
        for keyword in node.keywords:
            origin = self.family.origin(module, ast.unparse(keyword.value))
            if keyword.arg != "metaclass" or origin != "abc.ABCMeta":
                yield line, f"{node.name} is made with {keyword.arg}"
        own = {name for n in node.body for name in _HOOKS | {"__slots__"} if _binds(n, name)}
        allowed = {"__init_subclass__"} if not depth else {"__slots__"}
        for name in sorted(own - allowed):
            yield line, f"{node.name} has {name}"
        if depth and node.decorator_list:
            yield line, f"{node.name} is decorated"
        for inner in ast.walk(node) if depth else ():
            if _opens(inner, None):
                yield line, f"{node.name} looks into classes"
        for base in node.bases:
            text = ast.unparse(base)
            if self.family.origin(module, text) in _QUIET:
                continue
            found = self.family.find(module, text) if depth < 16 else None  # noqa: PLR2004
            if found is None or not isinstance(found[1], ast.ClassDef):
                yield line, f"its base {text} is not known"
                continue
            yield from self._line(found[0], found[1], depth + 1)

    # ------------------------------------------------------------ its own scope

    def _scope(self) -> Iterator[Wrong]:
        """Names of the class's scope, by the compiler's own table."""
        for name in sorted(self.names):
            symbol = self.table.lookup(name)
            if symbol.is_referenced():
                yield self.node.lineno, f"its body reads {name}"
            if sum(_binds(n, name) for n in self.node.body) != 1:
                yield self.node.lineno, f"{name} is bound more than once"
            if name.startswith("__"):
                yield self.node.lineno, f"{name} is special or private"
        for statement in self.node.body:
            if isinstance(statement, ast.Global):
                yield statement.lineno, "its body binds global names"
        looks = {"locals", "vars", "dir", "exec", "eval"}
        for name in sorted(looks & set(self.table.get_identifiers())):
            if self.table.lookup(name).is_referenced():
                yield self.node.lineno, f"its body may look at itself with {name}"
        lazy = "annotations" in self.family.unit.future
        for method in self.methods:
            for part in _outside(method, lazy=lazy):
                for inner in _run(part):
                    if isinstance(inner, ast.Name) and self._is_own(inner.id):
                        yield inner.lineno, f"{method.name} reads {inner.id} of the class"

    def _is_own(self, name: str) -> bool:
        if name in ("__module__", "__qualname__"):
            return True
        try:
            return self.table.lookup(name).is_assigned()
        except KeyError:
            return False

    # ------------------------------------------------------------ where a method stands

    def _compiled(self) -> Iterator[Wrong]:
        """``__class__`` is a free variable of whatever uses it or ``super()``."""
        bodies = [c for c in _codes(self.code) if c.co_name == self.node.name]
        for body in bodies:
            for method in _codes(body):
                if method.co_name in self.names and any(
                    "__class__" in inner.co_freevars for inner in (method, *_deep(method))
                ):
                    yield method.co_firstlineno, f"{method.co_name} uses the class it stands in"

    def _supers(self) -> Iterator[Wrong]:
        parents = {
            id(child): parent
            for parent in ast.walk(self.node)
            for child in ast.iter_child_nodes(parent)
        }
        for inner in ast.walk(self.node):
            if not (isinstance(inner, ast.Name) and inner.id == "super"):
                continue
            call = parents[id(inner)]
            taken = parents.get(id(call))
            if not (isinstance(call, ast.Call) and isinstance(taken, ast.Attribute)):
                yield inner.lineno, "super() is used for more than a method"
            elif taken.attr in self.names:
                yield inner.lineno, f"super().{taken.attr} would be its own method"

    def _private(self, method: Any) -> Iterator[Wrong]:
        for inner in ast.walk(method):
            if isinstance(inner, ast.Name) and inner.id in ("super", "__class__"):
                yield inner.lineno, f"{method.name} uses {inner.id}"
            for value in (getattr(inner, field, None) for field in inner._fields):
                texts = value if isinstance(value, list) else [value]
                is_text = isinstance(inner, ast.Constant)
                for text in texts:
                    if not is_text and isinstance(text, str) and _is_private(text):
                        yield method.lineno, f"{method.name} uses the private name {text}"

    # ------------------------------------------------------------ what runs meanwhile

    def _is_pythons(self, name: str) -> bool:
        """True for a builtin that nothing in the module binds, in any scope."""
        nodes = [inner for top in self.family.home.body for inner in ast.walk(top)]
        bound = {inner.name for inner in nodes if isinstance(inner, (*_FUNCTIONS, ast.ClassDef))}
        bound |= {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        bound |= {_bound(inner) for inner in nodes if isinstance(inner, ast.alias)}
        return name not in bound and not any(map(_is_star, nodes))

    def _defined(self, method: Any) -> Iterator[Wrong]:
        for decorator in method.decorator_list:
            called = isinstance(decorator, ast.Call)
            text = ast.unparse(decorator.func if called else decorator)
            if text in ("staticmethod", "classmethod") and not called and self._is_pythons(text):
                continue
            found = self.family.find(self.family.home, text)
            if found is None or not _is_wrapper(found[1], deeper=called):
                yield decorator.lineno, f"@{text} may do more than wrap {method.name}"
        parts = _outside(method, lazy=False)
        for part in parts:
            inner_parts: list[ast.AST] = [part]
            if part in method.decorator_list:
                inner_parts = []
                if isinstance(part, ast.Call):
                    inner_parts = [*part.args, *(k.value for k in part.keywords)]
            for inner in (n for p in inner_parts for n in _run(p)):
                if isinstance(inner, ast.NamedExpr | ast.Await):
                    yield inner.lineno, f"{method.name} runs code when it is defined"
                if isinstance(inner, ast.Call) and _end(inner.func) not in _KEPT | _KEPT_FILES:
                    yield inner.lineno, f"{method.name} calls {_end(inner.func)} when it is defined"
        others = [n for n in self.node.body if not isinstance(n, _FUNCTIONS)]
        if any(isinstance(inner, ast.Call) for n in others for inner in ast.walk(n)):
            defaults = [*method.args.defaults, *filter(None, method.args.kw_defaults)]
            for inner in (n for d in defaults for n in _run(d)):
                if isinstance(inner, ast.Attribute):
                    yield inner.lineno, f"a default of {method.name} may change meanwhile"

    # ------------------------------------------------------------ who looks

    def _watched(self) -> Iterator[Wrong]:
        line = self.node.lineno
        home = self.family.unit.path
        for path, body in [(home, self.family.unit.body), *self.family.read.items()]:
            nodes = [inner for top in body for inner in ast.walk(top)]
            called = {self.node.name}
            for inner in nodes:
                if isinstance(inner, ast.alias) and inner.name == self.node.name:
                    called.add(inner.asname or inner.name)
                if isinstance(inner, ast.Assign) and _end(inner.value) == self.node.name:
                    called |= {_end(target) for target in inner.targets}
            called.discard("")
            for inner in nodes:
                where = f"{path}:{getattr(inner, 'lineno', 1)}"
                if _asks_for_place(inner) and (path == home or self._is_named(nodes)):
                    yield line, f"{where} asks which class a method stands in"
                if _opens(inner, None if path == home else called):
                    yield line, f"{where} looks into it"
                match inner:
                    case ast.ClassDef(bases=[_, _, *_] as bases):
                        if any(_end(base) in called for base in bases):
                            yield line, f"{where} derives from it and from others"
                    case ast.Attribute(value=value, ctx=ast.Del()) if _end(value) in called:
                        yield line, f"{where} deletes from it"
                    case _:
                        pass

    def _is_named(self, nodes: Sequence[ast.AST]) -> bool:
        name = self.node.name
        return any(name in (_end(n), getattr(n, "name", "")) for n in nodes)


# ---------------------------------------------------------------- helpers over trees


def _tail(path: str, module: str) -> str:
    parts = module.replace(".", "/")
    return f"{parts}/__init__.py" if path.endswith(f"{parts}/__init__.py") else f"{parts}.py"


def _absolute(package: str, level: int, written: str) -> str:
    if not level:
        return written
    parts = package.split(".")
    base = parts[: len(parts) - (level - 1)]
    return ".".join([*base, *([written] if written else [])])


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]


def _binds(node: ast.AST, name: str) -> bool:
    """True if a statement binds a name in the scope it stands in, itself or in a block of it."""
    match node:
        case ast.FunctionDef(name=other) | ast.AsyncFunctionDef(name=other):
            return other == name
        case ast.ClassDef(name=other):
            return other == name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return any(_bound(alias) == name for alias in names)
        case ast.Name(id=other, ctx=ast.Store() | ast.Del()):
            return other == name
        case ast.Lambda() | ast.Module():
            return False
        case ast.expr():
            return any(_binds(child, name) for child in ast.iter_child_nodes(node))
        case ast.stmt() | ast.ExceptHandler() | ast.match_case() | ast.withitem():
            return any(_binds(child, name) for child in ast.iter_child_nodes(node))
        case _:
            return False


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)


def _end(node: ast.AST) -> str:
    return getattr(node, "id", "") or getattr(node, "attr", "")


def _opens(node: ast.AST, called: Collection[str] | None) -> bool:
    """True if an expression looks into a class of these names; with None into all but ``self``."""
    match node:
        case ast.Attribute(value=value, attr=attribute) if attribute in _OPENED:
            target = value
        case ast.Call(func=function, args=[first, *_]) if _end(function) in _OPENERS:
            target = first
        case _:
            return False
    return ast.unparse(target) != "self" if called is None else _end(target) in called


def _asks_for_place(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="__qualname__") | ast.Constant(value="__qualname__"):
            return True
        case _:
            return False


def _is_private(text: str) -> bool:
    return text.startswith("__") and not text.endswith("__")


def _outside(method: Any, *, lazy: bool) -> list[ast.AST]:
    """What of a method is looked up in the scope around it."""
    found: list[ast.AST] = [*method.decorator_list, *method.args.defaults]
    found += [default for default in method.args.kw_defaults if default is not None]
    if not lazy:
        found += [
            a.annotation for a in ast.walk(method.args) if isinstance(a, ast.arg) and a.annotation
        ]
        found += [method.returns] if method.returns is not None else []
    return found


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """What runs with an expression or statement: no bodies of functions."""
    yield node
    inside: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Lambda):
        inside = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
    elif isinstance(node, _FUNCTIONS):
        inside = _outside(node, lazy=False)
    for child in inside:
        yield from _run(child)


def _codes(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _deep(code: CodeType) -> Iterator[CodeType]:
    for inner in _codes(code):
        yield inner
        yield from _deep(inner)


def _is_wrapper(node: Any, *, deeper: bool) -> bool:
    """True for a decorator that defines functions and gives one of them back, no more."""
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return False
    if any(_asks_for_place(n) for n in ast.walk(node)):
        return False
    inner = [n for n in node.body if isinstance(n, ast.FunctionDef)] if deeper else []
    return all(_only_defines(level.body) for level in (node, *inner))


def _only_defines(body: Sequence[ast.stmt]) -> bool:
    for node in body:
        match node:
            case ast.If(body=yes, orelse=no):
                if not (_only_defines(yes) and _only_defines(no)):
                    return False
                parts: list[ast.AST] = [node.test]
            case ast.Assign(targets=[ast.Name()], value=value):
                parts = [value]
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name))], value=value):
                if not any(isinstance(n, _FUNCTIONS) and n.name == name for n in body):
                    return False
                parts = [value]
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                parts = _outside(node, lazy=False)
            case ast.Return(value=value):
                parts = [] if value is None else [value]
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                parts = []
            case _:
                return False
        for inner in (n for part in parts for n in _run(part)):
            if isinstance(inner, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
                return False
            if isinstance(inner, ast.Call) and _end(inner.func) not in _HARMLESS:
                return False
    return True
