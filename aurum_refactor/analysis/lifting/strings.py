"""Lines that begin inside a string literal: not a character of them may change."""

from __future__ import annotations

import io
import tokenize
from functools import lru_cache


# Several runs of one factory ask for the same text.
@lru_cache(maxsize=8)
def in_strings(text: str, above: int = 0) -> frozenset[int]:
    """Lines that begin inside a string literal: not a character of them may change.

    Args:
        text: Whole statements of a module.
        above: How many lines stand above them.
    """
    found: set[int] = set()
    opened: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            name = tokenize.tok_name[token.type]
            if name == "FSTRING_START":
                opened.append(token.start[0])
            elif name == "FSTRING_END":
                found.update(range(above + opened.pop() + 1, above + token.end[0] + 1))
            elif token.type == tokenize.STRING:
                found.update(range(above + token.start[0] + 1, above + token.end[0] + 1))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        # It parses, so this does not happen; if it did, nothing may be touched.
        return frozenset(range(above + 1, above + text.count("\n") + 2))
    return frozenset(found)
