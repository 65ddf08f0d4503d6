"""A pytest plugin that writes down how each test ended; loaded into the target's own test run.

Copied under another name beside the run and named in ``PYTEST_PLUGINS``; never
imported by the rest of aurum_refactor. Python 3.8 syntax, the standard library
and the target's own pytest only. It changes nothing about the run.

One file for each process in the directory ``AURUM_REFACTOR_OUTCOMES``: of a run
that is spread over several (pytest-xdist), the workers write where the monolith
came from, the controller writes the rest. A pytest that a test starts is none
of ours.

With ``AURUM_REFACTOR_FILE`` no other test file is read.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import pytest

PLACE = "AURUM_REFACTOR_OUTCOMES"
MONOLITH = "AURUM_REFACTOR_MONOLITH"
RUNNING = "AURUM_REFACTOR_RUNNING"
ONLY = "AURUM_REFACTOR_FILE"
LONGEST = 300
# What a phase says weighs more than what the one before it said.
WEIGHT = ("passed", "xpassed", "skipped", "xfailed", "failed", "error")


class Recorder:
    """The outcomes of one session."""

    def __init__(self, place: str, *, is_worker: bool) -> None:
        self.place = place
        self.is_worker = is_worker
        self.tests: dict[str, list[str]] = {}
        self.files: set[str] = set()

    def note(self, test: str, outcome: str, message: str) -> None:
        known = self.tests.get(test)
        if known is None or WEIGHT.index(outcome) > WEIGHT.index(known[0]):
            self.tests[test] = [outcome, message]

    def pytest_runtest_logreport(self, report: Any) -> None:
        if self.is_worker or (report.when != "call" and report.passed):
            return
        outcome = report.outcome
        if hasattr(report, "wasxfail"):
            outcome = "xfailed" if report.skipped else "xpassed"
        elif report.failed and report.when != "call":
            outcome = "error"
        self.note(report.nodeid, outcome, said(report))

    def pytest_collection_modifyitems(self, items: Any) -> None:
        self.files.update(str(item.fspath) for item in items)

    def pytest_collectreport(self, report: Any) -> None:
        if not report.passed and str(report.fspath).endswith(".py"):
            self.files.add(os.path.abspath(str(report.fspath)))
        if report.failed and not self.is_worker:
            self.note(report.nodeid or "collection", "error", said(report))
        elif report.skipped and not self.is_worker:
            self.note(report.nodeid, "skipped", said(report))

    def pytest_sessionfinish(self, exitstatus: Any) -> None:
        module = sys.modules.get(os.environ.get(MONOLITH, ""))
        file = getattr(module, "__file__", None)
        answer = {
            "tests": self.tests,
            "files": sorted(self.files),
            "status": None if self.is_worker else int(exitstatus),
            "monolith": os.path.realpath(file) if file else None,
        }
        partial = os.path.join(self.place, f"{os.getpid()}.partial")
        with open(partial, "w", encoding="utf-8") as out:
            json.dump(answer, out)
        os.replace(partial, os.path.join(self.place, f"{os.getpid()}.json"))


def said(report: Any) -> str:
    """The line of a report that says why."""
    crash = getattr(getattr(report, "longrepr", None), "reprcrash", None)
    if crash is not None:
        text = str(crash.message)
    elif isinstance(report.longrepr, tuple):
        text = str(report.longrepr[-1])
    else:
        lines = str(report.longrepr or "").strip().splitlines()
        text = lines[-1] if lines else ""
    return " ".join(text.split())[:LONGEST]


def pytest_configure(config: Any) -> None:
    is_worker = hasattr(config, "workerinput")
    place = os.environ.get(PLACE)
    # Set by the session outside: a test that starts pytest hands it on.
    if not place or (RUNNING in os.environ and not is_worker):
        return
    os.environ[RUNNING] = str(os.getpid())
    if os.environ.get(ONLY):
        # What this argument is called has changed with version 7.
        is_old = not hasattr(pytest, "Stash")
        config.pluginmanager.register(OldChooser() if is_old else Chooser())
    config.pluginmanager.register(Recorder(place, is_worker=is_worker), "aurum-refactor-recorder")


class Chooser:
    """Reads one test file."""

    def pytest_ignore_collect(self, collection_path: Any) -> Any:
        return is_other(str(collection_path))


class OldChooser:
    """The same for older versions of pytest, which call the path by another name."""

    def pytest_ignore_collect(self, path: Any) -> Any:
        return is_other(str(path))


def is_other(path: str) -> Any:
    """True for files that are not the one to be read; None leaves it to others."""
    only = os.environ.get(ONLY)
    other = only and os.path.isfile(path) and os.path.realpath(path) != os.path.realpath(only)
    return True if other and os.path.basename(path) != "__init__.py" else None


def pytest_unconfigure(config: Any) -> None:
    if config.pluginmanager.get_plugin("aurum-refactor-recorder") is not None:
        os.environ.pop(RUNNING, None)
