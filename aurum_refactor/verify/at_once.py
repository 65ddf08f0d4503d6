"""Which modules may import the monolith when they are imported themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath


def importing_at_once(
    monolith: str, modules: Iterable[str], places: Iterable[str], states: Iterable[Path]
) -> tuple[str, ...]:
    """Those of some modules that name the monolith outside of functions in any of the states.

    Args:
        monolith: Dotted name.
        modules: Dotted names of modules that name it somewhere.
        places: Where imports start, relative to a state, POSIX.
        states: Directories.

    Returns:
        Sorted; a module whose file is not found, or not understood, is among them.
    """
    word = monolith.rpartition(".")[2]
    starts = [state / PurePosixPath(place) for state in states for place in places]
    return tuple(
        sorted(
            module
            for module in modules
            if not (files := list(_files(starts, module)))
            or any(_names_at_once(file, word) for file in files)
        )
    )


def _files(starts: Iterable[Path], module: str) -> Iterator[Path]:
    for start in starts:
        stem = start.joinpath(*module.split("."))
        yield from (
            f for f in (stem.with_name(f"{stem.name}.py"), stem / "__init__.py") if f.is_file()
        )


def _names_at_once(file: Path, word: str) -> bool:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError, RecursionError):
        return True
    return any(_names(node, word) for node in _run_at_once(tree))


def _run_at_once(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when the module is imported: all but the bodies of functions."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        inner = ast.iter_child_nodes(node)
        if isinstance(node, ast.Lambda):
            inner = iter([node.args])
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            # Defaults and decorators run at once; annotations may.
            body = {id(statement) for statement in node.body}
            inner = (child for child in inner if id(child) not in body)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            # A docstring may name what it likes.
            continue
        elif isinstance(node, ast.If) and _is_for_types(node.test):
            inner = iter(node.orelse)
        waiting += inner


def _is_for_types(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def _names(node: ast.AST, word: str) -> bool:
    """Whether a node may name a module whose last word is this, as a module or in a text."""
    if isinstance(node, ast.ImportFrom):
        named = [str(node.module or ""), *(alias.name for alias in node.names)]
        return any(word in name.split(".") for name in named)
    if isinstance(node, ast.Import):
        return any(word in alias.name.split(".") for alias in node.names)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and word in node.value
