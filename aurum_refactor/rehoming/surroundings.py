"""An emptied monolith and everything around it, as it is before its names leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aurum_refactor.analysis.references.mentions import spellings_of
from aurum_refactor.analysis.survey.class_names import classes_in
from aurum_refactor.analysis.survey.interesting import interesting
from aurum_refactor.analysis.target import module_name, package_of
from aurum_refactor.errors import SourceError
from aurum_refactor.model import Finding, LockedMonolith, NewModule, Survey, Use
from aurum_refactor.plan.paths import dotted_name, shared_path
from aurum_refactor.rehoming.readings import does_not_parse, references_in_file, statements_in
from aurum_refactor.source.project import load_sources
from aurum_refactor.source.text import SourceText, decode
from aurum_refactor.workspace import Workspace, plan_of


@dataclass(frozen=True, slots=True)
class Surrounding:
    """Everything around an emptied monolith, as it is before its names leave."""

    survey: Survey
    source: SourceText
    leaf: str
    leaf_path: str
    # False if a file of that name is somebody's own.
    leaf_is_free: bool
    # Modules that extractions made, with their texts by path.
    new: tuple[NewModule, ...]
    rooms: Mapping[str, SourceText]
    # Warnings of files that use the monolith and do not parse: they stay as they are.
    broken: tuple[Finding, ...]
    # Files that may mention the monolith, by path: package and text.
    others: Mapping[str, tuple[str, SourceText]]
    spellings: frozenset[str]
    # Ordinals of what domains that are still in the monolith will take along.
    waiting: frozenset[int]


def surrounding_of(
    workspace: Workspace, changed: Mapping[str, bytes | None], lock: LockedMonolith | None
) -> Surrounding:
    """Read what an extraction left behind.

    Args:
        workspace: The project as it is once *changed* is written.
        changed: Files that are not on disk yet as they are meant here.
        lock: What is recorded of this monolith.
    """
    surveyed = workspace.survey
    layout = surveyed.layout
    paths = {module_name(path, layout.source_root): path for path in workspace.files}
    leaf_path = shared_path(layout, workspace.config)
    leaf = dotted_name(leaf_path, layout.source_root)
    imported = {row.module for s in surveyed.statements for row in s.imports}
    made = ({row.home for row in lock.endpoints} if lock else set()) - {layout.module}
    spellings = spellings_of(layout.module, layout.path)
    wanted = interesting(layout.module, classes_in(workspace.source.data))
    files = dict(load_sources(workspace.root, workspace.files, wanted).files)
    known = [paths[m] for m in sorted(made | {leaf}) if m in paths]
    files |= dict(load_sources(workspace.root, known).files)
    for path, data in changed.items():
        files.pop(path, None)
        if data is not None and path.endswith(".py"):
            files[path] = data
    rooms: dict[str, SourceText] = {}
    new: list[NewModule] = []
    for module in (*sorted((made & paths.keys()) - {leaf}), leaf):
        path = paths.get(module, "")
        if path not in files:
            continue
        text = decode(path, files[path])
        if module == leaf:
            imported |= {r.module for row in new for s in row.statements for r in s.imports}
            if leaf not in imported and not _is_leaf_of(layout.module, text.text):
                continue
        rooms[path] = text
        new.append(_new_module(module, path, text, surveyed, spellings))
    new.sort(key=lambda row: row.module)
    warnings = _broken(surveyed, files)
    wrong = {finding.path for finding in warnings}
    others = {
        path: (package_of(path, layout.source_root), decode(path, data))
        for path, data in files.items()
        if path not in (layout.path, *wrong) and path not in rooms and _decodes(path, data)
    }
    return Surrounding(
        # What does not parse uses nothing, and stays as it is.
        survey=replace(
            surveyed,
            references=tuple(r for r in surveyed.references if r.path not in wrong),
            module_uses=tuple(u for u in surveyed.module_uses if u.path not in wrong),
        ),
        source=workspace.source,
        leaf=leaf,
        leaf_path=leaf_path,
        leaf_is_free=leaf not in paths or paths[leaf] in rooms,
        new=tuple(new),
        rooms=rooms,
        broken=warnings,
        others=others,
        spellings=spellings,
        waiting=_waiting(workspace),
    )


def _broken(survey: Survey, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Warnings for files that use the monolith, by their outlines, and that do not parse."""
    paths = {r.path for r in survey.references} | {u.path for u in survey.module_uses}
    found = [does_not_parse(path, files[path]) for path in sorted(paths & files.keys())]
    return tuple(finding for finding in found if finding is not None)


def _waiting(workspace: Workspace) -> frozenset[int]:
    """Endpoints of domains that have not been extracted, and what moves with them."""
    if not workspace.survey.endpoints:
        return frozenset()
    return frozenset(
        ordinal
        for module in plan_of(workspace).modules
        for ordinal in (*module.owned, *(o for run in module.runs for o in run.ordinals))
    )


def _is_leaf_of(module: str, text: str) -> bool:
    """True if a file opens with the words that the shared leaf of *module* is made with."""
    head = text.lstrip("\ufeff\r\n").partition("\n")[0]
    return head.startswith('"""What ') and f" {module}" in head and "several domains" in head


def _decodes(path: str, data: bytes) -> bool:
    try:
        decode(path, data)
    except SourceError:
        return False
    return True


def _new_module(
    module: str, path: str, text: SourceText, surveyed: Survey, spellings: frozenset[str]
) -> NewModule:
    package = package_of(path, surveyed.layout.source_root)
    layout = replace(surveyed.layout, path=path, module=module, package=package)
    found = references_in_file(path, package, text.data, spellings).references
    return NewModule(
        module=module,
        path=path,
        statements=statements_in(text, layout),
        uses=frozenset(r.name for r in found if r.use is not Use.ASSIGN),
        stores=frozenset(r.name for r in found if r.use is Use.ASSIGN),
    )
