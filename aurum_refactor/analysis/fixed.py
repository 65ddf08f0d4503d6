"""Definitions and values that may be made nowhere else, each with its reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from aurum_refactor.analysis.foreign_modules import Modules, Table, dotted
from aurum_refactor.analysis.registries import asked_for_subclasses, told_classes
from aurum_refactor.model import ModuleUse, Statement, StatementKind

_DEFINITIONS = (StatementKind.FUNCTION, StatementKind.CLASS)
#: What sets how many digits a division of decimals has, for all that is computed later.
_CONTEXT = re.compile(rb"\b(?:getcontext|setcontext|DefaultContext)\b")

#: What sets which loggers and names of levels are given out from then on.
_LOGGING = re.compile(rb"\b(?:setLoggerClass|addLevelName)\b")
#: Methods of a path that look at what is there.
_LOOKS = frozenset(
    [
        "absolute",
        "cwd",
        "exists",
        "expanduser",
        "glob",
        "is_dir",
        "is_file",
        "iterdir",
        "lstat",
        "open",
        "read_bytes",
        "read_text",
        "resolve",
        "rglob",
        "samefile",
        "stat",
    ]
)
#: Calls that change what is there, or which folder paths start from.
_CHANGES = frozenset(
    [
        "chdir",
        "copy",
        "copyfile",
        "copytree",
        "extractall",
        "makedirs",
        "mkdir",
        "move",
        "open",
        "remove",
        "rename",
        "rmtree",
        "run",
        "symlink_to",
        "system",
        "touch",
        "unlink",
        "write_bytes",
        "write_text",
    ]
)


@dataclass(frozen=True, slots=True)
class Fixed:
    """One statement that stays where it is."""

    ordinal: int
    line: int
    # As the plan says it, behind "it".
    tie: str
    # As the proof says of one that has moved, behind its name.
    breach: str


def fixed_in(
    body: Sequence[ast.stmt],
    statements: Sequence[Statement],
    home: Table,
    modules: Modules,
    uses: Iterable[ModuleUse],
    files: Sequence[bytes],
) -> tuple[Fixed, ...]:
    """Everything in a monolith that is fixed.

    Args:
        body: Its statements.
        statements: The same, described.
        home: Its table.
        modules: The modules of the project.
        uses: What the project does with it.
        files: The monolith, and the files that may matter to it.
    """
    return (
        *_told(body, home, modules, files),
        *_asked(statements, uses),
        *(_computed(body, statements) if any(map(_CONTEXT.search, files)) else ()),
        *_read_from_files(body, statements, home),
        *(_of_logging(body, statements) if any(map(_LOGGING.search, files)) else ()),
    )


def with_fixed(statements: Sequence[Statement], fixed: Sequence[Fixed]) -> tuple[Statement, ...]:
    """The same statements, with what ties them."""
    found = list(statements)
    for one in fixed:
        row = found[one.ordinal]
        found[one.ordinal] = replace(row, ties=(*row.ties, (one.line, one.tie)))
    return tuple(found)


def _told(
    body: Sequence[ast.stmt], home: Table, modules: Modules, files: Sequence[bytes]
) -> Iterator[Fixed]:
    """Classes that a list is told of stay in their places in it."""
    for row in told_classes(body, home, modules, asked_for_subclasses(files)):
        tie = f"tells {row.base} of a class as it is defined"
        yield Fixed(row.ordinal, row.line, tie, f"tells {row.base} of itself at another moment now")


def _asked(statements: Sequence[Statement], uses: Iterable[ModuleUse]) -> Iterator[Fixed]:
    """A definition that is asked for its module stays in that one."""
    asked = {use.detail: use for use in uses if use.what == "namespace"}
    for row in statements:
        if row.kind in _DEFINITIONS and row.label in asked:
            use = asked[row.label]
            tie = f"is asked for its module by {use.path}:{use.line}"
            breach = f"stands in another module than {use.path} looks for"
            yield Fixed(row.ordinal, row.span.first, tie, breach)


def _computed(body: Sequence[ast.stmt], statements: Sequence[Statement]) -> Iterator[Fixed]:
    """What is computed with decimals, where something sets how."""
    decimals = {
        row.bound
        for s in statements
        for row in s.imports
        if row.module.partition(".")[0] == "decimal"
    }
    for node, row in zip(body, statements, strict=True):
        if decimals and row.kind is StatementKind.ASSIGNMENT and any(_computes(node, decimals)):
            tie = "computes in the decimal context of this place"
            yield Fixed(row.ordinal, row.span.first, tie, "is computed in another decimal context")


def _computes(node: ast.AST, decimals: set[str]) -> Iterator[bool]:
    for inner in ast.walk(node):
        yield isinstance(inner, ast.BinOp | ast.UnaryOp)
        yield isinstance(inner, ast.Call) and bool(decimals & set(dotted(inner.func)[:1]))


def _of_logging(body: Sequence[ast.stmt], statements: Sequence[Statement]) -> Iterator[Fixed]:
    """Loggers and level names, where something sets what kind of them is given."""
    names = {
        row.bound
        for s in statements
        for row in s.imports
        if row.module.partition(".")[0] == "logging"
    }
    for node, row in zip(body, statements, strict=True):
        if row.kind is StatementKind.ASSIGNMENT and any(
            isinstance(inner, ast.Call) and names & set(dotted(inner.func)[:1])
            for inner in ast.walk(node)
        ):
            tie = "takes what logging gives by then"
            yield Fixed(row.ordinal, row.span.first, tie, "is taken from logging at another moment")


def _read_from_files(
    body: Sequence[ast.stmt], statements: Sequence[Statement], home: Table
) -> Iterator[Fixed]:
    """Values read from files, where the module changes files or its folder as it is executed."""
    if not any(module == "pathlib" for module, _ in home.imports.values()):
        return
    if not any(map(_may_change_files, body)):
        return
    for node, row in zip(body, statements, strict=True):
        if row.kind is StatementKind.ASSIGNMENT and any(
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and inner.func.attr in _LOOKS
            for inner in ast.walk(node)
        ):
            tie = "reads what is in files by then"
            yield Fixed(row.ordinal, row.span.first, tie, "reads from files at another moment now")


def _may_change_files(node: ast.stmt) -> bool:
    """True for a call on its own that changes files, or is of a function that might."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name())):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))):
            return name in _CHANGES
        case ast.If() | ast.Try() | ast.With() | ast.For() | ast.While():
            inside = [inner for inner in ast.walk(node) if isinstance(inner, ast.stmt)]
            return any(map(_may_change_files, inside[1:]))
        case _:
            return False
