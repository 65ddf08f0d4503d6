"""What a reader of references has to see of a file: the rest of it need not be parsed.

A statement matters if it names the module, an alias of it, or a package above it, or calls
something that replaces what it computes. Everything here errs on the large side; where a
use may depend on the whole file, there is no outline.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import zip_longest

from aurum_refactor.analysis.logical_lines import LogicalLines
from aurum_refactor.analysis.surfaces import is_plain

#: Code that is asked about the whole file: second copies, and what is found to be executed.
_COPIES = tuple(
    re.compile(name + rb"(?<!\w" + name + rb")(?!\w)")
    for name in (
        *(b"spec_from_file_location", b"SourceFileLoader", b"load_source", b"find_spec"),
        *(b"run_path", b"run_module", b"exec"),
    )
)
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


@lru_cache(maxsize=64)
def _above(spellings: frozenset[str]) -> tuple[re.Pattern[bytes], ...]:
    """How packages above a module are imported: what is below them may be asked for later."""
    above = {
        re.escape(spelling[:dot].encode())
        for spelling in spellings
        for dot in (i for i, letter in enumerate(spelling) if letter == ".")
    }
    if not above:
        return ()
    packages = rb"(?:" + rb"|".join(sorted(above)) + rb")"
    return (
        re.compile(rb"from(?<!\wfrom)[ \t]+" + packages + rb"(?![\w.])"),
        re.compile(rb"import(?<!\wimport)\b[^\n]*?(?<![\w.])" + packages + rb"(?![\w.])"),
    )


@lru_cache(maxsize=256)
def _seam(words: frozenset[bytes]) -> re.Pattern[bytes]:
    """Strings behind each other, of which the second begins with the end of a word."""
    ends = sorted({re.escape(word[at:]) for word in words for at in range(1, len(word))})
    # The one before ends with another part of the word, or is empty.
    gap = rb"[\w\"'][\"'](?:[ \t\n\\]|#[^\n]*\n)*+[A-Za-z]{0,2}[\"']"
    return re.compile(gap + rb"(?:" + rb"|".join(ends or [rb"(?!)"]) + rb")\b")


def outline(data: bytes, spellings: frozenset[str], words: Collection[str]) -> bytes | None:
    """A file without the statements in which no use of a module can stand.

    Args:
        data: The file.
        spellings: Dotted names of the module.
        words: Last parts of its spellings, and of its aliases as far as they are known.

    Returns:
        The shorter file, with all that is left on its old line; None if the whole file
        must be read.
    """
    if any(word.search(data) for word in _COPIES) or _STARRED.search(data):
        return None
    last = frozenset(word.encode() for word in words)
    if not is_plain(data) or not _is_spelt_plainly(data) or _seam(last).search(data):
        return None
    lines = LogicalLines.of(data)
    return None if lines is None else _written(lines, _kept(lines, _marks(data, spellings, last)))


def _kept(lines: LogicalLines, marks: Collection[int]) -> list[int]:
    """Lines with marks, in order, and those without which they would not be statements."""
    kept: set[int] = set()
    waiting = [
        index
        for index in dict.fromkeys(bisect_right(lines.starts, at) - 1 for at in marks)
        if index >= 0
    ]
    while waiting:
        index = waiting.pop()
        if index in kept:
            continue
        if lines.is_clause(index) or lines.is_suite(index):
            rows = lines.statement(index)
            kept.update(rows)
            index = rows.start
        else:
            kept.add(index)
            if lines.is_decorator(index) and index + 1 < len(lines.starts):
                waiting.append(index + 1)
            if lines.is_definition(index) or lines.is_decorator(index):
                before = index - 1
                if before >= 0 and lines.is_decorator(before):
                    waiting.append(before)
        above = lines.above[index]
        if above >= 0:
            waiting.append(above)
    return sorted(kept)


def _written(lines: LogicalLines, kept: Collection[int]) -> bytes:
    """The lines that are kept, on their old lines; a block without any gets ``pass``."""
    data = lines.data
    parts: list[bytes] = []
    done, open_block = 0, b""
    for index, following in zip_longest(kept, [*kept][1:], fillvalue=-1):
        start, end, indent = lines.starts[index], lines.ends[index], lines.indents[index]
        parts.append(open_block)
        parts.append(b"\n" * data.count(b"\n", done, start))
        parts.append(data[start:end])
        done, open_block = end, b""
        below = index + 1
        if below < len(lines.starts) and lines.indents[below] > indent and below != following:
            inside = following >= 0 and lines.indents[following] > indent
            open_block = b"" if inside else data[start : start + indent] + b" pass"
    parts.append(open_block)
    parts.append(b"\n" * data.count(b"\n", done))
    return b"".join(parts)


def _marks(data: bytes, spellings: frozenset[str], words: Collection[bytes]) -> list[int]:
    """Offsets of what may be part of a use."""
    found = [at for word in words for at in _occurrences(data, word)]
    for pattern in (*_REPLACING, _RELATIVE, _ESCAPE, *_above(spellings)):
        found += [match.start() for match in pattern.finditer(data)]
    return found


def _occurrences(data: bytes, word: bytes) -> Iterator[int]:
    """Where a word begins; parts of longer words may be among them."""
    at = data.find(word)
    while at >= 0:
        if not data[at - 1 : at].isalnum() and data[at - 1 : at] != b"_":
            yield at
        at = data.find(word, at + len(word))


def _is_spelt_plainly(data: bytes) -> bool:
    """True if every identifier is spelt as it is compared: Python compares in NFKC.

    Characters that no identifier may have (an ellipsis in a comment) are spelt as they like.
    """
    if data.isascii():
        return True
    try:
        letters = {letter for letter in set(data.decode("utf-8")) if letter > "\x7f"}
    except UnicodeDecodeError:
        return False
    return not any(
        f"a{letter}".isidentifier()
        and (unicodedata.combining(letter) or unicodedata.normalize("NFKC", letter) != letter)
        for letter in letters
    )
