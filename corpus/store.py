"""Rows of the work folder: what is done stays done, whatever happens to the run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from corpus.manifest import Project
from corpus.modes import Mode
from corpus.row import Row, row_from_json, row_to_json
from corpus.state import tool_state


def save(project: Project, row: Row, work: Path, mode: Mode, *, asked: Mapping[str, bool]) -> None:
    """Write ``work/rows/MODE/NAME.json``, whole or not at all.

    Args:
        project: What was tried.
        row: What came of it.
        work: Our folder.
        mode: What it was tried for.
        asked: What was asked for, by name: to run both states, requests, tests.
    """
    path = _path(project, work, mode)
    path.parent.mkdir(parents=True, exist_ok=True)
    value = {"fingerprint": project.fingerprint, "asked": dict(asked), "row": row_to_json(row)}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value, indent=1), encoding="utf-8")
    part.replace(path)


def saved(project: Project, work: Path, mode: Mode, *, asked: Mapping[str, bool]) -> Row | None:
    """The row of an earlier run of this mode.

    None where the manifest or the tool has changed since, or where more is asked for now.
    """
    try:
        value = json.loads(_path(project, work, mode).read_text(encoding="utf-8"))
        row = row_from_json(value["row"])
        if value["fingerprint"] != project.fingerprint or row.tool != tool_state():
            return None
        return row if all(value["asked"][name] for name, yes in asked.items() if yes) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _path(project: Project, work: Path, mode: Mode) -> Path:
    return work / "rows" / mode.references / f"{project.name}.json"
