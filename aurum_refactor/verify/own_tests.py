"""Runs the project's own tests in one state and reads how each of them ended."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aurum_refactor.errors import VerifyError
from aurum_refactor.verify.observe import Running, placed
from aurum_refactor.verify.states import changed_state
from aurum_refactor.verify.target import Target

_PLUGIN = Path(__file__).with_name("pytest_outcomes.py")
# No module of a target has this name.
_PLUGIN_NAME = "_aurum_refactor_outcomes"
# What pytest's exit status means where there is nothing to compare.
_STOPPED = {
    2: "was interrupted",
    3: "had an internal error",
    4: "was called in a way that it does not understand",
}
_TAIL = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one test ended: "passed", "failed", "error", "skipped", "xfailed" or "xpassed"."""

    kind: str
    # The line that says why; "" where there is nothing to say.
    message: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}" if self.message else self.kind


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the tests: node id, as pytest writes it, to its outcome."""

    tests: dict[str, Outcome]
    # Whether a test process has imported the monolith.
    reached: bool


def run_tests(
    tree: Path, target: Target, command: str, timeout: float, running: Running | None = None
) -> Session:
    """Run the tests of one state in a copy of it, and say how each ended.

    The copy is thrown away: tests leave files behind that the next run would
    find. Its source roots come first on ``PYTHONPATH``, so that an editable
    installation is not what is tested. Tests in files that cannot be imported
    do not keep the others from running.

    Args:
        tree: Directory that holds the state.
        target: Interpreter, source roots, variables; ``<tree>`` is the copy.
        command: What a shell would run, without a shell. A first word
            ``pytest`` or ``python`` is that of the target's interpreter.
        timeout: Seconds for the whole run.
        running: Where to register the process; for callers that interrupt.

    Returns:
        At least one test is in it.

    Raises:
        VerifyError: The command cannot be started, takes too long, or stops
            before it is through; no test ran; or the tests were of another
            copy of the monolith.
    """
    running = running or Running()
    with changed_state(tree, {}) as copy:
        ran = run_in(copy, target, command, timeout, running)
        check_end(command, ran)
        check_some_ran(command, ran.tests, ran.log)
    return Session(ran.tests, ran.reached)


@dataclass(frozen=True, slots=True)
class Ran:
    """One process of tests, and those that it started."""

    status: int
    # Exit status of each pytest that came to its end.
    ended: tuple[int, ...]
    tests: dict[str, Outcome]
    # Absolute paths of the files that tests were found in, or could not be.
    files: tuple[str, ...]
    reached: bool
    # The end of what was printed, as a part of a sentence.
    log: str


def run_in(
    copy: Path,
    target: Target,
    command: str,
    timeout: float,
    running: Running,
    more: Mapping[str, str] | None = None,
) -> Ran:
    """Run the command in a directory that it may change.

    Args:
        copy: The directory.
        target: See :func:`run_tests`, as for the others.
        command: What to run.
        timeout: Seconds.
        running: Where to register the process.
        more: Variables on top of all others; ``PYTEST_ADDOPTS`` is added to.

    Raises:
        VerifyError: It cannot be started, took too long (:class:`TestsTimeoutError`),
            or has tested another copy of the monolith.
    """
    with tempfile.TemporaryDirectory(prefix="aurum-tests-") as scratch:
        place = Path(scratch).resolve()
        environment = _environment(copy, target, place)
        for name, value in (more or {}).items():
            known = environment.get(name, "") if name == "PYTEST_ADDOPTS" else ""
            environment[name] = f"{known} {value}".strip()
        status = _run(copy, target, command, timeout, running, place, environment)
        answers = [json.loads(file.read_bytes()) for file in sorted(place.glob("out/*.json"))]
        log = _tail(place / "log", copy)
    _check_origin(copy, target, answers)
    return Ran(
        status=status,
        ended=tuple(answer["status"] for answer in answers if answer["status"] is not None),
        tests={
            test: Outcome(kind, message.replace(str(copy), "<tree>"))
            for answer in answers
            for test, (kind, message) in answer["tests"].items()
        },
        files=tuple(sorted({file for answer in answers for file in answer["files"]})),
        reached=any(answer["monolith"] for answer in answers),
        log=log,
    )


class TestsTimeoutError(VerifyError):
    """The tests took too long and were ended."""


def _run(
    copy: Path,
    target: Target,
    command: str,
    timeout: float,
    running: Running,
    place: Path,
    environment: Mapping[str, str],
) -> int:
    """Leave the answers in ``out`` and what was printed in ``log``; give the exit status."""
    for name in ("out", "plugin", "home"):
        (place / name).mkdir()
    plugin = place / "plugin" / f"{_PLUGIN_NAME}.py"
    plugin.write_bytes(_PLUGIN.read_bytes())
    with (place / "log").open("wb") as log:
        try:
            process = running.start(
                _words(command, target),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=copy,
                env=dict(environment),
                # A group of its own: a server that a test starts dies with it.
                start_new_session=True,
            )
        except OSError as error:
            raise VerifyError(
                f"`{command}` cannot be started ({error.strerror}); name what runs the tests "
                "with --tests"
            ) from None
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TestsTimeoutError(
                f"`{command}` took more than {timeout:g} s; allow more with --tests-timeout, "
                "or name fewer tests with --tests"
            ) from None
        finally:
            running.end(process)
    return process.returncode


def _words(command: str, target: Target) -> list[str]:
    first, *others = shlex.split(command)
    if first in ("pytest", "py.test"):
        return [target.python, "-m", "pytest", *others]
    return [target.python if first in ("python", "python3") else first, *others]


def _environment(copy: Path, target: Target, place: Path) -> dict[str, str]:
    places = {"<tree>": str(copy), "<scratch>": str(place / "home")}
    given = {name: placed(value, places) for name, value in target.env}
    around = {**os.environ, **given}
    roots = [str(place / "plugin"), *(str(copy / path) for path in target.paths)]
    lists = {
        "PYTHONPATH": (*roots, *filter(None, [around.get("PYTHONPATH")])),
        # The scripts of the target's own environment, as if it were activated.
        "PATH": (str(Path(target.python).parent), around.get("PATH", os.defpath)),
    }
    options = ("-p no:randomly --continue-on-collection-errors", around.get("PYTEST_ADDOPTS", ""))
    plugins = (_PLUGIN_NAME, *filter(None, [around.get("PYTEST_PLUGINS")]))
    return {
        **around,
        **{name: os.pathsep.join(parts) for name, parts in lists.items()},
        "PYTEST_ADDOPTS": " ".join(options).strip(),
        "PYTEST_PLUGINS": ",".join(plugins),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "AURUM_REFACTOR_OUTCOMES": str(place / "out"),
        "AURUM_REFACTOR_MONOLITH": target.monolith,
    }


def check_end(command: str, ran: Ran) -> None:
    """Fail closed: what did not run to its end has shown nothing."""
    if not ran.ended and "INTERNALERROR" in ran.log:
        raise VerifyError(
            f"pytest stopped before it read a test in `{command}`{ran.log}; let that command run "
            "by itself first, with an option (-o, -W, -p) that keeps the error away"
        )
    if not ran.ended:
        how = f"signal {-ran.status}" if ran.status < 0 else f"status {ran.status}"
        raise VerifyError(
            f"`{command}` ended with {how} and no pytest in it came to its end{ran.log}; "
            "name a command that runs pytest with --tests"
        )
    for stopped in ran.ended:
        if stopped in _STOPPED:
            raise VerifyError(f"pytest {_STOPPED[stopped]} in `{command}`{ran.log}")


def check_some_ran(command: str, tests: Mapping[str, Outcome], log: str) -> None:
    """Fail closed: tests that are all skipped, or none, have shown nothing."""
    if not any(outcome.kind in ("passed", "failed") for outcome in tests.values()):
        raise VerifyError(f"no test ran in `{command}`{log}; name tests that do with --tests")


def _check_origin(copy: Path, target: Target, answers: list[dict[str, Any]]) -> None:
    inside = str(copy.resolve()) + os.sep
    for answer in answers:
        file = answer["monolith"]
        if file and not file.startswith(inside):
            raise VerifyError(
                f"the tests have imported {target.monolith} from {file} and not from the state "
                "to be shown; set the source root with --path"
            )


def _tail(log: Path, copy: Path) -> str:
    """The last lines of what was printed, as a part of a sentence."""
    lines = log.read_text("utf-8", "replace").replace(str(copy), "<tree>").strip().splitlines()
    told = " / ".join(line.strip()[:200] for line in lines[-_TAIL:] if line.strip(" =-"))
    return f" ({told})" if told else ""
