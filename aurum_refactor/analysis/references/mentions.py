"""Which files may refer to the monolith at all: a look at their bytes, before any is parsed."""

from __future__ import annotations

import re
from collections.abc import Callable


def mention_pattern(module: str) -> re.Pattern[bytes]:
    """Bytes that every file which refers to *module* must contain.

    The module's last name in an import, on a line of a parenthesised import,
    in a dotted string, or behind its package's name. A module named like a
    common word (``admin``) would otherwise drag half of the project in.
    """
    parent, _, last = (re.escape(part.encode()) for part in module.rpartition("."))
    above = parent.rpartition(rb"\.")[2] or last
    # Below a package a bare string names it only where it is asked for as an attribute.
    string = rb"[\"'](?:[A-Za-z0-9_]+\.)*" + last + rb"[.:\"'\\/]"
    if parent:
        string = (
            rb"[\"'](?:[A-Za-z0-9_]+\.)*" + last + rb"[.:]"
            rb"|[\"']\.*(?:[A-Za-z0-9_]+\.)+" + last + rb"[\"'\\/]"
            rb"|[\"']\.+" + last + rb"[\"'\\/]"
            rb"|getattr\([^\n]*[\"']" + last + rb"[\"']"
        )
    return re.compile(
        rb"(?m)^[ \t]*(?:from|import)\b[^\n]*(?<![A-Za-z0-9_])" + last + rb"(?![A-Za-z0-9_])"
        rb"|^[ \t]+" + last + rb"[ \t]*(?:,|\)|as\b|\r|\n|#|\Z)"
        rb"|" + string + rb"|(?<![A-Za-z0-9_])" + above + rb"\." + last + rb"(?![A-Za-z0-9_])"
        rb"|(?<![A-Za-z0-9_])" + last + rb"\.py(?![A-Za-z0-9_])"
        rb"|;[ \t]*(?:from|import)\b"
    )


def mentioning(module: str) -> Callable[[bytes], bool]:
    """Tell whether a file must be read for uses of *module*; see ``mention_pattern``.

    Only lines that hold its last name are looked at, and the rest of such a
    line only once: a regular expression that may start anywhere takes ten times as long.
    """
    pattern = mention_pattern(module)
    last = module.rpartition(".")[2].encode()
    word = re.compile(re.escape(last) + rb"(?![A-Za-z0-9_])")

    def mentions(data: bytes) -> bool:
        if b";" in data and _SECOND_IMPORT.search(data):
            return last in data
        end = 0
        for match in word.finditer(data):
            if match.start() < end:
                continue
            start = data.rfind(b"\n", 0, match.start()) + 1
            end = data.find(b"\n", match.end())
            end = len(data) if end < 0 else end
            if pattern.search(data, start, end):
                return True
        return False

    return mentions


_SECOND_IMPORT = re.compile(rb";[ \t]*(?:from|import)\b")


def spellings_of(module: str, path: str) -> frozenset[str]:
    """Dotted names the monolith may be imported or patched by: its own, and by its path."""
    stem = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return frozenset({module, stem})
