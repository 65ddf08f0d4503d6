"""Patches of several names at once, as patches of one name each, and names that loops compute.

``patch.multiple(main, A=1, B=2)`` is ``patch.multiple(main, A=1)`` and then the same of B,
where no value that is given can tell; ``setattr(main, name, fake)`` sets one of the names
that the code around it bounds.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import TypeVar

from aurum_refactor.analysis.references.computed_names import bounded_by, looked_up
from aurum_refactor.analysis.references.guards import calls_with_guards
from aurum_refactor.analysis.references.literal_collections import literal_collections

OPTIONS = frozenset({"spec", "create", "spec_set", "autospec", "new_callable", "target"})
SETTERS = frozenset({"setattr", "delattr", "object"})
_TWO = 2
_MOCKS = frozenset(
    {
        "AsyncMock",
        "MagicMock",
        "Mock",
        "NonCallableMagicMock",
        "NonCallableMock",
        "PropertyMock",
        "object",
    }
)
_Row = TypeVar("_Row", ast.stmt, ast.expr, ast.withitem)


def bounds_of(tree: ast.Module) -> Mapping[int, frozenset[str]]:
    """For every call that sets a computed name (by identity): the names that it may be."""
    wanted = {
        id(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and tail(node.func) in SETTERS and len(node.args) >= _TWO
        if not isinstance(node.args[1], ast.Constant | ast.Starred)
    }
    if not wanted:
        return {}
    literals = literal_collections(tree)
    rows = (
        (id(call), bounded_by(call.args[1], guards, literals))
        for call, guards in calls_with_guards(tree, ())
        if id(call) in wanted
    )
    return {call: names for call, names in rows if names is not None}


def places_set(
    node: ast.Call,
    names: frozenset[str],
    module_of: Callable[[ast.expr], str | None],
    place_of: Callable[[str, str], str],
) -> str | None:
    """The places that a call may set, by name; None unless all are names of modules of ours."""
    target, name = node.args[0], node.args[1]
    rows = dict(looked_up(target, name))
    places = []
    for each in sorted(names):
        owner = module_of(rows.get(each, target))
        if owner is None:
            return None
        places.append(f"{each}: {place_of(owner, each)}")
    return ", ".join(places)


def parted(
    rows: Sequence[_Row],
    call_of: Callable[[_Row], ast.expr | None],
    holding: Callable[[_Row, ast.Call], _Row],
    place_of: Callable[[ast.Call], str | None],
) -> list[_Row]:
    """Rows in which each ``patch.multiple`` of ours is one a name; neighbours by place.

    Args:
        rows: Statements, items of ``with``, or decorators.
        call_of: What a row calls.
        holding: The row with another call in it.
        place_of: What a call with one name patches; None where it is no patch of ours.
    """
    singles: list[tuple[str, _Row]] = []
    for row in rows:
        call = call_of(row)
        parts = _singles(call) if isinstance(call, ast.Call) else []
        places = [place_of(part) for part in parts]
        if parts and all(place is not None for place in places):
            singles += [
                (place or "", holding(row, part)) for place, part in zip(places, parts, strict=True)
            ]
        else:
            singles.append(("", row))
    found: list[_Row] = []
    for patches, group in groupby(singles, key=lambda single: single[0] != ""):
        together = list(group)
        if patches:
            together.sort(key=lambda single: single[0])
        found += [row for _, row in together]
    return found


def _singles(call: ast.Call) -> list[ast.Call]:
    """``patch.multiple`` of several names as one call each, if nothing can tell; else nothing."""
    if tail(call.func) != "multiple":
        return []
    named = [k for k in call.keywords if k.arg is not None and k.arg not in OPTIONS]
    others = [k for k in call.keywords if k not in named]
    if any(k.arg is None for k in others) or any(isinstance(a, ast.Starred) for a in call.args):
        return []
    given = [*call.args[1:], *(k.value for k in named)]
    given += [k.value for k in others if k.arg != "target"]
    if not named or not all(map(_is_plain, given)):
        return []
    return [
        ast.copy_location(ast.Call(call.func, call.args, [keyword, *others]), call)
        for keyword in named
    ]


def _is_plain(node: ast.expr) -> bool:
    """True for a value whose making looks at no module."""
    match node:
        case ast.Name() | ast.Constant() | ast.Lambda():
            return True
        case ast.Attribute(attr="DEFAULT", value=ast.Name()):
            return True
        case ast.UnaryOp(operand=inner):
            return _is_plain(inner)
        case ast.Tuple(elts=rows) | ast.List(elts=rows) | ast.Set(elts=rows):
            return all(map(_is_plain, rows))
        case ast.Dict(keys=keys, values=values):
            return None not in keys and all(_is_plain(v) for v in (*keys, *values) if v)
        case ast.Call(func=func, args=args, keywords=keywords):
            return tail(func) in _MOCKS and all(
                map(_is_plain, [*args, *(k.value for k in keywords)])
            )
        case _:
            return False


def tail(node: ast.expr) -> str:
    """``multiple`` of ``mock.patch.multiple``."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""
