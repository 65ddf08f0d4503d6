"""Globs over URL paths: what they match, and which of them can never match first."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def match_glob(pattern: str, path: str) -> bool:
    """Tell whether a glob matches a whole URL path.

    ``*`` stands for exactly one segment that is not empty, ``**`` for any
    number of segments including none; every other segment must be equal, path
    parameters (``{id}``) included.

    Cost:
        O(segments of pattern x segments of path).

    Example:
        >>> match_glob("/v1/curves/**", "/v1/curves")
        True
        >>> match_glob("/v1/*/points", "/v1/{id}/points")
        True
    """
    return _matches(pattern.split("/"), path.split("/"), _takes_path_segment)


def covers(wide: str, narrow: str) -> bool:
    """Tell whether every path that *narrow* matches is matched by *wide* as well."""
    return _matches(wide.split("/"), narrow.split("/"), _takes_glob_segment)


def glob_mistake(pattern: str) -> str | None:
    """Say in a phrase what is wrong with a glob, or None."""
    if pattern and not pattern.startswith("/"):
        return 'must start with "/"'
    if any("*" in segment and segment not in ("*", "**") for segment in pattern.split("/")):
        return 'uses "*" inside a segment; "*" and "**" stand for whole segments'
    return None


def _takes_path_segment(segment: str, given: str) -> bool:
    return given != "" if segment == "*" else segment == given


def _takes_glob_segment(segment: str, given: str) -> bool:
    if segment == "*":
        return given not in ("", "**")
    # "**" is not one segment: only a "**" takes it.
    return segment == given != "**"


def _matches(
    pattern: Sequence[str], given: Sequence[str], takes: Callable[[str, str], bool]
) -> bool:
    # Greedy with one point to return to: the last "**" is the only one that
    # ever needs to take more, as in shell wildcards.
    at = taken = 0
    last_star: tuple[int, int] | None = None
    while taken < len(given):
        if at < len(pattern) and pattern[at] == "**":
            last_star = (at, taken)
            at += 1
        elif at < len(pattern) and takes(pattern[at], given[taken]):
            at += 1
            taken += 1
        elif last_star is not None:
            last_star = (last_star[0], last_star[1] + 1)
            at, taken = last_star[0] + 1, last_star[1]
        else:
            return False
    return all(segment == "**" for segment in pattern[at:])
