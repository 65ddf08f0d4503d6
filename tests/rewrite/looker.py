"""Sees what an application serves, through a process that has FastAPI loaded already."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from aurum_refactor.verify import probe
from aurum_refactor.verify.observation import Observation
from aurum_refactor.verify.target import Stubs

_SERVER = Path(__file__).with_name("fork_server.py")


class Looker:
    """One server for many looks; every look is a fresh process of its own."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.numbers = itertools.count()
        self.process = subprocess.Popen(
            [sys.executable, str(_SERVER), probe.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        self.fastapi = tuple(int(part) for part in self._line().split(".")[:3])

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def look(
        self, tree: Path, app: str, monolith: str, root: str, first: str | None = None
    ) -> Observation:
        """Import *first*, then *app* (``module:name``), and describe what it serves."""
        answer = self.scratch / f"{next(self.numbers)}.json"
        request = {
            "tree": str(tree),
            "scratch": str(self.scratch / "home"),
            "stubs": asdict(Stubs()),
            "pre": "",
            "paths": [root],
            "app": app,
            "argv": ["app"],
            "first": first,
            "monolith": monolith,
            "answer": str(answer),
        }
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        assert self._line() == str(answer)
        seen = json.loads(answer.read_text("utf-8"))
        assert "failed" not in seen, (first or app, seen["failed"])
        return Observation.of(seen)

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
