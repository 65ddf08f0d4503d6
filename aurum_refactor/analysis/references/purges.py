"""Code that takes modules out of ``sys.modules`` by names that it computes."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from aurum_refactor.analysis.dotted import dotted
from aurum_refactor.analysis.nodes import parsed
from aurum_refactor.analysis.references.listed_purges import listed_purges
from aurum_refactor.analysis.references.whole_purges import whole_purges
from aurum_refactor.model import ModuleUse


@lru_cache(maxsize=4096)
def purges(path: str, data: bytes, module: str) -> tuple[ModuleUse, ...]:
    """Code that takes modules out of ``sys.modules`` by a computed name that fits *module*.

    ``for name in list(sys.modules): if name.startswith("app"): del sys.modules[name]``
    is common in tests; a string that is exactly a prefix of the module's name
    decides whether it is meant.
    """
    if b"sys.modules" not in data or _PURGE.search(data) is None:
        return ()
    parts = module.split(".")
    prefixes = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    prefixes |= {prefix + "." for prefix in prefixes}
    tree = parsed(data)
    every = list(ast.walk(tree)) if tree is not None else []
    whole: dict[int, tuple[str, ...]] = {
        line: (start,) for line, start in whole_purges(every).items()
    }
    whole |= listed_purges(every)
    lines = [line for node in every if (line := _purge_line(node)) is not None]
    # As many as the pattern sees: nothing is removed in a spelling that is not looked at.
    if lines and len(lines) == len(_PURGE.findall(data)) and all(line in whole for line in lines):
        fitting = [(line, start) for line in sorted(whole) for start in sorted(whole[line])]
        found_all = {line: start for line, start in reversed(fitting) if module.startswith(start)}
        return tuple(ModuleUse(path, n, "remove all", found_all[n]) for n in sorted(found_all))
    exact = re.search(rb"[\"']" + re.escape(module.encode()) + rb"[\"']", data)
    if exact is not None:
        return (ModuleUse(path, data.count(b"\n", 0, exact.start()) + 1, "remove", "by name"),)
    found = []
    for scope in every:
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            continue
        inside = scope.body if isinstance(scope, ast.Module) else [scope]
        nodes = [
            node
            for statement in inside
            if not isinstance(scope, ast.Module) or not isinstance(statement, _DEFINITIONS)
            for node in ast.walk(statement)
        ]
        lines = [line for node in nodes if (line := _purge_line(node)) is not None]
        if lines and any(isinstance(n, ast.Constant) and n.value in prefixes for n in nodes):
            found.append(ModuleUse(path, lines[0], "remove", "by prefix"))
    return tuple(found)


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_PURGE = re.compile(
    rb"del\s+sys\.modules\[\s*[A-Za-z_]|sys\.modules\.pop\(\s*[A-Za-z_]"
    rb"|delitem\(\s*sys\.modules\s*,\s*[A-Za-z_]"
)


def _purge_line(node: ast.AST) -> int | None:
    match node:
        case ast.Delete(targets=[ast.Subscript(value=value, slice=ast.Name())]):
            return node.lineno if dotted(value) == "sys.modules" else None
        case ast.Call(func=ast.Attribute(attr="pop", value=value), args=[ast.Name(), *_]):
            return node.lineno if dotted(value) == "sys.modules" else None
        case ast.Call(func=ast.Attribute(attr="delitem"), args=[value, ast.Name(), *_]):
            return node.lineno if dotted(value) == "sys.modules" else None
        case _:
            return None
