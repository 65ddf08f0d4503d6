"""Make one import of two that stand below each other and import from one module."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import libcst as cst

from codemods._dotted import dotted_text
from codemods._spelling import fits, in_order, names_import


class JoinedImports(cst.CSTTransformer):
    """Joins the from-imports that a rewrite made to the neighbours they have come to stand beside.

    Nothing runs between the two, so each name is bound as it was. Statements with a remark,
    and pairs that the author wrote, stay as they are.
    """

    def __init__(self, made: Collection[int]) -> None:
        super().__init__()
        # Ids of import nodes that the rewrite made.
        self.made = set(made)
        self.depth = 0

    def visit_IndentedBlock(self, _node: cst.IndentedBlock) -> None:
        self.depth += 1

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        body = self._body(original_node.body, updated_node.body)
        self.depth -= 1
        return updated_node if body is None else updated_node.with_changes(body=body)

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        body = self._body(original_node.body, updated_node.body)
        return updated_node if body is None else updated_node.with_changes(body=body)

    def _body(
        self, before: Sequence[cst.BaseStatement], body: Sequence[cst.BaseStatement]
    ) -> list[cst.BaseStatement] | None:
        # Ids are those of the nodes before this pass, which makes all of them anew.
        found: list[cst.BaseStatement] = []
        last: cst.BaseStatement | None = None
        for original, statement in zip(before, body, strict=True):
            one = None if last is None else self._joined(last, original)
            if one is None:
                found.append(statement)
                last = original
            else:
                found[-1] = last = one
        return found if len(found) < len(body) else None

    def _joined(
        self, above: cst.BaseStatement, below: cst.BaseStatement
    ) -> cst.SimpleStatementLine | None:
        first, second = _import_in(above), _import_in(below)
        if first is None or second is None or not {id(first), id(second)} & self.made:
            return None
        line = cst.ensure_type(below, cst.SimpleStatementLine)
        if line.leading_lines or _source(first) != _source(second):
            return None
        own = _names(first)
        names = [*own, *(name for name in _names(second) if name not in own)]
        if own == in_order(own):
            names = in_order(names)
        if self.depth and not fits(_source(first), names, 4 * self.depth):
            return None
        new = names_import(_source(first), names)
        self.made.add(id(new))
        line = cst.ensure_type(above, cst.SimpleStatementLine)
        return line.with_changes(body=[new])


def _import_in(statement: cst.BaseStatement) -> cst.ImportFrom | None:
    """The from-import that is all of a line without remarks."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return None
    node = statement.body[0]
    if not isinstance(node, cst.ImportFrom) or isinstance(node.names, cst.ImportStar):
        return None
    code = cst.Module([statement.with_changes(leading_lines=())]).code
    return None if "#" in code else node


def _source(node: cst.ImportFrom) -> str:
    """The module as it is spelled, with its dots."""
    return "." * len(node.relative) + (dotted_text(node.module) if node.module else "")


def _names(node: cst.ImportFrom) -> list[str]:
    found = []
    for alias in node.names if not isinstance(node.names, cst.ImportStar) else ():
        name = dotted_text(alias.name)
        asname = alias.asname and cst.ensure_type(alias.asname.name, cst.Name).value
        found.append(f"{name} as {asname}" if asname else name)
    return found
