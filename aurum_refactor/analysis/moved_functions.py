"""What functions of earlier extractions do to the objects of the module that they stood in.

``build()`` registers on ``app`` by means of ``register_items``, which has moved: whatever runs
that still does, and so counts among the registrations in their order (guarantee G7).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping, Sequence

from aurum_refactor.analysis.nodes import tree_of
from aurum_refactor.analysis.scopes import bound_in, parameters
from aurum_refactor.model import Statement


def moved_functions(
    statements: Sequence[Statement],
    objects: Collection[str],
    modules: Collection[str],
    read: Callable[[str], tuple[bytes, str] | None],
) -> Mapping[str, frozenset[str]]:
    """Imported functions that mean some of the module's objects, with these.

    Args:
        statements: The module's own.
        objects: Names of what it registers endpoints on.
        modules: Modules (dotted) that were made of it.
        read: Bytes and package of one of them, or None.
    """
    wanted: dict[str, dict[str, str]] = {}
    for statement in statements:
        for row in statement.imports:
            if row.module in modules and row.attribute is not None:
                wanted.setdefault(row.module, {})[row.attribute] = row.bound
    found: dict[str, frozenset[str]] = {}
    for module in sorted(wanted):
        content = read(module)
        tree = None if content is None else tree_of(content[0])
        for node in () if tree is None else tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name not in wanted[module]:
                continue
            meant = {
                getattr(inner, "id", "") or getattr(inner, "attr", "")
                for statement in node.body
                for inner in ast.walk(statement)
            }
            # What it is given is seen where it is called.
            own = bound_in(node.body).local | {argument.arg for argument in parameters(node)}
            meant = (meant & set(objects)) - own
            if meant:
                found[wanted[module][node.name]] = frozenset(meant)
    return found
