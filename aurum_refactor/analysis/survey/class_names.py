"""Names of classes that may stand in OpenAPI, read off the lines of files (R-11)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from aurum_refactor.analysis.lines import lines_with
from aurum_refactor.source.text import SourceText

#: ``class Config:`` inside a model has no schema of its own; what has, has bases.
_CLASS = re.compile(rb"(?:class[ \t]+([A-Za-z_]\w*)|[ \t]+class[ \t]+([A-Za-z_]\w*)[ \t]*\()")


def _class_names(data: bytes) -> list[str]:
    matches = (_CLASS.match(data, start) for start, _ in lines_with(data, b"class"))
    return [(match[1] or match[2]).decode() for match in matches if match is not None]


@lru_cache(maxsize=8192)
def classes_in(data: bytes) -> frozenset[str]:
    """Names of the classes of a file that may stand in OpenAPI, read off its lines."""
    return frozenset(_class_names(data))


def classes_elsewhere(source: SourceText, others: Mapping[str, bytes]) -> frozenset[str]:
    """Names that several classes have, at least one of them the monolith's."""
    names = _class_names(source.data)
    own = frozenset(names)
    if not own:
        return frozenset()
    twice = {name for name in own if names.count(name) > 1}
    found = [classes_in(data) & own for path, data in others.items() if path != source.path]
    return frozenset(twice).union(*found)
