"""A patch is what git makes of it: applied, it gives exactly the bytes after."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurum_refactor.cli.diff import hunks
from aurum_refactor.cli.patch import patch
from aurum_refactor.model import Change, ChangeSet

LINES = st.sampled_from([b"a", b"b", b"c", b"", b"x\r", b"one", b"two", b"three", "ü".encode()])


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    """A small file: few different lines, so that many are equal; perhaps no last newline."""
    lines = draw(st.lists(LINES, max_size=25))
    tail = draw(st.sampled_from([b"\n", b"", b"\xff\xfe\0binary"]))
    return b"\n".join(lines) + tail if lines else b""


def applied(before: bytes | None, data: bytes, path: str) -> bytes | None:
    """What git makes of one file."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        if before is not None:
            place.write_bytes(before)
        command = ["git", "apply", "--whitespace=nowarn", "-"]
        done = subprocess.run(command, cwd=name, input=data, capture_output=True, check=False)
        assert done.returncode == 0, (done.stderr, data)
        return place.read_bytes() if place.exists() else None


def one(path: str, before: bytes | None, after: bytes | None) -> ChangeSet:
    """A change of one file."""
    return ChangeSet.of([Change(PurePosixPath(path), before, after)])


@given(st.one_of(st.none(), contents()), st.one_of(st.none(), contents()))
def test_git_applies_every_change(before: bytes | None, after: bytes | None) -> None:
    changes = one("a.py", before, after)
    if changes.changes:
        assert applied(before, patch(changes), "a.py") == after


@given(st.lists(LINES, max_size=60), st.lists(LINES, max_size=60))
def test_edits_turn_one_text_into_the_other(before: list[bytes], after: list[bytes]) -> None:
    made: list[bytes] = []
    position = 0
    for group in hunks(before, after):
        for edit in group:
            made += before[position : edit.left]
            assert len(made) == edit.right
            made += after[edit.right : edit.right_end]
            position = edit.left_end

    assert made + before[position:] == after


@given(st.lists(LINES, max_size=40))
def test_equal_texts_have_no_edits(lines: list[bytes]) -> None:
    assert list(hunks(lines, lines)) == []


@pytest.mark.parametrize(
    "path", ["with space.py", "d/ü.py", 'q"uote.py', "back\\slash.py", "t\tab.py", "a -> b.py"]
)
def test_git_understands_every_path(path: str) -> None:
    for before, after in ((None, b"x\n"), (b"x\n", b"y\n"), (b"x\n", None), (None, b"")):
        assert applied(before, patch(one(path, before, after)), path) == after


def test_a_patch_looks_like_git_s() -> None:
    before = b"".join(b"%d\n" % number for number in range(12))
    after = before.replace(b"5\n", b"five\n")

    assert patch(one("n.txt", before, after)).decode() == (
        "diff --git a/n.txt b/n.txt\n"
        # As `git hash-object` has it.
        "index 151cf9c3efd45e375ab863a54803fc1cd7b51bfd"
        "..c01735fc26b9751c03a88f924e1edaded3d53207\n"
        "--- a/n.txt\n"
        "+++ b/n.txt\n"
        "@@ -3,7 +3,7 @@\n"
        " 2\n"
        " 3\n"
        " 4\n"
        "-5\n"
        "+five\n"
        " 6\n"
        " 7\n"
        " 8\n"
    )


def test_new_and_deleted_files_name_dev_null() -> None:
    new = patch(one("a.py", None, b"x")).decode().splitlines()
    gone = patch(one("a.py", b"x\n", None)).decode().splitlines()

    assert new[1] == "new file mode 100644"
    assert new[3:-1] == ["--- /dev/null", "+++ b/a.py", "@@ -0,0 +1,1 @@", "+x"]
    assert new[-1] == "\\ No newline at end of file"
    assert gone[1] == "deleted file mode 100644"
    assert gone[3:] == ["--- a/a.py", "+++ /dev/null", "@@ -1,1 +0,0 @@", "-x"]


def test_a_file_that_is_not_utf_8_is_a_binary_patch() -> None:
    data = patch(one("a.py", b"\xe9\n", b"\xe9\nx\n"))

    assert b"\nGIT binary patch\nliteral 4\n" in data
    data.decode("ascii")


@pytest.mark.wish(11)
def test_a_large_module_that_loses_most_of_itself_is_fast() -> None:
    before = [b"line %d\n" % (n if n % 3 else n % 9) for n in range(60_000)]
    after = [line for position, line in enumerate(before) if position % 100 < 30]
    start = time.perf_counter()

    groups = list(hunks(before, after))

    assert len(groups) >= 500
    assert time.perf_counter() - start < 5
