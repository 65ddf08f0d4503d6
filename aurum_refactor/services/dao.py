"""Data calls as methods of a DAO: the signature of the original, and a call of it."""

from __future__ import annotations

import ast
import keyword
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from aurum_refactor.plan.domains import identifier
from aurum_refactor.services.calls import DataCall, Reached
from aurum_refactor.services.import_table import ImportTable
from aurum_refactor.services.names import Modules, Origin, Place
from aurum_refactor.services.signatures import ordered
from aurum_refactor.services.spelling import spell
from aurum_refactor.services.types import Types
from aurum_refactor.services.values import DaoMethod, Parameter

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def method_names(calls: Iterable[DataCall]) -> dict[DataCall, str]:
    """What the methods of a DAO are called: as the originals, with their module where two clash.

    A call that is added later never takes the name of one that was there before.
    """
    distinct = sorted(set(calls))
    short = {
        call: "_".join(filter(None, map(identifier, call.path))) or "call" for call in distinct
    }
    uses = Counter(short.values())
    found: dict[DataCall, str] = {}
    for call in distinct:
        name = short[call]
        if uses[name] > 1:
            parts = map(identifier, call.module.split("."))
            name = f"{'_'.join(filter(None, list(parts)[1:]))}_{name}"
        found[call] = name
    return found


class DaoMethods:
    """Spells the methods of one DAO.

    Args:
        modules: The project.
        table: Collects the imports of the DAO's module.
    """

    def __init__(self, modules: Modules, table: ImportTable) -> None:
        self._modules = modules
        self._table = table

    def method(self, reached: Reached, name: str) -> DaoMethod:
        """Hand one call on to the original."""
        call, origin = reached.call, reached.origin
        at_run_time = self._table.is_importable(origin) and self._table.fits(origin)
        if at_run_time:
            self._table.add(origin, at_run_time=True)
        imports = () if at_run_time else (self._table.spell(origin),)
        draft = DaoMethod(
            name=f"{name}_" if keyword.iskeyword(name) else name,
            is_async=False,
            parameters=(),
            passes_on=True,
            returns="Any",
            doc=f"Hand on to ``{call.module}.{'.'.join(call.path)}``.",
            original=f"{call.module}:{'.'.join(call.path)}",
            target=".".join((origin.bound, *reached.rest)),
            imports=imports,
            arguments=("*args", "**kwargs"),
        )
        home = self._modules.place(call.module)
        node = None if home is None or len(call.path) != 1 else _definition(home, call.path[0])
        if home is None or node is None:
            self._any()
            return draft
        return self._typed(draft, node, home)

    def _typed(self, draft: DaoMethod, node: FunctionNode, home: Place) -> DaoMethod:
        types = Types(self._modules, home, home.names, self._table)
        arguments = node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
        rows = [
            (a, d, False) for a, d in zip(positional, [*missing, *arguments.defaults], strict=True)
        ]
        rows += [
            (a, d, True) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        ]
        defaults = [d for _, d, _ in rows if d is not None]
        if arguments.vararg or arguments.kwarg or not all(map(_is_literal, defaults)):
            # Its defaults mean something in its own module only: it fills them in itself.
            self._any()
            return draft
        names = {argument.arg for argument, _, _ in rows}
        if names & {"self", draft.target.partition(".")[0]}:
            self._any()
            return draft
        parameters = [
            Parameter(
                name=argument.arg,
                annotation=self._type(types, argument.annotation),
                default=None if default is None else spell(default),
                keyword_only=by_name,
            )
            for argument, default, by_name in rows
        ]
        by_position = {a.arg for a in positional}
        returns = self._type(types, node.returns)
        return replace(
            draft,
            is_async=isinstance(node, ast.AsyncFunctionDef) and not _yields(node),
            parameters=tuple(ordered(parameters)),
            passes_on=False,
            returns=returns,
            doc=ast.get_docstring(node) or draft.doc,
            arguments=tuple(
                row.name if row.name in by_position else f"{row.name}={row.name}"
                for row in parameters
            ),
        )

    def _type(self, types: Types, node: ast.expr | None) -> str:
        spelled = types.spelled(node)
        if spelled is None or spelled == "Any":
            self._any()
        return spelled or "Any"

    def _any(self) -> None:
        self._table.add(Origin("Any", "typing", "Any", None, relative=False), at_run_time=True)


def _definition(home: Place, name: str) -> FunctionNode | None:
    """The one plain function of that name; a decorator may have changed its signature."""
    found = [
        node
        for node in home.tree.body
        if isinstance(node, FunctionNode | ast.ClassDef) and node.name == name
    ]
    origin = home.names.get(name)
    if len(found) != 1 or origin is None or not origin.definite:
        return None
    node = found[0]
    return None if isinstance(node, ast.ClassDef) or node.decorator_list else node


def _is_literal(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=operand):
            return _is_literal(operand)
        case ast.Tuple(elts=elements):
            return all(map(_is_literal, elements))
        case _:
            return False


def _yields(node: FunctionNode) -> bool:
    waiting: list[ast.AST] = list(node.body)
    for inner in waiting:
        if isinstance(inner, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(inner, FunctionNode | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(inner)
    return False
