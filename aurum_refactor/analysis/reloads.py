"""Whether a reload of the monolith may end in an error that somebody has allowed for.

A module that is executed again in its own object, and only up to some statement, is
half of one execution and half of another; which half a name belongs to shows then.
Nobody sees that of a reload which always comes to its end, or whose error ends the test.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Sequence

from aurum_refactor.analysis.dotted import last_part
from aurum_refactor.analysis.routes import HARMLESS, INCLUDERS, route_call
from aurum_refactor.language import BUILTINS
from aurum_refactor.model import ImportedName, Statement

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Context managers that let code after them go on, whatever has happened inside.
_CATCH = frozenset({"raises", "assertRaises", "assertRaisesRegex", "suppress", "subTest"})
#: A string that may be a module's name, or the beginning of one.
_MODULE = re.compile(rb"[\"']([A-Za-z_][\w.]*)[\"']")
#: What a file does with names of modules where it does not write them out.
_ASKS = re.compile(rb"startswith|\bin\b[^\n]*sys\.modules|\bre\.|\.split\(|partition\(")
#: Functions that a test runner calls itself.
_CALLED_BY_RUNNERS = ("test", "setUp", "tearDown", "setup_", "teardown_", "asyncSetUp")


def may_be_caught(tree: ast.Module, line: int) -> bool:
    """True unless an error of the code on a line surely ends the test, or the program.

    That is so in functions that a test runner calls, and at the top of a module, outside
    of ``try`` with ``except`` and of ``pytest.raises``. What any other function does,
    somebody may do inside of these.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or not node.lineno <= line <= (node.end_lineno or 0):
            continue
        match node:
            case ast.Try(handlers=handlers, body=body) | ast.TryStar(handlers=handlers, body=body):
                inside = any(n.lineno <= line <= (n.end_lineno or 0) for n in body)
                if handlers and inside:
                    return True
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    heads = [n for n in ast.walk(item.context_expr) if isinstance(n, ast.Call)]
                    if any(last_part(head.func) in _CATCH for head in heads):
                        return True
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if not _is_called_by_a_runner(node):
                    return True
            case _:
                pass
    return any(
        isinstance(node, ast.Lambda) and node.lineno <= line <= (node.end_lineno or 0)
        for node in ast.walk(tree)
    )


def _is_called_by_a_runner(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if node.name.startswith(_CALLED_BY_RUNNERS):
        return True
    heads = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
    return any(last_part(head) == "fixture" for head in heads)


#: Functions and methods that take whatever text they are given.
_SAFE_CALLS = frozenset({"os.getenv", "os.environ.get", "logging.getLogger", "print"})
_SAFE_METHODS = frozenset({"strip", "lower", "upper", "split", "startswith", "endswith", "keys"})
_SAFE_WRAPPERS = frozenset({"asynccontextmanager", "contextmanager", "lru_cache", "cache", "wraps"})
_MADE = frozenset({"FastAPI", "APIRouter", "Lock", "defaultdict", "OrderedDict", "deque"})
_LIBRARIES = frozenset(
    {"asyncio", "collections", "contextlib", "fastapi", "functools", "logging", "os", "threading"}
)
_APPLICATION = frozenset({"add_middleware", "mount"})
_PLAIN_BASES = frozenset({"str", "int", "Enum", "IntEnum", "StrEnum", "BaseModel", "Exception"})


def first_that_may_fail(
    body: Sequence[ast.stmt],
    statements: Sequence[Statement],
    receivers: Collection[str],
    others: Iterable[bytes],
) -> int:
    """Line of the first statement of a module that may not come to its end; 0 if there is none.

    Only few kinds are known to: imports of what was imported before, definitions, and
    values of text, plain containers and objects of FastAPI.

    Args:
        body: The top level of the module.
        statements: The same, with what their imports bind.
        receivers: Applications and routers of the module.
        others: Bytes of every file that handles ``sys.modules``, and maybe of more.
    """
    judge = _Judge(body, [row for s in statements for row in s.imports], receivers)
    meddlers = [data for data in others if b"sys.modules" in data]
    exact = {text.decode() for data in meddlers for text in _MODULE.findall(data)}
    by_start = [data for data in meddlers if _ASKS.search(data)]
    starts = {text.decode() for data in by_start for text in _MODULE.findall(data)}
    for node, statement in zip(body, statements, strict=True):
        # Somebody may have taken a module away that is imported here, or put another there.
        modules = {row.module for row in statement.imports}
        at_risk = bool(modules & exact) or any(m.startswith(s) for m in modules for s in starts)
        if at_risk or not judge.ends(node):
            return node.lineno
    return 0


class _Judge:
    """Knows what a module imports and which of its classes are plain to make."""

    def __init__(
        self, body: Sequence[ast.stmt], imports: Iterable[ImportedName], receivers: Collection[str]
    ) -> None:
        self.receivers = receivers
        self.classes = {node.name: node for node in body if isinstance(node, ast.ClassDef)}
        self.libraries = {
            row.bound for row in imports if row.module.partition(".")[0] in _LIBRARIES
        }

    def ends(self, node: ast.stmt) -> bool:
        """True if a statement surely comes to its end."""
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Pass():
                return True
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self._function(node)
            case ast.ClassDef():
                return self._class(node)
            case ast.Assign(targets=targets, value=value):
                return all(isinstance(t, ast.Name) for t in targets) and self.value(value)
            case ast.AnnAssign(target=ast.Name(), value=value):
                return value is None or self.value(value)
            case ast.Expr(value=value):
                return self.value(value)
            case ast.If(test=test, body=body, orelse=orelse):
                if ast.unparse(test) == "__name__ == '__main__'":
                    return not orelse
                return self.value(test) and all(map(self.ends, [*body, *orelse]))
            case _:
                return False

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        for decorator in node.decorator_list:
            head = decorator.func if isinstance(decorator, ast.Call) else decorator
            if route_call(decorator) is None and not (
                isinstance(head, ast.Name)
                and head.id in _SAFE_WRAPPERS
                and head.id in self.libraries
            ):
                return False
        # What a default is taken from may be gone.
        outside = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        return not any(
            isinstance(inner, ast.Attribute) and inner.attr == "environ"
            for part in outside
            for inner in ast.walk(part)
        )

    def _class(self, node: ast.ClassDef) -> bool:
        plain = all(isinstance(b, ast.Name) and b.id in _PLAIN_BASES for b in node.bases)
        if node.decorator_list or node.keywords or not plain:
            return False
        return all(
            (isinstance(inner, _FUNCTIONS) and not inner.decorator_list)
            or (not isinstance(inner, _FUNCTIONS) and self.ends(inner))
            for inner in node.body
        )

    def value(self, node: ast.expr) -> bool:
        """True if an expression surely has a value."""
        match node:
            case ast.Call(func=func, args=args, keywords=keywords):
                given = [*args, *(k.value for k in keywords if k.arg)]
                named = all(k.arg for k in keywords)
                return named and self._callee(func, node) and all(map(self.value, given))
            case ast.Attribute(value=ast.Name(id="os"), attr="environ"):
                return "os" in self.libraries
            case ast.Name() | ast.Constant():
                return True
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.JoinedStr(values=parts):
                return all(map(self.value, parts))
            case ast.FormattedValue(value=value):
                return self.value(value)
            case ast.Dict(keys=keys, values=values):
                return all(k is not None and isinstance(k, ast.Constant) for k in keys) and all(
                    map(self.value, values)
                )
            case ast.ListComp(elt=value, generators=[ast.comprehension(iter=source, ifs=tests)]):
                return all(map(self.value, [value, source, *tests]))
            case ast.BoolOp(values=values):
                return all(map(self.value, values))
            case ast.UnaryOp(op=ast.Not(), operand=value):
                return self.value(value)
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() | ast.Is() | ast.IsNot()]):
                return all(map(self.value, [left, *node.comparators]))
            case _:
                return False

    def _callee(self, func: ast.expr, call: ast.Call) -> bool:
        text = ast.unparse(func)
        root = text.partition(".")[0]
        if text in _SAFE_CALLS:
            return root in self.libraries or root in BUILTINS
        match func:
            case ast.Name(id=name) if name in self.classes:
                return not call.args and not call.keywords and self._is_plain_to_make(name)
            case ast.Name(id=name):
                return name in _MADE and name in self.libraries
            case ast.Attribute(value=ast.Name(id=owner), attr=method):
                if owner in self.receivers:
                    return method in _APPLICATION or method in INCLUDERS or method in HARMLESS
                return method in _SAFE_METHODS or (method in _MADE and owner in self.libraries)
            case ast.Attribute(value=owner_value, attr=method):
                return method in _SAFE_METHODS and self.value(owner_value)
            case _:
                return False

    def _is_plain_to_make(self, name: str) -> bool:
        """True for a class whose objects only set values of theirs when they are made."""
        node = self.classes[name]
        if node.bases or not self._class(node):
            return False
        for inner in node.body:
            if not isinstance(inner, _FUNCTIONS) or inner.name == "__new__":
                if isinstance(inner, _FUNCTIONS):
                    return False
                continue
            if inner.name == "__init__" and not all(map(self._sets_own, inner.body)):
                return False
        return True

    def _sets_own(self, node: ast.stmt) -> bool:
        match node:
            case ast.Assign(targets=[target], value=value):
                pass
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                pass
            case ast.Expr(value=ast.Constant()):
                return True
            case _:
                return False
        match target:
            case ast.Attribute(value=ast.Name(id="self")):
                return self.value(value)
            case _:
                return False
