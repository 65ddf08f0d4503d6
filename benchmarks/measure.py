"""Runs a whole process and says what it took: CPU seconds and peak memory, from the kernel."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

CHECKOUT = Path(__file__).resolve().parent.parent

#: A command that could not run; 1 is "it ran, and something needs a look".
_COULD_NOT_RUN = 2
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".hg", ".venv", "venv", "node_modules", "__pycache__", ".*_cache", "site-packages"
)


class CommandFailedError(Exception):
    """A measured command stopped; its figures would say nothing."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process took."""

    cpu: float
    peak_mib: float


def run(command: Sequence[str], directory: Path) -> Usage:
    """Run a command to its end; its output goes nowhere.

    Raises:
        CommandFailedError: It could not run; with the end of what it said.
    """
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
        )
        _, status, usage = os.wait4(process.pid, 0)
        # Popen must not wait for a process that is gone.
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode < 0 or process.returncode >= _COULD_NOT_RUN:
            complaints.seek(0)
            said = complaints.read().decode("utf-8", "replace").strip()[-2000:]
            raise CommandFailedError(f"{' '.join(command)}: {process.returncode}\n{said}")
    return Usage(usage.ru_utime + usage.ru_stime, _mib(usage))


def _mib(usage: resource.struct_rusage) -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit / 2**20


def yardstick(path: Path) -> list[str]:
    """Y: the process that parses *path* with LibCST and does nothing else."""
    code = f"import libcst; libcst.parse_module(open({str(path)!r}).read())"
    return [sys.executable, "-c", code]


def plan(monolith: str) -> list[str]:
    """The command that plans a whole extraction."""
    return [sys.executable, "-m", "aurum_refactor", "plan", "--monolith", monolith]


def extract(monolith: str) -> list[str]:
    """The command that carries a whole extraction out, and only prints it."""
    command = [sys.executable, "-m", "aurum_refactor", "extract"]
    return [*command, "--all", "--dry-run", "--monolith", monolith]


def copy_of(root: Path, directory: Path) -> Path:
    """Copy a project, without what no reader of source looks at."""
    target = directory / "project"
    # A link that leads nowhere is of no use to a reader either.
    shutil.copytree(root, target, ignore=_LEFT_OUT, ignore_dangling_symlinks=True)
    return target


def middle(values: Sequence[float]) -> float:
    """The median: on a shared machine single runs are of little worth."""
    return median(values)


def ratio(values: Sequence[Usage], yardsticks: Sequence[Usage]) -> float:
    """The median of CPU time in Y, round by round: a round meets the same weather."""
    return median(a.cpu / b.cpu for a, b in zip(values, yardsticks, strict=True))


def peak(values: Sequence[Usage]) -> float:
    """The highest of the peaks."""
    return max(value.peak_mib for value in values)
