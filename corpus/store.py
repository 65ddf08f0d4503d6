"""Rows of the work folder: what is done stays done, whatever happens to the run."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.manifest import Project
from corpus.row import Row, row_from_json, row_to_json


def save(project: Project, row: Row, work: Path) -> None:
    """Write ``work/rows/NAME.json``, whole or not at all."""
    path = _path(project, work)
    path.parent.mkdir(parents=True, exist_ok=True)
    value = {"fingerprint": project.fingerprint, "row": row_to_json(row)}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value, indent=1), encoding="utf-8")
    part.replace(path)


def saved(project: Project, work: Path) -> Row | None:
    """The row of an earlier run, unless the manifest says something else by now."""
    try:
        value = json.loads(_path(project, work).read_text(encoding="utf-8"))
        if value["fingerprint"] != project.fingerprint:
            return None
        return row_from_json(value["row"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _path(project: Project, work: Path) -> Path:
    return work / "rows" / f"{project.name}.json"
