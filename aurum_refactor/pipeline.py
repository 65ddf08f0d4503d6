"""The one flow: bytes, Survey, Plan, ChangeSet, Proof; reads files, prints and writes nothing."""

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
from aurum_refactor.analysis.survey import classes_in, interesting, survey
from aurum_refactor.analysis.target import fastapi_version, module_name, package_of
from aurum_refactor.errors import SourceError, UsageError
from aurum_refactor.lifting import Around, Lifted, kept_lines, kept_methods, lift, relocated
from aurum_refactor.model import (
    Change,
    ChangeSet,
    ExistingModule,
    FastAPIVersion,
    LockedMonolith,
    OrderFacts,
    Plan,
    Proof,
    Rehoming,
    Survey,
    Use,
)
from aurum_refactor.plan.blockers import Surroundings
from aurum_refactor.plan.paths import router_path, target_init
from aurum_refactor.plan.planner import make_plan
from aurum_refactor.source.config import load_config
from aurum_refactor.source.lock import LOCK_FILE, read_lock, render_lock
from aurum_refactor.source.project import find_root, inside, load_sources, python_files, read_bytes
from aurum_refactor.source.settings import Config
from aurum_refactor.source.text import SourceText, decode

if TYPE_CHECKING:
    from aurum_refactor.proof.existing import Grown
    from aurum_refactor.proof.second_execution import Again


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
    kept: dict[int, str] = {}
    while True:
        changed = overlay or {}
        workspace = _read(root, config, files, source, locks, version, changed, kept, others)
        if not workspace.made.lifting.lifts:
            return workspace
        plan = plan_of(workspace)
        refused = {row.endpoint: row.finding for row in plan.refusals}
        rows = {**kept_lines(refused, workspace.made), **kept_methods(plan.homes, workspace.made)}
        if not rows:
            return replace(workspace, planned=plan)
        kept |= rows


def _read(
    root: Path,
    config: Config,
    files: tuple[str, ...],
    original: SourceText,
    locks: tuple[LockedMonolith, ...],
    version: str | None,
    changed: Mapping[str, bytes | None],
    kept: Mapping[int, str],
    read: Mapping[str, bytes] | None,
) -> Workspace:
    """Read a monolith once; *kept* are lines that are not lifted, with the reason."""
    locked = next((lock for lock in locks if lock.path == original.path), None)
    if read is None:
        matters = interesting(_stem(original.path), classes_in(original.data))
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
        fastapi=_version(root, version or config.fastapi_version),
        read_module=content,
        hints=hints,
        registrars=made.lifting.registrars,
        carriers=made.carriers,
        own=_own_paths(files, locked, config),
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
        own = _homes(locks, surveyed.layout.module)
        order, included = _order(root, files, source, surveyed, changed, own)
    wanted = _package_files(surveyed, config, files) | _module_files(surveyed, config, files)
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


def _homes(locks: tuple[LockedMonolith, ...], module: str) -> frozenset[str]:
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


# ---------------------------------------------------------------- finding things


_DECORATOR = re.compile(
    rb"(?m)^[ \t]*(?:@[A-Za-z_][\w.]*\.(?:get|put|post|delete|options|head|patch|trace|api_route"
    rb"|websocket)\(|[\w.]+\.add_api_route\()"
)


def find_monolith(
    root: Path,
    start: Path,
    config: Config,
    files: tuple[str, ...],
    locks: tuple[LockedMonolith, ...],
    given: str | None,
) -> str:
    if given is not None:
        near = (start / given).absolute()
        path = inside(root, str(near) if near.exists() else given)
        if not (root / path).exists():
            raise UsageError(f"{given}: no such file")
        return path
    if config.monolith:
        return config.monolith[0]
    if len(locks) == 1 and (root / locks[0].path).is_file():
        return locks[0].path
    counts = {
        path: len(_DECORATOR.findall(data))
        for path, data in load_sources(root, files, _DECORATOR.search).files.items()
        if not is_test(path)
    }
    if not counts:
        raise UsageError(
            f"no FastAPI endpoints found in {len(files)} Python files below {root}; "
            "name the module with --monolith PATH"
        )
    return max(sorted(counts), key=lambda path: counts[path])


def is_test(path: str) -> bool:
    """True for files of a test suite, by the names of its folders and files."""
    parts = PurePosixPath(path).parts
    return "tests" in parts or "test" in parts or parts[-1].startswith(("test_", "conftest"))


def _stem(path: str) -> str:
    pure = PurePosixPath(path)
    return pure.parent.name if pure.name == "__init__.py" else pure.stem


def _package_files(surveyed: Survey, config: Config, files: Collection[str]) -> frozenset[str]:
    """The ``__init__`` files that stand above or below the new modules' package."""
    init = PurePosixPath(target_init(surveyed.layout, config))
    above = {str(folder / "__init__.py") for folder in init.parent.parents if str(folder) != "."}
    below = {
        path
        for path in files
        if path.endswith("/__init__.py") and path.startswith(f"{init.parent}/")
    }
    home = str(PurePosixPath(surveyed.layout.directory or ".") / "__init__.py")
    return frozenset({str(init), home} | above | below)


def _module_files(surveyed: Survey, config: Config, files: Collection[str]) -> frozenset[str]:
    """Files that stand where a new module may go."""
    if config.beside_existing:
        return frozenset()
    mark = "\0"
    before, _, behind = router_path(surveyed.layout, config, mark, 1).partition(mark)
    if mark in behind:
        # A folder per domain, with the domain in the file's name again.
        return frozenset()
    return frozenset(
        path
        for path in files
        if path.startswith(before)
        and path.endswith(behind)
        and "/" not in path[len(before) : len(path) - len(behind)]
        and path != surveyed.layout.path
    )


def _version(root: Path, told: str | None) -> FastAPIVersion:
    names = ["uv.lock", "poetry.lock", "Pipfile.lock"]
    names += sorted(p.name for p in root.glob("requirements*.txt"))
    names += ["pyproject.toml"]
    texts: dict[str, str] = {}
    for name in names:
        try:
            texts[name] = (root / name).read_text("utf-8", "replace")
        except OSError:
            continue
    metadata = [
        found.name.split("-")[1]
        for venv in (".venv", "venv", "env")
        for found in (root / venv).glob("lib/python*/site-packages/fastapi-*.dist-info")
    ]
    return fastapi_version(texts, metadata, told)


# ---------------------------------------------------------------- the last arrows


@dataclass(frozen=True, slots=True)
class Extraction:
    """One extraction as it would be: the plan it carries out, every file, and the proof."""

    workspace: Workspace
    plan: Plan
    # None for all domains.
    domains: frozenset[str] | None
    changes: ChangeSet
    proof: Proof
    # What the lock says once the changes are written.
    locks: tuple[LockedMonolith, ...] = ()
    # In rewrite mode, where the names that were left have gone.
    rehoming: Rehoming | None = None
    # Why nothing could be rewritten; empty otherwise.
    unrewritten: str = ""
    # Dotted names in files that are no Python: (path, line, before, after).
    mentions: tuple[tuple[str, int, str, str], ...] = ()
    text_rewritten: bool = False


def extraction_of(workspace: Workspace, domains: frozenset[str] | None) -> Extraction:
    """Plan, rewrite and prove; writes nothing.

    Args:
        workspace: The project as it was read.
        domains: Domains to move, or None for all. Domains that have moved
            already change nothing.

    Raises:
        UsageError: A domain that the monolith never had.
    """
    from aurum_refactor.rewrite.domain_module import Unrewritable  # noqa: PLC0415 - loads libcst
    from aurum_refactor.rewrite.extract import extract  # noqa: PLC0415

    unrewritable: dict[str, str] = {}
    while True:
        plan = plan_of(workspace, unrewritable)
        _check_domains(plan, workspace.locked, domains)
        try:
            changes = extract(plan, workspace.survey, workspace.source, domains, workspace.existing)
            changes = _from_original(changes, workspace)
            break
        except Unrewritable as error:
            name = workspace.survey.statements[error.ordinal].label
            if name in unrewritable:
                raise
            unrewritable[name] = error.reason
    changes, locks = _with_lock(workspace, plan, domains, changes)
    proof = proof_of(workspace, plan, domains, changes, locks) if changes.changes else Proof(())
    return Extraction(workspace, plan, domains, changes, proof, locks)


def _from_original(changes: ChangeSet, workspace: Workspace) -> ChangeSet:
    """The same changes as they are to what stands on disk."""
    path = PurePosixPath(workspace.original.path)
    return ChangeSet.of(
        replace(row, before=workspace.original.data) if row.path == path else row
        for row in changes.changes
    )


def _with_lock(
    workspace: Workspace, plan: Plan, domains: frozenset[str] | None, changes: ChangeSet
) -> tuple[ChangeSet, tuple[LockedMonolith, ...]]:
    from aurum_refactor.rewrite.extract import lock_after  # noqa: PLC0415 - loads libcst

    if not changes.changes:
        return changes, workspace.locks
    mine = lock_after(plan, workspace.survey, domains, workspace.locked)
    locks = (*(lock for lock in workspace.locks if lock.module != mine.module), mine)
    path = workspace.root / LOCK_FILE
    before = path.read_bytes() if path.is_file() else None
    change = Change(PurePosixPath(LOCK_FILE), before, render_lock(locks))
    return ChangeSet.of((*changes.changes, change)), locks


def _check_domains(
    plan: Plan, locked: LockedMonolith | None, domains: frozenset[str] | None
) -> None:
    known = set(plan.domains) | {row.domain for row in (locked.endpoints if locked else ())}
    unknown = sorted((domains or frozenset()) - known)
    if unknown:
        raise UsageError(
            f"no such domain: {', '.join(unknown)}; there are {', '.join(sorted(known)) or 'none'}"
        )


def proof_of(
    workspace: Workspace,
    plan: Plan,
    domains: frozenset[str] | None,
    changes: ChangeSet,
    locks: tuple[LockedMonolith, ...],
) -> Proof:
    """Read the result afresh and hold it against the guarantees.

    The proof gets bytes and plain facts, never the plan; only G7, which says
    that planning again gives the same, is answered by planning again.
    """
    from aurum_refactor.proof.carrying import prove_carrying  # noqa: PLC0415 - a plan needs none
    from aurum_refactor.proof.lifting import prove_lifting  # noqa: PLC0415
    from aurum_refactor.proof.prove import prove  # noqa: PLC0415

    # The monolith may be the __init__ of the package; it counts as it was read, lifted or not.
    before = {**workspace.existing, workspace.source.path: workspace.source.data}
    writes = (Use.ASSIGN, Use.PATCH, Use.FORWARD)
    layout = workspace.survey.layout
    made = workspace.made
    methods, unlike = prove_carrying(workspace.original, made.carried, layout, made.relatives)
    count, wrong = prove_lifting(made.carried, workspace.source, layout)
    proof = prove(
        before,
        changes.after,
        workspace.survey.layout,
        lambda: replanned(workspace, plan, domains, changes, locks),
        replaced=frozenset(r.name for r in workspace.survey.references if r.use in writes),
        unbounded=any(use.what == "dynamic" for use in workspace.survey.module_uses),
        order=workspace.order,
        looks_back=workspace.survey.looks_back,
        others=workspace.included,
        own=_homes(workspace.locks, workspace.survey.layout.module),
        again=_again(workspace, plan),
        grown=_grown(workspace, changes),
    )
    lifted = (("G1", "runs lifted out of functions and blocks", count),) if count else ()
    carried = (("G1", "methods carried out of their classes", methods),) if methods else ()
    return Proof((*carried, *lifted, *proof.counts), (*unlike, *wrong, *proof.breaches))


def _grown(workspace: Workspace, changes: ChangeSet) -> dict[str, Grown]:
    """Facts, as they were read, about files that people wrote and that would grow."""
    from aurum_refactor.proof.existing import Grown  # noqa: PLC0415 - a plan needs none

    rows = map(workspace.read_existing, sorted(map(str, changes.after)))
    return {
        row.module: Grown(row.imported_at, bool(row.imported_by), row.replaced)
        for row in rows
        if row is not None
    }


def _again(workspace: Workspace, plan: Plan) -> Again:
    """Facts, as they were read, about code that makes the monolith run a second time."""
    from aurum_refactor.proof.second_execution import Again  # noqa: PLC0415 - a plan needs none

    survey = workspace.survey
    return Again(
        uses=survey.module_uses,
        lasting=survey.lasting,
        existing=survey.project_modules,
        own=plan.own,
        half=bool(survey.half_reloaded),
    )


def replanned(
    workspace: Workspace,
    plan: Plan,
    domains: frozenset[str] | None,
    changes: ChangeSet,
    locks: tuple[LockedMonolith, ...],
) -> tuple[str, ...]:
    """What a second extraction would still change, in sentences (guarantee G7).

    Domains that have moved give nothing more; the others give, byte for byte,
    the modules that they would have given before.
    """
    from aurum_refactor.rewrite.domain_module import render  # noqa: PLC0415 - loads libcst
    from aurum_refactor.rewrite.extract import chosen, file_there  # noqa: PLC0415

    then = after(workspace, changes, locks)
    second = plan_of(then)
    done = {module.domain for module in chosen(plan, domains)}
    found = [
        f"{module.path} would be made although {module.domain} has moved"
        for module in second.modules
        if module.domain in done
    ]
    if second.shared is not None:
        found.append(f"{second.shared.path} would be made a second time")
    rest = {module.path: module for module in plan.modules if module.domain not in done}
    late = {module.path: module for module in second.modules if module.domain not in done}
    if rest.keys() != late.keys():
        found.append(f"other modules: {', '.join(sorted(rest.keys() ^ late.keys()))}")
    for path in sorted(rest.keys() & late.keys()):
        there = file_there(rest[path], workspace.existing)
        one = render(rest[path], plan, workspace.survey, workspace.source.text, there)
        there = file_there(late[path], then.existing)
        two = render(late[path], second, then.survey, then.source.text, there)
        if one != two:
            found.append(f"{path} would be another file than it was before")
    return tuple(found)
