"""Whether a class can inherit what it holds itself: nothing reads its own namespace."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from aurum_refactor.analysis.carrying.executed import executed
from aurum_refactor.analysis.carrying.looked_at import looked_at, looked_into
from aurum_refactor.analysis.plain_imports import Plain, PlainImports
from aurum_refactor.analysis.scopes import bound_in

#: Base classes that are known to leave the namespace of a class alone.
_QUIET_BASES = frozenset({"abc.ABC", "object", "fastapi.FastAPI", "fastapi.APIRouter"})


def class_stays(
    imports: PlainImports,
    others: Mapping[str, bytes],
    body: Sequence[ast.stmt],
    node: ast.ClassDef,
) -> str:
    """Why nothing of a class can be inherited instead; "" if it can.

    Args:
        imports: The monolith, and modules of the project that are asked for.
        others: Further files that may name the class, by path.
        body: The top level of the monolith.
        node: The class.
    """
    times = bound_in(body)
    same = [n for n in ast.walk(ast.Module(list(body), [])) if _is_class(n, node.name)]
    if len(same) > 1 or node.name in times.deleted or times.declared_global:
        return f"{node.name} may be bound more than once"
    if node.decorator_list:
        return f"a decorator of {node.name} sees what it holds itself"
    if getattr(node, "type_params", None):
        return f"{node.name} has type parameters"
    return (
        _keywords(imports, imports.home, node)
        or _namespace(node)
        or _bases(imports, imports.home, node, frozenset())
        or looked_into(body, node)
        or _elsewhere(others, node.name)
    )


def _keywords(imports: PlainImports, home: Plain, node: ast.ClassDef) -> str:
    """A metaclass sees what a class holds."""
    for keyword in node.keywords:
        origin = imports.origin(home, ast.unparse(keyword.value))
        if keyword.arg != "metaclass" or origin != "abc.ABCMeta":
            return f"{node.name} is made with {keyword.arg or '**'}, which may see what it holds"
    return ""


def _namespace(node: ast.ClassDef) -> str:
    """The body of a class may bind, or look at, more than its methods."""
    for statement in node.body:
        if isinstance(statement, ast.Global):
            return f"the body of {node.name} binds global names"
    bound = bound_in(node.body).stored
    for name in ("__slots__", "__getattribute__", "__prepare__"):
        if name in bound:
            return f"{node.name} has {name}"
    for inner in executed(node.body):
        if isinstance(inner, ast.Call) and getattr(inner.func, "id", "") in (
            "locals",
            "vars",
            "dir",
            "exec",
            "eval",
        ):
            return f"the body of {node.name} looks at its own names"
    return ""


def _bases(imports: PlainImports, home: Plain, node: ast.ClassDef, seen: frozenset[str]) -> str:
    """Every base must be read, and none may see the namespace of what is derived from it."""
    for base in node.bases:
        text = ast.unparse(base)
        if imports.origin(home, text) in _QUIET_BASES:
            continue
        found = imports.find(home, text)
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
            _keywords(imports, found.home, kind)
            or looked_into([kind], kind)
            or _bases(imports, found.home, kind, seen | {key})
        )
        if why:
            return why
    return ""


def _elsewhere(others: Mapping[str, bytes], name: str) -> str:
    """Another file may look into the class."""
    word = re.compile(rb"\b" + name.encode() + rb"\b")
    for path in sorted(others):
        data = others[path]
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
