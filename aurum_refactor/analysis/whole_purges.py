"""Code that takes every module of a package out of ``sys.modules``, and nothing less.

What is imported afterwards is made anew from the first module to the last, so
modules that an extraction adds to that package are made anew with the others.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence


def whole_purges(nodes: Sequence[ast.AST]) -> Mapping[int, str]:
    """Lines that remove all modules with a certain beginning, and that beginning.

    Two spellings count, each with nothing else in the loop::

        for key in [k for k in sys.modules if k.startswith("shop")]:
            del sys.modules[key]

        for key in list(sys.modules):
            if key.startswith("shop"):
                del sys.modules[key]

    A further condition might spare a module, so it does not count.
    """
    found: dict[int, str] = {}
    for node in nodes:
        match node:
            case ast.For(
                target=ast.Name(id=key),
                iter=ast.ListComp(
                    elt=ast.Name(id=kept),
                    generators=[
                        ast.comprehension(target=ast.Name(id=each), iter=source, ifs=[test])
                    ],
                ),
                body=[removal],
            ) if kept == each and _is_all_names(source):
                prefix = _prefix(test, each)
            case ast.For(
                target=ast.Name(id=key), iter=source, body=[ast.If(test, [removal], [])]
            ) if _is_copy(source):
                prefix = _prefix(test, key)
            case _:
                continue
        if prefix and _removes(removal, key):
            found[removal.lineno] = prefix
    return found


def _prefix(test: ast.expr, name: str) -> str | None:
    match test:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=subject), attr="startswith"),
            args=[ast.Constant(value=str(prefix))],
            keywords=[],
        ):
            return prefix if subject == name else None
        case _:
            return None


def _is_all_names(node: ast.expr) -> bool:
    """``sys.modules``, ``sys.modules.keys()``, or a copy of either."""
    text = ast.unparse(node)
    return text in ("sys.modules", "sys.modules.keys()") or _is_copy(node)


def _is_copy(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="list" | "tuple" | "sorted" | "set"), args=[inner]):
            return ast.unparse(inner) in ("sys.modules", "sys.modules.keys()")
        case _:
            return False


def _removes(node: ast.stmt, name: str) -> bool:
    return ast.unparse(node) in (
        f"del sys.modules[{name}]",
        f"sys.modules.pop({name})",
        f"sys.modules.pop({name}, None)",
    )
