"""What is read of one file, kept for the next turn: turn by turn most files are what they were."""

from __future__ import annotations

from functools import lru_cache

from aurum_refactor.analysis.escapes import opaque_reads, own_view
from aurum_refactor.analysis.references.loose_patches import loosely_patched
from aurum_refactor.analysis.references.reading import references_in
from aurum_refactor.analysis.references.unparsable import broken
from aurum_refactor.analysis.statements import parse, statements_of
from aurum_refactor.model import Layout, Statement
from aurum_refactor.source.text import SourceText

references_in_file = lru_cache(maxsize=4096)(references_in)
opaque_reads_in = lru_cache(maxsize=4096)(opaque_reads)
loosely_patched_in = lru_cache(maxsize=4096)(loosely_patched)
does_not_parse = lru_cache(maxsize=4096)(broken)


@lru_cache(maxsize=256)
def own_view_of(text: SourceText, module: str) -> int:
    """Line where a module looks at itself as a whole; 0 if nowhere."""
    return own_view(parse(text), module)


@lru_cache(maxsize=256)
def statements_in(text: SourceText, layout: Layout) -> tuple[Statement, ...]:
    """The statements of a module."""
    return statements_of(text, parse(text), layout)
