"""A file with every reference to the monolith's names spelled by what it finds.

Two states of a file that are equal here find the same things in the same way,
wherever those live. Imports, ``global`` statements and the spelling of modules
are gone from this form; everything else is as it was written.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from aurum_refactor.analysis.bindings import is_type_checking
from aurum_refactor.analysis.scopes import (
    COMPREHENSIONS,
    bound_in,
    evaluated_outside,
    parameters,
    target_names,
)
from aurum_refactor.analysis.texts import constants_of, text_of
from aurum_refactor.proof.quoted import unquote
from aurum_refactor.proof.resolve import Module, Side, Token, imported, tokens_of
from aurum_refactor.proof.several import (
    OPTIONS,
    SETTERS,
    bounds_of,
    parted,
    places_set,
    tail,
)


def canonical(module: Module, side: Side) -> list[ast.stmt]:
    """The statements of a file in canonical form, in order, without its imports."""
    return _Writer(module, side).top()


class _Scope:
    """What one function binds: plain locals, and names that its imports bind."""

    def __init__(
        self, locals_: set[str], imports: dict[str, set[Token]], *, is_class: bool
    ) -> None:
        self.locals = locals_
        self.imports = imports
        self.is_class = is_class


class _Writer(ast.NodeTransformer):
    """Rewrites one file; holds the scopes around the place it is at."""

    def __init__(self, module: Module, side: Side) -> None:
        self.module = module
        self.side = side
        self.is_tracked = module.dotted in side.tracked
        self.scopes: list[_Scope] = []
        self.depth = 0
        self.texts = constants_of(module.tree)
        self.bounds = bounds_of(module.tree)
        modules = sorted(side.tracked, key=len, reverse=True)
        names = "|".join(map(re.escape, modules))
        self.text = re.compile(rf"(?P<module>{names})\.(?P<name>[A-Za-z_]\w*)(?P<rest>(?:\.\w+)*)")

    def top(self) -> list[ast.stmt]:
        unquote(self.module.tree)
        body = self._body(self.module.tree.body)
        return [self.visit(node) for node in body]

    # ------------------------------------------------------------ several patches at once

    def _body(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        return parted(
            _without_imports(body),
            lambda row: row.value if isinstance(row, ast.Expr) else None,
            lambda row, call: ast.copy_location(ast.Expr(call), row),
            self._place_patched,
        )

    def _decorators(self, rows: Sequence[ast.expr]) -> list[ast.expr]:
        return parted(rows, lambda row: row, lambda _, call: call, self._place_patched)

    def _items(self, rows: Sequence[ast.withitem]) -> list[ast.withitem]:
        return parted(
            rows,
            lambda row: None if row.optional_vars else row.context_expr,
            lambda _, call: ast.withitem(call),
            self._place_patched,
        )

    def _place_patched(self, call: ast.Call) -> str | None:
        """What ``patch.multiple(main, X=1)`` patches; None if that is nothing of ours."""
        target = next((k.value for k in call.keywords if k.arg == "target"), None)
        owner = self._module(call.args[0] if call.args else target or ast.Constant(None))
        name = next((k.arg for k in call.keywords if k.arg not in OPTIONS), None)
        return spelled(self.side.location(owner, name)) if owner and name else None

    # ------------------------------------------------------------ what a name finds

    def token(self, name: str) -> Token | None:
        """What a bare name finds; None for a local or a name of an untracked file."""
        innermost = True
        for scope in reversed(self.scopes):
            if not scope.is_class or innermost:
                if name in scope.imports and name not in scope.locals:
                    found = {self.side.imported(token) for token in scope.imports[name]}
                    return next(iter(found)) if len(found) == 1 else ("mixed", name)
                if name in scope.locals:
                    return None
            innermost = False
        if self.is_tracked:
            return self._global(name)
        rows = self.module.table.get(name, ())
        if not rows or () in rows:
            return None
        found = {self.side.imported(token) for token in rows}
        return next(iter(found)) if len(found) == 1 else ("mixed", name)

    def _global(self, name: str) -> Token | None:
        rows = self.module.table.get(name, ())
        if rows and () not in rows and (self.module.dotted, name) not in self.side.live:
            found = self.side.imported(rows[-1])
            # Read while the module is executed, an import is as good as the place itself.
            return found[1:] if found[0] == "snap" and not self.depth else found
        found = self.side.location(self.module.dotted, name)
        if found[0] == "unbound" and not self.side.is_live(found):
            return None
        return ("loc", *found[1:])

    def chain(self, node: ast.expr) -> Token | None:
        """What a dotted expression finds, as far as it names modules of ours."""
        if isinstance(node, ast.Name):
            return self.token(node.id)
        if isinstance(node, ast.Attribute):
            owner = self.chain(node.value)
            if owner is not None and owner[0] == "module":
                dotted = f"{owner[1]}.{node.attr}"
                if owner[1] in self.side.tracked:
                    return self.side.location(owner[1], node.attr)
                return ("module", dotted)
        return None

    def _is_ours(self, token: Token | None) -> bool:
        if token is None:
            return False
        if token[0] == "module":
            return token[1] in self.side.tracked
        return token[0] in ("loc", "snap", "unbound", "mixed") or (
            token[0] == "lib" and self.is_tracked
        )

    def visit_Name(self, node: ast.Name) -> ast.AST:
        token = self.token(node.id)
        if token is not None and (self._is_ours(token) or self.is_tracked):
            return ast.Name(spelled(token), node.ctx)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        token = self.chain(node)
        if self._is_ours(token) and token is not None and token[0] != "module":
            return ast.Name(spelled(token), node.ctx)
        if token is not None and token[0] == "module" and token[1] in self.side.tracked:
            return ast.Name(spelled(token), node.ctx)
        if self.is_tracked and token is not None and token[0] == "lib":
            return ast.Name(spelled(token), node.ctx)
        if self.is_tracked and token is not None and self._is_of_ours(node):
            # ``_main.os`` is what ``os`` is in the monolith itself.
            return ast.Name(spelled(token), node.ctx)
        return self.generic_visit(node)

    def _is_of_ours(self, node: ast.Attribute) -> bool:
        """True for an attribute of a module of ours that is a module itself."""
        owner = self.chain(node.value)
        return owner is not None and owner[0] == "module" and owner[1] in self.side.tracked

    # ------------------------------------------------------------ names as text

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str) and (match := self.text.fullmatch(node.value)):
            found = self.side.location(match["module"], match["name"])
            return ast.Constant(f"{spelled(found)}{match['rest']}")
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return self._put_together(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        return self._put_together(node)

    def _put_together(self, node: ast.JoinedStr | ast.BinOp) -> ast.AST:
        """A text of constants, where it names something of ours."""
        text = text_of(node, self.texts)
        if text is not None and self.text.fullmatch(text):
            return self.visit_Constant(ast.Constant(text))
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        places: dict[int, str] = {}
        if id(node) in self.bounds and tail(node.func) in SETTERS:
            found = places_set(
                node,
                self.bounds[id(node)],
                self._module,
                lambda owner, name: spelled(self.side.location(owner, name)),
            )
            if found is not None:
                places[0] = found
        for index, argument in enumerate(node.args):
            owner = None if index in places else self._module(argument)
            if owner is None:
                continue
            match node.args[index + 1 : index + 2]:
                case [ast.Constant(value=str(name))] if name.isidentifier():
                    places[index] = "of"
                    places[index + 1] = spelled(self.side.location(owner, name))
                case _ if tail(node.func) == "multiple":
                    places[index] = "of"
                    return self._multiple(node, owner)
                case _:
                    pass
        args: list[ast.expr] = [
            ast.Constant(places[i]) if i in places else self.visit(argument)
            for i, argument in enumerate(node.args)
        ]
        target = next((k.value for k in node.keywords if k.arg == "target"), None)
        owner = None if target is None else self._module(target)
        if owner is not None and tail(node.func) == "multiple":
            return self._multiple(node, owner)
        keywords = [
            self._keyword(k, owner) if owner else ast.keyword(k.arg, self.visit(k.value))
            for k in node.keywords
        ]
        return ast.Call(self.visit(node.func), args, keywords)

    def _keyword(self, node: ast.keyword, owner: str) -> ast.keyword:
        """One of ``target=main, attribute="X"``: together they are the place that is patched."""
        match node:
            case ast.keyword(arg="target"):
                return ast.keyword(node.arg, ast.Constant("of"))
            case ast.keyword(arg="attribute" | "name", value=ast.Constant(value=str(name))):
                place = spelled(self.side.location(owner, name))
                return ast.keyword(node.arg, ast.Constant(place))
            case _:
                return ast.keyword(node.arg, self.visit(node.value))

    def _module(self, node: ast.expr) -> str | None:
        token = self.chain(node) if isinstance(node, ast.Name | ast.Attribute) else None
        if token is not None and token[0] == "module" and token[1] in self.side.tracked:
            return token[1]
        if isinstance(node, ast.Constant) and node.value in self.side.tracked:
            return str(node.value)
        return None

    def _multiple(self, node: ast.Call, owner: str) -> ast.Call:
        keywords = [
            self._keyword(k, owner)
            if k.arg is None or k.arg in OPTIONS
            else ast.keyword(spelled(self.side.location(owner, k.arg)), self.visit(k.value))
            for k in node.keywords
        ]
        args = [ast.Constant("of"), *(self.visit(a) for a in node.args[1:])]
        return ast.Call(self.visit(node.func), args, keywords)

    # ------------------------------------------------------------ scopes

    def _inside(
        self, body: Sequence[ast.AST], given: set[str], *, is_class: bool = False
    ) -> _Scope:
        bound = bound_in(body)
        rows = imported([n for n in body if isinstance(n, ast.stmt)], self.module.package)
        imports: dict[str, set[Token]] = {}
        for name, token in rows:
            imports.setdefault(name, set()).add(token)
        plain = _stored_plainly(body)
        own = {n for n in bound.local if n not in imports or n in plain} | given
        return _Scope(own, {n: t for n, t in imports.items() if n not in own}, is_class=is_class)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        node.decorator_list = self._decorators(node.decorator_list)
        for part in evaluated_outside(node):
            _replace(node, part, self.visit(part))
        self.scopes.append(self._inside(node.body, {a.arg for a in parameters(node)}))
        self.depth += 1
        node.body = [self.visit(child) for child in self._body(node.body)]
        self.depth -= 1
        self.scopes.pop()
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        for part in evaluated_outside(node):
            _replace(node, part, self.visit(part))
        self.scopes.append(self._inside([node.body], {a.arg for a in parameters(node)}))
        self.depth += 1
        node.body = self.visit(node.body)
        self.depth -= 1
        self.scopes.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.decorator_list = self._decorators(node.decorator_list)
        for part in evaluated_outside(node):
            _replace(node, part, self.visit(part))
        self.scopes.append(self._inside(node.body, set(), is_class=True))
        node.body = [self.visit(child) for child in self._body(node.body)]
        self.scopes.pop()
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, COMPREHENSIONS):
            names = {n.id for g in node.generators for n in target_names(g.target)}
            self.scopes.append(_Scope(names, {}, is_class=False))
            result = super().generic_visit(node)
            self.scopes.pop()
            return result
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                setattr(node, field, self._body(block))
        if isinstance(node, ast.With | ast.AsyncWith):
            node.items = self._items(node.items)
        return super().generic_visit(node)


def spelled(token: Token) -> str:
    """A token as an identifier that no source can contain."""
    return f"<{' '.join(token)}>"


def _without_imports(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Statements without imports and ``global``; what they bind shows where it is read."""
    kept = [node for node in body if not isinstance(node, _DROPPED) and not _imports_types(node)]
    return kept or [ast.Pass()]


def _imports_types(node: ast.stmt) -> bool:
    """True for ``if TYPE_CHECKING:`` around imports alone, which each module has of its own."""
    return (
        isinstance(node, ast.If)
        and is_type_checking(node)
        and not node.orelse
        and all(isinstance(inner, _DROPPED) for inner in node.body)
    )


_DROPPED = (ast.Import, ast.ImportFrom, ast.Global, ast.Pass)


def _stored_plainly(body: Sequence[ast.AST]) -> set[str]:
    """Names of one scope that something besides an import binds."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While | ast.AsyncWith):
            found |= _stored_plainly(list(ast.iter_child_nodes(node)))
        elif isinstance(node, ast.ExceptHandler):
            found |= {node.name} if node.name else set()
            found |= _stored_plainly(node.body)
        else:
            bound = bound_in([node])
            found |= bound.stored | bound.deleted
    return found


def _replace(node: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Put *new* where *old* stands below *node*."""
    for parent in ast.walk(node):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
                return
            if isinstance(value, list):
                for index, item in enumerate(value):
                    if item is old:
                        value[index] = new
                        return


def module_imports(module: Module, side: Side) -> dict[str, set[Token]]:
    """Names of a file's top level that imports bind to things of ours."""
    found: dict[str, set[Token]] = {}
    for name, token in imported(list(module.tree.body), module.package):
        meaning = side.imported(token)
        ours = meaning[0] in ("loc", "snap", "unbound") or (
            meaning[0] == "module" and meaning[1] in side.tracked
        )
        if ours:
            found.setdefault(name, set()).add(meaning)
    return found


__all__ = ["canonical", "module_imports", "spelled", "tokens_of"]
