"""Whether the monolith also runs as a script, and of which objects."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from aurum_refactor.model import Statement, StatementKind
from aurum_refactor.source.text import SourceText


def script_of(
    source: SourceText, tree: ast.Module, statements: Sequence[Statement]
) -> tuple[int | None, bool]:
    """Line where the module runs as a script, and whether that uses objects of its own.

    ``uvicorn.run("pkg.main:app")`` names the app by string: then a second copy
    of the module serves, and the guard reaches for nothing of its own.
    """
    own = {
        binding.name
        for statement in statements
        if statement.kind is not StatementKind.IMPORT
        for binding in statement.binds
    }
    found: int | None = None
    uses_own = False
    for node, statement in zip(tree.body, statements, strict=True):
        if statement.kind in (StatementKind.FUNCTION, StatementKind.CLASS, StatementKind.IMPORT):
            continue
        read = {r.name for r in statement.reads}
        guards = "__name__" in read and "__main__" in source.text[statement.start : statement.end]
        if guards or _runs_app(node):
            found = node.lineno if found is None else found
            # A flag (``MAIN = __name__ == ...``) may be asked anywhere.
            # What the block binds itself (``import uvicorn``) is not of the module.
            others = own - {binding.name for binding in statement.binds}
            written = source.text[statement.start : statement.end]
            uses_own |= bool(read & others) or statement.kind is StatementKind.ASSIGNMENT
            uses_own |= _ITSELF.search(written) is not None
    return found, uses_own


#: How a guard may get at its own module without naming what is in it.
_ITSELF = re.compile(r"\bsys\s*\.\s*modules\b|\b(?:globals|locals|vars|__import__)\s*\(")


def _runs_app(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="run"), args=[ast.Name(), *_])):
            return True
        case _:
            return False
