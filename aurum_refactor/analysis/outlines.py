"""What a reader of references has to see of a file: the rest of it need not be parsed.

A body matters if it names the module, an alias of it, or a package above it, or calls
something that replaces what it computes. Everything here errs on the large side; where a
use may depend on the whole file, there is no outline.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from aurum_refactor.analysis.surfaces import without_bodies

#: Code that is asked about the whole file: second copies, and what is found to be executed.
_COPIES = (
    *(b"spec_from_file_location", b"SourceFileLoader", b"load_source", b"find_spec"),
    *(b"run_path", b"run_module"),
)
_EXEC = re.compile(rb"exec(?!\w)")
#: ``patch.object(*row)`` replaces whatever the row says.
_STARRED = re.compile(rb"object\s*\(\s*\*")
#: Escapes that may spell any letter, and lines that go on on the next one.
_ESCAPE = re.compile(rb"\\[xuUN0-7\n]")
_PLAIN = rb"(?:\"[^\"\\\n]*\"|'[^'\\\n]*')"
#: A target that is plainly written out: a string, or an object and the name of an attribute.
_WRITTEN = rb"\(\s*(?:" + _PLAIN + rb"\s*[,)]|[A-Za-z_][\w.]*\s*,\s*[\"'])"
# A letter first: an expression that begins with a word boundary takes five times as long.
_REPLACING = (
    re.compile(
        rb"patch(?<!\wpatch)\b(?!\s*\.\s*object\b)(?!(?:\s*\.\s*\w+)?\s*" + _WRITTEN + rb")"
    ),
    re.compile(rb"setattr(?<!\wsetattr)\b(?!\s*" + _WRITTEN + rb")"),
    re.compile(rb"delattr(?<!\wdelattr)\b(?!\s*" + _WRITTEN + rb")"),
    re.compile(rb"target(?<!\wtarget)\s*=[^=]"),
)
_RELATIVE = re.compile(rb"from(?<!\wfrom)[ \t]*[.\\]")


@dataclass(frozen=True, slots=True)
class _Above:
    """How packages above a module are imported."""

    found: tuple[re.Pattern[bytes], ...]
    # An import that only gives a name to one: it may stay without the rest of its body.
    alone: re.Pattern[bytes]


@lru_cache(maxsize=64)
def _above(spellings: frozenset[str]) -> _Above | None:
    above = {
        re.escape(spelling[:dot].encode())
        for spelling in spellings
        for dot in (i for i, letter in enumerate(spelling) if letter == ".")
    }
    if not above:
        return None
    packages = rb"(?:" + rb"|".join(sorted(above)) + rb")"
    alone = rb"[ \t]+(?:(import[ \t]+" + packages + rb"(?:[ \t]+as[ \t]+[A-Za-z_]\w*)?)"
    alone += rb"|(from[ \t]+" + packages + rb"[ \t]+import[ \t]+[A-Za-z_][\w, \t]*\w))"
    return _Above(
        (
            re.compile(rb"from(?<!\wfrom)[ \t]+" + packages + rb"(?![\w.])"),
            re.compile(rb"import(?<!\wimport)\b[^\n]*?(?<![\w.])" + packages + rb"(?![\w.])"),
        ),
        re.compile(alone + rb"[ \t]*(?:#[^\n]*)?(?=\n|\Z)"),
    )


@lru_cache(maxsize=256)
def _seam(words: frozenset[bytes]) -> re.Pattern[bytes]:
    """Strings behind each other, of which the second begins with the end of a word."""
    ends = sorted({re.escape(word[at:]) for word in words for at in range(1, len(word))})
    # The one before ends with another part of the word, or is empty.
    gap = rb"[\w\"'][\"'](?:[ \t\n\\]|#[^\n]*\n)*+[A-Za-z]{0,2}[\"']"
    return re.compile(gap + rb"(?:" + rb"|".join(ends or [rb"(?!)"]) + rb")\b")


def outline(data: bytes, spellings: frozenset[str], words: Collection[str]) -> bytes | None:
    """A file without the functions in which no use of a module can stand.

    Args:
        data: The file.
        spellings: Dotted names of the module.
        words: Last parts of its spellings, and of its aliases as far as they are known.

    Returns:
        The shorter file, with all that is left on its old line; None if the whole file
        must be read.
    """
    if any(word in data for word in _COPIES) or _EXEC.search(data) or _STARRED.search(data):
        return None
    last = frozenset(word.encode() for word in words)
    if not _is_spelt_plainly(data) or _seam(last).search(data):
        return None
    marks, alone = _marks(data, spellings, last)
    kept = sorted(alone)

    def instead(start: int, end: int) -> bytes | None:
        at = bisect_left(marks, start)
        if at < len(marks) and marks[at] < end:
            return None
        rows = kept[bisect_left(kept, start) : bisect_left(kept, end)]
        return b"; ".join([alone[row] for row in rows]) or b"pass"

    shorter = without_bodies(data, instead)
    return None if shorter is data else shorter


def _marks(
    data: bytes, spellings: frozenset[str], words: Collection[bytes]
) -> tuple[list[int], dict[int, bytes]]:
    """Offsets of what may be part of a use, in order, and of imports that may stay alone."""
    found = [at for word in words for at in _occurrences(data, word)]
    for pattern in (*_REPLACING, _RELATIVE, _ESCAPE):
        found += [match.start() for match in pattern.finditer(data)]
    alone: dict[int, bytes] = {}
    above = _above(spellings)
    if above is not None:
        for pattern in above.found:
            for match in pattern.finditer(data):
                at = match.start()
                row = above.alone.match(data, data.rfind(b"\n", 0, at) + 1)
                begins = -1 if row is None else row.start(row.lastindex or 0)
                if row is not None and at == begins:
                    alone[at] = row[row.lastindex or 0]
                elif row is None or at < begins:
                    found.append(at)
    found.sort()
    return found, alone


def _occurrences(data: bytes, word: bytes) -> Iterator[int]:
    """Where a word begins; parts of longer words may be among them."""
    at = data.find(word)
    while at >= 0:
        if not data[at - 1 : at].isalnum() and data[at - 1 : at] != b"_":
            yield at
        at = data.find(word, at + len(word))


def _is_spelt_plainly(data: bytes) -> bool:
    """True if every identifier is spelt as it is compared: Python compares in NFKC."""
    if data.isascii():
        return True
    try:
        return unicodedata.is_normalized("NFKC", data.decode("utf-8"))
    except UnicodeDecodeError:
        return False
