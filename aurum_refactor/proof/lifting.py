"""Undoes the lifting of a factory: what was lifted, put back, must be the original.

A function that is called once, with names for what it reads and for what it gives back, is the
same as its body in that place if the names mean the same (``closures``), nothing else was
touched, and no line was lost.
"""

from __future__ import annotations

import ast
import copy
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from aurum_refactor.analysis.nodes import children_of, nodes_of
from aurum_refactor.errors import SourceError
from aurum_refactor.language import BUILTINS
from aurum_refactor.model import Breach, Layout
from aurum_refactor.proof.closures.judge import Closures
from aurum_refactor.proof.closures.values import Place, Registering
from aurum_refactor.proof.comments import comments_of
from aurum_refactor.proof.sides import Unit
from aurum_refactor.source.text import SourceText

#: ``(field, index)`` from the top of a module inwards; "" for a statement of a suite.
Way = tuple[tuple[str, int], ...]


def prove_lifting(
    original: SourceText, halfway: SourceText, layout: Layout
) -> tuple[int, tuple[Breach, ...]]:
    """Hold a module whose factories were taken apart against the module as it was.

    Args:
        original: As it is on disk.
        halfway: The same module with some statements in functions of their own.
        layout: Where it stands.

    Returns:
        How many functions were put back, and every breach of G1 and G2.

    Raises:
        SourceError: The original cannot be parsed.
    """
    if original.text == halfway.text:
        return 0, ()
    before = Unit.read(layout.path, original.data, layout)
    try:
        after = Unit.read(layout.path, halfway.data, layout)
    except SourceError as error:
        message = f"the lifted module would not parse: {error.reason}"
        return 0, (Breach("parse", layout.path, error.line or 1, message),)
    found = _Undo(before, after)
    found.prove()
    return len(found.rows), tuple(found.breaches)


class _Undo:
    """Puts every lifted function back, and collects what does not fit."""

    def __init__(self, before: Unit, after: Unit) -> None:
        self.before = before
        self.after = after
        self.breaches: list[Breach] = []
        self.rows: list[Registering] = []
        self.ways: dict[int, Way] = {}

    def _fail(self, guarantee: str, line: int, message: str) -> None:
        self.breaches.append(Breach(guarantee, self.after.path, line, message))

    def prove(self) -> None:
        for node in self._new_functions():
            row = self._registering(node)
            if row is not None:
                self.rows.append(row)
        if self.breaches:
            return
        self._same_code()
        if self.breaches:
            # Places on both sides only match where the code does.
            return
        self._same_lines()
        closures = Closures(self.before, self.after)
        for row in self.rows:
            around, suite, first = _followed(self.before.body, self.ways[id(row.call)])
            place = Place(around, suite, first, first + len(row.body))
            for line, message in closures.judge(place, row):
                self._fail("G2", line, f"{row.node.name}: {message}")

    # ------------------------------------------------------------ the new functions

    @cached_property
    def users(self) -> dict[str, list[ast.stmt]]:
        """Statements of the halfway module by the names in them, each once for a name."""
        found: dict[str, list[ast.stmt]] = {}
        for statement in _statements(self.after.body):
            for name in {n.id for n in _own(statement) if isinstance(n, ast.Name)}:
                found.setdefault(name, []).append(statement)
        return found

    def _new_functions(self) -> list[ast.FunctionDef]:
        known = {node.name for node in self.before.body if isinstance(node, ast.FunctionDef)}
        used = _identifiers(self.before.body) | BUILTINS
        found = []
        for node in self.after.body:
            if isinstance(node, ast.FunctionDef) and node.name not in known:
                if node.name in used:
                    self._fail("G1", node.lineno, f"{node.name} means something else already")
                found.append(node)
        return found

    def _registering(self, node: ast.FunctionDef) -> Registering | None:
        arguments = node.args
        plain = not (
            node.decorator_list
            or node.returns
            or arguments.posonlyargs
            or arguments.vararg
            or arguments.kwarg
            or arguments.defaults
            or any(arguments.kw_defaults)
            or any(a.annotation for a in (*arguments.args, *arguments.kwonlyargs))
        )
        if not plain:
            self._fail("G1", node.lineno, f"{node.name} is more than a piece of the original")
            return None
        calls = self.users.get(node.name, [])
        if len(calls) != 1:
            self._fail("G3", node.lineno, f"{node.name} is used {len(calls)} times, not once")
            return None
        positional = [argument.arg for argument in arguments.args]
        keywords = [argument.arg for argument in arguments.kwonlyargs]
        body, returned = _without_return(node.body)
        late = _forwarded(calls[0])
        if not _is_call(calls[0], node.name, positional, keywords, late, returned):
            message = f"{node.name} is not called with its own names for what it takes and gives"
            self._fail("G2", calls[0].lineno, message)
            return None
        return Registering(node, calls[0], (*positional, *keywords), late, returned, body)

    # ------------------------------------------------------------ the code

    def _same_code(self) -> None:
        bodies: dict[int, Sequence[ast.stmt]] = {id(row.call): row.body for row in self.rows}
        gone = {id(row.node) for row in self.rows}
        ways: dict[int, Way] = {}
        kept = [n for n in self.after.body if id(n) not in gone]
        lines = sorted(row.call.lineno for row in self.rows)
        old, new = list(self.before.body), _put_back(kept, bodies, lines, (), ways)
        self.ways = ways
        untouched = set(map(id, kept))
        for one, other in zip(old, new, strict=False):
            # One text has one tree.
            same = id(other) in untouched and self._text(self.before, one) == self._text(
                self.after, other
            )
            if not same and ast.dump(one) != ast.dump(other):
                what = "is not the same once what was lifted is put back"
                self._fail("G1", one.lineno, f"line {one.lineno} of the original {what}")
                return
        if len(old) != len(new):
            self._fail("G1", 1, "statements are lost or added by lifting")

    @staticmethod
    def _text(unit: Unit, node: ast.stmt) -> tuple[list[str], int, int | None]:
        """The lines of a top-level statement, and where on them it begins and ends."""
        decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        lines = list(unit.lines[first - 1 : node.end_lineno])
        return lines, node.col_offset, node.end_col_offset

    def _same_lines(self) -> None:
        """Nothing but blanks before a line may differ, and comments stand where they stood."""
        lines = list(self.after.lines)
        replaced: dict[int, tuple[int, list[str]]] = {}
        for row in self.rows:
            start = _header_end(lines, row.node.lineno)
            end = row.body[-1].end_lineno or row.body[-1].lineno
            replaced[row.call.lineno] = (
                row.call.end_lineno or row.call.lineno,
                lines[start:end],
            )
            # Two blank lines part it from what stands above.
            first = row.node.lineno - 2 if row.node.lineno > 2 else 1  # noqa: PLR2004
            replaced[first] = (row.node.end_lineno or row.node.lineno, [])
        out: list[str] = []
        number = 1
        while number <= len(lines):
            if number in replaced:
                last, instead = replaced[number]
                out += instead
                number = last + 1
            else:
                out.append(lines[number - 1])
                number += 1
        wanted = [line.lstrip(" \t\f") for line in self.before.lines]
        found = [line.lstrip(" \t\f") for line in out]
        if wanted != found:
            number = next(
                (n for n, (a, b) in enumerate(zip(wanted, found, strict=False), 1) if a != b),
                min(len(wanted), len(found)),
            )
            self._fail("G1", number, f"line {number} of the original is not the same after lifting")
        before, after = comments_of(self.before.source.text), comments_of(self.after.source.text)
        if sorted(text for _, text in before) != sorted(text for _, text in after):
            self._fail("G1", 1, "a comment is lost or added by lifting")


# ---------------------------------------------------------------- helpers over trees


#: Kinds of nodes that have a name of their own, or say some.
_NAMING = tuple(
    kind
    for kind in vars(ast).values()
    if isinstance(kind, type)
    and issubclass(kind, ast.AST)
    and {"id", "name", "arg", "asname", "names"} & set(kind._fields)
)


def _identifiers(body: Sequence[ast.stmt]) -> set[str]:
    found: set[str] = set()
    for top in body:
        for node in nodes_of(top, _NAMING):
            for field in ("id", "name", "arg", "asname"):
                value = getattr(node, field, None)
                if isinstance(value, str):
                    found.add(value)
            if isinstance(node, ast.Global | ast.Nonlocal):
                found |= set(node.names)
    return found


_STATEMENTS = tuple(
    kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.stmt)
)


def _statements(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    nodes = (node for top in body for node in nodes_of(top, _STATEMENTS))
    return [node for node in nodes if isinstance(node, ast.stmt)]


def _own(node: ast.stmt) -> list[ast.AST]:
    """What stands in a statement and in none of the statements inside it."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = [node]
    while waiting:
        inner = waiting.pop()
        found.append(inner)
        waiting += [c for c in children_of(inner) if not isinstance(c, ast.stmt)]
    return found


def _without_return(body: Sequence[ast.stmt]) -> tuple[Sequence[ast.stmt], tuple[str, ...]]:
    """A body without the ``return a, b`` at its end, and the names in it."""
    match body[-1]:
        case ast.Return(value=ast.Name(id=name)):
            return body[:-1], (name,)
        case ast.Return(value=ast.Tuple(elts=elements)) if all(
            isinstance(element, ast.Name) for element in elements
        ):
            return body[:-1], tuple(e.id for e in elements if isinstance(e, ast.Name))
        case _:
            return body, ()


def _forwarded(node: ast.stmt) -> frozenset[str]:
    """Keywords of a call that are given as ``lambda``."""
    return frozenset(
        inner.arg
        for inner in ast.walk(node)
        if isinstance(inner, ast.keyword) and inner.arg and isinstance(inner.value, ast.Lambda)
    )


def _is_call(
    node: ast.stmt,
    name: str,
    positional: Sequence[str],
    keywords: Sequence[str],
    late: frozenset[str],
    returned: Sequence[str],
) -> bool:
    """True for ``returned = name(positional, keyword=keyword)`` with exactly these names."""
    arguments = list(positional)
    for keyword in keywords:
        value = f"lambda *args, **kwargs: {keyword}(*args, **kwargs)"
        arguments.append(f"{keyword}={value if keyword in late else keyword}")
    bound = f"{', '.join(returned)} = " if returned else ""
    wanted = ast.parse(f"{bound}{name}({', '.join(arguments)})").body[0]
    return ast.dump(node) == ast.dump(wanted)


def _put_back(
    body: Sequence[ast.stmt],
    bodies: Mapping[int, Sequence[ast.stmt]],
    lines: Sequence[int],
    way: Way,
    ways: dict[int, Way],
) -> list[ast.stmt]:
    """A suite with calls replaced by what they stand for; notes where those stood.

    A statement with none of the *lines* of calls in it is itself what is given back.
    """
    found: list[ast.stmt] = []
    for node in body:
        if id(node) in bodies:
            ways[id(node)] = (*way, ("", len(found)))
            found += bodies[id(node)]
            continue
        at = bisect_left(lines, node.lineno)
        if at < len(lines) and lines[at] <= (node.end_lineno or node.lineno):
            node = _copied(node, bodies, lines, (*way, ("", len(found))), ways)  # noqa: PLW2901
        found.append(node)
    return found


def _copied(
    node: Any,
    bodies: Mapping[int, Sequence[ast.stmt]],
    lines: Sequence[int],
    way: Way,
    ways: dict[int, Way],
) -> Any:
    made = copy.copy(node)
    for field in ("body", "orelse", "finalbody"):
        suite = getattr(node, field, None)
        if isinstance(suite, list):
            setattr(made, field, _put_back(suite, bodies, lines, (*way, (field, 0)), ways))
    for field in ("handlers", "cases"):
        parts = getattr(node, field, None)
        if isinstance(parts, list):
            rows = [
                _copied(p, bodies, lines, (*way, (field, i)), ways) for i, p in enumerate(parts)
            ]
            setattr(made, field, rows)
    return made


def _followed(body: Sequence[ast.stmt], way: Way) -> tuple[list[ast.AST], Sequence[ast.stmt], int]:
    """The nodes on a way, the suite at its end, and the index there."""
    nodes: list[ast.AST] = []
    suite: Sequence[Any] = body
    for field, index in way[:-1]:
        if field in ("handlers", "cases"):
            nodes.append(getattr(nodes[-1], field)[index])
        elif field:
            suite = getattr(nodes[-1], field)
        else:
            nodes.append(suite[index])
    return nodes, suite, way[-1][1]


def _header_end(lines: Sequence[str], first: int) -> int:
    """Line (1-based) on which the head of a function of ours ends."""
    number = first
    while not lines[number - 1].rstrip().endswith("):"):
        number += 1
    return number
