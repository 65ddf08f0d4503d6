"""Keeps the byte code of one state in a directory of ours; that of libraries is read where it is.

A part of the probe: loaded by ``probe.py`` and ``probe_server.py`` from beside
it, and never imported by the rest of aurum_refactor. Python 3.8 syntax and the standard
library only.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Any

#: Bytes at the beginning of byte code: magic number, flags, time, size (PEP 552).
HEAD = 16


def keep(cache: str, trees: tuple[str, ...]) -> None:
    """Send the byte code of what is below *trees* to *cache*, and of libraries that have none.

    With ``sys.pycache_prefix`` every library would be compiled again for each state;
    nothing is ever written beside a source file.
    """
    # What the import system asks; there is no documented way to answer per file.
    external: Any = sys.modules["_frozen_importlib_external"]
    usual = external.cache_from_source

    def place(path: str, *args: Any, **kwargs: Any) -> str:
        found = str(usual(path, *args, **kwargs))
        is_library = not os.path.abspath(path).startswith(trees)
        if is_library and is_fresh(found, path):
            return found
        return cache + os.path.splitdrive(os.path.abspath(found))[1]

    external.cache_from_source = place
    sys.dont_write_bytecode = False


def is_fresh(compiled: str, path: str) -> bool:
    """Whether Python would take the byte code as it is, and so not write it again."""
    try:
        with open(compiled, "rb") as file:
            head = file.read(HEAD)
        about = os.stat(path)
    except OSError:
        return False
    times = (int(about.st_mtime), about.st_size)
    stamp = b"".join((number & 0xFFFFFFFF).to_bytes(4, "little") for number in times)
    return head == importlib.util.MAGIC_NUMBER + bytes(4) + stamp
