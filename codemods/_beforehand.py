"""Whether a rewrite may find anything to do in a file, told by the standard parser.

LibCST takes ten times as long to read a file; most files that mention a module need no change.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

#: Callables that take what they replace as text, or several names at once.
_PATCHES = re.compile(r"\b(?:patch|setattr|delattr|multiple)\b")
#: What may be a quoted annotation, wherever a quote stands.
_QUOTED = re.compile(r"""(?=['"]([\w.\[\], |]+)['"])""")
_LAST = re.compile(r"\.(\w+)")


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one file says, scopes aside."""

    # Name that an import binds, and what it stands for, as far as absolute names go.
    bound: tuple[tuple[str, str, int], ...]
    # Module of a from-import and the names that it takes.
    taken: tuple[tuple[str, int, frozenset[str]], ...]
    # ``("a", "c")`` of ``a.b.c``: where a dotted name begins, and each of its attributes.
    dotted: frozenset[tuple[str, str]]
    texts: frozenset[str]
    # Last names of what quoted annotations may say.
    quoted: frozenset[str]
    # Keywords of calls of some ``x.multiple``.
    several: frozenset[str]
    # Names that a function declares to be another scope's.
    declared: frozenset[str]
    patches: bool


def may_point_elsewhere(text: str, package: str, old: str, names: Collection[str]) -> bool:
    """False if neither `redirect_imports` nor `retarget_patches` changes or refuses a file.

    Args:
        text: The file.
        package: Its dotted package.
        old: Dotted module that the names lived in.
        names: Those that live elsewhere now.
    """
    facts = _facts_of(text)
    if facts is None:
        return True
    wanted = frozenset(names)
    if not wanted.isdisjoint(facts.several):
        return True
    if facts.patches and any(_may_begin(text, old) for text in facts.texts):
        return True
    if any(
        _absolute(package, module, level) == old and not wanted.isdisjoint(taken)
        for module, level, taken in facts.taken
    ):
        return True
    aliases = {
        name
        for name, what, level in facts.bound
        if f"{old}.".startswith(f"{_absolute(package, what, level)}.")
    }
    return bool(aliases) and (
        not wanted.isdisjoint(facts.texts | facts.quoted)
        or not aliases.isdisjoint(facts.declared)
        or any(owner in aliases and name in wanted for owner, name in facts.dotted)
    )


def _may_begin(text: str, old: str) -> bool:
    """True for what a dotted target in *old* may begin with, if it is put together of parts."""
    return bool(text) and (text.startswith(f"{old}.") or f"{old}.".startswith(text))


def _absolute(package: str, module: str, level: int) -> str:
    """As `absolute` of an import statement does it."""
    if not level:
        return module
    parts = package.split(".") if package else []
    if level > len(parts):
        return "." * level + module
    return ".".join([*parts[: len(parts) - level + 1], *([module] if module else [])])


# The same files are asked about again, plan by plan.
@lru_cache(maxsize=2048)
def _facts_of(text: str) -> _Facts | None:
    """None for what cannot be read."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    bound: list[tuple[str, str, int]] = []
    taken: list[tuple[str, int, frozenset[str]]] = []
    dotted: set[tuple[str, str]] = set()
    texts: set[str] = set()
    several: set[str] = set()
    declared: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name):
                owner = _first_of(node)
                if owner is not None:
                    dotted.add((owner, name))
            case ast.Constant(value=str(value)):
                texts.add(value)
            case ast.Call(func=ast.Attribute(attr="multiple") | ast.Name(id="multiple")):
                several.update(row.arg for row in node.keywords if row.arg is not None)
            case ast.Import() | ast.ImportFrom():
                bound += _bound_by(node)
                if isinstance(node, ast.ImportFrom):
                    names = frozenset(alias.name for alias in node.names)
                    taken.append((node.module or "", node.level, names))
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                declared.update(names)
            case _:
                pass
    return _Facts(
        bound=tuple(bound),
        taken=tuple(taken),
        dotted=frozenset(dotted),
        texts=frozenset(texts),
        quoted=frozenset(
            name for match in _QUOTED.finditer(text) for name in _LAST.findall(match[1])
        ),
        several=frozenset(several),
        declared=frozenset(declared),
        patches=_PATCHES.search(text) is not None,
    )


def _first_of(node: ast.Attribute) -> str | None:
    value = node.value
    while isinstance(value, ast.Attribute):
        value = value.value
    return value.id if isinstance(value, ast.Name) else None


def _bound_by(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str, int]]:
    """Name, module that it may stand for, and level."""
    for alias in node.names:
        first = alias.name.partition(".")[0]
        if isinstance(node, ast.ImportFrom):
            module = f"{node.module}.{alias.name}" if node.module else alias.name
            yield alias.asname or alias.name, module, node.level
        else:
            yield alias.asname or first, alias.name if alias.asname else first, 0
