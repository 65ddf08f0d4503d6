"""Carries a rehoming out: new homes, the monolith, and every file that names what left it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath

import libcst as cst

from aurum_refactor.errors import MoveError
from aurum_refactor.model import Change, ChangeSet, Layout, Rehoming, Room, Survey
from aurum_refactor.rewrite.aggregator import aggregated
from aurum_refactor.rewrite.idle import without_idle_object
from aurum_refactor.rewrite.room import furnished, new_leaf
from aurum_refactor.source.text import SourceText, encode
from codemods._beforehand import may_point_elsewhere
from codemods.errors import CannotRewrite
from codemods.redirect_imports import redirect_imports
from codemods.retarget_patches import retarget_patches


class Unredirected(MoveError):  # noqa: N818 - a refusal is an answer, not an error
    """One name whose use in one file has no faithful form elsewhere."""

    def __init__(self, name: str, path: str, reason: str) -> None:
        super().__init__(f"{path}: {name} {reason}")
        self.name = name
        self.path = path
        self.reason = reason


def rehome(
    plan: Rehoming,
    survey: Survey,
    source: SourceText,
    rooms: Mapping[str, SourceText],
    others: Mapping[str, tuple[str, SourceText]],
    spellings: frozenset[str],
    imported: Callable[[bytes, str], Collection[str]],
) -> ChangeSet:
    """Everything that changes when names leave the monolith for good.

    Args:
        plan: What goes where.
        survey: The monolith, after its endpoints have moved.
        source: Its text.
        rooms: Texts of the modules that extractions made, by path.
        others: Other files to rewrite, by path: dotted package and text.
        spellings: Dotted names of the monolith.
        imported: Modules that a text imports, given its package.

    Raises:
        Unredirected: One use of a name cannot be rewritten.
    """
    changes: list[Change] = []
    for path, (package, text) in sorted(others.items()):
        after = _redirected(path, package, text.text, dict(plan.homes), spellings)
        if after != text.text:
            changes.append(Change(PurePosixPath(path), text.data, encode(after, text)))
    if not plan.rooms:
        return ChangeSet.of(changes)
    for room in plan.rooms:
        changes += _room(room, plan, survey, source, rooms)
    after = aggregated(plan, survey, source.text, _on_leaf(plan, rooms, changes, imported))
    changes.append(Change(PurePosixPath(source.path), source.data, encode(after, source)))
    return ChangeSet.of(changes)


def _on_leaf(
    plan: Rehoming,
    rooms: Mapping[str, SourceText],
    changes: Sequence[Change],
    imported: Callable[[bytes, str], Collection[str]],
) -> frozenset[str]:
    """Modules made of the monolith that import the leaf once all this is done."""
    texts = {path: text.data for path, text in rooms.items()}
    texts |= {str(change.path): change.after for change in changes if change.after is not None}
    return frozenset(
        room.module
        for room in plan.rooms
        if room.path in texts
        and plan.leaf in imported(texts[room.path], room.module.rpartition(".")[0])
    )


def _redirected(
    path: str,
    package: str,
    text: str,
    homes: Mapping[str, str],
    spellings: frozenset[str],
    own: str = "",
) -> str:
    words = frozenset(_WORD.findall(text))
    near = tuple((name, home) for name, home in sorted(homes.items()) if name in words)
    return _pointed(path, package, text, near, spellings, own) if near else text


# Plan by plan, a file is asked about the same names.
@lru_cache(maxsize=512)
def _pointed(
    path: str,
    package: str,
    text: str,
    near: tuple[tuple[str, str], ...],
    spellings: frozenset[str],
    own: str,
) -> str:
    homes = dict(near)
    spelled = [s for s in sorted(spellings) if _may_name(text, s)]
    spelled = [s for s in spelled if may_point_elsewhere(text, package, s, homes)]
    if not spelled:
        return text
    try:
        tree = read = cst.parse_module(text)
        for spelling in spelled:
            tree = redirect_imports(tree, package, spelling, homes, own)
            tree = retarget_patches(tree, spelling, homes)
    except CannotRewrite as error:
        raise Unredirected(error.name, path, error.reason) from error
    except cst.ParserSyntaxError as error:
        message = f"{path}: LibCST cannot read it: {error.message}"
        raise MoveError(message) from error
    return text if tree is read else tree.code


_WORD = re.compile(r"\w+")


def _may_name(text: str, spelling: str) -> bool:
    """False if a file surely names no module by this spelling."""
    return all(part in text for part in spelling.split(".")[-1:])


def _room(
    room: Room,
    plan: Rehoming,
    survey: Survey,
    source: SourceText,
    rooms: Mapping[str, SourceText],
) -> Sequence[Change]:
    there = rooms.get(room.path)
    if there is None:
        if not room.ordinals and not room.reimports:
            return ()
        text = new_leaf(room, plan, survey, source.text)
        return (Change(PurePosixPath(room.path), None, text.encode(source.encoding)),)
    # Domains reach each other through the monolith: they must not import one another.
    near = {n: home for n, home in plan.homes if home in (room.module, plan.leaf)}
    package = room.module.rpartition(".")[0]
    spelling = frozenset({plan.layout.module})
    text = _redirected(room.path, package, there.text, near, spelling, room.module)
    try:
        text = furnished(room, plan, survey, source.text, text)
    except CannotRewrite as error:
        raise Unredirected(error.name, room.path, error.reason) from error
    text = without_idle_object(text, package, plan.layout.module)
    return (Change(PurePosixPath(room.path), there.data, encode(text, there)),)


def package_of(layout: Layout, module: str) -> str:
    """Dotted package of a module of the project."""
    return layout.package if module == layout.module else module.rpartition(".")[0]
