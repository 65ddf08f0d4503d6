"""Add to a module what another version of it has besides: methods, functions, imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import libcst as cst

from codemods.errors import CannotRewrite

_Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
_Import = cst.Import | cst.ImportFrom
_Line = TypeVar("_Line", cst.SimpleStatementLine | cst.BaseCompoundStatement, cst.BaseStatement)

#: Of lines that are written anew, as ruff and black have it.
_WIDTH = 88


def add_members(module: cst.Module, other: cst.Module) -> cst.Module:
    """Append what *module* lacks; nothing that it has is changed, moved or replaced.

    A class that both have gets the functions that it lacks, at its end. A
    function or class that *module* lacks goes to its end. Imports are added
    for names that *module* binds nowhere: to the import of the same module if
    there is one without remarks, else behind the last import; those under
    ``if TYPE_CHECKING:`` into its own such block, if there is one. Names
    decide, not contents: what stands there already is the author's.

    Args:
        module: The tree to add to.
        other: The other version; its assignments and other statements are left out.

    Returns:
        The new tree; *module* itself where nothing is missing.

    Raises:
        CannotRewrite: A class that lacks methods is written on one line.
    """
    body = list(module.body)
    known = _bound(body)
    body = _with_imports(body, other, known)
    body = [_completed(node, other) for node in body]
    missing = [
        node
        for node in other.body
        if isinstance(node, cst.FunctionDef | cst.ClassDef) and node.name.value not in known
    ]
    if len(body) == len(module.body) and not missing:
        same = all(a is b for a, b in zip(body, module.body, strict=True))
        if same:
            return module
    return module.with_changes(body=[*body, *missing])


def _completed(node: _Statement, other: cst.Module) -> _Statement:
    """A class with the functions that the other version of it has besides."""
    if not isinstance(node, cst.ClassDef):
        return node
    twin = next((t for t in _classes(other) if t.name.value == node.name.value), None)
    if twin is None:
        return node
    known = {inner.name.value for inner in node.body.body if isinstance(inner, cst.FunctionDef)}
    missing = [
        inner
        for inner in twin.body.body
        if isinstance(inner, cst.FunctionDef) and inner.name.value not in known
    ]
    if not missing:
        return node
    if not isinstance(node.body, cst.IndentedBlock):
        raise CannotRewrite(node.name.value, "is a class on one line; give it a body")
    block = node.body.with_changes(body=[*node.body.body, *missing])
    return node.with_changes(body=block)


def _classes(module: cst.Module) -> list[cst.ClassDef]:
    return [node for node in module.body if isinstance(node, cst.ClassDef)]


def _with_imports(
    body: list[_Statement], other: cst.Module, known: frozenset[str]
) -> list[_Statement]:
    """The statements with the imports that are missing among them."""
    for_types: list[cst.SimpleStatementLine] = []
    for_all: list[cst.SimpleStatementLine] = []
    for node in other.body:
        block = _for_types(node)
        if block is not None:
            for_types += _missing(block.body, known)
        elif isinstance(node, cst.SimpleStatementLine):
            for_all += _missing([node], known)
    body, for_all = _joined(body, for_all)
    if for_all:
        place = _last_import(body)
        body = [*body[:place], *for_all, *body[place:]]
    if not for_types:
        return body
    for index, node in enumerate(body):
        own = _for_types(node)
        if own is not None:
            kept, apart = _joined(list(own.body), for_types)
            longer = own.with_changes(body=[*kept, *apart])
            return [*body[:index], node.with_changes(body=longer), *body[index + 1 :]]
    place = _last_import(body)
    added = cst.If(
        cst.Name("TYPE_CHECKING"),
        cst.IndentedBlock(for_types),
        leading_lines=[cst.EmptyLine(indent=False)],
    )
    return [*body[:place], added, *body[place:]]


def _missing(
    nodes: Sequence[cst.BaseStatement | cst.BaseSmallStatement], known: frozenset[str]
) -> list[cst.SimpleStatementLine]:
    """Imports of names that are not bound yet, one statement each, without space above."""
    found: list[cst.SimpleStatementLine] = []
    for node in nodes:
        if not isinstance(node, cst.SimpleStatementLine) or len(node.body) != 1:
            continue
        statement = node.body[0]
        if not isinstance(statement, _Import) or isinstance(statement.names, cst.ImportStar):
            continue
        if _is_future(statement):
            continue
        wanted = [alias for alias in statement.names if _alias_name(alias) not in known]
        if wanted:
            if len(wanted) != len(statement.names):
                wanted = [alias.with_changes(comma=cst.MaybeSentinel.DEFAULT) for alias in wanted]
                if isinstance(statement, cst.ImportFrom):
                    statement = statement.with_changes(lpar=None, rpar=None)
            added = node.with_changes(body=[statement.with_changes(names=wanted)])
            found.append(added.with_changes(leading_lines=[]))
    return found


def _joined(
    body: Sequence[_Line], added: Sequence[cst.SimpleStatementLine]
) -> tuple[list[_Line], list[cst.SimpleStatementLine]]:
    """The statements, with names joined to imports of the same module; and those that are left."""
    lines, apart = list(body), []
    for line in added:
        place = next((i for i, other in enumerate(lines) if _same_module(other, line)), None)
        if place is None:
            apart.append(line)
            continue
        own = cst.ensure_type(lines[place], cst.SimpleStatementLine)
        lines[place] = own.with_changes(body=[_with_names(_from(own), _from(line))])
    return lines, apart


def _same_module(line: cst.CSTNode, other: cst.SimpleStatementLine) -> bool:
    match line:
        case cst.SimpleStatementLine(body=[cst.ImportFrom(names=names) as own]) if not isinstance(
            names, cst.ImportStar
        ):
            module = cst.Module([])
            added = other.body[0]
            return (
                isinstance(added, cst.ImportFrom)
                and _heading(own) == _heading(added)
                and "#" not in module.code_for_node(line.with_changes(leading_lines=[]))
            )
    return False


def _from(line: cst.SimpleStatementLine) -> cst.ImportFrom:
    return cst.ensure_type(line.body[0], cst.ImportFrom)


def _heading(node: cst.ImportFrom) -> str:
    module = "" if node.module is None else cst.Module([]).code_for_node(node.module)
    return f"from {'.' * len(node.relative)}{module} import "


def _with_names(node: cst.ImportFrom, more: cst.ImportFrom) -> cst.ImportFrom:
    """An import with the names of another: in order if its own are, else behind them."""
    own, added = _names(node), _names(more)
    names = sorted([*own, *added], key=_key) if own == sorted(own, key=_key) else [*own, *added]
    code = f"{_heading(node)}{', '.join(names)}"
    if node.lpar is not None or len(code) > _WIDTH:
        rows = "".join(f"    {name},\n" for name in names)
        code = f"{_heading(node)}(\n{rows})"
    return _from(cst.ensure_type(cst.parse_statement(code), cst.SimpleStatementLine))


def _names(node: cst.ImportFrom) -> list[str]:
    module = cst.Module([])
    aliases = () if isinstance(node.names, cst.ImportStar) else node.names
    bare = [alias.with_changes(comma=cst.MaybeSentinel.DEFAULT) for alias in aliases]
    return [module.code_for_node(alias) for alias in bare]


def _key(name: str) -> tuple[int, str]:
    """The order of import sorters: constants, classes, then everything else."""
    first = name.split(maxsplit=1)[0]
    kind = 0 if first.isupper() and len(first) > 1 else 1 if first[:1].isupper() else 2
    return kind, first


def _is_future(node: _Import) -> bool:
    return (
        isinstance(node, cst.ImportFrom)
        and isinstance(node.module, cst.Name)
        and node.module.value == "__future__"
    )


def _last_import(body: Sequence[_Statement]) -> int:
    """Where an import goes: behind the last one at the top level, else behind the docstring."""
    places = [
        index + 1
        for index, node in enumerate(body)
        if isinstance(node, cst.SimpleStatementLine)
        and any(isinstance(inner, _Import) for inner in node.body)
    ]
    if places:
        return places[-1]
    return 1 if body and _is_docstring(body[0]) else 0


def _is_docstring(node: _Statement) -> bool:
    return (
        isinstance(node, cst.SimpleStatementLine)
        and isinstance(node.body[0], cst.Expr)
        and isinstance(node.body[0].value, cst.SimpleString | cst.ConcatenatedString)
    )


def _for_types(node: cst.CSTNode) -> cst.IndentedBlock | None:
    """The block under ``if TYPE_CHECKING:``; None for any other statement."""
    if not isinstance(node, cst.If) or not isinstance(node.body, cst.IndentedBlock):
        return None
    test = node.test
    name = test.attr if isinstance(test, cst.Attribute) else test
    is_guard = isinstance(name, cst.Name) and name.value == "TYPE_CHECKING"
    return node.body if is_guard else None


def _alias_name(alias: cst.ImportAlias) -> str:
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    name: cst.BaseExpression = alias.name
    while isinstance(name, cst.Attribute):
        name = name.value
    return name.value if isinstance(name, cst.Name) else ""


def _bound(body: Sequence[_Statement]) -> frozenset[str]:
    """Names that the top level of a module binds, in blocks too."""
    found: set[str] = set()
    waiting: list[cst.CSTNode] = list(body)
    while waiting:
        node = waiting.pop()
        match node:
            case cst.FunctionDef() | cst.ClassDef():
                found.add(node.name.value)
            case cst.Import() | cst.ImportFrom():
                if not isinstance(node.names, cst.ImportStar):
                    found |= {_alias_name(alias) for alias in node.names}
            case cst.AssignTarget(target=cst.Name(value=name)):
                found.add(name)
            case cst.AnnAssign(target=cst.Name(value=name)):
                found.add(name)
            case cst.BaseExpression():
                continue
            case _:
                waiting += node.children
    return frozenset(found)
