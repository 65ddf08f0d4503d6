"""Takes away the import of the monolith's object from a module that reads nothing through it."""

from __future__ import annotations

import re

import libcst as cst

from codemods._aliases import aliases_of


def without_idle_object(text: str, package: str, monolith: str) -> str:
    """Drop the import of the monolith's module object where its name stands nowhere else.

    Only for modules whose package imports the monolith before them: what is
    dropped brings nothing in.

    Args:
        text: A module that an extraction made.
        package: Its dotted package.
        monolith: Dotted name of the monolith.

    Returns:
        The text without that line; *text* itself where the name has a use, even
        if it is in a comment.
    """
    if not any(_mentions(text, name) == 1 for name in _may_be_called(text, monolith)):
        return text
    tree = cst.parse_module(text)
    for name, alias in aliases_of(tree.body, package, monolith).items():
        if alias is None or alias.rest:
            continue
        for number, statement in enumerate(tree.body):
            if _binds_only(statement, name) and _mentions(text, name) == 1:
                return _without(tree, number).code
    return text


def _may_be_called(text: str, monolith: str) -> set[str]:
    """What an import may call the monolith's object: by its last name, or ``as`` another."""
    last = monolith.rpartition(".")[2]
    found = re.finditer(rf"\b{re.escape(last)}\b(?:[\s\\]+as[\s\\]+(\w+))?", text)
    return {match[1] or last for match in found}


def _binds_only(statement: cst.CSTNode, name: str) -> bool:
    """True for ``from .. import routes as _routes`` on a line without a comment of its own."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    if any(line.comment for line in statement.leading_lines):
        return False
    match statement.body:
        case [cst.Import(names=[cst.ImportAlias() as row])]:
            return row.evaluated_alias == name
        case [cst.ImportFrom(names=[cst.ImportAlias() as row])]:
            return name in (row.evaluated_alias, row.evaluated_name)
        case _:
            return False


def _mentions(text: str, name: str) -> int:
    return len(re.findall(rf"\b{re.escape(name)}\b", text))


def _without(tree: cst.Module, number: int) -> cst.Module:
    body = list(tree.body)
    gone = body.pop(number)
    if number < len(body) and not _leading(body[number]):
        # The blank line that parted it from what is above now parts what was below.
        body[number] = body[number].with_changes(leading_lines=_leading(gone))
    return tree.with_changes(body=body)


def _leading(statement: cst.CSTNode) -> tuple[cst.EmptyLine, ...]:
    return tuple(getattr(statement, "leading_lines", ()))
