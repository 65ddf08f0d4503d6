"""Who reads the text of the monolith: whatever moves, that text is another one afterwards.

``open(__file__)`` and ``inspect.getsource`` in the module itself; in other files a
path that ends with the monolith's. ``getsource`` of the module is told by ``references``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import PurePosixPath

from aurum_refactor.analysis.dotted import last_part
from aurum_refactor.analysis.nodes import nodes_of, parsed
from aurum_refactor.model import ModuleUse

WHAT = "reads text"

_AT_HOME = re.compile(rb"__file__|__loader__|__spec__|\bget_?source|\bfindsource|\bgetcomments")
_READS = re.compile(rb"\bopen\s*\(|\bread_text|\bread_bytes|\bgetsource|\bgetlines?\b")
_SOURCES = frozenset({"getsource", "getsourcelines", "findsource", "getcomments", "get_source"})
_KINDS = (
    *(ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Call),
    *(ast.FunctionDef, ast.AsyncFunctionDef),
)
#: Calls that give a file's own path back, in another spelling.
_SPELLERS = frozenset(
    {
        *("Path", "PurePath", "PosixPath", "str", "fspath", "abspath", "realpath", "normpath"),
        *("resolve", "absolute", "expanduser", "as_posix", "expandvars"),
    }
)
_READERS = frozenset({"open", "read_text", "read_bytes", "getlines", "getline", "file_digest"})


def text_reads(
    path: str,
    data: bytes,
    monolith: str,
    files: Collection[str],
    tree: ast.Module | None = None,
) -> tuple[ModuleUse, ...]:
    """Places of one file that read the text of the monolith.

    Args:
        path: The file; the monolith itself or another one.
        data: Its bytes.
        monolith: Path of the monolith, relative to the project and POSIX.
        files: Every Python file of the project: the last part of a path is
            enough where only one file has it.
        tree: The file parsed, if it is already.
    """
    at_home = path == monolith
    pure = PurePosixPath(monolith)
    if at_home:
        if _AT_HOME.search(data) is None:
            return ()
    elif (
        pure.name.encode() not in data
        or _ending(pure.name).search(data) is None
        or _READS.search(data) is None
    ):
        return ()
    alone = sum(file == pure.name or file.endswith(f"/{pure.name}") for file in files) == 1
    if tree is not None:
        found = _found(tree, pure, at_home=at_home, alone=alone)
    else:
        found = _found_in(data, pure, at_home=at_home, alone=alone)
    return tuple(ModuleUse(path, line, WHAT, what) for line, what in found)


@lru_cache(maxsize=16)
def _ending(name: str) -> re.Pattern[bytes]:
    """The end of a string that is the path of a file: no comment about it, and no sentence."""
    return re.compile(re.escape(name.encode()) + rb"[/.]*[\"']")


# A project is surveyed before and after a change.
@lru_cache(maxsize=4096)
def _found_in(
    data: bytes, monolith: PurePosixPath, *, at_home: bool, alone: bool
) -> tuple[tuple[int, str], ...]:
    tree = parsed(data)
    return () if tree is None else _found(tree, monolith, at_home=at_home, alone=alone)


def _found(
    tree: ast.Module, monolith: PurePosixPath, *, at_home: bool, alone: bool
) -> tuple[tuple[int, str], ...]:
    return tuple(sorted(_Reader(tree, monolith, at_home=at_home, alone=alone).found()))


def _calls_in(node: ast.AST) -> list[ast.Call]:
    return [inner for inner in nodes_of(node, (ast.Call,)) if isinstance(inner, ast.Call)]


class _Reader:
    """One file; knows which names hold the path of the monolith."""

    def __init__(
        self, tree: ast.Module, monolith: PurePosixPath, *, at_home: bool, alone: bool
    ) -> None:
        self.nodes = nodes_of(tree, _KINDS)
        self.monolith = monolith
        self.at_home = at_home
        self.alone = alone
        self.names: set[str] = set()
        self.imported = {
            (alias.asname or alias.name).partition(".")[0]
            for node in self.nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        self._learn()

    @cached_property
    def readers(self) -> set[str]:
        """Functions of this file that read what they are given a path of."""
        return {
            node.name
            for node in self.nodes
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and any(last_part(n.func) in _READERS for n in _calls_in(node))
        }

    def _learn(self) -> None:
        assignments = [n for n in self.nodes if isinstance(n, ast.Assign | ast.AnnAssign)]
        known = -1
        while known != len(self.names):
            known = len(self.names)
            for node in assignments:
                if node.value is None or not self._is_path(node.value):
                    continue
                targets: Sequence[ast.expr] = (
                    node.targets if isinstance(node, ast.Assign) else [node.target]
                )
                self.names |= {last_part(target) for target in targets} - {""}

    def _is_path(self, node: ast.expr) -> bool:
        """True for an expression that is the path of the monolith."""
        match node:
            case ast.Name(id=name):
                return name in self.names or (self.at_home and name == "__file__")
            case ast.Attribute(attr="origin", value=value):
                return self.at_home and last_part(value) == "__spec__"
            case ast.Attribute(attr="__file__", value=value):
                # ``sys.modules[__name__].__file__``.
                return self.at_home and "__name__" in {
                    n.id for n in ast.walk(value) if isinstance(n, ast.Name)
                }
            case ast.Attribute(attr=name):
                return name in self.names
            case ast.Call(func=func, args=args) if last_part(func) in _SPELLERS:
                owner = [func.value] if isinstance(func, ast.Attribute) else []
                return self._is_tail(node) or any(self._is_path(n) for n in [*args, *owner])
            case _:
                return self._is_tail(node)

    def _is_tail(self, node: ast.expr) -> bool:
        """True for a path that is written out, at least its end."""
        parts = _written(node)
        tail = PurePosixPath("/".join(parts)).parts if parts else ()
        if not tail or tail[-1] != self.monolith.name:
            return False
        tail = tuple(part for part in tail if part not in (".", "..", "/"))
        shorter = min(len(tail), len(self.monolith.parts))
        if tail[-shorter:] != self.monolith.parts[-shorter:]:
            return False
        return self.alone or shorter > 1 or len(self.monolith.parts) == 1

    def found(self) -> Iterator[tuple[int, str]]:
        for node in self.nodes:
            if not isinstance(node, ast.Call):
                continue
            if self._reads(node):
                yield node.lineno, last_part(node.func)

    def _reads(self, call: ast.Call) -> bool:
        called = last_part(call.func)
        if called in _READERS:
            owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
            return any(self._is_path(n) for n in [*call.args[:1], *owner])
        if called in _SOURCES:
            return self.at_home and not self._is_foreign(call)
        return any(self._is_path(n) for n in call.args) and called in self.readers

    def _is_foreign(self, call: ast.Call) -> bool:
        """True if the source of something imported is asked for."""
        node = call.args[0] if call.args else None
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.imported


def _written(node: ast.expr) -> list[str]:
    """The strings at the end of a path: ``ROOT / "app" / "main.py"``, ``join(here, "main.py")``."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            last = _written(right)
            return [*_written(left), *last] if last else []
        case ast.Call(func=func, args=args) if last_part(func) in ("join", "joinpath", "Path"):
            found: list[str] = []
            for argument in args:
                last = _written(argument)
                found = [*found, *last] if last else []
            return found
        case _:
            return []
