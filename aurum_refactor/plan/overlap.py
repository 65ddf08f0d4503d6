"""Which requests two path patterns both match: an exact automaton, and a path as the witness.

A pattern is Starlette's: literal characters and ``{name}`` or ``{name:convertor}``. For
the built-in convertors the answer is exact; only for ``uuid`` the language is that of
the newest release, which contains the older one (semantics §3.2).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

#: As ``starlette.routing.PARAM_REGEX``.
PARAMETER = re.compile(r"{([a-zA-Z_][a-zA-Z0-9_]*)(:[a-zA-Z_][a-zA-Z0-9_]*)?}")

#: Sets of characters that convertors match; names of more than one letter, so that a label
#: of one letter is that letter. ``[^/]`` matches a newline, ``.`` does not.
_CLASSES: Mapping[str, Callable[[str], bool]] = {
    "segment": lambda char: char != "/",
    "any": lambda char: char != "\n",
    "digit": lambda char: char in "0123456789",
    "hex": lambda char: char in "0123456789abcdefABCDEF",
    "all": lambda _char: True,
}
#: One of these is in every intersection of two classes; the nicest comes first.
_EXAMPLES = "x1"


@dataclass(frozen=True, slots=True)
class Language:
    """A non-deterministic automaton; state 0 is the first, the last one accepts."""

    # Per state the labels and targets of its moves; the empty label reads nothing.
    moves: tuple[tuple[tuple[str, int], ...], ...]


class _Builder:
    """Appends pieces one after the other."""

    def __init__(self) -> None:
        self.moves: list[list[tuple[str, int]]] = [[]]

    def _state(self) -> int:
        self.moves.append([])
        return len(self.moves) - 1

    def step(self, label: str) -> None:
        here = len(self.moves) - 1
        self.moves[here].append((label, self._state()))

    def some(self, label: str) -> None:
        """One or more."""
        self.step(label)
        here = len(self.moves) - 1
        self.moves[here].append((label, here))
        self.step("")

    def many(self, label: str) -> None:
        """Any number, also none."""
        self.step("")
        here = len(self.moves) - 1
        self.moves[here].append((label, here))
        self.step("")

    def skip_from(self, state: int) -> None:
        """What was appended since *state* may be left out."""
        self.step("")
        self.moves[state].append(("", len(self.moves) - 1))

    @property
    def last(self) -> int:
        return len(self.moves) - 1


def _uuid(build: _Builder) -> None:
    for number, width in enumerate((8, 4, 4, 4, 12)):
        if number:
            start = build.last
            build.step("-")
            build.skip_from(start)
        for _ in range(width):
            build.step("hex")


def _float(build: _Builder) -> None:
    build.some("digit")
    start = build.last
    build.step(".")
    build.some("digit")
    build.skip_from(start)


_CONVERTORS: Mapping[str, Callable[[_Builder], None]] = {
    "str": lambda build: build.some("segment"),
    "path": lambda build: build.many("any"),
    "int": lambda build: build.some("digit"),
    "float": _float,
    "uuid": _uuid,
}


@cache
def language_of(pattern: str, *, anywhere: bool = False) -> Language | None:
    """The paths that *pattern* matches; None if only running Starlette would tell.

    Args:
        pattern: The full path of a route.
        anywhere: True if it may stand behind a prefix that nothing is known of.
    """
    if not pattern.startswith("/") and not anywhere:
        return None
    build = _Builder()
    if anywhere:
        build.many("all")
    place = 0
    seen: set[str] = set()
    for match in PARAMETER.finditer(pattern):
        for char in pattern[place : match.start()]:
            build.step(char)
        convertor = _CONVERTORS.get((match[2] or ":str")[1:])
        if convertor is None or match[1] in seen:
            return None
        seen.add(match[1])
        convertor(build)
        place = match.end()
    for char in pattern[place:]:
        build.step(char)
    # The end of the expression is ``$``, which also holds before one last newline.
    start = build.last
    build.step("\n")
    build.skip_from(start)
    return Language(tuple(map(tuple, build.moves)))


def common_path(first: Language, second: Language) -> str | None:
    """A shortest path that both match; None if there is none, which is exact."""
    goal = (len(first.moves) - 1, len(second.moves) - 1)
    # For every pair of states how it was reached: the pair before, and the letter read.
    came: dict[tuple[int, int], tuple[tuple[int, int], str]] = {(0, 0): ((0, 0), "")}
    done: set[tuple[int, int]] = set()
    waiting = deque([(0, 0)])
    while waiting:
        pair = waiting.popleft()
        if pair in done:
            continue
        done.add(pair)
        if pair == goal:
            return _spelled(came, pair)
        one, other = pair
        for label, target in first.moves[one]:
            if not label:
                _reach(came, done, waiting, pair, (target, other))
        for label, target in second.moves[other]:
            if not label:
                _reach(came, done, waiting, pair, (one, target))
        for label, target in first.moves[one]:
            for label_2, target_2 in second.moves[other]:
                char = _meet(label, label_2) if label and label_2 else ""
                following = (target, target_2)
                if char and following not in came:
                    came[following] = (pair, char)
                    waiting.append(following)
    return None


def _reach(
    came: dict[tuple[int, int], tuple[tuple[int, int], str]],
    done: set[tuple[int, int]],
    waiting: deque[tuple[int, int]],
    pair: tuple[int, int],
    following: tuple[int, int],
) -> None:
    """A move that reads nothing costs nothing: it is looked at next, whatever came before."""
    if following not in done:
        came.setdefault(following, (pair, ""))
        waiting.appendleft(following)


def _spelled(
    came: Mapping[tuple[int, int], tuple[tuple[int, int], str]], pair: tuple[int, int]
) -> str:
    letters: list[str] = []
    while pair != (0, 0):
        pair, char = came[pair]
        letters.append(char)
    return "".join(reversed(letters))


@cache
def _meet(label: str, other: str) -> str:
    """A character that both labels read; "" if there is none."""
    letters = [text for text in (label, other, *_EXAMPLES) if len(text) == 1]
    return next((char for char in letters if _reads(label, char) and _reads(other, char)), "")


def _reads(label: str, char: str) -> bool:
    if len(label) == 1:
        return label == char
    return bool(_CLASSES[label](char))


def parameters_of(pattern: str) -> frozenset[str]:
    """Names of a pattern's parameters."""
    return frozenset(match[1] for match in PARAMETER.finditer(pattern))


def format_of(pattern: str) -> str:
    """The pattern without its convertors: the key of OpenAPI's ``paths``."""
    return PARAMETER.sub(lambda match: "{" + match[1] + "}", pattern)
