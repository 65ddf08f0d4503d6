"""Rows of the work folder: what is done stays done, whatever happens to the run."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.manifest import Project
from corpus.row import Row, row_from_json, row_to_json


def save(project: Project, row: Row, work: Path, *, verify: bool) -> None:
    """Write ``work/rows/NAME.json``, whole or not at all.

    Args:
        project: What was tried.
        row: What came of it.
        work: Our folder.
        verify: Whether running both states was asked for.
    """
    path = _path(project, work)
    path.parent.mkdir(parents=True, exist_ok=True)
    value = {"fingerprint": project.fingerprint, "verify": verify, "row": row_to_json(row)}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value, indent=1), encoding="utf-8")
    part.replace(path)


def saved(project: Project, work: Path, *, verify: bool) -> Row | None:
    """The row of an earlier run, unless the manifest or the caller asks for more by now."""
    try:
        value = json.loads(_path(project, work).read_text(encoding="utf-8"))
        if value["fingerprint"] != project.fingerprint or (verify and not value["verify"]):
            return None
        return row_from_json(value["row"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _path(project: Project, work: Path) -> Path:
    return work / "rows" / f"{project.name}.json"
