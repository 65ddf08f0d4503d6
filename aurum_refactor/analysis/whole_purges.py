"""Code that takes every module of a package out of ``sys.modules``, and nothing less.

What is imported afterwards is made anew from the first module to the last, so
modules that an extraction adds to that package are made anew with the others.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence


def whole_purges(nodes: Sequence[ast.AST]) -> Mapping[int, str]:
    """Lines that remove all modules with a certain beginning, and that beginning.

    These spellings count, each with nothing else in the loop::

        for key in [k for k in sys.modules if k.startswith("shop")]:
            del sys.modules[key]

        for key in list(sys.modules):
            if key.startswith("shop"):
                del sys.modules[key]

    The condition may be ``key == "shop" or key.startswith("shop.")``, and a loop may
    have several such conditions, one below the other. A further condition might spare a
    module, so it does not count.
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
                rows = [(_prefix(test, each), removal)]
            case ast.For(target=ast.Name(id=key), iter=source, body=body) if _is_copy(source):
                rows = [
                    (_prefix(inner.test, key), inner.body[0])
                    for inner in body
                    if isinstance(inner, ast.If) and not inner.orelse and len(inner.body) == 1
                ]
                if len(rows) < len(body):
                    continue
            case _:
                continue
        if all(prefix and _removes(removal, key) for prefix, removal in rows):
            found |= {removal.lineno: prefix for prefix, removal in rows if prefix}
    return found


def _prefix(test: ast.expr, name: str) -> str | None:
    match test:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=subject), attr="startswith"),
            args=[ast.Constant(value=str(prefix))],
            keywords=[],
        ):
            return prefix if subject == name else None
        case ast.BoolOp(
            op=ast.Or(),
            values=[
                ast.Compare(
                    left=ast.Name(id=subject),
                    ops=[ast.Eq()],
                    comparators=[ast.Constant(value=str(package))],
                ),
                below,
            ],
        ):
            start = _prefix(below, name)
            return start if subject == name and start == f"{package}." else None
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
