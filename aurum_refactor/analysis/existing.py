"""Reads a module that people wrote where the endpoints of a domain are to go.

Something may be added to it if it only defines things: then it makes no difference that it
is executed where the monolith imports it, and nothing in it can look at what is added.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from aurum_refactor.analysis.bindings import bindings_of, is_type_checking
from aurum_refactor.analysis.effects import first_effect, loud_modules
from aurum_refactor.analysis.imports import imported_modules, looking_back
from aurum_refactor.analysis.references.mentions import spellings_of
from aurum_refactor.analysis.references.reading import references_in
from aurum_refactor.analysis.statements import absolute_module, parse
from aurum_refactor.errors import SourceError
from aurum_refactor.model import ExistingModule, ImportedName, Layout, Use
from aurum_refactor.source.text import SourceText

#: Whoever has one of these may look at all names of a module, or at its text.
LOOKS_AROUND = frozenset(
    {
        "globals",
        "locals",
        "vars",
        "dir",
        "exec",
        "eval",
        "modules",
        "__dict__",
        "__getattr__",
        "__dir__",
        "getsource",
        "getmembers",
        "currentframe",
        "_getframe",
    }
)
#: What others do with a module that must not grow, or must not be executed again.
_HANDS_OFF = {
    "reload": "executes it again",
    "remove": "executes it again",
    "remove all": "executes it again",
    "load by path": "executes it again",
    "second copy": "makes a copy of it",
    "watched copy": "makes a copy of it",
    "dynamic": "may replace any name of it",
    "beginning": "may replace names of it",
    "namespace": "asks for the module that its names stand in",
    "star": "imports all that it has",
    "reads text": "reads its text",
}


def closed_by_itself(body: Sequence[ast.stmt], package: str) -> tuple[int, str] | None:
    """Line and reason why nothing can be added to a module; None if something may."""
    for node in body:
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            return node.lineno, "imports all names of another module"
    for node in body:
        for inner in ast.walk(node):
            word = _word(inner)
            if word in LOOKS_AROUND:
                return getattr(inner, "lineno", node.lineno), f"has {word}, which may see any name"
    effect = first_effect(body, package)
    if effect is not None:
        return effect.lineno, "does more than to define something"
    return None


def identifiers_in(body: Sequence[ast.stmt]) -> frozenset[str]:
    """Every name in a module, in any scope, those in strings that are expressions included."""
    found: set[str] = set()
    for node in body:
        for inner in ast.walk(node):
            word = _word(inner)
            if word:
                found.add(word)
            match inner:
                case ast.alias(name=name, asname=alias):
                    found |= {alias or name.partition(".")[0]}
                case ast.Global(names=names) | ast.Nonlocal(names=names):
                    found |= set(names)
                case ast.Constant(value=str(text)):
                    found |= _names_in(text)
                case _:
                    pass
        found |= {binding.name for binding in bindings_of(node)}
    return frozenset(found)


def _word(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.arg(arg=name):
            return name
        case ast.Attribute(attr=name):
            return name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case _:
            return ""


def _names_in(text: str) -> set[str]:
    """Names of a string that may be an annotation, or an entry of ``__all__``."""
    if len(text) > _LONGEST or not text.strip():
        return set()
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


#: Annotations are shorter.
_LONGEST = 400


def rebound_in(body: Sequence[ast.stmt]) -> frozenset[str]:
    """Names that functions of a module may bind at its top level."""
    return frozenset(
        name
        for node in body
        for inner in ast.walk(node)
        if isinstance(inner, ast.Global)
        for name in inner.names
    )


def existing_module(
    source: SourceText,
    module: str,
    package: str,
    monolith: Layout,
    project: frozenset[str],
    read: Callable[[str], tuple[bytes, str] | None],
    others: Mapping[str, tuple[str, bytes]],
    segments: Sequence[str],
) -> ExistingModule:
    """Describe a module that is there already.

    Args:
        source: The module.
        module: Its dotted name.
        package: What its relative imports start from.
        monolith: Where the monolith stands.
        project: All modules of the project.
        read: Bytes and package of a module of the project, or None.
        others: Package and bytes of the other files that may mention it, by path.
        segments: Text of the monolith's statements.
    """
    try:
        body = parse(source).body
    except SourceError as error:
        closed = f"{source.path}:{error.line or 1} cannot be parsed"
        return ExistingModule(source.path, module, closed, frozenset(), {}, {}, frozenset())
    own = closed_by_itself(body, package)
    closed = f"{source.path}:{own[0]} {own[1]}" if own else ""
    spellings = spellings_of(module, source.path)
    replaced = set(rebound_in(body))
    listed = any(binding.name == "__all__" for node in body for binding in bindings_of(node))
    for path, (where, data) in sorted(others.items()):
        if path == source.path:
            continue
        uses = references_in(path, where, data, spellings)
        replaced |= {
            r.name for r in uses.references if r.use in (Use.ASSIGN, Use.PATCH, Use.FORWARD)
        }
        for use in uses.module_uses:
            if not closed and use.what in _HANDS_OFF and not (listed and use.what == "star"):
                closed = f"{use.path}:{use.line} {_HANDS_OFF[use.what]}"
    rows = [row for node in body for row in _imported(node, package)]
    bound: dict[str, int] = dict.fromkeys(replaced, 1)
    count: dict[str, int] = {}
    for node in body:
        for binding in bindings_of(node):
            bound[binding.name] = binding.line
            count[binding.name] = count.get(binding.name, 0) + 1
        if is_type_checking(node):
            for inner in ast.walk(node):
                if isinstance(inner, ast.alias):
                    bound.setdefault(inner.asname or inner.name.partition(".")[0], node.lineno)

    def past(name: str) -> tuple[bytes, str] | None:
        # What the monolith imports in turn is asked of itself.
        return None if name == monolith.module else read(name)

    imported = [
        _with_parents(imported_modules(text.encode("utf-8"), monolith.package))
        if "import" in text
        else frozenset[str]()
        for text in segments
    ]
    around = project & _above(monolith.module).union(*imported) - {monolith.module, module}
    reaching = looking_back(sorted(around), module, project, past) | {module}
    wanted = {m for row in rows for m in _modules(row) if m in project}
    wanted -= {monolith.module} | _above(module)
    direct = imported_modules(source.data, package) & project
    return ExistingModule(
        path=source.path,
        module=module,
        closed=closed,
        future=frozenset(r.attribute or "" for r in rows if r.module == "__future__"),
        bound=bound,
        imports={
            row.bound: row
            for row in rows
            if count.get(row.bound) == 1 and row.bound not in replaced
        },
        identifiers=identifiers_in(body) | frozenset(bound),
        from_monolith=tuple(_from_monolith(body, package, monolith)),
        imports_project=bool(direct - _above(module)),
        unsettling=loud_modules(wanted, project, read)
        | looking_back(sorted(wanted), monolith.module, project, read),
        replaced=frozenset(replaced),
        imported_by=min(_above(monolith.module) & reaching, default=""),
        imported_at=tuple(
            ordinal
            for ordinal, found in enumerate(imported)
            if found & reaching or _computes(segments[ordinal])
        ),
    )


def _above(module: str) -> frozenset[str]:
    """The packages around a module."""
    parts = module.split(".")
    return frozenset(".".join(parts[:length]) for length in range(1, len(parts)))


def _with_parents(modules: Collection[str]) -> frozenset[str]:
    """Modules and the packages around them, which are imported first."""
    return frozenset(modules).union(*map(_above, modules))


def _computes(text: str) -> bool:
    """True if a piece of code imports what only running it would tell."""
    return "import_module" in text or "__import__" in text


def _modules(row: ImportedName) -> tuple[str, ...]:
    return (row.module,) if row.attribute is None else (row.module, f"{row.module}.{row.attribute}")


def _imported(node: ast.stmt, package: str) -> Iterator[ImportedName]:
    match node:
        case ast.Import(names=names):
            for alias in names:
                bound = alias.asname or alias.name.partition(".")[0]
                yield ImportedName(bound, alias.name, None, alias.asname, 0, alias.name)
        case ast.ImportFrom(module=written, names=names, level=level):
            origin = absolute_module(package, level, written or "")
            for alias in names:
                bound = alias.asname or alias.name
                yield ImportedName(bound, origin, alias.name, alias.asname, level, written or "")
        case _:
            pass


def _from_monolith(
    body: Sequence[ast.stmt], package: str, monolith: Layout
) -> Iterator[tuple[str, int]]:
    """Names that a module takes from the monolith; "" for the module object itself."""
    for node in body:
        for row in _imported(node, package):
            whole = row.module if row.attribute is None else f"{row.module}.{row.attribute}"
            if whole == monolith.module:
                yield "", node.lineno
            elif row.module == monolith.module and row.attribute is not None:
                yield row.attribute, node.lineno
