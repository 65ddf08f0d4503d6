"""Makes a FastAPI module k times as long: every copy has names and paths of its own.

Imports, routers, ``__all__`` and the like stand there once. Everything else is
repeated, and each copy calls its own functions and is served under its own
paths, so that the long module is k independent modules in one file.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.endpoints import is_route, receivers_in

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_VERSION = re.compile(r"v\d+|api", re.IGNORECASE)
_BRACES = re.compile(r"\{[^{}]*\}")
_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
_COMPREHENSIONS = {
    ast.Lambda: "lambda",
    ast.ListComp: "listcomp",
    ast.SetComp: "setcomp",
    ast.DictComp: "dictcomp",
    ast.GeneratorExp: "genexpr",
}


@dataclass(frozen=True, slots=True)
class _Edit:
    """Bytes ``start`` to ``end`` of the module are replaced."""

    start: int
    end: int
    text: bytes


def scaled(text: str, times: int) -> str:
    """Repeat a module's own statements.

    Args:
        text: A module; its first copy is left as it is.
        times: How many copies the result holds.

    Raises:
        SyntaxError: *text* is not valid Python.
    """
    module = _Module(text)
    copies = [text if text.endswith("\n") else text + "\n"]
    copies += [module.copy(f"_c{number}") for number in range(2, times + 1)]
    return "\n\n".join(copies) if times > 1 else text


class _Module:
    """One module, parsed once; gives renamed copies of its statements."""

    def __init__(self, text: str) -> None:
        # "\f" and "\x0b" are no line ends to the parser.
        self.data = text.encode("utf-8")
        self.lines = self.data.split(b"\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.tree = ast.parse(text)
        self.table = symtable.symtable(text, "<monolith>", "exec")
        self.receivers = receivers_in(self.tree)
        groups = self._groups()
        once = [g for g in groups if any(self._stands_once(n) for n in g[2])]
        self.repeated = [group for group in groups if group not in once]
        fixed = {name for _, _, nodes in once for node in nodes for name in _stored(node)}
        self.names = _own_names(self.tree) - self.receivers - fixed
        self.tables = _tables(self.table)

    def copy(self, suffix: str) -> str:
        pieces = []
        for first, last, nodes in self.repeated:
            start, end = self.starts[first], self.starts[last]
            edits = sorted(
                {edit for node in nodes for edit in self._edits(node, suffix)},
                key=lambda edit: edit.start,
            )
            pieces.append(_applied(self.data, start, end, edits))
        return b"".join(pieces).decode("utf-8")

    def _groups(self) -> list[tuple[int, int, list[ast.stmt]]]:
        """Runs of lines, with the comments above them, and the statements there."""
        groups: list[tuple[int, int, list[ast.stmt]]] = []
        for node in self.tree.body:
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]) - 1
            last = node.end_lineno or node.lineno
            if groups and first < groups[-1][1]:
                # ``a = 1; b = 2`` stand and fall together.
                groups[-1] = (groups[-1][0], last, [*groups[-1][2], node])
            else:
                groups.append((groups[-1][1] if groups else 0, last, [node]))
        return groups

    def _stands_once(self, node: ast.stmt) -> bool:
        match node:
            case ast.Expr(value=ast.Constant()):
                return True
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner)))):
                # ``app.add_middleware(...)``, ``app.include_router(...)``.
                return owner in self.receivers
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return False
            case _:
                pass
        stored = _stored(node)
        return (
            any(isinstance(n, ast.Import | ast.ImportFrom) for n in _outside_functions(node))
            or not stored.isdisjoint(self.receivers)
            or any(n.startswith("__") for n in stored)
            or (isinstance(node, ast.If) and "__name__" in ast.unparse(node.test))
        )

    # ------------------------------------------------------------ what changes in a copy

    def _edits(self, node: ast.AST, suffix: str) -> Iterator[_Edit]:
        yield from self._visit(node, (self.table,), suffix)

    def _visit(
        self, node: ast.AST, tables: tuple[symtable.SymbolTable, ...], suffix: str
    ) -> Iterator[_Edit]:
        inner = tables
        match node:
            case ast.Name(id=name) if self._is_own(name, tables):
                yield from self._renamed(node, name, suffix)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                if self._is_own(node.name, tables):
                    yield self._definition(node, suffix)
                yield from self._paths(node, suffix)
            case ast.Global(names=names):
                yield self._words(node, self.names.intersection(names), suffix)
            case ast.JoinedStr():
                # Positions inside of an f-string are not to be relied on before 3.12.
                inside = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
                yield self._f_string(node, {n for n in inside if self._is_own(n, tables)}, suffix)
                return
            case _:
                pass
        for annotation in _annotations(node):
            for text in ast.walk(annotation):
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield self._words(text, self.names, suffix)
        if isinstance(node, _SCOPES):
            name = getattr(node, "name", None) or _COMPREHENSIONS[type(node)]
            inner = (*tables, *self.tables.get((name, getattr(node, "lineno", 0)), ())[:1])
            # Decorators, defaults and bases belong to the scope around.
            body = getattr(node, "body", None)
            own = body if isinstance(body, list) else None
            if own is not None:
                for child in ast.iter_child_nodes(node):
                    yield from self._visit(child, inner if child in own else tables, suffix)
                return
        for child in ast.iter_child_nodes(node):
            yield from self._visit(child, inner, suffix)

    def _is_own(self, name: str, tables: tuple[symtable.SymbolTable, ...]) -> bool:
        """Whether *name*, looked up there, is one of the module's names."""
        if name not in self.names:
            return False
        for table in reversed(tables):
            try:
                symbol = table.lookup(name)
            except KeyError:
                continue
            return table is self.table or symbol.is_global()
        return True

    def _offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        start = self._offset(node.lineno, node.col_offset)
        return start, self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def _renamed(self, node: ast.Name, name: str, suffix: str) -> Iterator[_Edit]:
        start, end = self._span(node)
        if self.data[start:end] == name.encode():
            yield _Edit(end, end, suffix.encode())

    def _definition(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, suffix: str
    ) -> _Edit:
        start = self._offset(node.lineno, node.col_offset)
        word = rb"(?:def|class)[ \t\\\r\n]+" + re.escape(node.name.encode())
        found = re.compile(word).search(self.data, start)
        assert found is not None
        return _Edit(found.end(), found.end(), suffix.encode())

    def _words(self, node: ast.expr | ast.stmt, names: set[str], suffix: str) -> _Edit:
        start, end = self._span(node)
        return _Edit(start, end, _suffixed(self.data[start:end].decode(), names, suffix).encode())

    def _f_string(self, node: ast.JoinedStr, names: set[str], suffix: str) -> _Edit:
        start, end = self._span(node)
        text = _BRACES.sub(
            lambda match: _suffixed(match[0], names, suffix), self.data[start:end].decode()
        )
        return _Edit(start, end, text.encode())

    def _paths(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, suffix: str
    ) -> Iterator[_Edit]:
        for call in node.decorator_list:
            if not isinstance(call, ast.Call) or not is_route(call, self.receivers):
                continue
            given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "path")]
            for path in given:
                if isinstance(path, ast.Constant) and isinstance(path.value, str):
                    start, end = self._span(path)
                    yield _Edit(start, end, repr(_path(path.value, suffix)).encode())


def _own_names(tree: ast.Module) -> set[str]:
    """What the module binds itself; an imported name keeps its name."""
    bound: set[str] = set()
    fixed: set[str] = set()
    for statement in tree.body:
        for node in _outside_functions(statement):
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    bound.add(name)
                case ast.ClassDef(name=name):
                    bound.add(name)
                case ast.Name(id=name, ctx=ast.Store()):
                    bound.add(name)
                case ast.Import(names=names) | ast.ImportFrom(names=names):
                    fixed |= {(a.asname or a.name).partition(".")[0] for a in names}
                case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                    fixed.add(name)
                case _:
                    pass
    bound |= {name for n in ast.walk(tree) if isinstance(n, ast.Global) for name in n.names}
    return {name for name in bound - fixed if not name.startswith("__")}


def _stored(node: ast.AST) -> set[str]:
    own = _outside_functions(node)
    return {n.id for n in own if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """A statement and what of it runs in the module's own scope."""
    yield node
    if isinstance(node, _SCOPES):
        return
    for child in ast.iter_child_nodes(node):
        yield from _outside_functions(child)


def _tables(table: symtable.SymbolTable) -> dict[tuple[str, int], list[symtable.SymbolTable]]:
    found: dict[tuple[str, int], list[symtable.SymbolTable]] = {}
    pending = list(table.get_children())
    while pending:
        child = pending.pop()
        found.setdefault((child.get_name(), child.get_lineno()), []).append(child)
        pending += child.get_children()
    return found


def _annotations(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.AnnAssign(annotation=annotation):
            return [annotation]
        case ast.arg(annotation=ast.expr() as annotation):
            return [annotation]
        case ast.FunctionDef(returns=ast.expr() as returns):
            return [returns]
        case ast.AsyncFunctionDef(returns=ast.expr() as returns):
            return [returns]
        case _:
            return []


def _suffixed(text: str, names: set[str], suffix: str) -> str:
    def one(match: re.Match[str]) -> str:
        attribute = text[match.start() - 1 : match.start()] == "."
        return match[0] if attribute or match[0] not in names else match[0] + suffix

    return _IDENTIFIER.sub(one, text)


def _path(path: str, suffix: str) -> str:
    """``/v1/curves/{id}`` becomes ``/v1/curves_c2/{id}``: a subtree of its own."""
    parts = path.split("/")
    for index, part in enumerate(parts):
        if part and "{" not in part and not _VERSION.fullmatch(part):
            return "/".join([*parts[:index], part + suffix, *parts[index + 1 :]])
    return f"/{suffix[1:]}{path}"


def _applied(data: bytes, start: int, end: int, edits: list[_Edit]) -> bytes:
    pieces = []
    for edit in edits:
        if edit.start < start:
            # Inside of something that was replaced as a whole.
            continue
        pieces += [data[start : edit.start], edit.text]
        start = edit.end
    pieces.append(data[start:end])
    return b"".join(pieces)
