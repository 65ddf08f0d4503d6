"""All files of one domain's layers, as they would be if none of them existed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from aurum_refactor.analysis.registered import Found, endpoints_in
from aurum_refactor.errors import AurumRefactorError, UsageError
from aurum_refactor.model import Layout
from aurum_refactor.plan.paths import dotted_name
from aurum_refactor.services.calls import Calls, DataCall, Reached
from aurum_refactor.services.dao import DaoMethods, method_names
from aurum_refactor.services.import_table import ImportTable
from aurum_refactor.services.names import Modules, Origin, Place
from aurum_refactor.services.rendering import DAO, SERVICE, TEST, Renderer
from aurum_refactor.services.signatures import Signatures
from aurum_refactor.services.values import DaoMethod, Gap, Layer, Method, Names, names_of
from aurum_refactor.source.settings import Config


@dataclass(frozen=True, slots=True)
class Home:
    """A router module of a domain, and which endpoints are known to live there."""

    module: str
    endpoints: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be generated for one domain."""

    domain: str
    homes: tuple[Home, ...]
    dao: bool
    tests: bool
    # Whether the DAO is there already, so that the service may name it.
    dao_exists: bool
    allow_untyped: bool
    # Whether tests may be coroutines, marked with ``pytest.mark.asyncio``.
    asyncio_plugin: bool


@dataclass(frozen=True, slots=True)
class Drafts:
    """The layer of one domain and the text of each of its files."""

    layer: Layer
    service_path: str
    # Path to text.
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is needed of the project besides its modules."""

    layout: Layout
    config: Config
    # Modules that importing one module runs, among them the monolith: (module, for package).
    runs_monolith: Callable[[str, str], bool]
    # Top-level names of the project's own packages.
    own: frozenset[str]
    # Modules of all layers there are, or may be.
    layers: frozenset[str]


def path_of(pattern: str, layout: Layout, domain: str) -> str:
    """Where a file of a layer goes, relative to the project."""
    return str(PurePosixPath(layout.place(pattern, domain)))


def draft(wanted: Wanted, modules: Modules, around: Surroundings, renderer: Renderer) -> Drafts:
    """Read the endpoints of a domain and spell its layers.

    Raises:
        AurumRefactorError: The endpoints cannot be described, each with its
            line, or a template does not render.
    """
    layout, domain = around.layout, wanted.domain
    patterns = around.config.layout
    names = names_of(domain)
    paths = {
        SERVICE: path_of(patterns.service, layout, domain),
        DAO: path_of(patterns.dao, layout, domain),
        TEST: path_of(patterns.tests, layout, domain),
    }
    service_table = _table(paths[SERVICE], around, {names.interface, names.service})
    dao_table = _table(paths[DAO], around, {names.dao})
    layer = _layer(wanted, names, modules, around, service_table, dao_table)
    files = {paths[SERVICE]: _service(layer, wanted, paths, service_table, around, renderer)}
    if wanted.dao:
        values = {"domain": domain, "names": names, "dao_methods": layer.dao_methods}
        files[paths[DAO]] = renderer.render(DAO, {**values, "imports": block(dao_table)})
    if wanted.tests:
        files[paths[TEST]] = _test(layer, wanted, paths, around, renderer)
    return Drafts(layer, paths[SERVICE], files)


def _table(path: str, around: Surroundings, taken: Iterable[str]) -> ImportTable:
    layout = around.layout
    module = dotted_name(path, layout.source_root)
    package = module.rpartition(".")[0]
    return ImportTable(
        package,
        relative=layout.relative,
        own=around.own,
        runs_monolith=lambda other: around.runs_monolith(other, package),
        taken=taken,
    )


def _layer(
    wanted: Wanted,
    names: Names,
    modules: Modules,
    around: Surroundings,
    service_table: ImportTable,
    dao_table: ImportTable,
) -> Layer:
    for bound in ("ABC", "abstractmethod"):
        service_table.add(Origin(bound, "abc", bound, None, relative=False), at_run_time=True)
    methods: list[Method] = []
    reached: list[tuple[Reached, ...]] = []
    gaps: list[Gap] = []
    mistakes: list[str] = []
    for home in wanted.homes:
        place = modules.place(home.module)
        if place is None:
            raise UsageError(f"{home.module} cannot be read; its endpoints need a service")
        reader = Signatures(modules, place, service_table, allow_untyped=wanted.allow_untyped)
        calls = Calls(modules, place, around.config.data_modules, around.layers)
        for found in _found(place, home):
            methods.append(reader.method(found))
            reached.append(calls.made_by(found.node))
        gaps += reader.gaps
        mistakes += [str(mistake) for mistake in reader.mistakes]
    if mistakes:
        raise AurumRefactorError("\n".join(mistakes))
    dao_names = method_names(row.call for rows in reached for row in rows)
    dao_methods = _dao_methods(reached, DaoMethods(modules, dao_table), dao_names)
    named = _uniquely_named(methods)
    complete = [
        replace(method, calls=tuple(dao_names[row.call] for row in rows) if wanted.dao else ())
        for method, rows in zip(named, reached, strict=True)
    ]
    return Layer(wanted.domain, names, tuple(complete), dao_methods, tuple(gaps))


def _found(place: Place, home: Home) -> tuple[Found, ...]:
    return endpoints_in(place.tree, home.endpoints)


def _dao_methods(
    reached: list[tuple[Reached, ...]], writer: DaoMethods, names: Mapping[DataCall, str]
) -> tuple[DaoMethod, ...]:
    first: dict[DataCall, Reached] = {}
    for rows in reached:
        for row in rows:
            first.setdefault(row.call, row)
    return tuple(writer.method(row, names[call]) for call, row in first.items())


def _uniquely_named(methods: list[Method]) -> list[Method]:
    """Two endpoints may have one name; the second is called ``name_2``."""
    taken = {"dao"}
    found = []
    for method in methods:
        name, number = method.name, 2
        while name in taken:
            name, number = f"{method.name}_{number}", number + 1
        taken.add(name)
        found.append(replace(method, name=name))
    return found


def _service(
    layer: Layer,
    wanted: Wanted,
    paths: Mapping[str, str],
    table: ImportTable,
    around: Surroundings,
    renderer: Renderer,
) -> str:
    dao_type = "Any"
    if wanted.dao or wanted.dao_exists:
        module = dotted_name(paths[DAO], around.layout.source_root)
        dao_type = layer.names.dao
        table.add_type(Origin(dao_type, module, dao_type, None, relative=True))
    else:
        table.add(Origin("Any", "typing", "Any", None, relative=False), at_run_time=True)
    values = {
        "domain": layer.domain,
        "names": layer.names,
        "methods": layer.methods,
        "dao_type": dao_type,
    }
    return renderer.render(SERVICE, {**values, "imports": block(table)})


def _test(
    layer: Layer,
    wanted: Wanted,
    paths: Mapping[str, str],
    around: Surroundings,
    renderer: Renderer,
) -> str:
    names, root = layer.names, around.layout.source_root
    # Tests run whatever they import: nothing is for types only.
    table = ImportTable("", relative=False, own=around.own, runs_monolith=lambda _module: False)

    def add(module: str, attribute: str | None) -> None:
        bound = attribute or module
        table.add(Origin(bound, module, attribute, None, relative=False), at_run_time=True)

    has_dao = wanted.dao or wanted.dao_exists
    add("pytest", None)
    add("unittest.mock", "AsyncMock")
    given = [row for m in layer.methods for row in m.parameters if row.default is None]
    if any(m.calls for m in layer.methods) or any("sentinel" in row.sample for row in given):
        add("unittest.mock", "sentinel")
    if not wanted.asyncio_plugin and any(method.is_async for method in layer.methods):
        add("asyncio", None)
    add(dotted_name(paths[SERVICE], root), names.service)
    if has_dao:
        add(dotted_name(paths[DAO], root), names.dao)
    values = {
        "domain": layer.domain,
        "names": names,
        "methods": layer.methods,
        "has_dao": has_dao,
        "asyncio_plugin": wanted.asyncio_plugin,
        "imports": block(table),
    }
    return renderer.render(TEST, values)


def block(table: ImportTable) -> str:
    """The imports of a generated module, as they stand at its top."""
    typing = table.typing()
    if typing:
        guard = Origin("TYPE_CHECKING", "typing", "TYPE_CHECKING", None, relative=False)
        table.add(guard, at_run_time=True)
    lines = list(table.run_time())
    if typing:
        lines += ["", "if TYPE_CHECKING:", *(f"    {line}" for line in typing)]
    return "\n".join(lines)
