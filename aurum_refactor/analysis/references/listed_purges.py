"""Code that removes all modules from ``sys.modules`` that begin with one of some listed names.

A program that starts its server anew does so, mostly with libraries in the list::

    loaded = sorted(sys.modules)
    gone = ["shop", "yaml"]
    for name in loaded:
        for start in gone:
            if name.startswith(start):
                try:
                    del sys.modules[name]
                except KeyError:
                    pass
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence

from aurum_refactor.analysis.references.whole_purges import is_copy_of_names, removes

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_GOES_ON = frozenset({"", "KeyError", "Exception"})


def listed_purges(nodes: Sequence[ast.AST]) -> Mapping[int, tuple[str, ...]]:
    """Lines that remove all modules with one of some beginnings, and these.

    The two lists may be written in the loops. Nothing else may stand in these but what
    puts the names that are gone into a list.
    """
    found: dict[int, tuple[str, ...]] = {}
    for function in nodes:
        if not isinstance(function, _FUNCTIONS):
            continue
        values = _values(function)
        for node in ast.walk(function):
            match node:
                case ast.For(
                    target=ast.Name(id=name),
                    iter=loaded,
                    body=[
                        ast.For(
                            target=ast.Name(id=start),
                            iter=listed,
                            body=[ast.If(test=test, body=[body], orelse=[])],
                            orelse=[],
                        )
                    ],
                    orelse=[],
                ) if ast.unparse(test) == f"{name}.startswith({start})":
                    starts = _texts(_meant(listed, values))
                    removal = _removal(body, name)
                    if starts and removal and is_copy_of_names(_meant(loaded, values)):
                        found[removal.lineno] = starts
                case _:
                    pass
    return found


def _values(function: ast.AST) -> Mapping[str, ast.expr]:
    """Names that a function binds once, with their values."""
    inside = list(ast.walk(function))
    bound = Counter(
        n.id for n in inside if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
    )
    bound.update(node.arg for node in inside if isinstance(node, ast.arg))
    # A list that a method is called on may have grown or shrunk.
    bound.update(
        n.value.id
        for n in inside
        if isinstance(n, ast.Attribute | ast.Subscript) and isinstance(n.value, ast.Name)
    )
    found: dict[str, ast.expr] = {}
    for node in inside:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if bound[name] == 1:
                found[name] = value
            case _:
                pass
    return found


def _meant(node: ast.expr, values: Mapping[str, ast.expr]) -> ast.expr:
    return values.get(node.id, node) if isinstance(node, ast.Name) else node


def _texts(node: ast.expr) -> tuple[str, ...]:
    """The texts of a written list; () if it may hold anything else."""
    if not isinstance(node, ast.List | ast.Tuple | ast.Set):
        return ()
    texts = [e.value for e in node.elts if isinstance(e, ast.Constant)]
    found = tuple(text for text in texts if isinstance(text, str))
    return found if len(found) == len(node.elts) else ()


def _removal(node: ast.stmt, name: str) -> ast.stmt | None:
    """The statement that removes *name*, where nothing but its being gone can keep it from that."""
    match node:
        case ast.Try(body=[removal, *rest], handlers=handlers, orelse=[], finalbody=[]):
            passing = all(
                [ast.unparse(inner) for inner in h.body] == ["pass"]
                and (ast.unparse(h.type) if h.type else "") in _GOES_ON
                for h in handlers
            )
            noting = all(_notes(inner, name) for inner in rest)
            return removal if passing and noting and removes(removal, name) else None
        case _:
            # A second beginning may fit, and the module be gone.
            return node if ast.unparse(node) == f"sys.modules.pop({name}, None)" else None


def _notes(node: ast.stmt, name: str) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(), attr="append"))):
            return ast.unparse(node).endswith(f".append({name})")
        case _:
            return False
