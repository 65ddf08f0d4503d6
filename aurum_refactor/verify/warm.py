"""A process that has FastAPI imported, for many looks at one state; see ``probe_server.py``."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aurum_refactor.verify.observe import Running
    from aurum_refactor.verify.target import Target

_SERVER = Path(__file__).with_name("probe_server.py")


class ColdError(Exception):
    """There is no warm process; a new interpreter does the same and says what is wrong."""


class OutOfTimeError(Exception):
    """The look took too long and was ended."""


class Warm:
    """One state's server, started when it is first used; looks are made one after another."""

    def __init__(self, tree: Path, target: Target, running: Running) -> None:
        self.tree, self.target, self.running = tree, target, running
        self.process: subprocess.Popen[str] | None = None
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader: threading.Thread | None = None
        self.cache = tempfile.TemporaryDirectory(prefix="aurum-cache-")
        self.is_cold = not _may_be_warm(target)

    def run(
        self, request: Mapping[str, Any], environment: Mapping[str, str], timeout: float
    ) -> int:
        """Have one request answered in a process of its own, and give its exit status.

        Raises:
            ColdError: There is no server, or it is gone.
            OutOfTimeError: It took more than *timeout* seconds.
        """
        if self.process is None:
            self._start(environment)
        line = json.dumps({**request, "environment": dict(environment)})
        try:
            self._say(line)
            child = int(self._next(timeout))
        except (OSError, ValueError, queue.Empty):
            self.is_cold = True
            raise ColdError from None
        try:
            return int(self._next(timeout))
        except queue.Empty:
            raise OutOfTimeError from None
        except ValueError:
            self.is_cold = True
            raise ColdError from None
        finally:
            # A server that the target started dies with the look.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child, signal.SIGKILL)

    def close(self) -> None:
        """End the server."""
        if self.process is not None:
            self.running.end(self.process)
            if self.reader is not None:
                self.reader.join()
            for stream in (self.process.stdin, self.process.stdout):
                # What could not be said to a server that is gone is no loss.
                with suppress(OSError):
                    if stream is not None:
                        stream.close()
        self.cache.cleanup()

    def _start(self, environment: Mapping[str, str]) -> None:
        if self.is_cold:
            raise ColdError
        self.is_cold = True
        settings = {
            "tree": str(self.tree.absolute()),
            "paths": self.target.paths,
            "cache": self.cache.name,
        }
        try:
            self.process = self.running.start(
                [self.target.python, str(_SERVER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self.tree / self.target.cwd,
                env=dict(environment),
                text=True,
                start_new_session=True,
            )
            self.reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
            self.reader.start()
            self._say(json.dumps(settings))
            if self._next(self.target.timeout) != "warm":
                raise ColdError
        except (OSError, queue.Empty):
            raise ColdError from None
        self.is_cold = False

    def _read(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            self.lines.put(line.strip())
        # Nobody waits for a server that is gone.
        self.lines.put("")

    def _say(self, line: str) -> None:
        if self.process is None or self.process.stdin is None:
            raise ColdError
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def _next(self, timeout: float) -> str:
        return self.lines.get(timeout=timeout)


def _may_be_warm(target: Target) -> bool:
    """Whether FastAPI is the first thing that would be imported anyway, and forking is safe."""
    named = "".join(value for _name, value in target.env)
    placed = "<tree>" in named or "<scratch>" in named
    return sys.platform == "linux" and not (target.pre or target.stubs.force or placed)
