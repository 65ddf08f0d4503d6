"""Runs the probe on one state in a fresh process and reads its answer, or says why not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aurum_refactor.errors import VerifyError
from aurum_refactor.verify.observation import Observation
from aurum_refactor.verify.target import TOGETHER, Target
from aurum_refactor.verify.warm import ColdError, OutOfTimeError, Warm

# What an import raises for reasons of its own, not for want of a variable or a file.
_CODE_IS_WRONG = ("SyntaxError", "IndentationError", "NameError", "ImportError", "TypeError")
# Stages of the probe that run code of the recipe, and what to call it.
_RUNS_CODE = {
    "factory": "{}",
    "pre": "a statement to run first",
    "statements": "a statement that makes the application",
}
_PROBE = Path(__file__).with_name("probe.py")


class UnobservableError(VerifyError):
    """One state could not be looked at; ``timed_out`` tells a hang from a crash."""

    def __init__(self, message: str, *, timed_out: bool = False) -> None:
        super().__init__(message)
        self.timed_out = timed_out


class Running:
    """The processes of one verification, so that an interrupt can end them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[str]] = set()
        # Process groups of looks that a server makes.
        self._groups: set[int] = set()
        self._stopped = False

    def start(self, *args: Any, **options: Any) -> subprocess.Popen[str]:
        with self._lock:
            if self._stopped:
                raise UnobservableError("stopped")
            process: subprocess.Popen[str] = subprocess.Popen(*args, **options)
            self._processes.add(process)
            return process

    def end(self, process: subprocess.Popen[str]) -> None:
        """Kill whatever is left of the process's group: the target may have started servers."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        with self._lock:
            self._processes.discard(process)

    def adopt(self, group: int) -> None:
        """Take on the process group of a look that a server makes, to be ended with the rest."""
        with self._lock:
            self._groups.add(group)
            if not self._stopped:
                return
        self.end_group(group)

    def end_group(self, group: int) -> None:
        """Kill such a group; it may be gone already."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        with self._lock:
            self._groups.discard(group)

    def end_all(self) -> None:
        """End every process and start no more."""
        with self._lock:
            self._stopped = True
            processes = tuple(self._processes)
            groups = tuple(self._groups)
        for group in groups:
            self.end_group(group)
        for process in processes:
            self.end(process)


def observe(
    tree: Path,
    target: Target,
    first: str | None = None,
    running: Running | None = None,
    match: Mapping[str, Sequence[str]] | None = None,
    warm: Warm | None = None,
    cache: str | None = None,
) -> Observation:
    """Import the application of one state in a process of its own and look at it.

    The target's code is executed: what it does on import, it does. Its output
    is thrown away, it has no stdin, hashes are seeded with 0, and its process
    group is killed when it is done or out of time.

    Args:
        tree: Directory that holds the state.
        target: How it is imported.
        first: Dotted module to import before the application, or ``TOGETHER``; then no
            OpenAPI document is made.
        running: Where to register the process; for callers that interrupt.
        match: Per path pattern the paths to try on it.
        warm: A server that may make the look; what it cannot look at is looked at
            again in a new interpreter.
        cache: Directory for the byte code of this state; of the server, if there is one.

    Returns:
        At least one route of the project's own is in it.

    Raises:
        UnobservableError: (a VerifyError) The interpreter cannot be started, the
            import crashes, ends the process or hangs, the application is not
            there, is not one, does not import the monolith, was imported from
            elsewhere, or has no routes.

    Cost:
        One interpreter, and one import of the target.
    """
    running = running or Running()
    with tempfile.TemporaryDirectory(prefix="aurum-probe-") as scratch:
        extra = {
            "first": first,
            # From equal routes FastAPI makes equal documents, so one look at them is enough.
            "documents": first is None,
            # So does the code behind them look up the same names, whatever came first.
            "code": first is None,
            "inputs": target.inputs and first is None,
            "match": match or {},
            "together": target.together_first if first == TOGETHER else (),
            "asked": [target.monolith, *target.new_modules, *target.other_first],
            "cache": warm.cache if warm is not None else cache,
        }
        status = run_probe(tree, target, running, Path(scratch), target.timeout, extra, warm)
        complaint = complaint_of(target, first, status, Path(scratch))
        if complaint and warm is not None and not warm.is_cold:
            # Whether it is FastAPI's being there already is not worth guessing.
            return observe(tree, target, first, running, match, cache=warm.cache)
        if complaint:
            raise UnobservableError(complaint)
        seen = json.loads(Path(scratch, "answer.json").read_bytes())
    if status != 0:
        raise UnobservableError(f"the probe of {target.title} ended with status {status}")
    observation = Observation.of(seen)
    if not any(row.answers for row in observation.rows):
        raise UnobservableError(
            f"{target.title} has no routes of its own; name the application that serves them "
            "with --app"
        )
    return observation


def complaint_of(target: Target, first: str | None, status: int, scratch: Path) -> str:
    """Say why there is no answer in *scratch*; "" if there is one."""
    try:
        seen = json.loads((scratch / "answer.json").read_bytes())
    except FileNotFoundError:
        return _silent(target, first, status, scratch / "log")
    return _sentence(target, first, **seen["failed"]) if "failed" in seen else ""


def run_probe(
    tree: Path,
    target: Target,
    running: Running,
    scratch: Path,
    timeout: float,
    extra: dict[str, Any],
    warm: Warm | None = None,
) -> int:
    """Run the probe on one state.

    Args:
        tree: Directory that holds the state.
        target: How it is imported.
        running: Where to register the process.
        scratch: Where the answer and what was written to stderr are left.
        timeout: Seconds for all of it.
        extra: What else the probe is asked, over "first" (a module, or ``None``).
        warm: The server of the state, if it has one.

    Returns:
        The exit status.

    Raises:
        UnobservableError: The process cannot be started, or is out of time.
    """
    first = extra.get("first")
    home = scratch / "home"
    home.mkdir()
    # Where a recipe has to name a directory, it must be another one for each look.
    places = {"<tree>": str(tree.absolute()), "<scratch>": str(home)}
    request = {
        "tree": str(tree.absolute()),
        "scratch": str(home),
        "paths": target.paths,
        "app": placed(target.app, places),
        "argv": [placed(word, places) for word in target.argv],
        "pre": placed(target.pre, places),
        "stubs": asdict(target.stubs),
        "first": first,
        "monolith": target.monolith,
        "homes": [target.monolith, *target.new_modules],
        "patched": target.patched,
        "released": target.released,
        "inside": str(scratch),
        "answer": str(scratch / "answer.json"),
        **extra,
    }
    # Sets of strings must come out in one order on both sides, and no state may leave
    # byte code behind for the other.
    fixed = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    given = {name: placed(value, places) for name, value in target.env}
    # Endpoints may write temporary files where nobody else does.
    private = {"TMPDIR": str(home)} if "plan" in extra else {}
    environment = {**os.environ, **private, **given, **fixed}
    too_long = f"importing {first or target.title} took more than {timeout:g} s; " + (
        "allow more with --timeout, or name a module that starts no server with --app"
    )
    if "plan" in extra:
        too_long = (
            f"sending requests to {target.title} took more than {timeout:g} s; send fewer with "
            "--request-timeout, or name an application with fewer routes with --app"
        )
    if warm is not None:
        with suppress(ColdError):
            here = {"log": str(scratch / "log"), "cwd": str(tree / target.cwd)}
            try:
                return warm.run({**request, **here}, environment, timeout)
            except OutOfTimeError:
                raise UnobservableError(too_long, timed_out=True) from None
    return _run_cold(request, environment, tree, target, running, scratch, timeout, too_long)


def _run_cold(
    request: dict[str, Any],
    environment: dict[str, str],
    tree: Path,
    target: Target,
    running: Running,
    scratch: Path,
    timeout: float,
    too_long: str,
) -> int:
    """Run the probe in a new interpreter."""
    with (scratch / "log").open("wb") as errors:
        try:
            process = running.start(
                [target.python, str(_PROBE)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd=tree / target.cwd,
                env=environment,
                text=True,
                # A group of its own: a server that the target starts dies with it.
                start_new_session=True,
            )
        except (FileNotFoundError, NotADirectoryError) as error:
            hint = "--python" if error.filename == target.python else "--cwd"
            raise UnobservableError(
                f"{error.filename} does not exist; name another with {hint}"
            ) from None
        except OSError as error:
            raise UnobservableError(
                f"{target.python} cannot be started ({error.strerror}); name another with --python"
            ) from None
        try:
            process.communicate(json.dumps(request), timeout=timeout)
        except subprocess.TimeoutExpired:
            raise UnobservableError(too_long, timed_out=True) from None
        finally:
            running.end(process)
    return process.returncode


def placed(text: str, places: dict[str, str]) -> str:
    for name, place in places.items():
        text = text.replace(name, place)
    return text


def _silent(target: Target, first: str | None, status: int, log: Path) -> str:
    """Explain a process that ended without an answer."""
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    how = f"signal {-status}" if status < 0 else f"status {status}"
    last = f" ({lines[-1].strip()[:300]})" if lines else ""
    return (
        f"importing {first or target.title} ended the process with {how}{last}; "
        "give it what it needs with --env NAME=VALUE, or name another module with --app"
    )


def _sentence(target: Target, first: str | None, stage: str, error: str, place: str) -> str:
    """Say what went wrong and what to do, for one stage of the probe."""
    at = f" ({place})" if place else ""
    module, title = target.module, target.title
    attribute = target.app.partition(":")[2]
    advice = _advice_on_import(error, module)
    if stage in ("import", "first"):
        name = first if stage == "first" else module
        return f"importing {name} raises {error}{at}; {advice}"
    if stage in _RUNS_CODE and "No module named" in error:
        return f"{_RUNS_CODE[stage].format(title)} raises {error}{at}; {advice}"
    sentences = {
        "fastapi": f"{target.python} has no usable fastapi: {error}; "
        "name the project's own interpreter with --python",
        "attribute": f"{module} has no {attribute or 'attribute'} (it has: {error}); "
        f"name one with --app {module}:NAME",
        "kind": f"{title} is {error}, not a FastAPI application or APIRouter; "
        f"name one with --app, a factory as {title}()",
        "factory": f"{title} raises {error}{at}; give it what it needs with --env "
        "NAME=VALUE, or name another application with --app",
        "pre": f"the statements to run first raise {error}{at}; repair them (--pre)",
        "statements": f"the statements that make the application raise {error}{at}; "
        "repair them, or give them what they need with --env NAME=VALUE",
        "no app": "the statements leave no `app`; assign the application to that name",
        "include": f"{title} cannot be included in an application: {error}{at}; "
        "name the application with --app",
        "monolith": f"importing {title} does not import {error}; name the application "
        "that serves it with --app",
        "origin": f"{error} was imported from {place} and not from the state to be shown; "
        "set the source root with --path, and keep it out of PYTHONPATH",
        "flatten": f"{error} gives no way to list the routes of included routers; "
        "name an interpreter with another version with --python",
        "table": f"the routes of {title} cannot be listed: {error}{at}; "
        "the application would fail on its first request too",
    }
    return sentences[stage]


def _advice_on_import(error: str, module: str) -> str:
    missing = error.partition("No module named '")[2].partition("'")[0]
    if missing and (module == missing or module.startswith(missing + ".")):
        return "name the application with --app and its source root with --path"
    own = missing.partition(".")[0] == module.partition(".")[0]
    if missing and not own:
        return (
            "name an interpreter that has it with --python, or have it made up with "
            f"--stub {missing.partition('.')[0]}"
        )
    if own or error.startswith(_CODE_IS_WRONG):
        return "no environment helps against this: repair it, or name another state"
    if error == "SystemExit: 2":
        # How a command line that is not understood ends, by convention.
        return "give it the command line that it needs with --argv, or name another application"
    return "give it what it needs with --env NAME=VALUE, or name another application with --app"
