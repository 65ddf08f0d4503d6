"""Writes the files of one commit, as far as the repository holds them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO


def export(store: Path, commit: str, tree: Path) -> int:
    """Write every file of a commit below *tree*.

    A mirror may lack large files; they are left out, as nothing that is read
    as source is large.

    Args:
        store: A git directory; bare or not, shallow or not.
        commit: A commit of it.
        tree: An existing directory.

    Returns:
        How many files the store lacks.

    Raises:
        LookupError: The store has no such commit.
    """
    git = ["git", "--git-dir", str(store)]
    listing = subprocess.run(
        [*git, "ls-tree", "-r", "-z", commit], capture_output=True, check=False
    )
    if listing.returncode:
        raise LookupError(f"{store.name} has no commit {commit}")
    missing = 0
    # A promisor store would fetch what it lacks, one by one.
    environment = {**os.environ, "GIT_NO_LAZY_FETCH": "1"}
    with subprocess.Popen(
        [*git, "cat-file", "--batch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for mode, sha, path in _files(listing.stdout):
            process.stdin.write(sha + b"\n")
            process.stdin.flush()
            data = _answer(process.stdout)
            if data is None:
                missing += 1
            else:
                _write(tree / path, mode, data)
        process.stdin.close()
    return missing


def _files(listing: bytes) -> Iterator[tuple[bytes, bytes, str]]:
    for entry in listing.split(b"\0"):
        if not entry:
            continue
        meta, _, name = entry.partition(b"\t")
        mode, kind, sha = meta.split()
        path = os.fsdecode(name)
        # Submodules are somebody else's; git itself never writes such names.
        if kind == b"blob" and ".." not in path.split("/") and not path.startswith(".git/"):
            yield mode, sha, path


def _answer(stream: IO[bytes]) -> bytes | None:
    header = stream.readline().split()
    if len(header) < 3 or header[-1] == b"missing":
        return None
    size = int(header[2])
    data = stream.read(size)
    stream.read(1)
    return data


def _write(path: Path, mode: bytes, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if mode == b"120000":
        path.symlink_to(os.fsdecode(data))
        return
    path.write_bytes(data)
    if mode == b"100755":
        path.chmod(0o755)
