"""Which tool made a row: a hash of its code, so that no row outlives a change of it."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parent.parent
#: The tool, and what runs it here.
_PACKAGES: Final = ("aurum_refactor", "corpus")


@functools.cache
def tool_state(root: Path = _ROOT) -> str:
    """Hash the Python files of the tool and of the runner, names and bytes; 12 hex digits."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
