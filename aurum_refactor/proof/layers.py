"""What a generated layer must keep: everything that a file held before, as it was and in order."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from aurum_refactor.model import Breach


def prove_layers(
    before: Mapping[str, bytes], after: Mapping[str, bytes | None]
) -> tuple[int, tuple[Breach, ...]]:
    """Hold layers against the files that they add to.

    Args:
        before: Bytes of those that exist, by path.
        after: Bytes of all as they are to be.

    Returns:
        How many definitions were compared, and what is not kept of them.
    """
    count = 0
    breaches: list[Breach] = []
    for path, data in after.items():
        if data is None:
            breaches.append(Breach("G1", path, 1, "a file of a layer would be removed"))
            continue
        now = ast.parse(data)
        old = before.get(path)
        count += 0 if old is None else len(_definitions(ast.parse(old)))
        if old is not None and (missing := _missing(ast.parse(old).body, now.body)):
            message = "what stands there would not stand there afterwards, or in another order"
            breaches.append(Breach("G1", path, missing, message))
    return count, tuple(breaches)


def _definitions(tree: ast.Module) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for node in tree.body:
        found.append(node)
        if isinstance(node, ast.ClassDef):
            found += node.body
    return found


def _missing(before: list[ast.stmt], after: list[ast.stmt]) -> int:
    """Line of the first statement that has no equal further on; 0 if there is none."""
    place = 0
    for node in before:
        while place < len(after) and not _keeps(node, after[place]):
            place += 1
        if place == len(after):
            return node.lineno
        place += 1
    return 0


def _keeps(before: ast.stmt, after: ast.stmt) -> bool:
    """Equal, but for what is added to the end of a class or to a block of imports for types."""
    match before, after:
        case ast.ClassDef(), ast.ClassDef() if before.name == after.name:
            return _head(before) == _head(after) and not _missing(before.body, after.body)
        case ast.If(), ast.If() if ast.dump(before.test) == ast.dump(after.test):
            is_guard = ast.unparse(before.test).endswith("TYPE_CHECKING")
            orelse = list(map(ast.dump, before.orelse)) == list(map(ast.dump, after.orelse))
            if is_guard:
                return orelse and not _missing(before.body, after.body)
    return ast.dump(before) == ast.dump(after)


def _head(node: ast.ClassDef) -> tuple[list[str], ...]:
    return tuple(
        list(map(ast.dump, part)) for part in (node.bases, node.keywords, node.decorator_list)
    )
