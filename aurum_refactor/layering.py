"""From routers that exist to the files of their services, DAOs and tests; writes nothing."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aurum_refactor.analysis.imports import looking_back
from aurum_refactor.analysis.target import module_name, package_of
from aurum_refactor.errors import AurumRefactorError, ProofError, SourceError, UsageError
from aurum_refactor.model import Change, ChangeSet, LockedMonolith
from aurum_refactor.proof.layers import prove_layers
from aurum_refactor.services.layers import Drafts, Home, Surroundings, Wanted, draft, path_of
from aurum_refactor.services.names import Modules
from aurum_refactor.services.rendering import Renderer
from aurum_refactor.services.values import Gap
from aurum_refactor.source.project import load_sources
from aurum_refactor.source.text import decode, encode
from aurum_refactor.workspace import Workspace


@dataclass(frozen=True, slots=True)
class LayerRequest:
    """Which layers somebody asked for."""

    # None for every domain that has a router.
    domains: frozenset[str] | None
    dao: bool
    tests: bool
    allow_untyped: bool = False


@dataclass(frozen=True, slots=True)
class DomainLayers:
    """What was generated for one domain."""

    domain: str
    service: str
    # Paths of the other files; "" for those that were not asked for.
    dao: str
    tests: str
    # Names of the service's methods, and those of them that were not there before.
    methods: tuple[str, ...]
    added: tuple[str, ...]
    dao_methods: tuple[str, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Layering:
    """All layers of one run, and the files that change for them."""

    workspace: Workspace
    layers: tuple[DomainLayers, ...]
    changes: ChangeSet
    # Definitions that stood in the files before, each of which was found again.
    compared: int


def layers_of(
    workspace: Workspace,
    locks: tuple[LockedMonolith, ...],
    request: LayerRequest,
    overlay: Mapping[str, bytes | None] | None = None,
) -> Layering:
    """Generate the layers of domains that have routers.

    Args:
        workspace: The project as it was read.
        locks: Says where endpoints live; after an extraction, those of its result.
        request: What is asked for.
        overlay: Files as an extraction would leave them.

    Raises:
        UsageError: A domain has no router yet, or there is a file in the way.
        AurumRefactorError: An endpoint cannot be described, or a template
            does not render.
        ProofError: Something that stood in a file would be lost.
    """
    files = _Files(workspace, overlay or {})
    monolith = workspace.survey.layout.module
    locked = next((lock for lock in locks if lock.module == monolith), None)
    homes = _homes(locked, monolith)
    wanted = sorted(homes) if request.domains is None else sorted(request.domains)
    _check(wanted, homes, locked, everything=request.domains is None)
    modules = Modules(files.modules(), files.text, monolith)
    config, layout = workspace.config, workspace.survey.layout
    around = Surroundings(
        layout=layout,
        config=config,
        runs_monolith=_Runs(files, modules, monolith).answer,
        own=frozenset(module.partition(".")[0] for module in modules.paths),
        layers=_layer_modules(workspace, homes),
    )
    renderer = _renderer(workspace)
    plugin = _has_asyncio_plugin(workspace.root)
    found: list[DomainLayers] = []
    changes: list[Change] = []
    mistakes: list[str] = []
    for domain in wanted:
        dao_path = path_of(config.layout.dao, layout, domain)
        asked = Wanted(
            domain=domain,
            homes=homes[domain],
            dao=request.dao,
            tests=request.tests,
            dao_exists=files.exists(dao_path),
            allow_untyped=request.allow_untyped,
            asyncio_plugin=plugin,
        )
        try:
            drafts = draft(asked, modules, around, renderer)
            written = _written(drafts, files)
        except (UsageError, ProofError):
            raise
        except AurumRefactorError as error:
            mistakes.append(str(error))
            continue
        changes += written
        found.append(_facts(drafts, request, workspace, written))
    if mistakes:
        raise UsageError("\n".join(mistakes))
    changes += _packages(changes, files, layout.directory)
    return _proven(workspace, tuple(found), ChangeSet.of(changes))


def with_routers(
    locks: tuple[LockedMonolith, ...], workspace: Workspace, domains: frozenset[str] | None
) -> frozenset[str]:
    """Those of some domains (of all if None) that have a router once the locks hold."""
    monolith = workspace.survey.layout.module
    locked = next((lock for lock in locks if lock.module == monolith), None)
    homes = _homes(locked, monolith)
    return frozenset(homes) if domains is None else domains & frozenset(homes)


def _proven(workspace: Workspace, found: tuple[DomainLayers, ...], changes: ChangeSet) -> Layering:
    before = {str(c.path): c.before for c in changes.changes if c.before is not None}
    compared, breaches = prove_layers(before, changes.after)
    if breaches:
        first = breaches[0]
        raise ProofError(
            f"{first.path}:{first.line}: {first.message}, so nothing was written; "
            "this is a fault of aurum-refactor, please report it"
        )
    return Layering(workspace, found, changes, compared)


# ---------------------------------------------------------------- what is asked for


def _homes(locked: LockedMonolith | None, monolith: str) -> dict[str, tuple[Home, ...]]:
    """The router modules of each domain."""
    rows: dict[str, dict[str, set[str]]] = {}
    for row in locked.endpoints if locked else ():
        if row.home != monolith:
            rows.setdefault(row.domain, {}).setdefault(row.home, set()).add(row.name)
    return {
        domain: tuple(Home(module, frozenset(names)) for module, names in sorted(homes.items()))
        for domain, homes in rows.items()
    }


def _check(
    wanted: list[str],
    homes: Mapping[str, tuple[Home, ...]],
    locked: LockedMonolith | None,
    *,
    everything: bool,
) -> None:
    if everything and not homes:
        raise UsageError(
            "no domain has a router yet; extract one first (`extract --domain NAME --services "
            "stub` does both)"
        )
    known = {row.domain for row in locked.endpoints} if locked else set()
    for domain in wanted:
        if domain in homes:
            continue
        there = ", ".join(sorted(homes)) or "none"
        if domain in known:
            raise UsageError(
                f"no endpoint of {domain} has a router yet; extract it first (`extract --domain "
                f"{domain} --services stub` does both); there are {there}"
            )
        raise UsageError(f"no such domain has a router: {domain}; there are {there}")


def _layer_modules(workspace: Workspace, homes: Mapping[str, object]) -> frozenset[str]:
    layout = workspace.survey.layout
    patterns = (workspace.config.layout.service, workspace.config.layout.dao)
    return frozenset(
        module_name(path_of(pattern, layout, domain), layout.source_root)
        for pattern in patterns
        for domain in homes
    )


def _renderer(workspace: Workspace) -> Renderer:
    templates = workspace.config.templates
    if templates is None:
        return Renderer()
    return Renderer(workspace.root / templates, templates)


_PLUGIN = re.compile(rb"pytest[-_]asyncio|asyncio_mode")


def _has_asyncio_plugin(root: Path) -> bool:
    """Whether the project says that its tests run with pytest-asyncio."""
    names = ["pyproject.toml", "pytest.ini", "setup.cfg", "tox.ini"]
    names += sorted(path.name for path in root.glob("requirements*.txt"))
    found = load_sources(root, [n for n in names if (root / n).is_file()], _PLUGIN.search)
    return bool(found.files)


# ---------------------------------------------------------------- files


class _Files:
    """The project's files as an extraction would leave them."""

    def __init__(self, workspace: Workspace, overlay: Mapping[str, bytes | None]) -> None:
        self._workspace = workspace
        self._overlay = overlay
        self._cache: dict[str, bytes | None] = {}
        gone = {path for path, data in overlay.items() if data is None}
        new = {path for path in overlay if path.endswith(".py")}
        self.python = frozenset((set(workspace.files) | new) - gone)

    def modules(self) -> dict[str, str]:
        """Dotted name to path; what lies in the source root comes first."""
        root = self._workspace.survey.layout.source_root
        return {module_name(path, root): path for path in sorted(self.python)}

    def exists(self, path: str) -> bool:
        if path in self._overlay:
            return self._overlay[path] is not None
        return (self._workspace.root / path).exists()

    def is_directory(self, path: str) -> bool:
        return (self._workspace.root / path).is_dir()

    def data(self, path: str) -> bytes | None:
        if path in self._overlay:
            return self._overlay[path]
        if path not in self._cache:
            self._cache[path] = load_sources(self._workspace.root, [path]).files.get(path)
        return self._cache[path]

    def text(self, path: str) -> str | None:
        data = self.data(path)
        try:
            return None if data is None else decode(path, data).text
        except SourceError:
            return None

    def package_of(self, path: str) -> str:
        return package_of(path, self._workspace.survey.layout.source_root)


class _Runs:
    """Tells of modules whether importing them would run the monolith."""

    def __init__(self, files: _Files, modules: Modules, monolith: str) -> None:
        self._files = files
        self._paths = modules.paths
        self._monolith = monolith
        self._project = frozenset(modules.paths)
        self.answer = functools.cache(self._answer)

    def _answer(self, module: str, package: str) -> bool:
        parts = module.split(".")
        above = {package[:end] for end in range(len(package) + 1) if package[end : end + 1] in "."}
        names = {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
        if module == self._monolith or self._monolith in names - above:
            return True
        # What stands above the new module runs in any case.
        start = (names & self._project) - above
        return bool(looking_back(start, self._monolith, self._project, self._read))

    def _read(self, module: str) -> tuple[bytes, str] | None:
        path = self._paths.get(module)
        data = None if path is None else self._files.data(path)
        return None if path is None or data is None else (data, self._files.package_of(path))


def _written(drafts: Drafts, files: _Files) -> list[Change]:
    """The files of one domain: new ones, and what is added to those that exist."""
    from aurum_refactor.rewrite.merge import merged  # noqa: PLC0415 - loads libcst

    found = []
    for path, fresh in drafts.files.items():
        _check_way(path, files)
        before = files.data(path)
        if before is None:
            if files.exists(path):
                raise UsageError(f"{path} exists and cannot be read; move it out of the way")
            found.append(Change(PurePosixPath(path), None, fresh.encode("utf-8")))
            continue
        source = decode(path, before)
        _check_clash(path, source.text, drafts)
        text = merged(path, source.text, fresh.replace("\n", source.newline))
        found.append(Change(PurePosixPath(path), before, encode(text, source)))
    return found


def _check_way(path: str, files: _Files) -> None:
    """A new folder must not take the place of a module of the same name."""
    for folder in PurePosixPath(path).parents:
        if (
            str(folder) != "."
            and files.exists(f"{folder}.py")
            and not files.is_directory(str(folder))
        ):
            raise UsageError(
                f"{folder}.py exists, and a folder {folder}/ would hide it; name another place "
                "under [tool.aurum-refactor.layout]"
            )


def _check_clash(path: str, text: str, drafts: Drafts) -> None:
    names, domain = drafts.layer.names, drafts.layer.domain
    is_dao = f"\nclass {names.dao}" in drafts.files[path]
    if path == drafts.service_path:
        derived = rf"(?m)^class[ \t]+{names.service}[ \t]*\([^)]*\b{names.interface}\b"
        expected = {
            f"class {names.interface}": rf"(?m)^class[ \t]+{names.interface}[ \t]*[(:]",
            f"class {names.service}({names.interface})": derived,
        }
    elif is_dao:
        expected = {f"class {names.dao}": rf"(?m)^class[ \t]+{names.dao}[ \t]*[(:]"}
    else:
        expected = {f"fixture {domain}_service": rf"(?m)^def[ \t]+{domain}_service\("}
    missing = [what for what, pattern in expected.items() if not re.search(pattern, text)]
    if missing:
        raise UsageError(
            f"{path} exists and was not generated: it has no {missing[0]}; rename it, or name "
            "another place under [tool.aurum-refactor.layout]"
        )


def _packages(changes: list[Change], files: _Files, directory: str) -> list[Change]:
    """``__init__`` files for new folders of a package that has one itself."""
    base = PurePosixPath(directory or ".")
    if not files.exists(str(base / "__init__.py")):
        return []
    found: dict[str, Change] = {}
    for change in changes:
        for folder in change.path.parents:
            if folder == base or not folder.is_relative_to(base):
                break
            path = str(folder / "__init__.py")
            is_new = not any(p.startswith(f"{folder}/") for p in files.python)
            if is_new and not files.exists(path):
                found[path] = Change(PurePosixPath(path), None, b"")
    return list(found.values())


def _facts(
    drafts: Drafts, request: LayerRequest, workspace: Workspace, written: list[Change]
) -> DomainLayers:
    layer, layout = drafts.layer, workspace.survey.layout
    patterns = workspace.config.layout
    before = next((c.before for c in written if str(c.path) == drafts.service_path), None)
    old = b"" if before is None else before
    names = [method.name for method in layer.methods]
    there = {n for n in names if re.search(rb"(?m)^[ \t]+(?:async )?def %s\b" % n.encode(), old)}
    return DomainLayers(
        domain=layer.domain,
        service=drafts.service_path,
        dao=path_of(patterns.dao, layout, layer.domain) if request.dao else "",
        tests=path_of(patterns.tests, layout, layer.domain) if request.tests else "",
        methods=tuple(names),
        added=tuple(n for n in names if n not in there),
        dao_methods=tuple(m.name for m in layer.dao_methods) if request.dao else (),
        gaps=layer.gaps,
    )
