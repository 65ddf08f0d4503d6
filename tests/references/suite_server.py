"""Runs the test suites of many small projects at the price of one import of FastAPI and pytest.

Run as ``python suite_server.py``: each line of stdin names a tree and a file for the answer, which
is the outcome of every test of the tree, or what its script prints; each is run in a forked child.
"""

import contextlib
import gc
import importlib
import io
import json
import os
import sys
import types
import warnings
from pathlib import Path
from typing import Any

# What every suite imports, so that no child has to.
import fastapi
import fastapi.testclient
import pytest
from _pytest.config import default_plugins


class Outcomes:
    """Collects ``file::test`` to passed, failed or error."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.failed:
            self.found[report.nodeid] = report.outcome
            if report.failed:
                self.found[report.nodeid] = f"failed: {str(report.longrepr)[-600:]}"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.found[report.nodeid] = f"error: {str(report.longrepr)[-300:]}"


def main() -> None:
    warm_up()
    say(fastapi.__version__)
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            (run_script if "script" in request else run)(request)
        _, status = os.waitpid(child, 0)
        say(f"{status} {request['answer']}")


def warm_up() -> None:
    """Have loaded what is only loaded by the first suite and the first request."""
    for name in default_plugins:
        importlib.import_module(f"_pytest.{name}")
    app = fastapi.FastAPI()
    app.add_api_route("/{number}", lambda number: {"number": number})
    with fastapi.testclient.TestClient(app) as client:
        assert client.get("/1").json() == {"number": "1"}
        assert client.get("/openapi.json").is_success
    gc.collect()
    gc.freeze()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(request: dict[str, Any]) -> None:
    status = 1
    try:
        os.chdir(request["tree"])
        sys.dont_write_bytecode = True
        sys.path.insert(0, os.path.join(request["tree"], request["path"]))
        outcomes = Outcomes()
        arguments = ["-q", "-p", "no:cacheprovider", "--rootdir", request["tree"], "-c", os.devnull]
        with contextlib.redirect_stdout(io.StringIO()):
            pytest.main([*arguments, *request["tests"]], plugins=[outcomes])
        Path(request["answer"]).write_text(json.dumps(outcomes.found), "utf-8")
        status = 0
    finally:
        os._exit(status)


def run_script(request: dict[str, Any]) -> None:
    """As ``python main.py`` would: a program of its own, that is called ``__main__``."""
    status = 1
    try:
        os.chdir(request["tree"])
        sys.dont_write_bytecode = True
        warnings.simplefilter("ignore")
        # The first entry was the directory of this file.
        sys.path[0], sys.argv = request["tree"], [request["script"]]
        with open(request["answer"], "w", encoding="utf-8") as answer:
            os.dup2(answer.fileno(), 1)
            module = types.ModuleType("__main__")
            module.__file__ = request["script"]
            sys.modules["__main__"] = module
            code = compile(Path(request["script"]).read_bytes(), request["script"], "exec")
            exec(code, vars(module))
            sys.stdout.flush()
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
