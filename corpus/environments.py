"""The interpreter that can import a project."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from corpus.manifest import Project
from corpus.process import run

_HOUR: Final = 3600.0
_READY: Final = ".corpus-ready"


class EnvironmentMakingError(Exception):
    """An environment could not be made; one sentence."""


def find_environment(project: Project, venvs: Path) -> Path | None:
    """The Python of a project's environment, if there is one below *venvs*."""
    if project.run is None:
        return None
    folder = venvs / (project.run.environment or project.name)
    for name in ("bin/python", "Scripts/python.exe"):
        if (folder / name).is_file():
            # Not resolved: a venv is found by its own path.
            return (folder / name).absolute()
    return None


def make_environment(project: Project, venvs: Path) -> Path | None:
    """Find or make the environment of a project, with what its recipe lists.

    One distribution that cannot be installed is left out: what is missing then
    is fabricated, or the import says so.

    Raises:
        EnvironmentMakingError: The environment itself cannot be made.
    """
    if project.run is None:
        return None
    folder = venvs / (project.run.environment or project.name)
    python = find_environment(project, venvs)
    if python is not None and (folder / _READY).is_file():
        return python
    if python is None:
        made = run([sys.executable, "-m", "venv", str(folder)], venvs, timeout=_HOUR)
        python = find_environment(project, venvs)
        if made.status or python is None:
            raise EnvironmentMakingError(made.trouble)
    pip = [str(python), "-m", "pip", "install", "-q"]
    wanted = list(project.run.pip)
    if wanted and run([*pip, *wanted], folder, timeout=_HOUR).status:
        for distribution in wanted:
            run([*pip, distribution], folder, timeout=_HOUR)
    if project.run.nodeps:
        run([*pip, "--no-deps", *project.run.nodeps], folder, timeout=_HOUR)
    (folder / _READY).touch()
    return python
