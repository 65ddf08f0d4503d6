"""The ``__init__`` of the new modules: whoever imports one finds the monolith imported (G5)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from aurum_refactor.analysis.statements import parse
from aurum_refactor.model import Change, ChangeSet, Layout
from aurum_refactor.pipeline import Extraction
from aurum_refactor.plan.blockers import imports_first, is_remark
from aurum_refactor.plan.paths import target_init
from aurum_refactor.source.text import decode
from aurum_refactor.workspace import Workspace


def init_of(then: Workspace) -> tuple[str, str | None] | None:
    """Path and text of the new modules' ``__init__``; None if its own code comes first."""
    layout = then.survey.layout
    path = target_init(layout, then.config)
    data = then.existing.get(path)
    text = None if data is None else decode(path, data).text
    if text is None or imports_first(text, layout) or _is_inside(layout, path):
        return path, text
    nodes = parse(decode(path, data or b"")).body
    return (path, text) if all(is_remark(node) for node in nodes) else None


def _is_inside(layout: Layout, path: str) -> bool:
    """True if the monolith is the package around the new modules, which is always there first."""
    return layout.is_package_init and path.startswith(f"{layout.directory}/")


def with_init(
    then: Workspace, extraction: Extraction, init: tuple[str, str | None], changes: ChangeSet
) -> ChangeSet:
    """Whoever imports a new home first finds the monolith imported, as before (G5)."""
    from aurum_refactor.rewrite.package_init import render_init  # noqa: PLC0415 - libcst

    path, text = init
    layout = then.survey.layout
    if not changes.changes or _is_inside(layout, path) or imports_first(text or "", layout):
        return changes
    plan = replace(extraction.plan, init_imports_monolith=True)
    alias = f"_{layout.module.rpartition('.')[2].strip('_')}"
    new = render_init(plan, text, alias, then.survey.newline).encode("utf-8")
    change = Change(PurePosixPath(path), then.existing.get(path), new)
    return ChangeSet.of((*changes.changes, change))
