"""Two routes changed places: may they? Decided here once more, by another method than the plan's.

Patterns are rows of tokens, and both are followed at once, letter by letter, as sets of
tokens that may come next; besides, paths that people would ask for are tried on regular
expressions. Either may object. Source: semantics §3.1 and §3.2.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from aurum_refactor.model import Form, OrderFacts, Receiver, ReceiverKind, Registration

_BRACES = re.compile(r"\{([a-zA-Z_]\w*)(?::([a-zA-Z_]\w*))?\}", re.ASCII)
_EXPRESSIONS = {
    "str": r"[^/]+",
    "path": r".*",
    "int": r"[0-9]+",
    "float": r"[0-9]+(\.[0-9]+)?",
    "uuid": r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}",
}
_TRIED = ("1", "a", "1.5", "a/b", "0123456789abcdef0123456789abcdef")
#: Letters that tell the convertors apart; those of the two patterns come besides.
_LETTERS = "0ag./-\né"


class Token(NamedTuple):
    """One letter of a path, as a regular expression for it."""

    letter: str
    optional: bool = False
    repeats: bool = False


class Seen(NamedTuple):
    """One route as far as the order of routes is concerned."""

    row: Registration
    path: str
    # Why it may match anything, or be anything; "" if it is known.
    unknown: str
    # True where something unknown stands before the path.
    behind: bool

    @property
    def label(self) -> str:
        verb = ",".join(self.row.methods) or self.row.verb or "code"
        return f"{verb} {self.path} (line {self.row.line})"

    @property
    def is_socket(self) -> bool:
        return "websocket" in self.row.verb

    @property
    def is_mount(self) -> bool:
        return self.row.verb == "mount"


def read_route(row: Registration, receiver: Receiver | None) -> Seen:
    """What a registration on *receiver* adds to the table."""
    starlette = row.verb in ("route", "websocket_route") or row.form is Form.INCLUDE
    unknown = ""
    if row.form is Form.OPAQUE or row.verb in ("include_router", "host", "frontend"):
        unknown = "may match anything"
    elif row.path is None or not row.is_plain:
        unknown = "is not written out"
    elif receiver is None or not receiver.is_plain or receiver.mutated_at is not None:
        unknown = "is registered on an object that is not known well enough"
    elif starlette and receiver.has_prefix:
        unknown = "does not take the prefix of its router"
    prefix = "" if receiver is None else receiver.prefix
    behind = receiver is None or receiver.kind is not ReceiverKind.APP
    behind |= receiver is not None and receiver.has_prefix and not prefix
    return Seen(row, prefix + (row.path or ""), unknown, behind)


def objection(one: Seen, other: Seen, facts: OrderFacts) -> str:
    """Why two routes may not change places, as the end of a sentence; "" if they may."""
    if facts.overridden:
        return f"{facts.overridden} sets a route class, which may match by other rules"
    if facts.scheme_clashes:
        return f"security schemes share a name: {facts.scheme_clashes[0]}"
    for seen in (one, other):
        if seen.unknown:
            return f"{seen.label} {seen.unknown}"
    sockets = one.is_socket + other.is_socket
    if sockets != 1 or one.is_mount or other.is_mount:
        behind = one.behind or other.behind
        if behind and not (one.path[:1] == other.path[:1] == "/" and not facts.path_prefix):
            return "what stands before their paths is not known"
        met = meeting(_pattern(one), _pattern(other))
        if met is None:
            return "a path of theirs is not understood"
        if met:
            return f"both match {met!r}"
    if _names(one.path) == _names(other.path):
        if one.row.name is not None and one.row.name == other.row.name:
            return f"both are called {one.row.name}"
        if None in (one.row.name, other.row.name) and facts.looks_up_names:
            return f"{facts.looks_up_names} may look them up by one name"
    elif (one.is_mount or other.is_mount) and facts.looks_up_names:
        return f"{facts.looks_up_names} may look a name up below a mount"
    one_format, other_format = (_BRACES.sub(r"{\1}", seen.path) for seen in (one, other))
    shared = not sockets and set(one.row.methods) & set(other.row.methods)
    return (
        "OpenAPI documents only the last of them" if shared and one_format == other_format else ""
    )


def _pattern(seen: Seen) -> str:
    return f"{seen.path.rstrip('/')}/{{rest_:path}}" if seen.is_mount else seen.path


def _names(path: str) -> set[str]:
    return {match[1] for match in _BRACES.finditer(path)}


# ---------------------------------------------------------------- do two patterns meet?


@cache
def meeting(one: str, other: str) -> str | None:
    """A path that both match, "" if there is none, None if a pattern is not understood."""
    if not one.startswith("/") or not other.startswith("/"):
        return None
    # What stands before any parameter differs: then nothing else matters.
    head = min(len(one.partition("{")[0]), len(other.partition("{")[0]))
    if one[:head] != other[:head]:
        return ""
    left, right = _rows(one), _rows(other)
    if left is None or right is None:
        return None
    letters = "".join(dict.fromkeys(one + other + _LETTERS))
    for first, second in itertools.product(left, right):
        met = _followed(first, second, letters)
        if met:
            return met
    return _tried(one, other)


def _rows(pattern: str) -> list[list[Token]] | None:
    """The pattern as one or more rows of tokens: a fraction is there or is not."""
    rows: list[list[Token]] = [[]]
    place = 0
    for match in _BRACES.finditer(pattern):
        literal = [Token(re.escape(letter)) for letter in pattern[place : match.start()]]
        ways = _ways(match[2] or "str")
        if ways is None:
            return None
        rows = [[*row, *literal, *way] for row in rows for way in ways]
        place = match.end()
    end = [Token(re.escape(letter)) for letter in pattern[place:]]
    return [[*row, *end, Token(r"\n", optional=True)] for row in rows]


def _ways(convertor: str) -> list[list[Token]] | None:
    digits = Token("[0-9]", repeats=True)
    if convertor == "str":
        return [[Token("[^/]", repeats=True)]]
    if convertor == "path":
        return [[Token(r"[^\n]", optional=True, repeats=True)]]
    if convertor == "int":
        return [[digits]]
    if convertor == "float":
        return [[digits], [digits, Token(r"\."), digits]]
    if convertor == "uuid":
        digit = Token("[0-9a-fA-F]")
        dash = Token("-", optional=True)
        four = [dash, *[digit] * 4]
        return [[*[digit] * 8, *four, *four, *four, dash, *[digit] * 12]]
    return None


def _open(row: Sequence[Token], index: int) -> frozenset[int]:
    """Tokens that may read the next letter, from *index* on; the length is the end."""
    found = [index]
    while index < len(row) and row[index].optional:
        index += 1
        found.append(index)
    return frozenset(found)


def _after(row: Sequence[Token], state: frozenset[int], letter: str) -> frozenset[int]:
    found: set[int] = set()
    for index in state:
        if index < len(row) and _reads(row[index].letter, letter):
            found |= _open(row, index + 1)
            if row[index].repeats:
                found.add(index)
    return frozenset(found)


@cache
def _reads(expression: str, letter: str) -> bool:
    return re.fullmatch(expression, letter) is not None


def _followed(one: Sequence[Token], other: Sequence[Token], letters: str) -> str:
    """A path that both rows read, by following both at once; "" if there is none."""
    start = (_open(one, 0), _open(other, 0))
    waiting = [(start, "")]
    seen = {start}
    for (left, right), path in waiting:
        if len(one) in left and len(other) in right:
            return path
        for letter in letters:
            state = (_after(one, left, letter), _after(other, right, letter))
            if all(state) and state not in seen:
                seen.add(state)
                waiting.append((state, path + letter))
    return ""


def _tried(one: str, other: str) -> str:
    """The same by trying: parameters take usual values, and what stands in the other pattern."""
    first, second = _expression(one), _expression(other)
    for pattern, against in ((one, other), (other, one)):
        for path in _instances(pattern, against):
            if first.match(path) and second.match(path):
                return path
    return ""


def _expression(pattern: str) -> re.Pattern[str]:
    parts = _BRACES.split(pattern)
    text = re.escape(parts[0])
    for convertor, literal in zip(parts[2::3], parts[3::3], strict=True):
        text += f"(?:{_EXPRESSIONS[convertor or 'str']}){re.escape(literal)}"
    return re.compile(f"^{text}$")


def _instances(pattern: str, against: str) -> Iterator[str]:
    parts = _BRACES.split(pattern)
    literals = [part for part in _BRACES.sub("/", against).split("/") if part]
    values = [*dict.fromkeys((*literals, *_TRIED))]
    count = len(parts) // 3
    # A thousand are tried at most; the other method is the exact one.
    for chosen in itertools.islice(itertools.product(values, repeat=count), 1000):
        literal = [parts[0], *parts[3::3]]
        yield "".join(map("".join, zip(literal, (*chosen, ""), strict=True)))
