"""One project in, one ``Survey`` out: everything later decisions are made from."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence

from aurum_refactor.analysis.fixed import fixed_in, with_fixed
from aurum_refactor.analysis.foreign_modules import Modules
from aurum_refactor.analysis.foreign_state import Made, foreign_effects
from aurum_refactor.analysis.moved_functions import moved_functions
from aurum_refactor.analysis.nested import group
from aurum_refactor.analysis.own_object import with_own_looks
from aurum_refactor.analysis.receivers import receivers_of
from aurum_refactor.analysis.registrations.literal_paths import constants_of
from aurum_refactor.analysis.registrations.reading import registrations_of
from aurum_refactor.analysis.reloads import first_that_may_fail
from aurum_refactor.analysis.route_looks import with_route_looks
from aurum_refactor.analysis.second_execution import lasting_names
from aurum_refactor.analysis.statements import parse, statements_of
from aurum_refactor.analysis.survey.class_names import classes_elsewhere
from aurum_refactor.analysis.survey.early import imported_below, that_are_loud, that_look_back
from aurum_refactor.analysis.survey.imported_names import star_names, unsteady_names
from aurum_refactor.analysis.survey.layout import layout_for
from aurum_refactor.analysis.survey.project import Project
from aurum_refactor.analysis.survey.remarks import duplicates, undefined
from aurum_refactor.analysis.survey.script import script_of
from aurum_refactor.analysis.survey.uses import uses_of
from aurum_refactor.model import Carrier, Endpoint, FastAPIVersion, Registrar, Statement, Survey
from aurum_refactor.source.text import SourceText


def survey(
    source: SourceText,
    files: Sequence[str],
    others: Mapping[str, bytes],
    *,
    source_roots: tuple[str, ...],
    fastapi: FastAPIVersion,
    read_module: Callable[[str], bytes | None],
    hints: Sequence[bytes] = (),
    registrars: Sequence[Registrar] = (),
    carriers: Sequence[Carrier] = (),
    own: Collection[str] = (),
    left: frozenset[str] = frozenset(),
) -> Survey:
    """Read a monolith and what the rest of its project does with it.

    Nothing is imported, executed, read from disk or written.

    Args:
        source: The monolith.
        files: Paths of all Python files of the project.
        others: Bytes of the other files that may mention the monolith; a
            superset of those that match ``interesting(module)`` is fine.
        source_roots: Configured source roots; empty to detect.
        fastapi: The FastAPI version the target runs on.
        read_module: Bytes of a project file by its path; None if unreadable.
        hints: Contents of further files that may name the module, such as a
            Dockerfile.
        registrars: Functions of the module that only register endpoints, and
            so move whole.
        carriers: Classes of the module that hold the methods of one domain.
        own: Paths of modules that were made of this one: what hands its objects
            about there did so here, and replaces no name of the module.
        left: Names of the endpoints that these modules hold.

    Raises:
        SourceError: The monolith does not parse. Other files that do not
            parse are warnings.
    """
    tree = parse(source)
    layout = layout_for(source, files, others, source_roots, hints)
    statements = with_own_looks(statements_of(source, tree, layout), tree, source.text, layout)
    receivers = receivers_of(tree.body, statements)
    receiver_names = {receiver.name for receiver in receivers}
    project = Project.of(files, layout.source_root, read_module)
    modules = Modules(project.names, project.read)
    home = modules.add(layout.module, layout.package, tree.body)
    statements = with_route_looks(statements, tree.body, home, modules, receiver_names)
    made = project.modules_at(own)
    below = imported_below(source, statements, layout)
    looks_back = that_look_back(below, layout, project)
    registered = registrations_of(
        tree.body,
        statements,
        receivers,
        source.text,
        looks_back,
        frozenset(row.name for row in registrars),
        moved_functions(statements, receiver_names, made & project.names, project.read),
        made,
    )
    uses = uses_of(source, tree, statements, layout, project, files, others, own)
    foreign, defining = foreign_effects(tree.body, home, modules, Made(made & project.names, left))
    fixed = fixed_in(
        tree.body, statements, home, modules, uses.module_uses, [source.data, *others.values()]
    )
    script_line, script_serves_own_object = script_of(source, tree, statements)
    warnings = (
        *uses.warnings,
        *undefined(source.path, statements, uses.references),
        *duplicates(source.path, registered.registrations, receivers),
    )
    return Survey(
        layout=layout,
        digest=hashlib.sha256(source.data).hexdigest(),
        encoding=source.encoding,
        newline=source.newline,
        future=_future(statements),
        statements=with_fixed(statements, fixed),
        receivers=receivers,
        registrations=registered.registrations,
        endpoints=_with_groups(registered.endpoints, source, tree, statements, registrars),
        unmoved=registered.unmoved,
        references=tuple(sorted(set(uses.references))),
        module_uses=tuple(sorted(set(uses.module_uses))),
        fastapi=fastapi,
        project_modules=project.names,
        mentions=frozenset(uses.mentions),
        looks_back=looks_back,
        loud_modules=that_are_loud(below, statements, project),
        warnings=warnings,
        star_names=star_names(statements, project),
        unsteady=unsteady_names(source, statements, project),
        class_names=classes_elsewhere(source, others),
        public=_public(tree),
        lasting=(
            lasting_names(statements, project.names, others) if uses.does("reload") else frozenset()
        ),
        half_reloaded=(
            first_that_may_fail(
                tree.body,
                statements,
                receiver_names,
                [data for path, data in others.items() if path not in own],
            )
            if any(use.what == "reload" and use.detail for use in uses.module_uses)
            else 0
        ),
        script_line=script_line,
        script_serves_own_object=script_serves_own_object,
        registrars=tuple(registrars),
        carriers=tuple(carriers),
        made=made,
        foreign_changes=_places({o: e.changes for o, e in foreign.items()}, layout.module),
        foreign_looks=_places({o: e.looks for o, e in foreign.items()}, layout.module),
        left_changes=_places({o: e.changes for o, e in defining.items()}, layout.module),
        left_looks=_places({o: e.looks for o, e in defining.items()}, layout.module),
        fixed=tuple((row.ordinal, row.breach) for row in fixed),
    )


def _future(statements: Sequence[Statement]) -> tuple[str, ...]:
    """Features that the monolith imports from ``__future__``."""
    rows = (row for statement in statements for row in statement.imports)
    return tuple(sorted(row.attribute or "" for row in rows if row.module == "__future__"))


def _places(
    found: Mapping[int, Collection[tuple[str, str]]], home: str
) -> tuple[tuple[int, frozenset[str]], ...]:
    """Places as names: those of the monolith itself as they are called there."""
    rows = (
        (o, frozenset(name if module == home else f"{module}.{name}" for module, name in places))
        for o, places in found.items()
    )
    return tuple((ordinal, names) for ordinal, names in rows if names)


def _public(tree: ast.Module) -> frozenset[str]:
    """Strings in the statements that mention ``__all__``."""
    return frozenset(
        inner.value
        for node in tree.body
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and any(isinstance(n, ast.Name) and n.id == "__all__" for n in ast.walk(node))
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    )


def _with_groups(
    endpoints: tuple[Endpoint, ...],
    source: SourceText,
    tree: ast.Module,
    statements: Sequence[Statement],
    registrars: Sequence[Registrar],
) -> tuple[Endpoint, ...]:
    """Endpoints of the module's own suite, and functions that register others, in order."""
    if not registrars:
        return endpoints
    names = {row.name for row in registrars}
    constants = constants_of(tree.body, statements)
    groups = [
        group(node.name, node, statement, source.text, constants)
        for node, statement in zip(tree.body, statements, strict=True)
        if isinstance(node, ast.FunctionDef) and node.name in names
    ]
    return tuple(sorted([*endpoints, *groups], key=lambda endpoint: endpoint.ordinal))
