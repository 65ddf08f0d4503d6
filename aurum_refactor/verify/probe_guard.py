"""Keeps what endpoints do inside the copy they run in: no network, no programs, no files elsewhere.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own
interpreter, and never imported by the rest of aurum_refactor. Python 3.8
syntax and the standard library only. It is a net for accidents, not a prison:
what a C library does by itself is not seen here.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Iterable
from typing import Any

CONNECTS = ("socket.connect", "socket.sendto", "socket.sendmsg")
RESOLVES = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
STARTS = (
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork"),
    *("os.forkpty", "os.kill", "os.killpg", "os.startfile", "pty.spawn"),
)
# Event to the places of the paths among its arguments.
WRITES = {
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.rmdir": (0,),
    "os.mkdir": (0,),
    "os.truncate": (0,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.link": (1,),
    "os.symlink": (1,),
    "shutil.rmtree": (0,),
    "shutil.move": (0, 1),
    "sqlite3.connect": (0,),
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard:
    """Refuses from now on what would leave *inside*, as the operating system would."""

    def __init__(self, inside: Iterable[str]) -> None:
        roots = {os.path.realpath(path) for path in inside} | {os.path.abspath(p) for p in inside}
        self.inside = (*(root + os.sep for root in roots), "/dev/", "/proc/self/")
        self.refused: set[str] = set()
        sys.addaudithook(self)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in CONNECTS or event in RESOLVES:
            self.refused.add("network")
            if event in RESOLVES:
                raise socket.gaierror(socket.EAI_AGAIN, "no network while verifying")
            raise ConnectionRefusedError(errno.ECONNREFUSED, "no network while verifying")
        if event in STARTS:
            self.refused.add("programs and signals")
            raise PermissionError(errno.EPERM, "no programs and signals while verifying")
        if event == "open":
            path, _mode, flags = arguments
            if isinstance(flags, int) and flags & WRITING:
                self.check(path)
        for place in WRITES.get(event, ()):
            # With a dir_fd the path is relative to a folder that was opened, and checked, before.
            relative = arguments[-1] if len(arguments) > place + 1 else -1
            if not (isinstance(relative, int) and relative > 0 and event != "os.chmod"):
                self.check(arguments[place])

    def check(self, path: Any) -> None:
        if isinstance(path, (str, bytes, os.PathLike)):
            name = os.fsdecode(path)
            if name != ":memory:" and not os.path.abspath(name).startswith(self.inside):
                self.refused.add("files elsewhere")
                raise PermissionError(errno.EACCES, "no changes elsewhere while verifying", name)
