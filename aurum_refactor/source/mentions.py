"""Dotted names of moved things in files that are no Python: settings, CI files, docs."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from aurum_refactor.errors import SourceError
from aurum_refactor.source.project import read_bytes

_SUFFIXES = (
    *(".cfg", ".conf", ".env", ".ini", ".json", ".md", ".rst"),
    *(".sh", ".toml", ".txt", ".yaml", ".yml"),
)
_NAMES = ("Dockerfile", "Makefile", "Procfile")
_NEVER = frozenset({"node_modules", "site-packages", "__pycache__", ".git", ".venv", "venv"})
#: Larger files are data.
_LIMIT = 256 * 1024

#: (path, line, before, after)
Mention = tuple[str, int, str, str]


def mentions_of(
    root: Path, module: str, homes: Mapping[str, str]
) -> tuple[tuple[Mention, ...], Mapping[str, tuple[bytes, bytes]]]:
    """Find ``app.routes.X`` and ``app.routes:X`` for names that live elsewhere now.

    Args:
        root: The project root.
        module: Dotted name of the monolith.
        homes: Name to the dotted module that it lives in now.

    Returns:
        The mentions, sorted, and per file its bytes before and with all of them rewritten.
    """
    pattern = re.compile(
        rb"(?<![\w./])" + re.escape(module.encode()) + rb"([.:])([A-Za-z_]\w*)(?!\w)"
    )
    found: list[Mention] = []
    files: dict[str, tuple[bytes, bytes]] = {}
    for path in _text_files(root):
        try:
            data = read_bytes(root, path)
        except SourceError:
            continue
        if len(data) > _LIMIT:
            continue
        rows: list[Mention] = []

        def moved(match: re.Match[bytes], path: str = path, rows: list[Mention] = rows) -> bytes:
            home = homes.get(match.group(2).decode())
            if home is None:
                return match.group(0)
            after = home.encode() + match.group(1) + match.group(2)
            line = match.string.count(b"\n", 0, match.start()) + 1
            rows.append((path, line, match.group(0).decode(), after.decode()))
            return after

        new = pattern.sub(moved, data)
        if rows:
            found += rows
            files[path] = (data, new)
    return tuple(sorted(found)), files


def _text_files(root: Path) -> list[str]:
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _NEVER)
        if "pyvenv.cfg" in names:
            folders[:] = []
            continue
        found += [
            Path(os.path.relpath(os.path.join(folder, name), root)).as_posix()
            for name in sorted(names)
            if name.endswith(_SUFFIXES) or name.startswith(_NAMES)
        ]
    return found
