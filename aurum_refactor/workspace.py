"""A project as it was read, with its monolith; nothing is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from aurum_refactor.analysis.copies import met_in_copies
from aurum_refactor.analysis.existing import existing_module
from aurum_refactor.analysis.included import included_routes
from aurum_refactor.analysis.order_facts import matters_to_order, order_facts
from aurum_refactor.analysis.statements import parse
from aurum_refactor.analysis.survey.class_names import classes_in
from aurum_refactor.analysis.survey.interesting import interesting
from aurum_refactor.analysis.survey.survey import survey
from aurum_refactor.analysis.target import module_name, package_of
from aurum_refactor.errors import SourceError, UsageError
from aurum_refactor.holding import remembered
from aurum_refactor.lifting import Around, Lifted, kept_lines, kept_methods, lift, relocated
from aurum_refactor.locating import find_monolith, module_files, package_files, stem_of, version_of
from aurum_refactor.model import (
    ChangeSet,
    ExistingModule,
    LockedMonolith,
    OrderFacts,
    Plan,
    Survey,
)
from aurum_refactor.plan.blockers import Surroundings
from aurum_refactor.plan.paths import target_init
from aurum_refactor.plan.planner import make_plan
from aurum_refactor.source.config import load_config
from aurum_refactor.source.lock import read_lock
from aurum_refactor.source.project import find_root, load_sources, python_files, read_bytes
from aurum_refactor.source.settings import Config
from aurum_refactor.source.text import SourceText, decode

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class Workspace:
    """One project as it was read, with its monolith."""

    root: Path
    config: Config
    files: tuple[str, ...]
    # The monolith as it is.
    original: SourceText
    # The monolith with its factories taken apart, which the survey is of.
    source: SourceText
    survey: Survey
    locks: tuple[LockedMonolith, ...]
    # Bytes of the package files that an extraction may touch, where they exist.
    existing: Mapping[str, bytes]
    # What was taken apart, and what could not be.
    made: Lifted
    # Endpoints that stay because the proof fails when they move, with what it says.
    held: Mapping[str, str]
    # The same project, read again with other endpoints held back.
    reread: Callable[[Mapping[str, str]], Workspace] = field(repr=False, compare=False)
    # What the project says about the order of routes; None unless runs are to be merged.
    order: OrderFacts | None = None
    # Bytes of project modules that the monolith includes routers of, by path.
    included: Mapping[str, bytes] = field(default_factory=dict)
    # Every other file that may mention the monolith, as it was on disk.
    others: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    # Reads a module that stands where a new one would; None for a path without one.
    read_existing: Callable[[str], ExistingModule | None] = field(
        default=lambda _path: None, repr=False, compare=False
    )
    # The plan, where reading has needed it already.
    planned: Plan | None = None
    # The same project, read with others held back.

    @property
    def locked(self) -> LockedMonolith | None:
        """What earlier extractions recorded of this monolith."""
        module = self.survey.layout.module
        return next((lock for lock in self.locks if lock.module == module), None)


def open_workspace(
    start: Path,
    config_file: Path | None,
    monolith: str | None,
    version: str | None,
    options: frozenset[str] = frozenset(),
) -> Workspace:
    """Read a project: settings, monolith, and every file that may mention it.

    Args:
        start: A directory of the project.
        config_file: ``--config``.
        monolith: A path given on the command line; None to use the settings,
            the lock, or the module with the most registrations.
        version: ``--fastapi-version``.
        options: "coalesce" and "factor", if they were asked for; the settings,
            and an earlier extraction, may ask for them too.

    Raises:
        AurumRefactorError: Bad settings, no monolith, or an unreadable one.
    """
    if not start.is_dir():
        raise UsageError(f"{start}: no such directory")
    root = find_root(start)
    config = load_config(root, config_file)
    files = python_files(root)
    locks = read_lock(root)
    config = replace(
        config,
        coalesce=config.coalesce or "coalesce" in options,
        factor=config.factor or "factor" in options,
    )
    path = find_monolith(root, start, config, files, locks, monolith)
    source = decode(path, read_bytes(root, path))
    if not source.text.strip() and all(lock.path != path for lock in locks):
        raise UsageError(f"{path} is empty; name the module that holds the endpoints")
    return read_workspace(root, config, files, source, locks, version)


@dataclass(frozen=True, slots=True)
class _Given:
    """All that a reading is made of."""

    root: Path
    config: Config
    files: tuple[str, ...]
    original: SourceText
    locks: tuple[LockedMonolith, ...]
    version: str | None
    # Files as an extraction would leave them, instead of those on disk.
    changed: Mapping[str, bytes | None]
    # Files that may mention the monolith, if they have been read already.
    others: Mapping[str, bytes] | None
    held: Mapping[str, str]

    @property
    def locked(self) -> LockedMonolith | None:
        """What earlier extractions recorded of this monolith."""
        return next((lock for lock in self.locks if lock.path == self.original.path), None)


def read_workspace(
    root: Path,
    config: Config,
    files: tuple[str, ...],
    source: SourceText,
    locks: tuple[LockedMonolith, ...],
    version: str | None,
    overlay: Mapping[str, bytes | None] | None = None,
    others: Mapping[str, bytes] | None = None,
) -> Workspace:
    """Survey one monolith; *overlay* stands for files as an extraction would leave them.

    *others* are files that may mention it, if they have been read already.
    What is lifted and then refused all the same stays as it was written.
    """
    given = _Given(root, config, files, source, locks, version, overlay or {}, others, {})
    return _settled(replace(given, held=remembered(given.locked, source.data)))


def _settled(given: _Given) -> Workspace:
    """Read until nothing is lifted that is refused all the same."""
    kept: dict[int, str] = {}
    while True:
        workspace = _read(given, kept)
        if not workspace.made.lifting.lifts:
            return workspace
        plan = plan_of(workspace)
        refused = {row.endpoint: row.finding for row in plan.refusals}
        rows = {**kept_lines(refused, workspace.made), **kept_methods(plan.homes, workspace.made)}
        if not rows:
            return replace(workspace, planned=plan)
        kept |= rows


def _read(given: _Given, kept: Mapping[int, str]) -> Workspace:
    """Read a monolith once; *kept* are lines that are not lifted, with the reason."""
    root, config, files, original = given.root, given.config, given.files, given.original
    locks, locked, changed = given.locks, given.locked, given.changed
    version, read = given.version, given.others
    if read is None:
        matters = interesting(stem_of(original.path), classes_in(original.data))
        read = load_sources(root, files, matters).files
    others = dict(read)
    for path, data in changed.items():
        others.pop(path, None)
        if data is not None and path.endswith(".py"):
            others[path] = data
    contents: dict[str, bytes | None] = {}

    def content(path: str) -> bytes | None:
        if path not in contents:
            contents[path] = others[path] if path in others else _content(root, path, changed)
        return contents[path]

    def mentioning(words: Collection[str]) -> Mapping[str, bytes]:
        word = re.compile(rb"\b(?:" + "|".join(sorted(words)).encode() + rb")\b")
        found = dict(load_sources(root, files, lambda data: word.search(data) is not None).files)
        found |= {path: data for path, data in changed.items() if data is not None}
        return {path: data for path, data in found.items() if path.endswith(".py")}

    hints = tuple(_hints(root))
    around = Around(files, config.source_roots, others, hints, content, mentioning)
    made = lift(original, config, locked, kept, around)
    source = made.source
    surveyed = survey(
        source,
        files,
        others,
        source_roots=config.source_roots,
        fastapi=version_of(root, version or config.fastapi_version),
        read_module=content,
        hints=hints,
        registrars=made.lifting.registrars,
        carriers=made.carriers,
        own=_own_paths(files, locked, config),
        left=frozenset(row.name for row in locked.endpoints if row.home != locked.module)
        if locked
        else frozenset(),
    )
    surveyed = replace(surveyed, met_in_copies=met_in_copies(original, surveyed))
    surveyed = relocated(surveyed, made)
    asked = {o for lock in locks if lock.module == surveyed.layout.module for o in lock.options}
    config = replace(
        config,
        # What was told once holds for the state after as well.
        fastapi_version=version or config.fastapi_version,
        coalesce=config.coalesce or "coalesce" in asked,
        factor=config.factor or "factor" in asked,
    )
    order, included = None, dict[str, bytes]()
    if config.coalesce:
        own = homes_of(locks, surveyed.layout.module)
        order, included = _order(root, files, source, surveyed, changed, own)
    wanted = package_files(surveyed, config, files) | module_files(surveyed, config, files)
    existing = dict(load_sources(root, [p for p in wanted if (root / p).is_file()]).files)
    existing |= {p: d for p, d in changed.items() if d is not None and p in wanted}
    return Workspace(
        root=root,
        config=config,
        files=files,
        original=original,
        source=source,
        survey=surveyed,
        locks=locks,
        existing=existing,
        made=made,
        held=given.held,
        reread=lambda held: _settled(replace(given, held=held)),
        order=order,
        included=included,
        others=read,
        read_existing=_reader_of_existing(surveyed, source, files, existing, content, mentioning),
    )


def _reader_of_existing(
    surveyed: Survey,
    source: SourceText,
    files: tuple[str, ...],
    existing: Mapping[str, bytes],
    content: Callable[[str], bytes | None],
    mentioning: Callable[[Collection[str]], Mapping[str, bytes]],
) -> Callable[[str], ExistingModule | None]:
    """How modules are read that stand where new ones would; each when it is first asked for."""
    layout = surveyed.layout
    project = surveyed.project_modules
    segments = [source.text[row.start : row.end] for row in surveyed.statements]
    known: dict[str, ExistingModule | None] = {}

    def package(path: str) -> str:
        return package_of(path, layout.source_root)

    def read_existing(path: str) -> ExistingModule | None:
        if path not in existing or path.endswith("__init__.py"):
            return None
        if path not in known:
            paths = {module_name(name, layout.source_root): name for name in files}

            def read(module: str) -> tuple[bytes, str] | None:
                data = content(paths[module]) if module in paths else None
                return None if data is None else (data, package(paths[module]))

            stem = PurePosixPath(path).stem
            others = {
                name: (package(name), data) for name, data in mentioning({re.escape(stem)}).items()
            }
            module = module_name(path, layout.source_root)
            try:
                text = decode(path, existing[path])
            except SourceError as error:
                closed = f"{path}:{error.line or 1} cannot be read"
                known[path] = ExistingModule(path, module, closed, frozenset(), {}, {}, frozenset())
            else:
                known[path] = existing_module(
                    text, module, package(path), layout, project, read, others, segments
                )
        return known[path]

    return read_existing


def _own_paths(
    files: Collection[str], locked: LockedMonolith | None, config: Config
) -> frozenset[str]:
    """Files that earlier extractions made of a monolith."""
    homes = {row.home for row in locked.endpoints} - {locked.module} if locked else set()
    ends = tuple(f"/{home.replace('.', '/')}.py" for home in homes)
    found = {path for path in files if f"/{path}".endswith(ends)} if ends else set()
    leaf = PurePosixPath(config.layout.shared).name
    return frozenset(found | {str(PurePosixPath(path).parent / leaf) for path in found})


def homes_of(locks: tuple[LockedMonolith, ...], module: str) -> frozenset[str]:
    """Modules that earlier extractions made of a monolith."""
    rows = (row for lock in locks if lock.module == module for row in lock.endpoints)
    return frozenset(row.home for row in rows) - {module}


def _order(
    root: Path,
    files: tuple[str, ...],
    source: SourceText,
    surveyed: Survey,
    changed: Mapping[str, bytes | None],
    own: frozenset[str],
) -> tuple[OrderFacts, dict[str, bytes]]:
    """Everything that may make the order of routes matter, in the whole project."""
    texts = dict(load_sources(root, files, matters_to_order).files)
    texts |= {p: data for p, data in changed.items() if data is not None and p.endswith(".py")}
    texts[source.path] = source.data
    paths = {module_name(path, surveyed.layout.source_root): path for path in files}
    read: dict[str, bytes] = {}

    def read_module(module: str) -> tuple[str, bytes] | None:
        path = paths.get(module)
        data = None if path is None else _content(root, path, changed)
        if path is None or data is None:
            return None
        read[path] = data
        return path, data

    included = included_routes(
        parse(source).body,
        surveyed.statements,
        surveyed.registrations,
        surveyed.layout,
        read_module,
        own,
    )
    gone = {path for path, data in changed.items() if data is None}
    kept = {path: data for path, data in texts.items() if path not in gone}
    setters = [u for u in surveyed.module_uses if u.what == "sets route class"]
    overridden = f"{setters[0].path}:{setters[0].line}" if setters else ""
    facts = replace(order_facts(kept), included=included, overridden=overridden)
    return facts, read


def _hints(root: Path) -> list[bytes]:
    """Files beside the code that start the app by its module's name."""
    found = []
    for pattern in ("Dockerfile*", "Procfile", "Makefile", "*.toml", "*.yml", "*.yaml", "*.sh"):
        for path in sorted(root.glob(pattern)):
            data = _read_small(path)
            if data is not None:
                found.append(data)
    return found


def _read_small(path: Path) -> bytes | None:
    try:
        if not path.is_file() or path.stat().st_size > _HINT_BYTES:
            return None
        return path.read_bytes()
    except OSError:
        return None


#: Larger files beside the code are data.
_HINT_BYTES = 256 * 1024


def _content(root: Path, path: str, changed: Mapping[str, bytes | None]) -> bytes | None:
    if path in changed:
        return changed[path]
    return load_sources(root, [path]).files.get(path)


def plan_of(workspace: Workspace, unrewritable: Mapping[str, str] | None = None) -> Plan:
    """Plan the whole assignment; *unrewritable* endpoints (name to reason) stay."""
    if workspace.planned is not None and not unrewritable:
        return workspace.planned
    init = target_init(workspace.survey.layout, workspace.config)
    parent = str(PurePosixPath(init).parent.parent / "__init__.py")
    home = str(PurePosixPath(workspace.survey.layout.directory or ".") / "__init__.py")
    text, above, own = (_text(workspace.existing, path) for path in (init, parent, home))
    around = Surroundings(frozenset(workspace.files), text, above, own, workspace.read_existing)
    return make_plan(
        workspace.survey,
        workspace.config,
        workspace.locked,
        around,
        unrewritable or {},
        workspace.held,
        workspace.order,
    )


def _text(existing: Mapping[str, bytes], path: str) -> str | None:
    data = existing.get(path)
    return None if data is None else decode(path, data).text


def after(workspace: Workspace, changes: ChangeSet, locks: tuple[LockedMonolith, ...]) -> Workspace:
    """The same project as it would be once *changes* are written; nothing is written."""
    overlay = changes.after
    gone = {path for path, data in overlay.items() if data is None}
    python = {path for path in overlay if path.endswith(".py")} - gone
    files = tuple(sorted((set(workspace.files) | python) - gone))
    path = workspace.original.path
    data = overlay.get(path)
    source = workspace.original if data is None else decode(path, data)
    return read_workspace(
        workspace.root,
        workspace.config,
        files,
        source,
        locks,
        None,
        overlay,
        # What the monolith has lost is in no other file that it was not in before.
        workspace.others,
    )
