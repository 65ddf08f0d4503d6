"""The settings file of one project: its domains, written beside its checkout, not into it."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.manifest import Project


def write_settings(project: Project, work: Path) -> Path:
    """Write ``work/settings/NAME.toml`` and give its path."""
    path = work / "settings" / f"{project.name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"monolith = {_array((project.module,))}"]
    if project.source_roots:
        lines.append(f"source-roots = {_array(project.source_roots)}")
    if project.domains:
        lines += ["", "[domains]"]
        lines += [f"{name} = {_array(globs)}" for name, globs in project.domains]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _array(values: tuple[str, ...]) -> str:
    # A JSON string is a TOML string.
    return "[" + ", ".join(json.dumps(value, ensure_ascii=False) for value in values) + "]"
