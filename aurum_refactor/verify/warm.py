"""A process that has FastAPI imported, for many looks at both states; see ``probe_server.py``."""

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
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aurum_refactor.verify.observe import Running
    from aurum_refactor.verify.target import Target

_SERVER = Path(__file__).with_name("probe_server.py")
# Seconds that a server has to end by itself when nobody asks it any more.
_FAREWELL = 5.0


class ColdError(Exception):
    """There is no warm process; a new interpreter does the same and says what is wrong."""


class OutOfTimeError(Exception):
    """The look took too long and was ended."""


class Server:
    """One process for all states, started when one of them is first asked about."""

    def __init__(self, trees: Mapping[str, Path], target: Target, running: Running) -> None:
        self.trees, self.target, self.running = trees, target, running
        self.process: subprocess.Popen[str] | None = None
        self.is_cold = not _may_be_warm(target)
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self.states = {side: Warm(self, self._cache()) for side in trees}

    def _cache(self) -> str:
        return self._stack.enter_context(tempfile.TemporaryDirectory(prefix="aurum-cache-"))

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it once; leaves ``is_cold`` true where that cannot be done."""
        with self._lock:
            if self.process is not None or self.is_cold:
                return
            self.is_cold = True
            settings: list[dict[str, Any]] = []
            inherited: list[int] = []
            for side, tree in self.trees.items():
                theirs = self.states[side].connect(self._stack)
                inherited += theirs
                settings.append(
                    {
                        "tree": str(tree.absolute()),
                        "paths": self.target.paths,
                        "cache": self.states[side].cache,
                        "force": self.target.stubs.force,
                        "in": theirs[0],
                        "out": theirs[1],
                    }
                )
            try:
                self.process = self.running.start(
                    [self.target.python, str(_SERVER)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd=next(iter(self.trees.values())) / self.target.cwd,
                    env=dict(environment),
                    text=True,
                    pass_fds=inherited,
                    start_new_session=True,
                )
                if self.process.stdin is not None:
                    self.process.stdin.write(json.dumps(settings) + "\n")
                    self.process.stdin.close()
            except OSError:
                return
            finally:
                for descriptor in inherited:
                    os.close(descriptor)
            self.is_cold = False

    def close(self) -> None:
        """Let it end by itself, or end it, and forget the byte code; may be repeated."""
        self._stack.close()
        if self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_FAREWELL)
            self.running.end(self.process)


class Warm:
    """What is asked about one state; looks are made one after another."""

    def __init__(self, server: Server, cache: str) -> None:
        self.server = server
        # Directory for the byte code of this state, whoever looks at it.
        self.cache = cache
        self.is_ready = False
        self._say: IO[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    @property
    def is_cold(self) -> bool:
        return self.server.is_cold

    def connect(self, stack: ExitStack) -> tuple[int, int]:
        """Make the pipes; give the ends of the server: to read from, and to write to."""
        (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
        heard = os.fdopen(ours_in, encoding="utf-8")
        reader = threading.Thread(target=self._read, args=(heard,), daemon=True)
        self._say = os.fdopen(ours_out, "w", encoding="utf-8")
        reader.start()
        stack.callback(heard.close)
        stack.callback(reader.join, _FAREWELL)
        stack.callback(_close, self._say)
        return theirs_in, theirs_out

    def run(
        self, request: Mapping[str, Any], environment: Mapping[str, str], timeout: float
    ) -> int:
        """Have one request answered in a process of its own, and give its exit status.

        Raises:
            ColdError: There is no server, or it is gone.
            OutOfTimeError: It took more than *timeout* seconds.
        """
        self.server.start(environment)
        if self.is_cold or self._say is None:
            raise ColdError
        try:
            if not self.is_ready:
                self.is_ready = self._lines.get(timeout=timeout) == "warm"
            line = json.dumps({**request, "environment": dict(environment)})
            self._say.write(f"{line}\n")
            self._say.flush()
            child = self._number("group", timeout)
        except (OSError, ValueError, queue.Empty):
            self.server.is_cold = True
            raise ColdError from None
        # The server does not end with its looks, nor they with it.
        self.server.running.adopt(child)
        try:
            return self._number("ended", timeout)
        except queue.Empty:
            # Its status comes once it is gone.
            os.killpg(child, signal.SIGKILL)
            with suppress(queue.Empty):
                self._lines.get(timeout=_FAREWELL)
            raise OutOfTimeError from None
        except ValueError:
            self.server.is_cold = True
            raise ColdError from None
        finally:
            # A server that the target started dies with the look.
            self.server.running.end_group(child)

    def _number(self, word: str, timeout: float) -> int:
        """What the server says next, which must be about this."""
        said, _, number = self._lines.get(timeout=timeout).partition(" ")
        if said != word:
            raise ValueError(said)
        return int(number)

    def _read(self, heard: IO[str]) -> None:
        with suppress(OSError, ValueError):
            for line in heard:
                self._lines.put(line.strip())
        # Nobody waits for a server that is gone.
        self._lines.put("")


def _close(stream: IO[str]) -> None:
    # What could not be said to a server that is gone is no loss.
    with suppress(OSError):
        stream.close()


def _may_be_warm(target: Target) -> bool:
    """Whether FastAPI can be the first thing that is imported, and forking is safe."""
    named = "".join(value for _name, value in target.env)
    placed = "<tree>" in named or "<scratch>" in named
    return sys.platform == "linux" and not (target.pre or placed)
