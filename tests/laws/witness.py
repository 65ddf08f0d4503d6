"""Before and after of one extraction, as a witness in another process saw them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from aurum_refactor import pipeline
from aurum_refactor.model import Plan
from aurum_refactor.workspace import open_workspace

FASTAPI = version("fastapi")
_OBSERVER = Path(__file__).with_name("observer.py")


@dataclass(frozen=True, slots=True)
class Project:
    """A small project with one monolith."""

    files: Mapping[str, str | bytes]
    # Path of the monolith and the application, as ``module:name``.
    monolith: str = "shop/main.py"
    app: str = "shop.main:app"
    module: str = "shop.main"
    # Names that are replaced one after the other while requests are made.
    patched: tuple[str, ...] = ()
    # Entries for ``sys.path``, relative to the root.
    paths: tuple[str, ...] = ("",)

    def __str__(self) -> str:
        """All of it as text: what a failing example prints."""
        return "\n".join(f"# --- {path}\n{data!s}" for path, data in self.files.items())


@contextmanager
def written(files: Mapping[str, str | bytes]) -> Iterator[Path]:
    """A new directory with *files* and a ``pyproject.toml``, gone afterwards."""
    root = Path(tempfile.mkdtemp(prefix="law-")).resolve()
    try:
        for path, data in {"pyproject.toml": "", **files}.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data if isinstance(data, bytes) else data.encode())
        yield root
    finally:
        shutil.rmtree(root)


def extract(
    root: Path, monolith: str, domains: frozenset[str] | None, *options: str
) -> pipeline.Extraction:
    """Extract and write; gives back what was done."""
    workspace = open_workspace(root, None, monolith, FASTAPI, frozenset(options))
    done = pipeline.extraction_of(workspace, domains)
    carry_out(root, done)
    return done


def carry_out(root: Path, done: pipeline.Extraction) -> None:
    """Write what an extraction changes."""
    for path, data in done.changes.after.items():
        target = root / path
        if data is None:
            target.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


def tree_of(root: Path) -> dict[str, bytes]:
    """Every file below *root*."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def new_modules(plan: Plan) -> list[str]:
    return [module.module for module in plan.modules]


class Witness:
    """One observer process, asked again and again; ``close`` ends it."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        self._process = subprocess.Popen(
            [sys.executable, str(_OBSERVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            encoding="utf-8",
        )

    def sees(self, project: Project, root: Path, first: str = "") -> dict[str, Any]:
        """Look at a project at *root*, with the module *first* imported before all else."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {
            "root": str(root),
            "app": project.app,
            "monolith": project.module,
            "patched": project.patched,
            "paths": project.paths,
            "first": first,
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert isinstance(answer, dict)
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What *after* has not as *before* had it; more names in the monolith are none."""
    found = []
    for key in [*before, *(key for key in after if key not in before)]:
        left, right = before.get(key), after.get(key)
        if key in ("names", "state") and isinstance(left, dict) and isinstance(right, dict):
            right = {name: right.get(name) for name in left}
        if left != right:
            found.append(f"{key}: {_first(left, right)}")
    return found


def _first(left: Any, right: Any) -> str:
    """The first place at which two values differ."""
    if isinstance(left, list) and isinstance(right, list):
        pairs = [(a, b) for a, b in zip(left, right, strict=False) if a != b]
        if pairs:
            return f"{pairs[0][0]} became {pairs[0][1]}"
    if isinstance(left, dict) and isinstance(right, dict):
        pairs = [((n, left[n]), (n, right[n])) for n in left if left[n] != right[n]]
        return f"{pairs[0][0]} became {pairs[0][1]}"
    return f"{left} became {right}"
