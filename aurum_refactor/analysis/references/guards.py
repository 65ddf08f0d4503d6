"""Conditions that surely hold where a call stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence


def calls_with_guards(
    node: ast.AST, guards: tuple[ast.expr, ...]
) -> Iterator[tuple[ast.Call, tuple[ast.expr, ...]]]:
    """Every call with the conditions that surely hold where it stands."""
    match node:
        case ast.Call():
            yield node, guards
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            # Its body runs at another time, with names of its own.
            guards = tuple(_parametrized(node))
            for part in (*node.decorator_list, node.args):
                yield from calls_with_guards(part, ())
            yield from _guarded(node.body, guards)
            return
        case ast.Lambda():
            guards = ()
        case ast.If(test=test, body=body, orelse=orelse):
            yield from calls_with_guards(test, guards)
            yield from _guarded(body, (*guards, *_conjuncts(test)))
            yield from _guarded(orelse, guards)
            return
        case ast.IfExp(test=test, body=value, orelse=other):
            yield from calls_with_guards(test, guards)
            yield from _guarded([value], (*guards, *_conjuncts(test)))
            yield from _guarded([other], guards)
            return
        case ast.For(iter=iterable, body=body) if (loop := _loop_guard(node)) is not None:
            name, members = loop
            yield from calls_with_guards(iterable, guards)
            loaded = ast.Name(name, ast.Load())
            member = ast.Compare(left=loaded, ops=[ast.In()], comparators=[members])
            yield from _guarded(body, (*guards, member))
            yield from _guarded(node.orelse, guards)
            return
        case _:
            pass
    for child in ast.iter_child_nodes(node):
        yield from calls_with_guards(child, guards)


def _guarded(
    body: Sequence[ast.AST], guards: tuple[ast.expr, ...]
) -> Iterator[tuple[ast.Call, tuple[ast.expr, ...]]]:
    """As above for code under a condition, which holds as long as its names keep their values."""
    stored = {
        inner.id
        for node in body
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load)
    }
    holding = tuple(guard for guard in guards if stored.isdisjoint(_names_in(guard)))
    for node in body:
        yield from calls_with_guards(node, holding)


def _parametrized(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    """What ``@pytest.mark.parametrize`` says of the parameters of a test, value by value."""
    for decorator in node.decorator_list:
        match decorator:
            case ast.Call(
                func=ast.Attribute(attr="parametrize"),
                args=[names, ast.List() | ast.Tuple() as rows, *_],
            ):
                pass
            case _:
                continue
        for index, name in enumerate(_parameter_names(names)):
            values = [_column(row, index, alone=not _is_several(names)) for row in rows.elts]
            loaded = ast.Name(name, ast.Load())
            known = [value for value in values if value is not None]
            if len(known) == len(values):
                yield ast.Compare(
                    left=loaded, ops=[ast.In()], comparators=[ast.Tuple(known, ast.Load())]
                )


def _is_several(names: ast.expr) -> bool:
    return not (isinstance(names, ast.Constant) and "," not in str(names.value))


def _parameter_names(names: ast.expr) -> list[str]:
    match names:
        case ast.Constant(value=str(text)):
            return [part.strip() for part in text.split(",")]
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return [str(e.value) for e in elements if isinstance(e, ast.Constant)]
        case _:
            return []


def _column(row: ast.expr, index: int, *, alone: bool) -> ast.expr | None:
    """One parameter's value in one row of a parametrization."""
    match row:
        case ast.Call(func=ast.Attribute(attr="param"), args=args):
            return args[index] if index < len(args) else None
        case ast.Tuple(elts=elements) | ast.List(elts=elements) if not alone:
            return elements[index] if index < len(elements) else None
        case _:
            return row if alone else None


def _names_in(node: ast.expr) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _loop_guard(node: ast.For) -> tuple[str, ast.expr] | None:
    """What a loop says of its variable: ``for k in X``, ``for k, v in X.items()`` and
    ``for k, v in ((A, 1), (B, 2))``."""
    match node:
        case ast.For(target=ast.Name(id=name), iter=collection):
            return name, collection
        case ast.For(
            target=ast.Tuple(elts=[ast.Name(id=name), *_]),
            iter=ast.Call(func=ast.Attribute(value=collection, attr="items")),
        ):
            return name, collection
        case ast.For(
            target=ast.Tuple(elts=[ast.Name(id=name), *_]),
            iter=ast.Tuple(elts=rows) | ast.List(elts=rows),
        ):
            heads = [row.elts[0] for row in rows if isinstance(row, ast.Tuple | ast.List)]
            return (name, ast.Tuple(heads, ast.Load())) if len(heads) == len(rows) else None
        case _:
            return None


def _conjuncts(test: ast.expr) -> list[ast.expr]:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return [part for value in test.values for part in _conjuncts(value)]
    return [test]
