"""Runs each file of the project's own tests in a process of its own.

For suites in which one file hangs, ends the process, or changes what the
others see: what befalls one file is an outcome of that file.
"""

from __future__ import annotations

import os
from pathlib import Path

from aurum_refactor.errors import VerifyError
from aurum_refactor.verify.observe import Running
from aurum_refactor.verify.own_tests import (
    Outcome,
    Session,
    TestsTimeoutError,
    check_end,
    check_some_ran,
    run_in,
)
from aurum_refactor.verify.states import changed_state
from aurum_refactor.verify.target import Target

_ONLY = "AURUM_REFACTOR_FILE"


def run_tests_by_file(
    tree: Path, target: Target, command: str, timeout: float, running: Running | None = None
) -> Session:
    """Run the tests of one state in a copy of it, file by file, and say how each ended.

    The command is run once with ``--collect-only`` to find the files, and then
    for each of them with all others left unread. A file whose process takes
    too long, or ends before pytest does, is an error of that name; the tests
    that it had come to are not known.

    Args:
        tree: Directory that holds the state.
        target: See :func:`aurum_refactor.verify.own_tests.run_tests`.
        command: What runs all the tests.
        timeout: Seconds for one file.
        running: Where to register the processes; for callers that interrupt.

    Raises:
        VerifyError: The files cannot be found, no test ran, or the tests were
            of another copy of the monolith.

    Cost:
        One process more than there are files.
    """
    running = running or Running()
    tests: dict[str, Outcome] = {}
    reached, log = False, ""
    with changed_state(tree, {}) as copy:
        found = run_in(
            copy, target, command, timeout, running, {"PYTEST_ADDOPTS": "--collect-only"}
        )
        check_end(command, found)
        for file in found.files:
            name = Path(os.path.relpath(file, copy)).as_posix()
            try:
                ran = run_in(copy, target, command, timeout, running, {_ONLY: file})
            except TestsTimeoutError:
                tests[name] = Outcome("error", f"took more than {timeout:g} s")
                continue
            try:
                check_end(command, ran)
            except VerifyError as error:
                tests[name] = Outcome("error", str(error).split(";")[0])
                continue
            reached, log = reached or ran.reached, ran.log
            tests |= ran.tests
    check_some_ran(command, tests, log)
    return Session(tests, reached)
