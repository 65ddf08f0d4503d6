"""Which files may matter to a survey at all: a look at their bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection


def interesting(module: str, classes: Collection[str]) -> Callable[[bytes], bool]:
    """Tell which files' bytes may matter to the survey of *module*; coarse and fast.

    Args:
        module: The monolith's name, or only the last part of it.
        classes: Names of its classes; others of the same name matter (R-11).
    """
    words = (module.rpartition(".")[2].encode(), *_ALWAYS)
    names = "|".join(sorted(classes)).encode()
    same = re.compile(rb"class[ \t]+(?:" + names + rb")\b") if classes else None

    def matters(data: bytes) -> bool:
        # Looking for a word takes a tenth of the time of an expression that may start anyhow.
        return (
            any(word in data for word in words)
            or _ROUTES.search(data) is not None
            or (same is not None and same.search(data) is not None)
        )

    return matters


_ROUTES = re.compile(rb"\.routes\b")
_ALWAYS = (
    b"setattr(",
    b"delattr(",
    b"patch.object",
    b"sys.modules",
    b"route_class",
    b'"routes"',
    b"'routes'",
    b"SlowAPI",
    b"fastapi_limiter",
    b"VersionedFastAPI",
    b"__subclasses__",
    b"getcontext",
    b"setcontext",
    b"DefaultContext",
)
