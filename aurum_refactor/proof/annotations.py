"""Compares annotations: what they read, names inside of string ones included."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from aurum_refactor.model import Phase
from aurum_refactor.proof.levels import At
from aurum_refactor.proof.lockstep import Lockstep


def annotation(lockstep: Lockstep, old: ast.expr | None, new: ast.expr | None, at: At) -> None:
    """Compare two annotations, or that there is none."""
    if old is None or new is None:
        lockstep.like(old, new)
    else:
        _part(lockstep, old, new, replace(at, annotation=True))


def annotated(lockstep: Lockstep, old: ast.AnnAssign, new: ast.AST, at: At) -> None:
    """Compare two annotated assignments."""
    other = lockstep.like(old, new)
    lockstep.same(old.simple, other.simple, "the annotated target")
    lockstep.walk(old.target, other.target, at)
    annotation(lockstep, old.annotation, other.annotation, at)
    lockstep.value(old.value, other.value, at)


def _part(lockstep: Lockstep, old: ast.expr, new: Any, at: At) -> None:
    match old:
        case ast.Constant(value=str(text)):
            lockstep.walk(old, new, at)
            _string(lockstep, text, at)
        case ast.Subscript():
            _subscript(lockstep, old, lockstep.like(old, new), at)
        case ast.BinOp(left=left, right=right):
            other = lockstep.like(old, new)
            lockstep.walk(old.op, other.op, at)
            _part(lockstep, left, other.left, at)
            _part(lockstep, right, other.right, at)
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            found = lockstep.like(old, new).elts
            lockstep.same(len(elements), len(found), "the length of an annotation")
            for one, two in zip(elements, found, strict=True):
                _part(lockstep, one, two, at)
        case _:
            lockstep.walk(old, new, at)


def _subscript(lockstep: Lockstep, old: ast.Subscript, new: ast.Subscript, at: At) -> None:
    _part(lockstep, old.value, new.value, at)
    kind = _last_name(old.value)
    if kind == "Literal":
        # Strings in there are values.
        lockstep.walk(old.slice, new.slice, at)
    elif kind == "Annotated" and isinstance(old.slice, ast.Tuple) and old.slice.elts:
        elements, found = old.slice.elts, lockstep.like(old.slice, new.slice).elts
        lockstep.same(len(elements), len(found), "the length of Annotated")
        _part(lockstep, elements[0], found[0], at)
        lockstep.all(elements[1:], found[1:], at)
    else:
        _part(lockstep, old.slice, new.slice, at)


def _string(lockstep: Lockstep, text: str, at: At) -> None:
    """Note the names in a string annotation, which reads the same on both sides."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return
    inner = Lockstep(lockstep.steps, lockstep.before, lockstep.after)
    _part(inner, tree, tree, replace(at, phase=Phase.IMPORT))
    before, after = lockstep.lines
    lockstep.uses += [replace(use, line_before=before, line_after=after) for use in inner.uses]


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
