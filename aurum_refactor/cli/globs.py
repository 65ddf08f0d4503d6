"""The fewest URL globs that tell the domains of today apart, for ``init`` to write down."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

# Says nothing of the domain, so a glob does not end there.
_PLAIN = re.compile(r"(?i)|api|apis|rest|public|internal|v\d+([._]\d+)*((a|b|alpha|beta)\d*)?")


def globs_of(paths: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Give globs that match the paths of their own domain and of no other.

    Args:
        paths: Domain and URL path of every endpoint.

    Returns:
        Globs by domain, both sorted. A path that two domains share has none,
        and neither has one that contains an asterisk.

    Example:
        >>> globs_of([("a", "/v1/a"), ("a", "/v1/a/{id}"), ("b", "/v1/b"), ("c", "/v1/a/c")])
        {'a': ('/v1/a', '/v1/a/{id}/**'), 'b': ('/v1/b/**',), 'c': ('/v1/a/c/**',)}
    """
    below: dict[tuple[str, ...], set[str]] = defaultdict(set)
    exactly: dict[str, set[str]] = defaultdict(set)
    for domain, path in paths:
        exactly[path].add(domain)
        segments = path.split("/")
        for end in range(1, len(segments) + 1):
            below[tuple(segments[:end])].add(domain)
    globs: dict[str, set[str]] = defaultdict(set)
    for domain, path in paths:
        if "*" in path or exactly[path] != {domain} or not path.startswith("/"):
            continue
        segments = path.split("/")
        prefixes = (tuple(segments[:end]) for end in range(2, len(segments) + 1))
        own = (p for p in prefixes if below[p] == {domain} and not _PLAIN.fullmatch(p[-1]))
        prefix = next(own, None)
        globs[domain].add(path if prefix is None else "/".join(prefix) + "/**")
    return {domain: tuple(sorted(globs[domain])) for domain in sorted(globs)}
