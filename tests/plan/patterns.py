"""Path patterns as people write them, and requests that come near to them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from hypothesis import strategies as st

#: Values of parameters: for every convertor some that fit, and some that fit only others.
VALUES = (
    *("a", "me", "0", "12", "1.5", "a-b", "x.json", "é", "-", "a/b", "", "a\n"),
    "0123456789abcdef0123456789abcdef",
    "01234567-89ab-cdef-0123-456789abcdef",
)
_PARAMETER = re.compile(r"\{\w+(?::\w+)?\}")


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """A pattern of one to three segments, mixed ones and every built-in convertor among them."""
    numbers = itertools.count()
    kinds = ("", "", ":str", ":path", ":int", ":float", ":uuid")

    def piece() -> str:
        if draw(st.booleans()):
            return "{p" + str(next(numbers)) + draw(st.sampled_from(kinds)) + "}"
        return draw(st.sampled_from(("a", "me", "0", "12", ".json", "-", "1.5", "x")))

    def segment() -> str:
        return "".join(piece() for _ in range(draw(st.sampled_from((1, 1, 1, 2)))))

    segments = [segment() for _ in range(draw(st.integers(1, 3)))]
    return "/" + "/".join(segments) + draw(st.sampled_from(("", "", "", "/")))


def near(*wanted: str, limit: int = 400) -> Iterator[str]:
    """Paths that the patterns may match: every parameter takes values, literals of others too."""
    literals = [part for pattern in wanted for part in _PARAMETER.sub("/", pattern).split("/")]
    values = tuple(dict.fromkeys((*VALUES, *filter(None, literals))))
    for pattern in wanted:
        pieces = _PARAMETER.split(pattern)
        count = len(pieces) - 1
        choices = values if count < 3 else values[:6]
        for chosen in itertools.islice(itertools.product(choices, repeat=count), limit):
            path = pieces[0] + "".join(
                value + piece for value, piece in zip(chosen, pieces[1:], strict=True)
            )
            yield path
            if not chosen or chosen[0] == values[0]:
                yield f"{path}\n"
                yield f"{path}/"
