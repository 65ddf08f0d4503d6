"""Bytes of a Python file to text and back, losing nothing; opens no file.

Source: https://peps.python.org/pep-0263/ (encoding declarations) and
https://docs.python.org/3/reference/lexical_analysis.html#physical-lines (line endings).
"""

from __future__ import annotations

import io
import re
import tokenize
from codecs import BOM_UTF8
from dataclasses import dataclass
from itertools import accumulate

from aurum_refactor.errors import SourceError

# 32 MiB; the largest module of the corpus is below 1 MiB.
MAX_BYTES = 32 * 1024 * 1024

_LINE_BYTES = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_LINE_END = re.compile("\r\n|\r|\n")
_NOT_ASCII = re.compile(rb"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class SourceText:
    """One file as bytes and as text, with what is needed to go back."""

    # Relative to the project root, POSIX.
    path: str
    data: bytes
    # Name of the codec as ``tokenize`` normalises it; never ``utf-8-sig``.
    encoding: str
    # True if the bytes begin with a UTF-8 byte order mark, which is not in ``text``.
    bom: bool
    # The first line ending of the text: "\n", "\r\n" or "\r"; "\n" if it has none.
    newline: str
    # The decoded text; every line ending is as it is in the bytes.
    text: str


def decode(path: str, data: bytes) -> SourceText:
    r"""Decode a Python file the way the interpreter would, keeping line endings.

    Args:
        path: Relative POSIX path; only named in errors.
        data: The whole file.

    Returns:
        A value for which ``encode(value.text, value) == data`` holds.

    Raises:
        SourceError: The file is larger than 32 MiB, holds a null byte, names
            an encoding that does not exist, is not valid in its encoding, or
            cannot be written back byte for byte in it. The line is 1-based.

    Example:
        >>> decode("a.py", b"x = 1\r\n").newline
        '\r\n'
    """
    if len(data) > MAX_BYTES:
        raise SourceError(path, too_large(len(data)))
    if (null := data.find(b"\0")) >= 0:
        raise SourceError(path, "contains a null byte, so it is not Python", _line_at(data, null))
    bom = data.startswith(BOM_UTF8)
    encoding = _declared_encoding(path, data)
    body = data[len(BOM_UTF8) :] if bom else data
    text = _decoded(path, body, encoding)
    first = _LINE_END.search(text)
    return SourceText(path, data, encoding, bom, first.group() if first else "\n", text)


def encode(text: str, like: SourceText) -> bytes:
    """Turn text into bytes in the encoding, and with the byte order mark, of a file.

    Args:
        text: Any text; its line endings are written as they are.
        like: The file to imitate.

    Raises:
        SourceError: A character does not exist in that encoding; the line is
            that of the character in *text*.
    """
    try:
        body = text.encode(like.encoding)
    except UnicodeEncodeError as error:
        character = text[error.start]
        line = len(split_lines(text[: error.start] + "x"))
        reason = f"the character {character!a} cannot be written in {like.encoding}"
        raise SourceError(like.path, reason, line) from None
    return BOM_UTF8 + body if like.bom else body


def split_lines(text: str) -> list[str]:
    r"""Split at ``\r\n``, ``\n`` and ``\r`` only, keeping the endings.

    ``str.splitlines`` also splits at form feeds and at ``\x1c`` or
    ``\u2028``, where Python sees no end of line; its line numbers would
    then differ from those of ``ast``.
    """
    # newline="" recognises all three endings and translates none.
    return list(io.StringIO(text, newline=""))


def line_starts(text: str) -> list[int]:
    """Give the offset, in characters, at which each line starts, and the length last.

    Line *n* (1-based) is ``text[starts[n - 1] : starts[n]]``, its ending
    included; there is one entry more than there are lines.
    """
    return list(accumulate(map(len, split_lines(text)), initial=0))


def too_large(size: int) -> str:
    """Say in a phrase that a file of *size* bytes is beyond the limit."""
    limit = MAX_BYTES // 1024 // 1024
    return f"is {size / 1024 / 1024:.0f} MiB large, the limit is {limit} MiB"


def _declared_encoding(path: str, data: bytes) -> str:
    lines = (match.group() for match in _LINE_BYTES.finditer(data))
    seen = 0

    def readline() -> bytes:
        nonlocal seen
        seen += 1
        # A cookie is ASCII. What surrounds it may be Latin-1 in the first line
        # and declared in the second: importable, but detect_encoding would
        # insist on UTF-8 up to the cookie.
        keep_bom = BOM_UTF8 if seen == 1 and data.startswith(BOM_UTF8) else b""
        line = next(lines, b"")[len(keep_bom) :].rstrip(b"\r\n")
        return keep_bom + _NOT_ASCII.sub(b"?", line) + b"\n"

    try:
        encoding, _ = tokenize.detect_encoding(readline)
    except SyntaxError as error:
        raise SourceError(path, _cookie_reason(str(error)), min(seen, 2)) from None
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _cookie_reason(message: str) -> str:
    if message.startswith("unknown encoding"):
        return f"declares an {message}"
    return "begins with a UTF-8 byte order mark but declares another encoding"


def _decoded(path: str, body: bytes, encoding: str) -> str:
    name = encoding.upper() if encoding.startswith("utf") else encoding
    try:
        text = body.decode(encoding)
        # Only UTF-8 is known to be one-to-one: others have shift states, byte
        # order marks or several spellings of one character.
        faithful = encoding == "utf-8" or text.encode(encoding) == body
    except UnicodeDecodeError as error:
        line = _line_at(body, error.start)
        value = body[error.start] if error.start < len(body) else 0
        raise SourceError(path, f"not valid {name} (byte 0x{value:02x})", line) from None
    except (LookupError, UnicodeError, ValueError) as error:
        raise SourceError(path, f"cannot be decoded as {name}: {error}", 1) from None
    if not faithful:
        reason = f"does not survive being decoded and encoded as {name}; save it as UTF-8"
        raise SourceError(path, reason, 1)
    return text


def _line_at(data: bytes, offset: int) -> int:
    before = data[:offset]
    # "\r\n" counts once.
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1
