"""Literals that are nothing but the targets of patches, although they stand elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import libcst as cst

from codemods._walk import children

_IsPatch = Callable[[cst.BaseExpression], bool]


def literals_of_targets(module: cst.Module, is_patch: _IsPatch) -> frozenset[int]:
    """Literals (by identity) that reach a patch by one name, and nothing else.

    Args:
        module: One file.
        is_patch: True for a callable whose first argument is a dotted target.

    Returns:
        ``"a.b"`` of ``TARGET = "a.b"`` and of ``for target in ("a.b", ...)``, where all
        that is done with ``TARGET`` in the file, with ``target`` in the function, is
        ``patch(target)``. Values of ``parametrize`` name tests, and stay what they are.
    """
    found: set[int] = set()
    for line in module.body:
        if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
            match line.body[0]:
                case cst.Assign(
                    targets=[cst.AssignTarget(target=cst.Name(value=name))],
                    value=cst.SimpleString() as value,
                ) if _is_only_patched(module, name, is_patch, stores=1):
                    found.add(id(value))
                case _:
                    pass
    for scope in [module, *_functions(module)]:
        for node in _own(scope):
            match node:
                case cst.For(target=cst.Name(value=name), iter=values) if _is_only_patched(
                    scope, name, is_patch, stores=1
                ):
                    found.update(_literals(values))
                case _:
                    pass
    return frozenset(found)


def _literals(values: cst.BaseExpression) -> Iterator[int]:
    if isinstance(values, cst.List | cst.Tuple):
        for element in values.elements:
            if isinstance(element.value, cst.SimpleString):
                yield id(element.value)


def _is_only_patched(scope: cst.CSTNode, name: str, is_patch: _IsPatch, *, stores: int) -> bool:
    """True if a name stands at least once as a target, and nowhere else but *stores* times."""
    total = patched = 0
    waiting: list[cst.CSTNode] = [scope]
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.Name) and node.value == name:
            total += 1
        if isinstance(node, cst.Call) and is_patch(node.func):
            patched += sum(
                _is_target(argument, index, name) for index, argument in enumerate(node.args)
            )
        waiting += _every(node)
    return patched > 0 and total == patched + stores


def _is_target(argument: cst.Arg, index: int, name: str) -> bool:
    keyword = argument.keyword.value if argument.keyword else ""
    here = keyword == "target" or (index == 0 and not keyword and not argument.star)
    return here and isinstance(argument.value, cst.Name) and argument.value.value == name


def _every(node: cst.CSTNode) -> Sequence[cst.CSTNode]:
    """All that is below a node, but labels: attributes and keywords."""
    skipped: set[int] = set()
    if isinstance(node, cst.Attribute):
        skipped.add(id(node.attr))
    if isinstance(node, cst.Arg) and node.keyword is not None:
        skipped.add(id(node.keyword))
    return [child for child in node.children if id(child) not in skipped]


def _functions(node: cst.CSTNode) -> Iterator[cst.FunctionDef]:
    for child in children(node):
        if isinstance(child, cst.FunctionDef):
            yield child
        yield from _functions(child)


def _own(scope: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Nodes of a scope, those of functions in it left out."""
    start = scope.body if isinstance(scope, cst.FunctionDef) else scope
    waiting = [start]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [child for child in children(node) if not isinstance(child, cst.FunctionDef)]
