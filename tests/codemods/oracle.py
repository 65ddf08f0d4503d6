"""What ``qualify_names`` must do, said by the standard library: ``symtable`` and ``ast`` alone.

It reads the programs of ``programs.py``, whose scopes carry markers.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator
from typing import Any

QUALIFIED = frozenset({"A", "B"})
ALIAS = "_m"


class Oracle(ast.NodeTransformer):
    """Qualify names by ``symtable``: walk the tree with the table of each scope in hand."""

    def __init__(self, code: str) -> None:
        top = symtable.symtable(code, "m", "exec")
        self.by_marker = {marker(table): table for table in below(top)}
        self.parents = {
            child.get_id(): table for table in [top, *below(top)] for child in table.get_children()
        }
        self.scopes: list[tuple[symtable.SymbolTable, bool]] = [(top, False)]

    def is_modules(self, name: str) -> bool:
        """Whether *name*, where we are, is the module's."""
        table, _ = self.scopes[-1]
        while name not in table.get_identifiers():
            # 3.14 evaluates annotations in scopes of their own; look around them.
            table = self.parents[table.get_id()]
        return table.lookup(name).is_global()

    def visit_Name(self, node: ast.Name) -> ast.expr:
        _, live = self.scopes[-1]
        if live and node.id in QUALIFIED and self.is_modules(node.id):
            return ast.Attribute(ast.Name(ALIAS, ast.Load()), node.id, node.ctx)
        return node

    def visit_Global(self, node: ast.Global) -> ast.stmt | None:
        _, live = self.scopes[-1]
        left = [name for name in node.names if not (live and name in QUALIFIED)]
        return ast.Global(left) if left else None

    def inside(self, name: str, live: bool, *nodes: Any) -> list[Any]:
        self.scopes.append((self.by_marker[name], live))
        done = [visited(self, node) for node in nodes]
        self.scopes.pop()
        return done

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.decorator_list = visited(self, node.decorator_list)
        node.args = self.visit(node.args)
        node.returns = visited(self, node.returns)
        [node.body] = self.inside(node.args.args[0].arg, True, node.body)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        node.args = self.visit(node.args)
        mark = next(arg.arg for arg in arguments(node.args) if arg.arg.startswith("_"))
        [node.body] = self.inside(mark, True, node.body)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.bases = visited(self, node.bases)
        node.keywords = visited(self, node.keywords)
        first = node.body[0]
        assert isinstance(first, ast.Assign)
        assert isinstance(first.targets[0], ast.Name)
        [node.body] = self.inside(first.targets[0].id, self.scopes[-1][1], node.body)
        return node

    def comprehension(self, node: Any) -> Any:
        first = node.generators[0]
        iterable = self.visit(first.iter)
        names = [part for part in ("elt", "key", "value") if hasattr(node, part)]
        parts = [getattr(node, part) for part in names]
        first.iter = ast.Constant(0)
        mark = node.generators[-1].target.id
        *new, node.generators = self.inside(mark, self.scopes[-1][1], *parts, node.generators)
        for name, part in zip(names, new, strict=True):
            setattr(node, name, part)
        node.generators[0].iter = iterable
        return node

    def visit_ListComp(self, node: ast.ListComp) -> Any:
        return self.comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> Any:
        return self.comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> Any:
        return self.comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> Any:
        return self.comprehension(node)


def visited(oracle: Oracle, node: Any) -> Any:
    if isinstance(node, list):
        done = [new for item in node if (new := oracle.visit(item)) is not None]
        return done or ([ast.Pass()] if node and isinstance(node[0], ast.stmt) else done)
    return node and oracle.visit(node)


def below(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from below(child)


def marker(table: symtable.SymbolTable) -> str:
    own = (
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.get_name().startswith("_") and symbol.is_local()
    )
    return next((name for name in own if name[1:].isdigit()), "")


def arguments(args: ast.arguments) -> list[ast.arg]:
    starred = [arg for arg in (args.vararg, args.kwarg) if arg]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *starred]


def may_be_refused(code: str) -> bool:
    """Whether *code* has what ``qualify_names`` must or may refuse, by the symbol table."""
    oracle = Oracle(code)
    live = live_tables(oracle)
    bound = non_targets(ast.parse(code))
    for table in below(oracle.scopes[0][0]):
        is_live = table.get_id() in live
        for name in QUALIFIED & set(table.get_identifiers()):
            symbol = table.lookup(name)
            if symbol.is_declared_global() and (name in bound or not is_live):
                return True
            if is_live and table.get_type() == "class" and symbol.is_local():
                return True
    return False


def reads_what_its_class_binds(code: str) -> bool:
    """Whether a class body in a function reads a name it binds: Python's answer depends on when."""
    oracle = Oracle(code)
    live = live_tables(oracle)
    classes = (
        table
        for table in below(oracle.scopes[0][0])
        if table.get_type() == "class" and table.get_id() in live
    )
    return any(
        symbol.is_local() and symbol.is_referenced()
        for table in classes
        for symbol in table.get_symbols()
        if symbol.get_name() in QUALIFIED
    )


def live_tables(oracle: Oracle) -> set[int]:
    """The tables that are, or are inside, a function or lambda (a comprehension is none)."""
    found: set[int] = set()

    def descend(table: symtable.SymbolTable, live: bool) -> None:
        for child in table.get_children():
            comprehension = child.get_name() in {"listcomp", "setcomp", "dictcomp", "genexpr"}
            now = live or (child.get_type() == "function" and not comprehension)
            if now:
                found.add(child.get_id())
            descend(child, now)

    descend(oracle.scopes[0][0], False)
    return found


def non_targets(tree: ast.AST) -> set[str]:
    """Names bound by anything but an assignment, a loop, a ``with`` or a ``del``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.NamedExpr(target=ast.Name(id=name)):
                found.add(name)
            case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.add(name)
            case ast.MatchMapping(rest=str(name)):
                found.add(name)
    return found
