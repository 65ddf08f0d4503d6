"""Runs one command to its end, or to the end of its time, and says what it took."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: The end of what a command said is enough to see what went wrong.
_KEPT: Final = 4000


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    # Exit status; negative if a signal ended it.
    status: int
    out: bytes
    # The last of its stderr.
    err: str
    timed_out: bool
    # Wall clock, and CPU of the process and of those it waited for.
    seconds: float
    cpu: float
    # The highest resident set of any of them.
    peak_mib: float

    @property
    def trouble(self) -> str:
        """The last line that it complained with, or how it ended."""
        if self.timed_out:
            return f"stopped after {self.seconds:.0f} s"
        lines = [line.strip() for line in self.err.splitlines() if line.strip()]
        return lines[-1][:300] if lines else f"ended with status {self.status}"


def run(
    command: Sequence[str],
    directory: Path,
    *,
    timeout: float,
    environment: Mapping[str, str] | None = None,
) -> Ran:
    """Run a command; whatever it starts ends with it when its time is up.

    Args:
        command: Program and arguments; no shell.
        directory: Where it runs.
        timeout: Seconds of wall clock.
        environment: Variables on top of ours.

    Raises:
        OSError: The program cannot be started.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=directory,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        late = threading.Event()

        def stop() -> None:
            late.set()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

        watch = threading.Timer(timeout, stop)
        watch.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            stop()
            raise
        finally:
            watch.cancel()
        # Popen must not wait for a process that is gone.
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
        size = err.seek(0, os.SEEK_END)
        err.seek(max(0, size - _KEPT))
        unit = 1 if sys.platform == "darwin" else 1024
        return Ran(
            status=process.returncode,
            out=said,
            err=err.read().decode("utf-8", "replace"),
            timed_out=late.is_set(),
            seconds=time.monotonic() - start,
            cpu=usage.ru_utime + usage.ru_stime,
            peak_mib=usage.ru_maxrss * unit / 2**20,
        )
