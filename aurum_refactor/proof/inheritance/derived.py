"""What a class is derived from: nothing there sees what it holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aurum_refactor.proof.inheritance.bindings import binds
from aurum_refactor.proof.inheritance.case import Case, Wrong
from aurum_refactor.proof.inheritance.family import Module
from aurum_refactor.proof.inheritance.looks import opens

#: Bases that have neither hooks nor a metaclass of their own.
_QUIET = frozenset({"object", "abc.ABC", "fastapi.FastAPI", "fastapi.APIRouter"})
_HOOKS = frozenset({"__init_subclass__", "__getattribute__", "__prepare__"})


def wrong_bases(case: Case, module: Module, node: ast.ClassDef, depth: int) -> Iterator[Wrong]:
    """Hooks and metaclasses of a class and all of its bases.

    Args:
        case: What is judged.
        module: Where the class or base stands.
        node: The class or base.
        depth: 0 for the class itself.
    """
    line = case.node.lineno
    for keyword in node.keywords:
        origin = case.family.origin(module, ast.unparse(keyword.value))
        if keyword.arg != "metaclass" or origin != "abc.ABCMeta":
            yield line, f"{node.name} is made with {keyword.arg}"
    own = {name for n in node.body for name in _HOOKS | {"__slots__"} if binds(n, name)}
    allowed = {"__init_subclass__"} if not depth else {"__slots__"}
    for name in sorted(own - allowed):
        yield line, f"{node.name} has {name}"
    if depth and node.decorator_list:
        yield line, f"{node.name} is decorated"
    for inner in ast.walk(node) if depth else ():
        if opens(inner, None):
            yield line, f"{node.name} looks into classes"
    for base in node.bases:
        text = ast.unparse(base)
        if case.family.origin(module, text) in _QUIET:
            continue
        found = case.family.find(module, text) if depth < 16 else None  # noqa: PLR2004
        if found is None or not isinstance(found[1], ast.ClassDef):
            yield line, f"its base {text} is not known"
            continue
        yield from wrong_bases(case, found[0], found[1], depth + 1)
