"""One project in, one ``Survey`` out: everything later decisions are made from."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from aurum_refactor.analysis.effects import loud_modules
from aurum_refactor.analysis.foreign_modules import Modules
from aurum_refactor.analysis.foreign_state import foreign_effects
from aurum_refactor.analysis.imports import imported_modules, looking_back
from aurum_refactor.analysis.lines import lines_with
from aurum_refactor.analysis.moved_functions import moved_functions
from aurum_refactor.analysis.nested import group
from aurum_refactor.analysis.nodes import nodes_of, parsed
from aurum_refactor.analysis.own_text import text_reads
from aurum_refactor.analysis.receivers import receivers_of
from aurum_refactor.analysis.references.loose_patches import loosely_patched
from aurum_refactor.analysis.references.mentions import mentioning, spellings_of
from aurum_refactor.analysis.references.purges import purges
from aurum_refactor.analysis.references.reading import own_references, references_in
from aurum_refactor.analysis.registrations import constants_of, registrations_of
from aurum_refactor.analysis.reloads import first_that_may_fail
from aurum_refactor.analysis.second_execution import lasting_names
from aurum_refactor.analysis.statements import absolute_module, parse, statements_of
from aurum_refactor.analysis.target import layout_of, module_name, package_of
from aurum_refactor.language import BUILTINS, MODULE_DUNDERS
from aurum_refactor.model import (
    Carrier,
    Endpoint,
    FastAPIVersion,
    Finding,
    Form,
    Layout,
    ModuleUse,
    Read,
    Receiver,
    Reference,
    Registrar,
    Registration,
    Role,
    Severity,
    Statement,
    StatementKind,
    Survey,
    Use,
)
from aurum_refactor.source.text import SourceText


def interesting(module: str, classes: Collection[str]) -> Callable[[bytes], bool]:
    """Tell which files' bytes may matter to the survey of *module*; coarse and fast.

    Args:
        module: The monolith's name, or only the last part of it.
        classes: Names of its classes; others of the same name matter (R-11).
    """
    words = (module.rpartition(".")[2].encode(), *_ALWAYS)
    names = "|".join(sorted(classes)).encode()
    same = re.compile(rb"class[ \t]+(?:" + names + rb")\b") if classes else None

    def matters(data: bytes) -> bool:
        # Looking for a word takes a tenth of the time of an expression that may start anyhow.
        return (
            any(word in data for word in words)
            or _ROUTES.search(data) is not None
            or (same is not None and same.search(data) is not None)
        )

    return matters


_ROUTES = re.compile(rb"\.routes\b")
_ALWAYS = (
    b"setattr(",
    b"delattr(",
    b"patch.object",
    b"sys.modules",
    b"route_class",
    b'"routes"',
    b"'routes'",
    b"SlowAPI",
    b"fastapi_limiter",
    b"VersionedFastAPI",
)


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

    Raises:
        SourceError: The monolith does not parse. Other files that do not
            parse are warnings.
    """
    tree = parse(source)
    layout = layout_for(source, files, others, source_roots, hints)
    statements = statements_of(source, tree, layout)
    receivers = receivers_of(tree.body, statements)
    paths = {module_name(path, layout.source_root): path for path in files}
    project = frozenset(paths)

    def read(module: str) -> tuple[bytes, str] | None:
        data = read_module(paths[module])
        return None if data is None else (data, package_of(paths[module], layout.source_root))

    # Only what is imported below the first definition can meet a half made monolith
    # that it would not have met before.
    definitions = (StatementKind.FUNCTION, StatementKind.CLASS, StatementKind.ASSIGNMENT)
    first = min((s.ordinal for s in statements if s.kind in definitions), default=None)
    below = b"" if first is None else source.text[statements[first].end :].encode("utf-8")
    wanted = imported_modules(below, layout.package) - {layout.module}
    looks_back = looking_back(sorted(wanted), layout.module, project, read)
    # Only of import statements is it asked when they may run.
    imported = {
        name
        for statement in statements
        if statement.kind is StatementKind.IMPORT
        for row in statement.imports
        for name in (row.module, f"{row.module}.{row.attribute}")
    }
    loud = loud_modules(sorted(wanted & project & imported), project, read)
    registered = registrations_of(
        tree.body,
        statements,
        receivers,
        source.text,
        looks_back,
        frozenset(row.name for row in registrars),
        moved_functions(
            statements,
            {receiver.name for receiver in receivers},
            _modules_at(own, layout) & project,
            read,
        ),
    )
    spellings = spellings_of(layout.module, source.path)
    mentioned = mentioning(layout.module)
    last = layout.module.rpartition(".")[2].encode()
    own_names = frozenset(b.name for s in statements for b in s.binds)
    at_home = own_references(source.path, layout.package, tree, spellings)
    references: list[Reference] = []
    uses = [
        u for u in at_home.module_uses if u.what in ("dynamic", "beginning", "reload", "remove")
    ]
    references += [r for r in at_home.references if r.use in (Use.ASSIGN, Use.PATCH, Use.FORWARD)]
    warnings: list[Finding] = []
    mentions: set[str] = set()
    for path in sorted(others):
        if path == source.path:
            continue
        data = others[path]
        if last in data and mentioned(data):
            found = references_in(path, package_of(path, layout.source_root), data, spellings)
            references += found.references
            uses += found.module_uses
            warnings += found.warnings
            uses += _walks(path, data, package_of(path, layout.source_root), project)
            if found.references or found.module_uses or found.warnings:
                mentions.add(module_name(path, layout.source_root))
        else:
            uses += _walks(path, data, package_of(path, layout.source_root), project)
        uses += purges(path, data, layout.module)
        uses += text_reads(path, data, layout.path, files)
        for name in sorted(loosely_patched(data, own_names)) if path not in own else ():
            references.append(Reference(path, 1, name, Use.PATCH))
    references += _begun(uses, statements)
    uses += _walks(source.path, source.data, layout.package, project, tree)
    uses += text_reads(source.path, source.data, layout.path, files, tree)
    foreign = foreign_effects(tree.body, layout.package, layout.module, Modules(project, read))
    script = _script(source, tree, statements)
    warnings += _undefined(source.path, statements, references)
    warnings += _duplicates(source.path, registered.registrations, receivers)

    return Survey(
        layout=layout,
        digest=hashlib.sha256(source.data).hexdigest(),
        encoding=source.encoding,
        newline=source.newline,
        future=tuple(
            sorted(
                i.attribute or "" for s in statements for i in s.imports if i.module == "__future__"
            )
        ),
        statements=statements,
        receivers=receivers,
        registrations=registered.registrations,
        endpoints=_with_groups(registered.endpoints, source, tree, statements, registrars),
        unmoved=registered.unmoved,
        references=tuple(sorted(set(references))),
        module_uses=tuple(sorted(set(uses))),
        fastapi=fastapi,
        project_modules=project,
        mentions=frozenset(mentions),
        looks_back=looks_back,
        loud_modules=loud,
        warnings=tuple(warnings),
        star_names=_star_names(statements, project, read),
        unsteady=_unsteady(source, statements, project, read),
        class_names=_classes_elsewhere(source, others),
        public=_public(tree),
        lasting=(
            lasting_names(statements, project, others)
            if any(use.what == "reload" for use in uses)
            else frozenset()
        ),
        half_reloaded=(
            first_that_may_fail(
                tree.body,
                statements,
                {receiver.name for receiver in receivers},
                [data for path, data in others.items() if path not in own],
            )
            if any(use.what == "reload" and use.detail for use in uses)
            else 0
        ),
        script_line=script[0],
        script_serves_own_object=script[1],
        registrars=tuple(registrars),
        carriers=tuple(carriers),
        made=_modules_at(own, layout),
        foreign_changes=_places({o: e.changes for o, e in foreign.items()}, layout.module),
        foreign_looks=_places({o: e.looks for o, e in foreign.items()}, layout.module),
    )


def layout_for(
    source: SourceText,
    files: Sequence[str],
    others: Mapping[str, bytes],
    source_roots: tuple[str, ...],
    hints: Sequence[bytes],
) -> Layout:
    """Where a monolith stands, as its own imports and the rest of the project say."""
    imported, relative = _absolute_imports(source)
    return layout_of(
        source.path,
        files,
        imported,
        source_roots=source_roots,
        relative=relative,
        hints=[*(data for path, data in others.items() if path != source.path), *hints],
    )


def _begun(uses: Iterable[ModuleUse], statements: Sequence[Statement]) -> list[Reference]:
    """Names that code may replace which computes all of them but their beginning."""
    names = {name for s in statements for name in (*s.identifiers, *(b.name for b in s.binds))}
    return [
        Reference(use.path, use.line, name, Use.FORWARD)
        for use in uses
        if use.what == "beginning"
        for name in sorted(names)
        if name.startswith(use.detail)
    ]


def _modules_at(paths: Collection[str], layout: Layout) -> frozenset[str]:
    return frozenset(module_name(path, layout.source_root) for path in paths)


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


_TOP_LEVEL = re.compile(
    rb"(?m)^[ \t]*(?:def|class|async def)[ \t]+([A-Za-z_]\w*)"
    rb"|^[ \t]*([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=[^=]"
    rb"|\bimport[ \t]+([^\n]+)"
)


def _star_names(
    statements: Sequence[Statement],
    project: frozenset[str],
    read: Callable[[str], tuple[bytes, str] | None],
) -> frozenset[str] | None:
    """Everything that star imports may bind, read off the lines of project modules."""
    found: set[str] = set()
    for statement in statements:
        for row in statement.imports:
            if row.attribute != "*":
                continue
            content = read(row.module) if row.module in project else None
            if content is None:
                return None
            for match in _TOP_LEVEL.finditer(content[0]):
                if match[3]:
                    found |= {w.decode() for w in re.findall(rb"[A-Za-z_]\w*", match[3])}
                else:
                    found.add((match[1] or match[2]).decode())
            if b"*" in content[0] and re.search(rb"import[ \t]+\*", content[0]):
                return None
    return frozenset(found)


def _unsteady(
    source: SourceText,
    statements: Sequence[Statement],
    project: frozenset[str],
    read: Callable[[str], tuple[bytes, str] | None],
) -> frozenset[str]:
    """Names imported from project modules that those modules may bind anew.

    ``from app.config import settings`` says something else once a function of
    ``app.config`` has run ``global settings``; then the import may not be repeated.
    """
    found: set[str] = set()
    stored = set(_STORED_ATTRIBUTE.findall(source.data))
    rebound: dict[str, frozenset[bytes]] = {}
    for statement in statements:
        for row in statement.imports:
            if row.attribute is None or row.module not in project:
                continue
            if row.module not in rebound:
                content = read(row.module)
                rebound[row.module] = _global_words(b"" if content is None else content[0])
            name = row.attribute.encode()
            if name in rebound[row.module] or name in stored:
                found.add(row.bound)
    return frozenset(found)


def _global_words(data: bytes) -> frozenset[bytes]:
    """Words that stand behind ``global`` on a line."""
    return frozenset(
        word
        for start, end in lines_with(data, b"global")
        if (match := _GLOBAL.search(data, start, end)) is not None
        for word in _NAME.findall(match[1])
    )


_GLOBAL = re.compile(rb"\bglobal\b([^\n]*)")
_NAME = re.compile(rb"[\w\x80-\xff]+")


_STORED_ATTRIBUTE = re.compile(rb"\.([A-Za-z_]\w*)[ \t]*=[^=]")
#: ``class Config:`` inside a model has no schema of its own; what has, has bases.
_CLASS = re.compile(rb"(?:class[ \t]+([A-Za-z_]\w*)|[ \t]+class[ \t]+([A-Za-z_]\w*)[ \t]*\()")


def _class_names(data: bytes) -> list[str]:
    matches = (_CLASS.match(data, start) for start, _ in lines_with(data, b"class"))
    return [(match[1] or match[2]).decode() for match in matches if match is not None]


@lru_cache(maxsize=8192)
def classes_in(data: bytes) -> frozenset[str]:
    """Names of the classes of a file that may stand in OpenAPI, read off its lines."""
    return frozenset(_class_names(data))


def _classes_elsewhere(source: SourceText, others: Mapping[str, bytes]) -> frozenset[str]:
    """Names that several classes have, at least one of them the monolith's."""
    names = _class_names(source.data)
    own = frozenset(names)
    if not own:
        return frozenset()
    twice = {name for name in own if names.count(name) > 1}
    found = [classes_in(data) & own for path, data in others.items() if path != source.path]
    return frozenset(twice).union(*found)


def _script(
    source: SourceText, tree: ast.Module, statements: Sequence[Statement]
) -> tuple[int | None, bool]:
    """Line where the module runs as a script, and whether that uses objects of its own.

    ``uvicorn.run("pkg.main:app")`` names the app by string: then a second copy
    of the module serves, and the guard reaches for nothing of its own.
    """
    own = {
        binding.name
        for statement in statements
        if statement.kind is not StatementKind.IMPORT
        for binding in statement.binds
    }
    found: int | None = None
    uses_own = False
    for node, statement in zip(tree.body, statements, strict=True):
        if statement.kind in (StatementKind.FUNCTION, StatementKind.CLASS, StatementKind.IMPORT):
            continue
        read = {r.name for r in statement.reads}
        guards = "__name__" in read and "__main__" in source.text[statement.start : statement.end]
        if guards or _runs_app(node):
            found = node.lineno if found is None else found
            # A flag (``MAIN = __name__ == ...``) may be asked anywhere.
            # What the block binds itself (``import uvicorn``) is not of the module.
            others = own - {binding.name for binding in statement.binds}
            written = source.text[statement.start : statement.end]
            uses_own |= bool(read & others) or statement.kind is StatementKind.ASSIGNMENT
            uses_own |= _ITSELF.search(written) is not None
    return found, uses_own


#: How a guard may get at its own module without naming what is in it.
_ITSELF = re.compile(r"\bsys\s*\.\s*modules\b|\b(?:globals|locals|vars|__import__)\s*\(")


def _runs_app(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="run"), args=[ast.Name(), *_])):
            return True
        case _:
            return False


def _absolute_imports(source: SourceText) -> tuple[tuple[str, ...], bool]:
    """Absolute modules a file imports, and whether it also imports relatively; by its lines."""
    absolute = re.findall(r"(?m)^\s*(?:from|import)\s+([A-Za-z_][\w.]*)", source.text)
    relative = re.search(r"(?m)^from\s+\.", source.text) is not None
    return tuple(absolute), relative


_LOOKS_UP = re.compile(rb"getattr\([^)\n]*[\"']routes[\"']")
_SETS_CLASS = re.compile(rb"\.route_class[ \t]*=[^=]|[\"']route_class[\"']")
_ROUTES_OF = re.compile(rb"\.\s*routes\b")
_WALK = re.compile(rb"(?m)^(?!\s*(?:from|import)\b).*\.\s*routes\b")


def _walks(
    path: str,
    data: bytes,
    package: str,
    project: frozenset[str],
    tree: ast.Module | None = None,
) -> list[ModuleUse]:
    """Places that look through routes, or that give routers another route class."""
    found: list[ModuleUse] = []

    def add(match: re.Match[bytes], what: str, detail: str) -> None:
        found.append(ModuleUse(path, data.count(b"\n", 0, match.start()) + 1, what, detail))

    if b"routes" in data:
        # The attribute first: an expression that may start on any line takes ten times as long.
        if _ROUTES_OF.search(data) and _WALK.search(data):
            owners = _walked_owners(data, package) if tree is None else _owners(tree, package)
            walked = _walked(owners, project)
            found += [ModuleUse(path, line, "walks routes", owner) for line, owner in walked]
        for match in _LOOKS_UP.finditer(data):
            add(match, "walks routes", "")
    if b"route_class" in data:
        for match in _SETS_CLASS.finditer(data):
            add(match, "sets route class", "")
    if any(name in data for name in _LIBRARIES):
        for match in _ROUTE_LIBRARIES.finditer(data):
            add(match, "walks routes", match.group(0).decode())
    return found


def _walked(
    owners: Collection[tuple[int, str, str]], project: frozenset[str]
) -> list[tuple[int, str]]:
    """``(line, owner)`` of every attribute ``routes`` that is not a module of that name."""
    return [
        (line, owner)
        for line, owner, full in owners
        if f"{full}.routes" not in project and full not in ("fastapi", "starlette")
    ]


@lru_cache(maxsize=4096)
def _walked_owners(data: bytes, package: str) -> tuple[tuple[int, str, str], ...]:
    """``(line, owner, owner's full name)`` of every attribute ``routes`` of a file."""
    tree = parsed(data)
    if tree is None:
        # What such a file does is not known; a line that looks like a walk counts.
        matches = _WALK.finditer(data)
        return tuple((data.count(b"\n", 0, match.start()) + 1, "", "") for match in matches)
    return _owners(tree, package)


def _owners(tree: ast.Module, package: str) -> tuple[tuple[int, str, str], ...]:
    modules: dict[str, str] = {}
    attributes: list[ast.Attribute] = []
    for node in nodes_of(tree, (ast.Import, ast.ImportFrom, ast.Attribute)):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    top = alias.name.partition(".")[0]
                    modules[alias.asname or top] = alias.name if alias.asname else top
            case ast.ImportFrom(names=names):
                module = absolute_module(package, node.level, node.module or "")
                modules |= {alias.asname or alias.name: f"{module}.{alias.name}" for alias in names}
            case ast.Attribute(attr="routes"):
                attributes.append(node)
            case _:
                pass
    found = []
    for node in attributes:
        owner = ast.unparse(node.value)
        root, dot, rest = owner.partition(".")
        found.append((node.lineno, owner, modules.get(root, "") + dot + rest))
    return tuple(found)


#: Libraries that iterate ``app.routes`` themselves (semantics 5.2).
_LIBRARIES = (
    b"SlowAPIMiddleware",
    b"SlowAPIASGIMiddleware",
    b"fastapi_limiter",
    b"VersionedFastAPI",
)
_ROUTE_LIBRARIES = re.compile(rb"\b(?:" + b"|".join(_LIBRARIES) + rb")\b")


def bound_names(
    statements: Sequence[Statement], references: Collection[Reference] = ()
) -> frozenset[str]:
    """Every name the module can have: bound, re-bound by a function, or set from outside."""
    names = {binding.name for statement in statements for binding in statement.binds}
    for statement in statements:
        names |= statement.rebinds
    names |= {r.name for r in references if r.use in (Use.ASSIGN, Use.PATCH, Use.FORWARD)}
    return frozenset(names) | MODULE_DUNDERS


def has_star_import(statements: Sequence[Statement]) -> bool:
    """True if nobody can tell from the module's text which names it binds."""
    return any(i.attribute == "*" for s in statements for i in s.imports)


def _undefined(
    path: str, statements: Sequence[Statement], references: Collection[Reference]
) -> list[Finding]:
    if has_star_import(statements):
        return []
    known = bound_names(statements, references) | BUILTINS
    lazy = any(
        i.module == "__future__" and i.attribute == "annotations"
        for s in statements
        for i in s.imports
    )
    for_checkers = {i.bound for s in statements for i in s.typing_imports}

    def is_meant(read: Read) -> bool:
        """``if TYPE_CHECKING:`` names are unbound on purpose, where nothing evaluates them."""
        unevaluated = read.role is Role.STRING or (lazy and read.role is Role.ANNOTATION)
        return unevaluated and read.name in for_checkers

    return [
        Finding(
            code="AR202",
            severity=Severity.WARNING,
            message=f"undefined name {read.name} (kept exactly as it is)",
            advice="define or import it; until then every run through this line raises NameError",
            path=path,
            line=read.line,
            subject=statement.label,
        )
        for statement in statements
        for read in statement.reads
        if read.name not in known and not is_meant(read)
    ]


def _duplicates(
    path: str, registrations: Sequence[Registration], receivers: Sequence[Receiver]
) -> list[Finding]:
    """Routes that an earlier registration of the same path and method always answers."""
    seen: dict[tuple[str, int, str, str], Registration] = {}
    found: list[Finding] = []
    for registration in registrations:
        if registration.form is Form.INCLUDE or registration.path is None:
            continue
        shape = re.sub(r"\{[^}:]*", "{", registration.path)
        # ``router = APIRouter()`` a second time makes another object of that name.
        bound = sum(
            r.name == registration.receiver and r.ordinal < registration.ordinal for r in receivers
        )
        for method in registration.methods:
            key = (registration.receiver, bound, method, shape)
            first = seen.setdefault(key, registration)
            if first is not registration:
                found.append(
                    Finding(
                        code="AR203",
                        severity=Severity.WARNING,
                        message=f"{method} {registration.path} is never reached: "
                        f"line {first.line} answers first",
                        advice="kept in this order; remove one of the two on purpose",
                        path=path,
                        line=registration.line,
                        subject=registration.handler,
                    )
                )
    return found
