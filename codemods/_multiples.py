"""``patch.multiple`` of names that live in several modules now: one call for each of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import libcst as cst

from codemods._aliases import Scope, alias_at, aliases_of
from codemods._texts import Texts
from codemods._walk import rebuild

#: Keywords that are no names of the module.
OPTIONS = frozenset({"spec", "create", "spec_set", "autospec", "new_callable", "target"})
_MOCKS = frozenset(
    {
        "AsyncMock",
        "MagicMock",
        "Mock",
        "NonCallableMagicMock",
        "NonCallableMock",
        "PropertyMock",
        "object",
    }
)
_Holder = TypeVar("_Holder", bound=cst.CSTNode)
_Row = TypeVar("_Row", bound=cst.CSTNode)


def split_multiples(
    module: cst.Module, package: str, old: str, homes: Mapping[str, str]
) -> cst.Module:
    """Write ``patch.multiple(main, A=1, B=2)`` as two patches if A and B live in two modules.

    That is done where one may stand for the other: as a decorator, as an item of ``with``
    that gives nothing to a name, and as a statement of its own, as long as no value that
    is given can tell that the first name is patched already. Each part still names the old
    module; ``redirect_imports`` and ``retarget_patches`` point it to its home.

    Args:
        module: The tree to rewrite.
        package: Dotted package of the file.
        old: Dotted module that the names lived in.
        homes: Name to the dotted module that it lives in now.
    """
    if "multiple" not in module.code:
        return module
    top = aliases_of(module.body, package, old)
    splitter = _Splitter(Scope(top, top), Texts(module), old, homes)
    return splitter.code(module)


class _Splitter:
    def __init__(self, scope: Scope, texts: Texts, old: str, homes: Mapping[str, str]) -> None:
        self.scope = scope
        self.texts = texts
        self.old = old
        self.homes = homes

    def code(self, node: _Holder) -> _Holder:
        new = rebuild(node, self.code)
        if isinstance(new, cst.With):
            items = self._parted(new.items, _call_of_item, _item)
            return _with(new, "items", items)
        if isinstance(new, cst.FunctionDef | cst.ClassDef):
            rows = self._parted(new.decorators, lambda row: row.decorator, _decorator)
            return _with(new, "decorators", rows)
        if isinstance(new, cst.IndentedBlock):
            lines = self._parted(new.body, _call_of_line, _line)
            return _with(new, "body", lines)
        return new

    def _parted(
        self,
        rows: Sequence[_Row],
        call_of: Callable[[_Row], cst.BaseExpression | None],
        holding: Callable[[_Row, cst.Call, bool, bool], _Row],
    ) -> list[_Row] | None:
        """The rows with those that are to be split as several; None if there are none."""
        found: list[_Row] = []
        for row in rows:
            call = call_of(row)
            parts = self._parts(call) if isinstance(call, cst.Call) else []
            last = len(parts) - 1
            found += [
                holding(row, part, number == 0, number == last) for number, part in enumerate(parts)
            ] or [row]
        return None if len(found) == len(rows) else found

    def _parts(self, call: cst.Call) -> list[cst.Call]:
        named = [row for row in call.args if row.keyword and row.keyword.value not in OPTIONS]
        others = [row for row in call.args if row not in named]
        if not _is_multiple(call.func) or not self._is_ours(others) or _has_comment(call):
            return []
        groups: dict[str | None, list[cst.Arg]] = {}
        for row in named:
            groups.setdefault(self.homes.get(_keyword(row)), []).append(row)
        if len(groups) <= 1 or not all(_is_plain(row.value) for row in (*named, *others[1:])):
            return []
        front = [row for row in others if row.keyword is None]
        back = [row for row in others if row.keyword is not None]
        return [
            call.with_changes(
                args=[
                    row.with_changes(
                        comma=cst.MaybeSentinel.DEFAULT,
                        whitespace_after_arg=cst.SimpleWhitespace(""),
                    ).deep_clone()
                    for row in (*front, *rows, *back)
                ],
                whitespace_before_args=cst.SimpleWhitespace(""),
            )
            for rows in groups.values()
        ]

    def _is_ours(self, others: Sequence[cst.Arg]) -> bool:
        for index, row in enumerate(others):
            if row.star:
                return False
            if _keyword(row) == "target" or (index == 0 and row.keyword is None):
                if self.texts.of(row.value) == self.old:
                    return True
                return alias_at(row.value, self.scope) is not None
        return False


def _with(node: _Holder, field: str, rows: Sequence[cst.CSTNode] | None) -> _Holder:
    return node if rows is None else node.with_changes(**{field: rows})


def _keyword(row: cst.Arg) -> str:
    return row.keyword.value if row.keyword else ""


def _has_comment(node: cst.CSTNode) -> bool:
    """True if some text would have no place any more; texts in quotes are not told apart."""
    return "#" in cst.Module([]).code_for_node(node)


def _is_multiple(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value == "multiple"


def _is_plain(node: cst.BaseExpression) -> bool:
    """True for a value that is made without looking at any module."""
    match node:
        case cst.Name() | cst.SimpleString() | cst.Integer() | cst.Float() | cst.Lambda():
            return True
        case cst.Attribute(attr=cst.Name(value="DEFAULT"), value=cst.Name()):
            return True
        case cst.UnaryOperation(expression=inner):
            return _is_plain(inner)
        case cst.Tuple(elements=rows) | cst.List(elements=rows) | cst.Set(elements=rows):
            return all(_is_plain(row.value) for row in rows)
        case cst.Dict(elements=rows):
            return all(
                isinstance(row, cst.DictElement) and _is_plain(row.key) and _is_plain(row.value)
                for row in rows
            )
        case cst.Call(func=func, args=args):
            return _tail(func) in _MOCKS and all(_is_plain(row.value) for row in args)
        case _:
            return False


def _tail(node: cst.BaseExpression) -> str:
    match node:
        case cst.Attribute(attr=cst.Name(value=name)) | cst.Name(value=name):
            return name
        case _:
            return ""


# ---------------------------------------------------------------- where a call stands


def _call_of_item(item: cst.WithItem) -> cst.BaseExpression | None:
    return item.item if item.asname is None else None


def _item(item: cst.WithItem, call: cst.Call, _first: bool, last: bool) -> cst.WithItem:  # noqa: FBT001
    comma = item.comma if last else cst.MaybeSentinel.DEFAULT
    return cst.WithItem(call, comma=comma)


def _decorator(row: cst.Decorator, call: cst.Call, first: bool, _last: bool) -> cst.Decorator:  # noqa: FBT001
    return row.with_changes(decorator=call, leading_lines=row.leading_lines if first else ())


def _call_of_line(line: cst.BaseStatement) -> cst.BaseExpression | None:
    match line:
        case cst.SimpleStatementLine(body=[cst.Expr(value=value)]):
            return value
        case _:
            return None


def _line(line: cst.BaseStatement, call: cst.Call, first: bool, last: bool) -> cst.BaseStatement:  # noqa: FBT001
    old = cst.ensure_type(line, cst.SimpleStatementLine)
    new = cst.SimpleStatementLine([cst.Expr(call)])
    if first:
        new = new.with_changes(leading_lines=old.leading_lines)
    return new.with_changes(trailing_whitespace=old.trailing_whitespace) if last else new
