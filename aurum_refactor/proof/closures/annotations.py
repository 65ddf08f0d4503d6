"""Annotations that are strings name something of the module, whatever is local here."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aurum_refactor.proof.closures.case import Case
from aurum_refactor.proof.closures.values import Wrong


def wrong_annotations(case: Case, *, lazy: bool) -> Iterator[Wrong]:
    """A string annotation names something of the module, whatever is local here."""
    module = set(case.tables[0].get_identifiers())
    local = case.parameters | case.bound
    for node in case.place.run:
        for inner in ast.walk(node):
            for text in _annotation_texts(inner, lazy=lazy):
                hidden = {n.id for n in ast.walk(text) if isinstance(n, ast.Name)}
                for name in sorted(hidden & local & module if case.functions else ()):
                    yield inner.lineno, f"the annotation {name} is hidden"  # type: ignore[attr-defined]


def _annotation_texts(node: ast.AST, *, lazy: bool) -> Iterator[ast.AST]:
    """Annotations that are looked up as strings, parsed."""
    annotation = getattr(node, "annotation", None) or getattr(node, "returns", None)
    if not isinstance(annotation, ast.expr):
        return
    if lazy:
        yield annotation
    for inner in ast.walk(annotation):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            try:
                yield ast.parse(inner.value.strip(), mode="eval")
            except SyntaxError:
                continue
