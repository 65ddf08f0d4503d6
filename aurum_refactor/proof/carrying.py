"""Undoes the carrying of methods: put back into the class that inherits them, all is as it was.

That a class finds the same by inheriting it is shown by ``inheritance``; here it is shown that
nothing else was done: no statement, line or comment lost or added, and every new class stands
directly above the one that inherits it, which is the only one that uses it.
"""

from __future__ import annotations

import ast
import copy
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.errors import SourceError
from aurum_refactor.language import BUILTINS
from aurum_refactor.model import Breach, Layout
from aurum_refactor.proof.comments import comments_of
from aurum_refactor.proof.inheritance.family import Family
from aurum_refactor.proof.inheritance.judge import judge
from aurum_refactor.proof.sides import Unit
from aurum_refactor.source.text import SourceText

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Inherited:
    """A new class, and the one that inherits from it."""

    node: ast.ClassDef
    heir: ast.ClassDef

    @property
    def names(self) -> tuple[str, ...]:
        """The methods it holds, in order."""
        return tuple(n.name for n in self.node.body if isinstance(n, _FUNCTIONS))


def prove_carrying(
    original: SourceText, carried: SourceText, layout: Layout, others: Mapping[str, bytes]
) -> tuple[int, tuple[Breach, ...]]:
    """Hold a module whose classes inherit some of their methods against the module as it was.

    Args:
        original: As it is on disk.
        carried: The same module with some methods in classes of their own.
        layout: Where it stands.
        others: Files of the project, by path: those that define its base classes and
            decorators, and all in which a name of its classes stands.

    Returns:
        How many methods were put back, and every breach of G1 and G2.

    Raises:
        SourceError: The original cannot be parsed.
    """
    if original.text == carried.text:
        return 0, ()
    before = Unit.read(layout.path, original.data, layout)
    try:
        after = Unit.read(layout.path, carried.data, layout)
    except SourceError as error:
        message = f"the module with carried methods would not parse: {error.reason}"
        return 0, (Breach("parse", layout.path, error.line or 1, message),)
    undo = _Undo(before, after)
    undo.prove()
    if not undo.breaches:
        family = Family(before, others)
        for owner, names in undo.by_heir().items():
            node = next(n for n in before.body if isinstance(n, ast.ClassDef) and n.name == owner)
            for line, message in judge(family, node, names):
                undo.fail("G2", line, f"{owner}: {message}")
    return sum(len(row.names) for row in undo.rows), tuple(undo.breaches)


class _Undo:
    """Puts every method back, and collects what does not fit."""

    def __init__(self, before: Unit, after: Unit) -> None:
        self.before = before
        self.after = after
        self.breaches: list[Breach] = []
        self.rows: list[Inherited] = []

    def fail(self, guarantee: str, line: int, message: str) -> None:
        self.breaches.append(Breach(guarantee, self.after.path, line, message))

    def by_heir(self) -> dict[str, frozenset[str]]:
        """The methods that each class inherits now."""
        found: dict[str, frozenset[str]] = {}
        for row in self.rows:
            found[row.heir.name] = found.get(row.heir.name, frozenset()) | set(row.names)
        return found

    def prove(self) -> None:
        known = {node.name for node in self.before.body if isinstance(node, ast.ClassDef)}
        used = _identifiers(self.before.body) | BUILTINS
        for index, node in enumerate(self.after.body):
            if isinstance(node, ast.ClassDef) and node.name not in known:
                if node.name in used:
                    self.fail("G1", node.lineno, f"{node.name} means something else already")
                self._inherited(index, node)
        if not self.breaches:
            self._same_code()
        if not self.breaches:
            self._same_lines()

    def _inherited(self, index: int, node: ast.ClassDef) -> None:
        plain = not (
            node.bases or node.keywords or node.decorator_list or getattr(node, "type_params", None)
        )
        names = [n.name for n in node.body if isinstance(n, _FUNCTIONS)]
        if not plain or len(set(names)) != len(node.body):
            self.fail("G1", node.lineno, f"{node.name} is more than methods of the original")
            return
        heir = self._next(index)
        uses = [
            inner
            for top in self.after.body
            for inner in ast.walk(top)
            if isinstance(inner, ast.Name) and inner.id == node.name
        ]
        if heir is None or len(uses) != 1 or uses[0] not in heir.bases:
            message = f"{node.name} is not inherited once, by the class directly below"
            self.fail("G1", node.lineno, message)
            return
        self.rows.append(Inherited(node, heir))

    def _next(self, index: int) -> ast.ClassDef | None:
        """The first class of the original below a new one, if nothing else stands between."""
        known = {node.name for node in self.before.body if isinstance(node, ast.ClassDef)}
        for node in self.after.body[index + 1 :]:
            if not isinstance(node, ast.ClassDef):
                return None
            if node.name in known:
                return node
        return None

    # ------------------------------------------------------------ the code

    def _same_code(self) -> None:
        new = {id(row.node) for row in self.rows}
        kept = [node for node in self.after.body if id(node) not in new]
        if len(kept) != len(self.before.body):
            self.fail("G1", 1, "statements are lost or added by carrying methods")
            return
        for old, node in zip(self.before.body, kept, strict=True):
            rows = [row for row in self.rows if row.heir is node]
            whole = self._put_back(old, node, rows) if rows else node
            if whole is None or ast.dump(old) != ast.dump(whole):
                what = "is not the same once its methods are put back"
                self.fail("G1", old.lineno, f"line {old.lineno} of the original {what}")
                return

    def _put_back(
        self, old: ast.stmt, node: ast.stmt, rows: Sequence[Inherited]
    ) -> ast.ClassDef | None:
        if not isinstance(old, ast.ClassDef) or not isinstance(node, ast.ClassDef):
            return None
        methods = {n.name: n for row in rows for n in row.node.body if isinstance(n, _FUNCTIONS)}
        if len(methods) != sum(len(row.names) for row in rows):
            self.fail("G1", node.lineno, f"{node.name} inherits one method twice")
            return None
        own = {id(row.node): row.node.name for row in rows}
        bases = node.bases[: len(rows)]
        if {base.id for base in bases if isinstance(base, ast.Name)} != set(own.values()):
            self.fail("G1", node.lineno, f"{node.name} does not look there first")
            return None
        whole = copy.copy(node)
        whole.bases = node.bases[len(rows) :]
        waiting = list(node.body)
        body: list[ast.stmt] = []
        for inner in old.body:
            if isinstance(inner, _FUNCTIONS) and inner.name in methods:
                body.append(methods.pop(inner.name))
            elif waiting:
                body.append(waiting.pop(0))
        whole.body = [*body, *waiting, *methods.values()]
        return whole

    # ------------------------------------------------------------ the lines

    def _same_lines(self) -> None:
        """Only blank lines may differ: every line of a method stands once, and every other."""
        moved = {name: set(names) for name, names in self.by_heir().items()}
        heirs = [n for n in self.before.body if isinstance(n, ast.ClassDef) and n.name in moved]
        chunks: dict[tuple[str, str], list[str]] = {}
        gone: set[int] = set()
        for node in heirs:
            for inner in node.body:
                if isinstance(inner, _FUNCTIONS) and inner.name in moved[node.name]:
                    span = _chunk(inner, self.before.lines)
                    chunks[node.name, inner.name] = _written(self.before.lines, span)
                    gone.update(span)
            gone.update(_head(node, self.before.lines))
        fresh: set[int] = set()
        for row in self.rows:
            block = _block(row.node, self.after.lines)
            fresh.update(block)
            fresh.update(_head(row.heir, self.after.lines))
            wanted = [line for name in row.names for line in chunks[row.heir.name, name]]
            if _written(self.after.lines, block)[1:] != wanted:
                self.fail("G1", row.node.lineno, f"{row.node.name} has other lines than before")
        rest = range(1, len(self.before.lines) + 1)
        old = _written(self.before.lines, [n for n in rest if n not in gone])
        rest = range(1, len(self.after.lines) + 1)
        new = _written(self.after.lines, [n for n in rest if n not in fresh])
        if old != new:
            self.fail("G1", 1, "a line is lost or added by carrying methods")
        before, after = comments_of(self.before.source.text), comments_of(self.after.source.text)
        if sorted(text for _, text in before) != sorted(text for _, text in after):
            self.fail("G1", 1, "a comment is lost or added by carrying methods")


# ---------------------------------------------------------------- helpers


def _identifiers(body: Sequence[ast.stmt]) -> set[str]:
    found: set[str] = set()
    for top in body:
        for node in ast.walk(top):
            for field in ("id", "name", "arg", "attr", "asname"):
                value = getattr(node, field, None)
                if isinstance(value, str):
                    found.add(value)
    return found


def _written(lines: Sequence[str], numbers: Sequence[int] | range) -> list[str]:
    """The lines of these numbers that are not blank."""
    return [lines[n - 1] for n in sorted(numbers) if lines[n - 1].strip()]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" \t\f"))


def _chunk(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: Sequence[str]) -> range:
    """A method with the comments directly above it, and those below that are in its body."""
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    depth = _depth(lines[first - 1])
    last = node.end_lineno or node.lineno
    while first > 1 and lines[first - 2].lstrip().startswith("#"):
        if _depth(lines[first - 2]) != depth:
            break
        first -= 1
    for number in range(last + 1, len(lines) + 1):
        text = lines[number - 1].strip()
        if text and not (text.startswith("#") and _depth(lines[number - 1]) > depth):
            break
        if text:
            last = number
    return range(first, last + 1)


def _block(node: ast.ClassDef, lines: Sequence[str]) -> range:
    """A new class with every indented line below it."""
    last = node.end_lineno or node.lineno
    for number in range(last + 1, len(lines) + 1):
        text = lines[number - 1].strip()
        if text and not _depth(lines[number - 1]):
            break
        if text:
            last = number
    return range(node.lineno, last + 1)


def _head(node: ast.ClassDef, lines: Sequence[str]) -> range:
    """The lines from ``class`` to its colon."""
    waiting = iter(lines[node.lineno - 1 :])
    depth = 0
    for token in tokenize.generate_tokens(lambda: next(waiting, "")):
        if token.type == tokenize.OP:
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.string, 0)
            if token.string == ":" and not depth:
                return range(node.lineno, node.lineno + token.start[0])
    return range(node.lineno, node.lineno + 1)
