"""Names written with dots, and the last part of them."""

from __future__ import annotations

import ast


def last_part(node: ast.expr) -> str:
    """``setattr`` for ``monkeypatch.setattr`` and for ``self.make().setattr``."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def dotted(node: ast.expr) -> str | None:
    """``a.b.c`` for a chain of plain attributes on a name, else None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])
