"""Where the monolith's module object gets out of sight, and what may be read of it there.

Keeping every name where it is bears that; moving names does not.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise

from aurum_refactor.analysis.dotted import last_part
from aurum_refactor.analysis.nodes import nodes_of
from aurum_refactor.analysis.references.computed_names import looked_up
from aurum_refactor.analysis.references.executions import COPYING
from aurum_refactor.analysis.references.guards import calls_with_guards
from aurum_refactor.analysis.references.reader import Reader
from aurum_refactor.analysis.statements import absolute_module

#: Calls that look at a module as a whole and at none of its names.
_HARMLESS = frozenset(
    {"id", "repr", "str", "print", "isinstance", "reload", "getsource", "getsourcefile", "getfile"}
)
_BY_NAME = frozenset({"getattr", "hasattr"})
_SETTERS = frozenset({"setattr", "delattr", "object"})
_TWO = 2
#: What gives a module's object without an import of it.
_GIVES = (b"import_module", b"__import__", b"modules")
#: Words of all code that may hold a module's object without an import of it, or copy its file.
_OTHERWISE = re.compile(
    b"|".join((*_GIVES, b"getattr", b"reload", b"find_spec"))
    + b"".join(rb"|\b" + word.encode() + rb"\b" for word in sorted(COPYING))
)
#: Modules that are there whatever a project calls its own: `shop/server/fastapi.py`.
_LIBRARIES = frozenset({"fastapi", "starlette", *sys.stdlib_module_names})


def opaque_reads(
    path: str,
    package: str,
    data: bytes,
    spellings: frozenset[str],
    modules: frozenset[str],
) -> tuple[tuple[int, str | None], ...]:
    """What one file may read of the monolith in ways that no rewrite follows.

    Args:
        path: The file.
        package: Dotted package of the file.
        data: Its bytes.
        spellings: Dotted names of the monolith.
        modules: Modules that the project has: an import of one that it has not,
            called like the monolith, may find the monolith all the same.

    Returns:
        ``(line, name)`` rows; a name of None means that the module object is
        handed on, so that any name may be read, in any file.
    """
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # It cannot run as it is; what it names is left where it looks for it.
        tails = {spelling.rpartition(".")[2].encode() for spelling in spellings}
        mentioned = any(tail in data for tail in tails)
        return tuple((1, word) for word in sorted(words_read(data))) if mentioned else ()
    imports = nodes_of(tree, (ast.Import, ast.ImportFrom))
    reader = Reader(path, package, tree, spellings, at_home=False)
    if _OTHERWISE.search(data) is None:
        reader.aliases.read_imports(imports)
        if not reader.aliases.names:
            # Nothing in it can hold the module's object.
            return tuple(sorted(set(_astray(imports, package, spellings, modules))))
        reader = Reader(path, package, tree, spellings, at_home=False)
    reader.read()
    found: set[tuple[int, str | None]] = set()
    if any(use.what == "load by path" for use in reader.findings.uses):
        found |= {(line, name) for line, name in _every_name(tree)}
    found |= set(_astray(imports, package, spellings, modules))
    if reader.aliases.names or any(word in data for word in _GIVES):
        found |= set(_dynamic(reader))
        found |= {(line, None) for line in _handed_on(reader)}
    return tuple(sorted(found, key=lambda row: (row[0], row[1] or "")))


def own_view(tree: ast.Module, module: str) -> int:
    """Line where a module looks at itself as a whole, so that any name may be read; 0 if nowhere.

    Names that are bound in it are there afterwards, by its own imports or definitions;
    what is bound elsewhere is not.

    Args:
        tree: The monolith, or a module made of it.
        module: Dotted name of the monolith.
    """
    inside = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for part in (node.body if isinstance(node.body, list) else [node.body])
        for inner in ast.walk(part)
    }
    named = {id(part) for node in tree.body for part in _second_name(node)}
    for node in nodes_of(tree, (ast.Call, ast.Subscript)):
        if id(node) in named:
            continue
        match node:
            case ast.Call(func=ast.Name(id="globals" | "eval" | "exec")):
                return node.lineno
            case ast.Call(func=ast.Name(id="locals" | "vars" | "dir"), args=[]):
                if id(node) not in inside:
                    return node.lineno
            case ast.Call(func=func, args=[first, *_]) if last_part(func) in _BY_MODULE:
                if _means(first, module):
                    return node.lineno
            case ast.Subscript(value=value, slice=key) if last_part(value) == "modules":
                if _means(key, module):
                    return node.lineno
            case _:
                pass
    return 0


def _second_name(node: ast.stmt) -> list[ast.expr]:
    """``sys.modules["app.main"] = sys.modules[__name__]``, which looks at nothing in them."""
    found: list[ast.expr] = []
    for inner in ast.walk(node) if isinstance(node, ast.If) else ():
        match inner:
            case ast.Assign(
                targets=[ast.Subscript(value=table, slice=ast.Constant()) as target],
                value=ast.Subscript(value=other, slice=ast.Name(id="__name__")) as value,
            ) if last_part(table) == last_part(other) == "modules":
                found += [target, value]
            case _:
                pass
    return found


_BY_MODULE = frozenset({"import_module", "__import__", "reload"})


def _means(node: ast.expr, module: str) -> bool:
    match node:
        case ast.Name(id="__name__"):
            return True
        case _:
            return isinstance(node, ast.Constant) and node.value == module


def _astray(
    imports: Sequence[ast.AST], package: str, spellings: frozenset[str], modules: frozenset[str]
) -> Iterator[tuple[int, str]]:
    """Names imported from a module that does not exist and is called like the monolith."""
    tails = {spelling.rpartition(".")[2] for spelling in spellings}
    for node in imports:
        if isinstance(node, ast.ImportFrom):
            module = absolute_module(package, node.level, node.module or "")
            if module.partition(".")[0] in _LIBRARIES:
                continue
            if module.rpartition(".")[2] in tails and module not in modules | spellings:
                yield from ((node.lineno, alias.name) for alias in node.names)


def _every_name(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name):
                yield node.lineno, name
            case ast.Constant(value=str(text)) if text.isidentifier():
                yield node.lineno, text
            case _:
                pass


def _dynamic(reader: Reader) -> Iterator[tuple[int, str | None]]:
    """``getattr(routes, name)``: the names it may be, if something bounds them."""
    for call, guards in calls_with_guards(reader.tree, ()):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name not in _BY_NAME or len(call.args) < _TWO or not reader.aliases.holds(call.args[0]):
            continue
        if isinstance(call.args[1], ast.Constant):
            continue
        bounded = reader.computed.bounded_by(call.args[1], guards)
        yield from [(call.lineno, None)] if bounded is None else ((call.lineno, n) for n in bounded)


def _handed_on(reader: Reader) -> Iterator[int]:
    every = list(ast.walk(reader.tree))
    naming = {
        id(keyword)
        for node in every
        if isinstance(node, ast.Call) and _names_target(node)
        for keyword in node.keywords
    }
    looked = {
        id(owner)
        for node in every
        if isinstance(node, ast.Call) and len(node.args) >= _TWO and _called(node) in _SETTERS
        for _, owner in looked_up(node.args[0], node.args[1])
    }
    for parent in every:
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.expr) and reader.aliases.holds(child):
                load = isinstance(getattr(child, "ctx", ast.Load()), ast.Load)
                names_target = id(parent) in naming
                if id(child) in looked:
                    # Told as a reference to the name that it is looked up for.
                    continue
                if load and not _is_understood(parent, child, names_target=names_target):
                    yield child.lineno


def _names_target(call: ast.Call) -> bool:
    """``patch.object(target=main, attribute="X")``: what is replaced is written out."""
    return _called(call) == "multiple" or any(
        keyword.arg in ("attribute", "name") and isinstance(keyword.value, ast.Constant)
        for keyword in call.keywords
    )


def _called(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _is_understood(parent: ast.AST, child: ast.expr, *, names_target: bool) -> bool:
    match parent:
        case ast.Attribute() | ast.Compare() | ast.Expr() | ast.Assign():
            return True
        case ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            # What it gives is looked at in its turn; that there is one tells no name.
            return True
        case ast.If(test=test) | ast.While(test=test):
            return test is child
        case ast.keyword(arg="target"):
            return names_target
        case ast.Call(args=args):
            called = _called(parent)
            if called in _HARMLESS or called in _BY_NAME or called == "multiple":
                return True
            following = [b for a, b in pairwise(args) if a is child]
            # Bounded names that are set are told as references of their own.
            return bool(following) and (
                isinstance(following[0], ast.Constant) or called in _SETTERS
            )
        case _:
            return False


_ATTRIBUTE = re.compile(rb"\.\s*([A-Za-z_]\w*)|[\"']([A-Za-z_]\w*)[\"']")


def words_read(data: bytes) -> frozenset[str]:
    """Attributes and quoted identifiers of a file: all that an object may be asked for there."""
    return frozenset(
        (match.group(1) or match.group(2)).decode() for match in _ATTRIBUTE.finditer(data)
    )
