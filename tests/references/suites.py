"""Runs the own tests of a project, through a process that has FastAPI and pytest loaded already."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

_SERVER = Path(__file__).with_name("suite_server.py")


class Suites:
    """One server for many suites; every run is a fresh process of its own."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.numbers = itertools.count()
        self.process = subprocess.Popen(
            [sys.executable, str(_SERVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        self.fastapi = self._line()

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def run(self, tree: Path, *, path: str = "", tests: str = "tests") -> dict[str, str]:
        """The outcome of every test below *tests*, with *path* on ``sys.path``."""
        answer = self._asked({"tree": str(tree), "path": path, "tests": tests.split()})
        found: dict[str, str] = json.loads(answer)
        return found

    def printed(self, tree: Path, script: str) -> str:
        """What a script of the tree prints as a program of its own; it must not fail."""
        return self._asked({"tree": str(tree), "script": script})

    def _asked(self, request: dict[str, Any]) -> str:
        answer = self.scratch / f"{next(self.numbers)}.json"
        request = {**request, "answer": str(answer)}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        assert self._line() == f"0 {answer}"
        return answer.read_text("utf-8")

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
