"""Code of the project that looks at what a class holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from aurum_refactor.proof.inheritance.case import Case, Wrong
from aurum_refactor.proof.inheritance.looks import asks_for_place, last_part, opens


def wrong_looks(case: Case) -> Iterator[Wrong]:
    """Lines of the module and of other files that would notice."""
    line = case.node.lineno
    home = case.family.unit.path
    for path, body in [(home, case.family.unit.body), *case.family.read.items()]:
        nodes = [inner for top in body for inner in ast.walk(top)]
        called = {case.node.name}
        for inner in nodes:
            if isinstance(inner, ast.alias) and inner.name == case.node.name:
                called.add(inner.asname or inner.name)
            if isinstance(inner, ast.Assign) and last_part(inner.value) == case.node.name:
                called |= {last_part(target) for target in inner.targets}
        called.discard("")
        for inner in nodes:
            where = f"{path}:{getattr(inner, 'lineno', 1)}"
            if asks_for_place(inner) and (path == home or _is_named(case, nodes)):
                yield line, f"{where} asks which class a method stands in"
            if opens(inner, None if path == home else called):
                yield line, f"{where} looks into it"
            match inner:
                case ast.ClassDef(bases=[_, _, *_] as bases):
                    if any(last_part(base) in called for base in bases):
                        yield line, f"{where} derives from it and from others"
                case ast.Attribute(value=value, ctx=ast.Del()) if last_part(value) in called:
                    yield line, f"{where} deletes from it"
                case _:
                    pass


def _is_named(case: Case, nodes: Sequence[ast.AST]) -> bool:
    name = case.node.name
    return any(name in (last_part(n), getattr(n, "name", "")) for n in nodes)
