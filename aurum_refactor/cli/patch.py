"""A change set as one patch that ``git apply`` takes; bytes in, bytes out."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator

from aurum_refactor.cli.diff import CONTEXT, Edit, hunks
from aurum_refactor.model import Change, ChangeSet

_NO_FILE = b"0" * 40
_NO_NEWLINE = b"\n\\ No newline at end of file\n"
# Bytes that one line of a binary patch stands for, and the letters that say how many.
_BINARY_LINE = 52
_LENGTHS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PRINTABLE = range(32, 127)
_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}
_ESCAPES |= {ord('"'): '\\"', ord("\\"): "\\\\"}


def patch(changes: ChangeSet, prefix: str = "") -> bytes:
    """Write a change set as a patch in git's format.

    Files that are not UTF-8 on both sides become binary patches, so that the
    whole is UTF-8 whatever the files are.

    Args:
        changes: Paths relative to the project.
        prefix: Where the project lies in its repository, ``"services/api/"``;
            ``git apply`` reads such paths from the top of the repository.

    Source:
        https://git-scm.com/docs/diff-format, and for binary patches apply.c.
    """
    return b"".join(part for change in changes.changes for part in _file(change, prefix))


def _file(change: Change, prefix: str) -> Iterator[bytes]:
    path = prefix + str(change.path)
    old, new = change.before, change.after
    yield b"diff --git %s %s\n" % (_quoted("a/" + path), _quoted("b/" + path))
    if old is None:
        yield b"new file mode 100644\n"
    if new is None:
        yield b"deleted file mode 100644\n"
    yield b"index %s..%s\n" % (_object_id(old), _object_id(new))
    if _is_text(old) and _is_text(new):
        yield from _text(old, new, path)
    else:
        yield b"GIT binary patch\n"
        yield from _literal(new or b"")
        yield from _literal(old or b"")


def _text(old: bytes | None, new: bytes | None, path: str) -> Iterator[bytes]:
    before, after = _lines(old or b""), _lines(new or b"")
    groups = list(hunks(before, after))
    if not groups:
        # An empty file comes or goes: git names it in the header only.
        return
    yield b"--- %s\n" % (b"/dev/null" if old is None else _name("a/" + path))
    yield b"+++ %s\n" % (b"/dev/null" if new is None else _name("b/" + path))
    for group in groups:
        yield from _hunk(group, before, after)


def _hunk(group: tuple[Edit, ...], before: list[bytes], after: list[bytes]) -> Iterator[bytes]:
    first, last = group[0], group[-1]
    head = min(CONTEXT, first.left)
    tail = min(CONTEXT, len(before) - last.left_end)
    left, left_end = first.left - head, last.left_end + tail
    right, right_end = first.right - head, last.right_end + tail
    yield b"@@ -%s +%s @@\n" % (_range(left, left_end), _range(right, right_end))
    position = left
    for edit in group:
        yield from (_line(b" ", line) for line in before[position : edit.left])
        yield from (_line(b"-", line) for line in before[edit.left : edit.left_end])
        yield from (_line(b"+", line) for line in after[edit.right : edit.right_end])
        position = edit.left_end
    yield from (_line(b" ", line) for line in before[position:left_end])


def _range(start: int, end: int) -> bytes:
    # An empty range is named by the line before it.
    return b"%d,%d" % (start + 1 if end > start else start, end - start)


def _line(mark: bytes, line: bytes) -> bytes:
    return mark + line if line.endswith(b"\n") else mark + line + _NO_NEWLINE


def _lines(data: bytes) -> list[bytes]:
    # Only "\n" ends a line for git; bytes.splitlines would split at a lone "\r".
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _literal(data: bytes) -> Iterator[bytes]:
    packed = zlib.compress(data)
    yield b"literal %d\n" % len(data)
    for start in range(0, len(packed), _BINARY_LINE):
        piece = packed[start : start + _BINARY_LINE]
        yield b"%c%s\n" % (_LENGTHS[len(piece) - 1], base64.b85encode(piece, pad=True))
    yield b"\n"


def _is_text(data: bytes | None) -> bool:
    if data is None:
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _object_id(data: bytes | None) -> bytes:
    if data is None:
        return _NO_FILE
    # git's name for these bytes; a binary patch is refused without it.
    header = b"blob %d\0" % len(data)
    return hashlib.sha1(header + data, usedforsecurity=False).hexdigest().encode()


def _name(path: str) -> bytes:
    """A path on a ``---`` or ``+++`` line, where a tab ends a name that holds a space."""
    quoted = _quoted(path)
    return quoted + b"\t" if b" " in quoted and not quoted.startswith(b'"') else quoted


def _quoted(path: str) -> bytes:
    """A path as git spells it: in quotes if it holds quotes, backslashes or anything not ASCII."""
    data = path.encode("utf-8", "surrogateescape")
    spelled = "".join(_spelled(byte) for byte in data)
    return f'"{spelled}"'.encode() if spelled.encode() != data else data


def _spelled(byte: int) -> str:
    if byte in _ESCAPES:
        return _ESCAPES[byte]
    return chr(byte) if byte in _PRINTABLE else f"\\{byte:03o}"
