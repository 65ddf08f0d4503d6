"""Where the monolith stands, as its own imports and the rest of the project say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from aurum_refactor.analysis.target import layout_of
from aurum_refactor.model import Layout
from aurum_refactor.source.text import SourceText


def layout_for(
    source: SourceText,
    files: Sequence[str],
    others: Mapping[str, bytes],
    source_roots: tuple[str, ...],
    hints: Sequence[bytes],
) -> Layout:
    """Where a monolith stands, as its own imports and the rest of the project say."""
    imported, relative = _absolute_imports(source)
    return layout_of(
        source.path,
        files,
        imported,
        source_roots=source_roots,
        relative=relative,
        hints=[*(data for path, data in others.items() if path != source.path), *hints],
    )


def _absolute_imports(source: SourceText) -> tuple[tuple[str, ...], bool]:
    """Absolute modules a file imports, and whether it also imports relatively; by its lines."""
    absolute = re.findall(r"(?m)^\s*(?:from|import)\s+([A-Za-z_][\w.]*)", source.text)
    relative = re.search(r"(?m)^from\s+\.", source.text) is not None
    return tuple(absolute), relative
