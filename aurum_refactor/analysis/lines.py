"""Lines of a file that hold a word, found without looking at the others."""

from __future__ import annotations

from collections.abc import Iterator


def lines_with(data: bytes, word: bytes) -> Iterator[tuple[int, int]]:
    """Start and end, line break excluded, of each line that holds *word*, once and in order.

    An expression that may start anywhere takes ten times as long as looking for a word.
    """
    at = data.find(word)
    while at >= 0:
        start = data.rfind(b"\n", 0, at) + 1
        end = data.find(b"\n", at)
        if end < 0:
            yield start, len(data)
            return
        yield start, end
        at = data.find(word, end)
