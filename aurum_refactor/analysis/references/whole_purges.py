"""Code that takes every module of a package out of ``sys.modules``, and nothing less.

What is imported afterwards is made anew from the first module to the last, so
modules that an extraction adds to that package are made anew with the others.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType


def whole_purges(nodes: Sequence[ast.AST]) -> Mapping[int, str]:
    """Lines that remove all modules with a certain beginning, and that beginning.

    These spellings count, each with nothing else in the loop::

        for key in [k for k in sys.modules if k.startswith("shop")]:
            del sys.modules[key]

        for key in list(sys.modules):
            if key.startswith("shop"):
                del sys.modules[key]

        old = {k: v for k, v in sys.modules.items() if k.startswith("shop")}
        for key in old:
            del sys.modules[key]

    The condition may be ``key == "shop" or key.startswith("shop.")``, with more that is
    taken along behind another ``or``, and a loop may have several such conditions, one
    below the other. What a function binds once to a text is that text. A further
    condition might spare a module, so it does not count.
    """
    found: dict[int, str] = {}
    for node in nodes:
        match node:
            case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
                found |= _collected_first(body, _texts(node))
                continue
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
            case ast.For(target=ast.Name(id=key), iter=source, body=body) if is_copy_of_names(
                source
            ):
                rows = [
                    (_prefix(inner.test, key), inner.body[0])
                    for inner in body
                    if isinstance(inner, ast.If) and not inner.orelse and len(inner.body) == 1
                ]
                if len(rows) < len(body):
                    continue
            case _:
                continue
        if all(prefix and removes(removal, key) for prefix, removal in rows):
            found |= {removal.lineno: prefix for prefix, removal in rows if prefix}
    return found


def _collected_first(body: Sequence[ast.stmt], texts: Mapping[str, str]) -> Mapping[int, str]:
    """Loops over what the statement above has collected."""
    found: dict[int, str] = {}
    for above, loop in pairwise(body):
        match above, loop:
            case (
                ast.Assign(targets=[ast.Name(id=names)], value=value),
                ast.For(target=ast.Name(id=key), iter=ast.Name(id=over), body=[removal], orelse=[]),
            ) if over == names and removes(removal, key):
                prefix = _collects(value, texts)
                found |= {removal.lineno: prefix} if prefix else {}
            case _:
                pass
    return found


def _collects(value: ast.expr, texts: Mapping[str, str]) -> str | None:
    """The beginning of all names that a comprehension over the modules takes."""
    match value:
        case ast.DictComp(
            key=ast.Name(id=kept),
            generators=[
                ast.comprehension(
                    target=ast.Tuple(elts=[ast.Name(id=each), ast.Name()]), iter=source, ifs=[test]
                )
            ],
        ) if kept == each and ast.unparse(source) == "sys.modules.items()":
            return _prefix(test, each, texts)
        case ast.ListComp(
            elt=ast.Name(id=kept),
            generators=[ast.comprehension(target=ast.Name(id=each), iter=source, ifs=[test])],
        ) if kept == each and _is_all_names(source):
            return _prefix(test, each, texts)
        case _:
            return None


def _texts(function: ast.AST) -> Mapping[str, str]:
    """What names of a function stand for that it binds once, to a text."""
    inside = list(ast.walk(function))
    stored = Counter(n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, _BINDS))
    stored.update(node.arg for node in inside if isinstance(node, ast.arg))
    found: dict[str, str] = {}
    for node in inside:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                found |= {name: text} if stored[name] == 1 else {}
            case _:
                pass
    return found


_BINDS = (ast.Store, ast.Del)


def _text(node: ast.expr, texts: Mapping[str, str]) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return texts.get(name)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = _text(left, texts), _text(right, texts)
            return None if None in parts else f"{parts[0]}{parts[1]}"
        case _:
            return None


def _prefix(
    test: ast.expr, name: str, texts: Mapping[str, str] = MappingProxyType({})
) -> str | None:
    """The beginning of all names for which *test* holds; None if that is not known."""
    values = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else [test]
    packages: set[str] = set()
    starts: list[str] = []
    for value in values:
        match value:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=subject), attr="startswith"),
                args=[argument],
                keywords=[],
            ) if subject == name and (prefix := _text(argument, texts)):
                starts.append(prefix)
            case ast.Compare(left=ast.Name(id=subject), ops=[ast.Eq()], comparators=[right]) if (
                subject == name and (package := _text(right, texts))
            ):
                packages.add(package)
            case _:
                pass
    if len(values) == 1:
        return starts[0] if starts else None
    return next((s for s in starts if s.rstrip(".") in packages and s.endswith(".")), None)


def _is_all_names(node: ast.expr) -> bool:
    """``sys.modules``, ``sys.modules.keys()``, or a copy of either."""
    text = ast.unparse(node)
    return text in ("sys.modules", "sys.modules.keys()") or is_copy_of_names(node)


def is_copy_of_names(node: ast.expr) -> bool:
    """True for ``sorted(sys.modules)`` and the like: it stays while modules go."""
    match node:
        case ast.Call(func=ast.Name(id="list" | "tuple" | "sorted" | "set"), args=[inner]):
            return ast.unparse(inner) in ("sys.modules", "sys.modules.keys()")
        case _:
            return False


def removes(node: ast.stmt, name: str) -> bool:
    """True for a statement that takes the module called *name* out of ``sys.modules``."""
    return ast.unparse(node) in (
        f"del sys.modules[{name}]",
        f"sys.modules.pop({name})",
        f"sys.modules.pop({name}, None)",
    )
