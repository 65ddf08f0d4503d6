"""Every comment of the author stands once afterwards, and no other was made up (G1)."""

from __future__ import annotations

import re
from collections import Counter

from aurum_refactor.model import Breach
from aurum_refactor.proof.drops import found_in_sys_modules
from aurum_refactor.proof.sides import Unit
from aurum_refactor.proof.state import State

# The lexical part of Python that matters here: what is a comment, what is a string. Ten
# times as fast as ``tokenize``. Quotes nested in an f-string (3.12) may lead it astray, on
# both sides alike; ``text`` compares every line besides.
_TOKEN = re.compile(
    r"""(?s)(#[^\r\n]*)|'''(?:\\.|[^\\])*?'''|\"""(?:\\.|[^\\])*?\"""|"""
    r"""'(?:\\(?:\r\n|.)|[^\\'\r\n])*'|"(?:\\(?:\r\n|.)|[^\\"\r\n])*\""""
)
# A comment to a linter about a statement that is gone goes with it.
_DIRECTIVE = re.compile(r"#\s*(noqa|pylint|nosec|pragma|type:|pyright|ruff|fmt)", re.IGNORECASE)


def comments_of(text: str) -> list[tuple[int, str]]:
    """``(offset, comment)`` of every comment in a piece of Python text."""
    return [
        (match.start(), match.group(1).rstrip())
        for match in _TOKEN.finditer(text)
        if match.group(1) is not None
    ]


def prove_comments(state: State) -> tuple[int, list[Breach]]:
    """Every comment of the original once, those of imports and of ``global`` excepted."""
    original = state.original.unit
    wanted = Counter(text for _, text in comments_of(original.source.text))
    optional = _beside_globals(state)
    cookie = _cookie(state)
    repeatable: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for unit in (state.result.monolith, *state.result.modules.values()):
        imports, others = map(Counter, _split(unit))
        if unit.module in state.result.earlier:
            # What people wrote there stands as it did; see ``sides``.
            theirs = _split(state.result.earlier[unit.module])
            imports, others = imports - Counter(theirs[0]), others - Counter(theirs[1])
        found += others
        if unit is not state.result.monolith and unit.lines[:1] == [cookie + _ending(unit)]:
            # A file says in which encoding it is written, the author's way of saying it or ours.
            found[cookie] -= 1
        (found if unit is state.result.monolith else repeatable).update(imports)
    breaches: list[Breach] = []
    path = state.layout.path
    for text in wanted:
        missing = wanted[text] - found[text] - optional[text]
        if missing > 0:
            line = _line_of(original, text)
            message = f"the comment `{text}` (line {line} of the original) is lost"
            breaches.append(Breach("G1", path, line, message))
        elif found[text] > wanted[text]:
            message = f"the comment `{text}` stands more often than before"
            breaches.append(Breach("G1", path, _line_of(original, text), message))
    for text in (found + repeatable).keys() - wanted.keys():
        if text not in _own_comments(state):
            message = f"the comment `{text}` was not there before"
            breaches.append(Breach("G1", path, 1, message))
    return wanted.total(), breaches


def _split(unit: Unit) -> tuple[list[str], list[str]]:
    """Comments on the lines of imports, and all others."""
    text = unit.source.text
    imports: list[tuple[int, int]] = []
    for index, node in enumerate(unit.body):
        if type(node).__name__ in ("Import", "ImportFrom"):
            segment = unit.segments[index]
            imports.append((segment.start, segment.end))
    inside: list[str] = []
    outside: list[str] = []
    position = 0
    for offset, comment in comments_of(text):
        while position < len(imports) and imports[position][1] <= offset:
            position += 1
        within = position < len(imports) and imports[position][0] <= offset
        (inside if within else outside).append(comment)
    return inside, outside


def _beside_globals(state: State) -> Counter[str]:
    """Directives on the lines of ``global`` statements that are gone."""
    lines = state.original.unit.lines
    found: Counter[str] = Counter()
    for row in state.homes.moved:
        for number in row.globals:
            found.update(c for _, c in comments_of(lines[number - 1]) if _DIRECTIVE.match(c))
    return found


def _own_comments(state: State) -> set[str]:
    """Comments that the move itself may write."""
    own = {_cookie(state)}
    if state.wiring.script is not None:
        unit = state.result.monolith
        own |= {comment for _, comment in comments_of(unit.segment(state.wiring.script))}
    for drop in state.wiring.drops:
        if drop.index not in state.kept.ordinal_at:
            above = state.result.monolith.segment(drop.imported_at)
            own |= {comment for _, comment in comments_of(above)}
    for reload in state.wiring.reloads[:1]:
        if reload.imported_at[0] not in state.kept.ordinal_at:
            above = state.result.monolith.segment(reload.imported_at[0])
            own |= {comment for _, comment in comments_of(above)}
    for unit in state.result.modules.values():
        for index in found_in_sys_modules(unit.body):
            own |= {comment for _, comment in comments_of(unit.segment(index))}
    return own


def _cookie(state: State) -> str:
    """The first line of a new file that is not UTF-8."""
    return f"# -*- coding: {state.original.unit.source.encoding} -*-"


def _ending(unit: Unit) -> str:
    first = unit.lines[0]
    return first[len(first.rstrip("\r\n")) :]


def _line_of(unit: Unit, comment: str) -> int:
    for number, line in enumerate(unit.lines, start=1):
        if comment in line:
            return number
    return 1
