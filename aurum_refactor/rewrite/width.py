"""How long a line that we write may get, from the lines of the author that it is made of."""

from __future__ import annotations

from collections.abc import Sequence

from aurum_refactor.rewrite.imports import LINE_LENGTH

#: What people set as the longest line; the last also stands for whoever sets none.
WIDTHS = (LINE_LENGTH, 100, 120)


def width_of(codes: Sequence[str], width: int) -> int:
    """The line length for the registrations of a run, in columns.

    Nothing else of the module counts: what else is in there differs between extracting
    one domain after the other and all at once, and the result must not.

    Args:
        codes: The endpoints of the run, decorators first.
        width: What the author's imports keep to.

    Returns:
        The least of *width*, 88, 100 and 120 that each decorator on one line fits in.
    """
    longest = max((len(line) for code in codes for line in _decorators(code)), default=0)
    return next((w for w in sorted({width, *WIDTHS}) if w >= max(width, longest)), WIDTHS[-1])


def _decorators(code: str) -> list[str]:
    lines = [line.rstrip() for line in code.splitlines()]
    return [line for line in lines if line.startswith("@") and line.endswith(")")]
