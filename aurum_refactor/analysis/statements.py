"""Turns a module's text into its top-level statements, each with all that is known of it."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from functools import lru_cache

from aurum_refactor.analysis.bindings import bindings_of, is_compound, is_type_checking
from aurum_refactor.analysis.nodes import nodes_of
from aurum_refactor.analysis.reads import reads_of
from aurum_refactor.analysis.segments import Segment, segments_of
from aurum_refactor.analysis.state import keeps_state
from aurum_refactor.errors import SourceError
from aurum_refactor.model import (
    Binding,
    ImportedName,
    Layout,
    Read,
    Span,
    Statement,
    StatementKind,
)
from aurum_refactor.source.text import SourceText


def parse(source: SourceText) -> ast.Module:
    """Parse a file's text; a ``SourceError`` names the line that cannot be parsed.

    The same text gives the same tree, so nobody may change it.
    """
    return _parsed(source.path, source.text)


# A module as it is, and with its factories taken apart.
@lru_cache(maxsize=2)
def _parsed(path: str, text: str) -> ast.Module:
    try:
        tree = ast.parse(text)
        # Some errors are found by the compiler only (``global x`` after its use).
        compile(tree, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        reason = f"not valid Python {_version()}: {error.msg}"
        raise SourceError(path, reason, error.lineno) from error
    except (RecursionError, MemoryError) as error:
        raise SourceError(path, "nested too deeply to be parsed") from error
    except ValueError as error:
        raise SourceError(path, f"cannot be parsed: {error}") from error
    return tree


def _version() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def statements_of(source: SourceText, tree: ast.Module, layout: Layout) -> tuple[Statement, ...]:
    """Describe every top-level statement of a module, in order.

    Raises:
        SourceError: The code nests deeper than the analysis can follow.
    """
    literal_names = literal_names_of(tree)
    segments = segments_of(source.text, tree.body)
    found: list[Statement] = []
    for ordinal, (node, segment) in enumerate(zip(tree.body, segments, strict=True)):
        written = source.text[segment.start : segment.end]
        if segment.shares_line:
            found.append(_described(node, ordinal, segment, written, source, layout, literal_names))
            continue
        # Only what imports at the top depends on the package.
        imports = isinstance(node, ast.Import | ast.ImportFrom | ast.If)
        known = _known(written, layout.package if imports else "", literal_names)
        if not known:
            known.append(_described(node, ordinal, segment, written, source, layout, literal_names))
        found.append(_placed(known[0], ordinal, segment))
    return tuple(found)


# The same statement is met before and after lifting and extraction, and by the proof.
@lru_cache(maxsize=8192)
def _known(written: str, package: str, literal_names: frozenset[str]) -> list[Statement]:  # noqa: ARG001
    """Where a statement of this text is kept once it is described."""
    return []


def _placed(known: Statement, ordinal: int, segment: Segment) -> Statement:
    """The same statement somewhere else in a module."""
    down = segment.first - known.span.first
    if not down:
        if (known.ordinal, known.start, known.end) == (ordinal, segment.start, segment.end):
            return known
        return replace(known, ordinal=ordinal, start=segment.start, end=segment.end)
    return replace(
        known,
        ordinal=ordinal,
        span=Span(segment.first, segment.last),
        start=segment.start,
        end=segment.end,
        binds=tuple(Binding(b.name, b.line + down, b.definite, b.deletes) for b in known.binds),
        reads=tuple(
            Read(r.name, r.phase, r.role, r.line + down, r.is_route_decorator, r.is_deferred)
            for r in known.reads
        ),
        ties=tuple((line + down, reason) for line, reason in known.ties),
    )


def _described(
    node: ast.stmt,
    ordinal: int,
    segment: Segment,
    written: str,
    source: SourceText,
    layout: Layout,
    literal_names: frozenset[str],
) -> Statement:
    """Everything that is known of one statement."""
    try:
        reads = reads_of(node, literal_names=literal_names)
    except RecursionError as error:
        raise SourceError(source.path, "nested too deeply to be read", node.lineno) from error
    binds = bindings_of(node)
    ties = list(reads.ties)
    if not written.isascii() and any(n not in written for n in reads.identifiers):
        # Python compares identifiers in NFKC; a text that does not is rewritten wrongly.
        ties.append((segment.first, "spells an identifier that Unicode normalises"))
    if segment.shares_line:
        ties.append((segment.first, "shares a line with another statement"))
    return Statement(
        ordinal=ordinal,
        kind=_kind(node),
        label=binds[0].name if binds else "",
        span=Span(segment.first, segment.last),
        start=segment.start,
        end=segment.end,
        binds=binds,
        reads=reads.reads,
        imports=_imports(node, layout),
        typing_imports=tuple(
            row
            for inner in getattr(node, "body", ())
            if is_type_checking(node)
            for row in _imports(inner, layout)
        ),
        rebinds=reads.rebinds,
        unbinds=reads.unbinds,
        touches=reads.touches,
        stores=reads.stores,
        called_on=reads.called_on,
        call_stores=reads.call_stores,
        call_methods=reads.call_methods,
        introspects=reads.introspects,
        is_alias=_is_alias(node),
        is_immutable=_is_immutable(node),
        keeps_state=keeps_state(node),
        classes=_classes(node),
        calls=reads.calls,
        identifiers=reads.identifiers,
        ties=tuple(ties),
    )


def _kind(node: ast.stmt) -> StatementKind:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return StatementKind.FUNCTION
        case ast.ClassDef():
            return StatementKind.CLASS
        case ast.Import() | ast.ImportFrom():
            return StatementKind.IMPORT
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            return StatementKind.ASSIGNMENT
        case ast.Expr():
            return StatementKind.EXPRESSION
        case _ if is_compound(node):
            return StatementKind.COMPOUND
        case _:
            return StatementKind.OTHER


def _classes(node: ast.stmt) -> frozenset[str]:
    if not isinstance(node, ast.ClassDef):
        return frozenset()
    inside = [n for n in nodes_of(node, (ast.ClassDef,)) if isinstance(n, ast.ClassDef)]
    return frozenset({node.name, *(i.name for i in inside if i.bases or i.decorator_list)})


def _is_alias(node: ast.stmt) -> bool:
    match node:
        case ast.Assign(targets=targets, value=value):
            return _is_named(value) and all(isinstance(target, ast.Name) for target in targets)
        case ast.AnnAssign(target=ast.Name(), annotation=annotation, value=value):
            return _is_named(annotation) and (value is None or _is_named(value))
        case _:
            return False


def _is_immutable(node: ast.stmt) -> bool:
    match node:
        case ast.Assign(targets=targets, value=value):
            return _is_literal(value) and all(isinstance(target, ast.Name) for target in targets)
        case ast.AnnAssign(target=ast.Name(), value=ast.expr() as value):
            return _is_literal(value)
        case _:
            return False


def _is_literal(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=operand):
            return _is_literal(operand)
        case ast.BinOp(left=left, right=right):
            return _is_literal(left) and _is_literal(right)
        case ast.Tuple(elts=elements):
            return all(_is_literal(element) for element in elements)
        case _:
            return False


def _is_named(node: ast.expr) -> bool:
    """True for names, constants, and lists and tuples of them; sets and dicts hash."""
    match node:
        case ast.Name() | ast.Constant():
            return True
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return all(_is_named(element) for element in elements)
        case _:
            return False


def absolute_module(package: str, level: int, written: str) -> str:
    """The absolute module that a from-import of *level* dots names from inside *package*.

    Dots that lead above the top-level package give a name that starts with a
    dot: it resolves to nothing, at run time too.
    """
    if level == 0:
        return written
    parts = package.split(".") if package else []
    if level - 1 > len(parts) or not parts:
        return "." * level + written
    base = parts[: len(parts) - (level - 1)]
    return ".".join([*base, *([written] if written else [])])


def _imports(node: ast.stmt, layout: Layout) -> tuple[ImportedName, ...]:
    match node:
        case ast.Import():
            return tuple(
                ImportedName(
                    bound=alias.asname or alias.name.split(".")[0],
                    module=alias.name,
                    attribute=None,
                    alias=alias.asname,
                    level=0,
                    written=alias.name,
                )
                for alias in node.names
            )
        case ast.ImportFrom():
            written = node.module or ""
            module = absolute_module(layout.package, node.level, written)
            return tuple(
                ImportedName(
                    bound=alias.asname or alias.name,
                    module=module,
                    attribute=alias.name,
                    alias=alias.asname,
                    level=node.level,
                    written=written,
                )
                for alias in node.names
            )
        case _:
            return ()


def literal_names_of(tree: ast.Module) -> frozenset[str]:
    """Spellings of ``typing.Literal`` in this module."""
    names = {"Literal", "typing.Literal", "typing_extensions.Literal"}
    for node in tree.body:
        match node:
            case ast.ImportFrom(module="typing" | "typing_extensions"):
                names |= {a.asname for a in node.names if a.name == "Literal" and a.asname}
            case ast.Import():
                names |= {
                    f"{a.asname}.Literal"
                    for a in node.names
                    if a.name in ("typing", "typing_extensions") and a.asname
                }
    return frozenset(names)
