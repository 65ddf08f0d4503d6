"""A small project and a change set that touches it in every way, for the journal's tests."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

from aurum_refactor.model import Change, ChangeSet
from aurum_refactor.source.journal import apply

Tree = dict[str, tuple[bytes, int]]

OLD = {
    "app/routes.py": b"import os\r\nx = 1\r\n",
    "app/gone.py": b"\xff\x00binary",
    "run.sh": b"#!/bin/sh\n",
    "other.txt": b"not ours\n",
}
CHANGES = ChangeSet.of(
    [
        Change(PurePosixPath("app/routes.py"), OLD["app/routes.py"], b"import os\r\n"),
        Change(PurePosixPath("app/gone.py"), OLD["app/gone.py"], None),
        Change(PurePosixPath("run.sh"), OLD["run.sh"], b"#!/bin/bash\n"),
        Change(PurePosixPath("app/v1/curves.py"), None, b"\xef\xbb\xbfx = 1\r"),
        Change(PurePosixPath("app/v1/deep/er.py"), None, b""),
    ]
)


def fresh(root: Path) -> Path:
    for path, data in OLD.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    (root / "run.sh").chmod(0o755)
    (root / "app/gone.py").chmod(0o600)
    return root


def tree_of(root: Path) -> Tree:
    """Everything but our own folder: files with mode, and directories."""
    return {
        path.relative_to(root).as_posix(): (
            b"" if path.is_dir() else path.read_bytes(),
            path.stat().st_mode,
        )
        for path in root.rglob("*")
        if ".aurum-refactor" not in path.relative_to(root).parts
    }


def one(path: str, before: bytes | None, after: bytes | None) -> ChangeSet:
    return ChangeSet.of([Change(PurePosixPath(path), before, after)])


def steps_of(root: Path) -> list[str]:
    steps: list[str] = []
    apply(root, CHANGES, "extract curves", steps.append)
    return steps


def record_states(root: Path) -> list[str]:
    return [
        json.dumps(json.loads(place.read_bytes())["state"])
        for place in root.glob(".aurum-refactor/journal/*/record.json")
    ]
