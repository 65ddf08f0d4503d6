"""Where statements that move into a module have to stand among those that are there."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping, Sequence

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def positions(
    there: Sequence[ast.stmt], moving: Sequence[ast.stmt], wanted: Sequence[int], *, lazy: bool
) -> list[int] | None:
    """Index in *there* before which each moving statement stands; None if there is no order.

    Where they are wanted, or else near the top: whatever the module executes may
    read them. But what a statement reads while it is executed, or what the functions
    read that it may call then, has to be bound above it. So has what annotations of fields
    name, where that is possible: models look for it as they are made.

    Args:
        there: Top-level statements of the module, its imports excepted.
        moving: Statements that come, in their original order.
        wanted: Where they would look best.
        lazy: True where annotations are not evaluated.
    """
    home: dict[str, int] = {}
    for index, node in enumerate(there):
        for name in bound_by(node):
            home.setdefault(name, index)
    coming = {name: index for index, node in enumerate(moving) for name in bound_by(node)}
    reads = {name: _all_reads(node) for node in (*there, *moving) for name in bound_by(node)}
    found: list[int] = []
    needs = [set(_read_now(row, lazy=lazy)) for row in there]
    for index, node in enumerate(moving):
        chosen = None
        for fields in (True, False):
            now = set(_read_now(node, lazy=lazy)) | (_of_fields(node) if fields else set())
            limit = next(
                (
                    n
                    for n, row in enumerate(there)
                    if bound_by(node) & (needs[n] | (_of_fields(row) if fields else set()))
                ),
                len(there),
            )
            for first, names in itertools.product((wanted[index], 0), (_closed(now, reads), now)):
                above = [found[coming[name]] for name in names if coming.get(name, index) < index]
                below = [home[name] + 1 for name in names if name in home]
                place = max([first, *above, *below])
                if place <= limit and chosen is None:
                    chosen = place
        if chosen is None:
            return None
        found.append(chosen)
    return found


def _of_fields(node: ast.stmt) -> set[str]:
    """Names in the annotations of a class's fields, those in strings among them."""
    found: set[str] = set()
    body = node.body if isinstance(node, ast.ClassDef) else []
    fields = [inner for inner in body if isinstance(inner, ast.AnnAssign)]
    waiting: list[ast.AST] = [field.annotation for field in fields]
    while waiting:
        for inner in ast.walk(waiting.pop()):
            if isinstance(inner, ast.Name):
                found.add(inner.id)
            elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                try:
                    waiting.append(ast.parse(inner.value, mode="eval").body)
                except (SyntaxError, ValueError):
                    continue
    return found


def bound_by(node: ast.stmt) -> frozenset[str]:
    """Names that a top-level statement binds, those of comprehensions among them."""
    match node:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return frozenset(alias.asname or alias.name.split(".")[0] for alias in names)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return frozenset({name})
        case _:
            return frozenset(
                inner.id
                for inner in ast.walk(node)
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
            )


def _closed(names: set[str], reads: Mapping[str, frozenset[str]]) -> set[str]:
    """Names, and whatever what they are bound to may read when it is called."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += reads.get(name, ())
    return found


def _all_reads(node: ast.stmt) -> frozenset[str]:
    return frozenset(
        inner.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load)
    )


def _read_now(node: ast.AST, *, lazy: bool) -> Iterator[str]:
    """Names that are read while a statement is executed, bodies of functions excepted."""
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            yield name
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            arguments = node.args
            parts: list[ast.AST | None] = [*arguments.defaults, *arguments.kw_defaults]
            if isinstance(node, _FUNCTIONS):
                parts += node.decorator_list
                rows = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
                if not lazy:
                    more = (arguments.vararg, arguments.kwarg)
                    parts += [row.annotation for row in (*rows, *more) if row is not None]
                    parts.append(node.returns)
            for part in parts:
                if part is not None:
                    yield from _read_now(part, lazy=lazy)
        case ast.AnnAssign(target=target, annotation=annotation, value=value):
            for part in (target, value, None if lazy else annotation):
                if part is not None:
                    yield from _read_now(part, lazy=lazy)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _read_now(child, lazy=lazy)
