"""What code looks at in a copy of the monolith that it loads from the file under another name.

``spec_from_file_location("main_without_grpc", main.__file__)`` and ``exec_module`` make a
second module of the same text, mostly to run a branch at import. The copy is followed from
the call to everything that is done with it: as long as that is reading and patching names
that are written out, these names are all that anybody can see of it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from aurum_refactor.analysis.dotted import last_part
from aurum_refactor.analysis.reached import met_from
from aurum_refactor.analysis.statements import parse
from aurum_refactor.model import ModuleUse, Survey
from aurum_refactor.source.text import SourceText

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ASKS = (ast.Assert, ast.BoolOp, ast.Compare, ast.If, ast.IfExp, ast.UnaryOp)
#: Calls with a target and the literal name of one of its attributes.
_NAMING = frozenset({"object", "setattr", "getattr", "hasattr", "delattr"})
#: What an import hook may ask of a name that it would ask of a new module's, too.
_PARTIAL = frozenset({"startswith", "endswith", "match", "search", "fullmatch", "find", "split"})
#: How many functions may hand a copy on.
_DEPTH = 3


class _CannotFollow(Exception):  # noqa: N818 - an answer, not an error
    """Something is done with the copy that may look at anything."""


def looked_at(
    tree: ast.Module,
    call: ast.Call,
    spellings: Collection[str],
    executes: Callable[[ast.AST], bool],
) -> frozenset[str] | None:
    """Names that a file reads or replaces in the copy that one call makes.

    Args:
        tree: The file.
        call: ``spec_from_file_location(...)`` in it, of the monolith's file.
        spellings: Dotted names of the monolith.
        executes: True for an import of the monolith.

    Returns:
        The names; None if the copy cannot be followed, if it may get the monolith's own
        name, or if the monolith may not be there itself while the copy is made.
    """
    if not any(map(executes, tree.body)) or _hooks_partially(tree):
        return None
    follower = _Follower(tree, spellings)
    try:
        follower.from_spec(call)
    except _CannotFollow:
        return None
    return frozenset(follower.names)


@dataclass
class _Follower:
    """Collects the names; raises where it loses sight."""

    tree: ast.Module
    spellings: Collection[str]
    names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.parents = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }

    def from_spec(self, call: ast.Call) -> None:
        """From the call that names the file to the module, and on."""
        scope = self._function(call)
        if not call.args or not self._is_strange(call.args[0], scope):
            raise _CannotFollow
        spec = self._only_target(call, scope)
        made = [
            node
            for node in ast.walk(scope)
            if isinstance(node, ast.Call)
            and last_part(node.func) == "module_from_spec"
            and [_name(argument) for argument in node.args] == [spec]
        ]
        if len(made) != 1:
            raise _CannotFollow
        module = self._only_target(made[0], scope)
        for use in _loads(scope, spec):
            self._spec_use(use, made[0], module)
        self._uses(scope, module, 0)

    def _spec_use(self, node: ast.Name, made: ast.Call, module: str) -> None:
        parent = self.parents[node]
        if parent is made or isinstance(parent, _ASKS):
            return
        if isinstance(parent, ast.Attribute) and parent.attr == "loader":
            above = self.parents[parent]
            if isinstance(above, _ASKS):
                return
            if isinstance(above, ast.Attribute) and above.attr == "exec_module":
                call = self.parents[above]
                if isinstance(call, ast.Call) and [_name(a) for a in call.args] == [module]:
                    return
        raise _CannotFollow

    def _uses(self, scope: ast.AST, name: str, depth: int) -> None:
        for node in _loads(scope, name):
            self._use(node, scope, depth)

    def _use(self, node: ast.expr, scope: ast.AST, depth: int) -> None:
        match self.parents[node]:
            case ast.Attribute(attr=name):
                self._see(name)
            case ast.Call(func=func, args=[first, ast.Constant(value=str(name)), *_]) if (
                first is node and last_part(func) in _NAMING
            ):
                self._see(name)
            case ast.Call(func=func, args=[only]) if (
                only is node and last_part(func) == "exec_module"
            ):
                pass
            case ast.Call(func=func, args=[table, key, value]) if (
                value is node
                and last_part(func) == "setitem"
                and ast.unparse(table) == "sys.modules"
                and self._is_strange(key, scope)
            ):
                pass
            case ast.Assign(targets=[ast.Subscript(value=table, slice=key)], value=value) if (
                value is node
                and ast.unparse(table) == "sys.modules"
                and self._is_strange(key, scope)
            ):
                pass
            case ast.Return():
                self._returned(scope, depth)
            case _:
                raise _CannotFollow

    def _see(self, name: str) -> None:
        if name.startswith("__") and name not in ("__name__", "__file__", "__doc__"):
            raise _CannotFollow
        self.names.add(name)

    def _returned(self, scope: ast.AST, depth: int) -> None:
        """A helper of this file gives the copy to those who call it."""
        if not isinstance(scope, ast.FunctionDef) or scope.decorator_list or depth >= _DEPTH:
            raise _CannotFollow
        nested = isinstance(self.parents[scope], _FUNCTIONS)
        if not nested and not scope.name.startswith("_"):
            # Then another file may call it.
            raise _CannotFollow
        for node in ast.walk(self.tree):
            if node is not scope and _speaks_of(node, scope.name):
                call = self.parents[node]
                if not isinstance(call, ast.Call) or call.func is not node:
                    raise _CannotFollow
                self._given(call, depth + 1)

    def _given(self, call: ast.Call, depth: int) -> None:
        match self.parents[call]:
            case ast.Expr():
                pass
            case ast.Attribute(attr=name):
                self._see(name)
            case ast.Return():
                self._returned(self._function(call), depth)
            case ast.Assign(targets=[ast.Name(id=name)]):
                scope = self._function(call)
                for store in _stores(scope, name):
                    parent = self.parents[store]
                    if not isinstance(parent, ast.Assign) or not isinstance(parent.value, ast.Call):
                        raise _CannotFollow
                    if ast.dump(parent.value.func) != ast.dump(call.func):
                        raise _CannotFollow
                self._uses(scope, name, depth)
            case _:
                raise _CannotFollow

    # ------------------------------------------------------------ names of values

    def _function(self, node: ast.AST) -> ast.AST:
        while not isinstance(node, _FUNCTIONS):
            if isinstance(node, ast.Lambda) or node not in self.parents:
                raise _CannotFollow
            node = self.parents[node]
        return node

    def _only_target(self, value: ast.expr, scope: ast.AST) -> str:
        match self.parents[value]:
            case ast.Assign(targets=[ast.Name(id=name)]) if len(_stores(scope, name)) == 1:
                return name
            case _:
                raise _CannotFollow

    def _is_strange(self, node: ast.expr, scope: ast.AST) -> bool:
        """True for text that is surely not the monolith's name."""
        if isinstance(node, ast.Name):
            stores = _stores(scope, node.id)
            parent = self.parents[stores[0]] if len(stores) == 1 else None
            if not isinstance(parent, ast.Assign):
                return False
            node = parent.value
        match node:
            case ast.Constant(value=str(text)):
                return text not in self.spellings
            case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
                return not any(spelling.startswith(start) for spelling in self.spellings)
            case _:
                return False


def _loads(scope: ast.AST, name: str) -> Iterator[ast.Name]:
    for node in ast.walk(scope):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield node


def _stores(scope: ast.AST, name: str) -> list[ast.AST]:
    """Everything that binds a name somewhere in a function, or makes it somebody else's."""
    return [
        node
        for node in ast.walk(scope)
        if (isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load))
        or (isinstance(node, ast.arg) and node.arg == name)
        or (isinstance(node, ast.Global | ast.Nonlocal) and name in node.names)
        or (isinstance(node, ast.alias) and name in (node.name, node.asname))
        or (isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name == name)
        or (
            isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name == name
        )
    ]


def _speaks_of(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Name(id=found) | ast.Attribute(attr=found) | ast.Constant(value=found):
            return found == name
        case ast.FunctionDef(name=found) | ast.AsyncFunctionDef(name=found):
            return found == name
        case ast.ClassDef(name=found) | ast.arg(arg=found):
            return found == name
        case _:
            return False


def _hooks_partially(tree: ast.Module) -> bool:
    """True if the file replaces ``__import__`` by something that may notice further imports."""
    every = list(ast.walk(tree))
    functions: dict[str, list[ast.AST]] = {}
    for node in every:
        if isinstance(node, _FUNCTIONS):
            functions.setdefault(node.name, []).append(node)
    for node in every:
        if not isinstance(node, ast.Call):
            continue
        words = [a.value for a in node.args if isinstance(a, ast.Constant)]
        if not any(isinstance(w, str) and w.rpartition(".")[2] == "__import__" for w in words):
            continue
        if last_part(node.func) not in ("setattr", "patch", "object"):
            continue
        given = [*node.args[1:], *(k.value for k in node.keywords)]
        # An error alone lets nothing be imported, a copy least of all.
        hooks = [v for v in given if not _name(v).endswith("Error")]
        named = [body for v in hooks for body in functions.get(_name(v), ())]
        bodies = [*named, *(v for v in hooks if isinstance(v, ast.Lambda))]
        texts = [v for v in hooks if isinstance(v, ast.Constant)]
        if len(bodies) + len(texts) < len(hooks) or any(map(_is_partial, bodies)):
            return True
    return False


def met_in_copies(source: SourceText, surveyed: Survey) -> tuple[tuple[str, ModuleUse], ...]:
    """Endpoints and their applications that somebody may meet in a copy, with the code."""
    met: dict[str, ModuleUse] = {}
    uses = [use for use in surveyed.module_uses if use.what == "watched copy"]
    receivers = {receiver.name for receiver in surveyed.receivers}
    for use in uses:
        for name in sorted(met_from(parse(source), use.detail.split(), receivers)):
            met.setdefault(name, use)
    return tuple(sorted(met.items()))


def comes_back(tree: ast.Module, path: str, line: int, executes: Callable[[ast.AST], bool]) -> bool:
    """True if what a line takes out of ``sys.modules`` is there again before other tests run.

    ``patch.dict`` and ``monkeypatch`` put it back; an import may follow in the same block;
    and what a ``conftest.py`` does as it is imported comes before everything else.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or node.lineno > line or (node.end_lineno or 0) < line:
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and inner.lineno == line and _puts_back(inner):
                return True
        for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            if isinstance(body, list) and _followed(body, line, executes):
                return True
    if _followed(tree.body, line, executes):
        return True
    return path.rpartition("/")[2] == "conftest.py" and _runs_at_once(tree, line)


def _puts_back(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(attr="dict", value=owner):
            return last_part(owner) == "patch"
        case ast.Attribute(attr="delitem" | "setitem", value=owner):
            return last_part(owner) == "monkeypatch"
        case _:
            return False


def _followed(body: list[ast.stmt], line: int, executes: Callable[[ast.AST], bool]) -> bool:
    """True if an import of the monolith follows the statement of this block that is meant."""
    for index, node in enumerate(body):
        if node.lineno == line and isinstance(node, ast.Expr | ast.Delete | ast.Assign):
            return any(map(executes, body[index + 1 :]))
    return False


def _runs_at_once(tree: ast.Module, line: int) -> bool:
    """True for a line of the module itself, or of a function that only the module calls."""
    for node in tree.body:
        if not node.lineno <= line <= (node.end_lineno or 0):
            continue
        if not isinstance(node, ast.FunctionDef):
            return not isinstance(node, ast.ClassDef | ast.AsyncFunctionDef)
        if node.decorator_list or node.name.startswith(("pytest_", "test")):
            return False
        calls = {
            id(row.value.func)
            for row in tree.body
            if isinstance(row, ast.Expr) and isinstance(row.value, ast.Call)
        }
        spoken = [n for n in ast.walk(tree) if n is not node and _speaks_of(n, node.name)]
        return bool(spoken) and all(id(n) in calls for n in spoken)
    return False


def _is_partial(hook: ast.AST) -> bool:
    """True if an import hook asks for more than whether a name is exactly one of some."""
    parameters = {node.arg for node in ast.walk(hook) if isinstance(node, ast.arg)}
    for node in ast.walk(hook):
        match node:
            case ast.Attribute(attr=name) if name in _PARTIAL:
                return True
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.Name(id=name)]):
                if name in parameters:
                    return True
            case ast.Subscript(value=ast.Name(id=name)) if name in parameters:
                return True
            case _:
                pass
    return False


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""
