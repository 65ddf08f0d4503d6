"""Find names of a module in the modules that they have moved to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import libcst as cst

from codemods._adjacent import JoinedImports
from codemods._aliases import (
    Alias,
    ImportNode,
    Scope,
    absolute,
    alias_at,
    aliases_of,
    used_names,
)
from codemods._bounds import bounded_names
from codemods._dotted import dotted_text
from codemods._fstrings import spelled_out
from codemods._multiples import OPTIONS, split_multiples
from codemods._scopes import bindings, comprehension_names, parameter_names
from codemods._spelling import from_import, object_import
from codemods._walk import Node, children, rebuild
from codemods.errors import CannotRewrite


def redirect_imports(
    module: cst.Module, package: str, old: str, homes: Mapping[str, str], own: str = ""
) -> cst.Module:
    """Make one file find names of the module *old* where they live now.

    Rewritten are from-imports (absolute, relative, aliased, in functions and
    blocks), attributes of the module's object however that was imported, and
    calls that name it and one of its names: ``setattr(routes, "X", fake)``,
    ``patch.object(routes, "X")``, ``patch.multiple(routes, X=fake)``; one of names that live
    in several modules becomes several. ``setattr(routes, name, fake)`` is rewritten where a
    loop or a parametrization says what *name* may be. The
    import of a new home stands beside the import of the old one, in its scope, and is one with
    an import of the same module that it comes to stand beside.
    Scopes are resolved as CPython does: a parameter called like the module is
    left alone. Strings are ``retarget_patches``' business.

    Args:
        module: The tree to rewrite.
        package: Dotted package of the file; ``""`` for a lone module.
        old: Dotted module that the names lived in.
        homes: Name to the dotted module that it lives in now.
        own: Dotted name of this file: names whose home it is are read without
            a module, and no longer imported.

    Returns:
        The new tree; *module* itself where nothing changed.

    Raises:
        CannotRewrite: One use of a name has no faithful form; ``name`` says which.
    """
    module = split_multiples(module, package, old, homes)
    redirector = _Redirector(module, package, old, homes, own)
    body = [redirector.code(statement, redirector.scope) for statement in module.body]
    changed = any(new is not before for new, before in zip(body, module.body, strict=True))
    tree = module.with_changes(body=body) if changed else module
    edits = redirector.edits(tree)
    if not edits.wanted:
        return tree
    made = {id(node) for rows in edits.wanted.values() for node in rows}
    return cst.ensure_type(tree.visit(edits).visit(JoinedImports(made)), cst.Module)


class _Redirector:
    """One pass over one file; collects which imports need company on the way."""

    def __init__(
        self, module: cst.Module, package: str, old: str, homes: Mapping[str, str], own: str
    ) -> None:
        self.package = package
        self.old = old
        self.homes = homes
        self.own = own
        self.top = list(module.body)
        names = aliases_of(self.top, package, old)
        self.scope = Scope(names, names)
        self.module = module
        self.taken: set[str] = set()
        self.handles: dict[str, str] = {}
        # Homes whose objects the file has under a name already.
        self.known: set[str] = set()
        # Per import statement (by identity) the homes whose objects are needed beside it.
        self.company: dict[int, dict[str, None]] = {}

    # ------------------------------------------------------------ names

    def handle(self, home: str) -> str:
        """The name under which this file knows the object of a new home."""
        if home not in self.handles:
            known = aliases_of(self.top, self.package, home)
            there = [n for n, alias in known.items() if alias is not None and not alias.rest]
            self.handles[home] = there[0] if there else self._fresh(home)
            if there:
                self.known.add(home)
        return self.handles[home]

    def _fresh(self, home: str) -> str:
        self.taken = self.taken or set(used_names(self.module))
        last = home.rpartition(".")[2]
        name, number = last, 2
        while name in self.taken:
            name = f"{last}_module" if number == 2 else f"{last}_module_{number}"  # noqa: PLR2004
            number += 1
        self.taken.add(name)
        return name

    def _other(self, home: str, alias: Alias, scope: Scope) -> cst.Name:
        name = self.handle(home)
        if home in self.known:
            if name in scope.locals:
                raise CannotRewrite(name, "is a local name where the module is needed")
        else:
            for statement in alias.statements:
                self.company.setdefault(id(statement), {})[home] = None
        return cst.Name(name)

    def edits(self, tree: cst.Module) -> _Edits:
        """What happens to the import statements."""
        return _Edits(tree, self)

    # ------------------------------------------------------------ expressions

    def code(self, node: Node, scope: Scope) -> Node:
        """Rewrite *node*, which stands in *scope*."""
        rewrite = _REWRITES.get(type(node))
        if rewrite is None:
            return rebuild(node, lambda child: self.code(child, scope))
        new: Node = rewrite(self, node, scope)
        return new

    def attribute(self, node: cst.Attribute, scope: Scope) -> cst.BaseExpression:
        alias = alias_at(node.value, scope)
        name = node.attr.value
        if alias is None or name not in self.homes:
            return rebuild(node, lambda child: self.code(child, scope))
        home = self.homes[name]
        if home != self.own:
            return node.with_changes(value=self._other(home, alias, scope))
        if name in scope.locals:
            raise CannotRewrite(name, "is a local name where the module's is read")
        return cst.Name(name, lpar=node.lpar, rpar=node.rpar)

    def target(self, node: Node, scope: Scope) -> Node:
        """Rewrite a statement that stores or deletes; a bare name would be a local one."""
        new = rebuild(node, lambda child: self.code(child, scope))
        if self.own:
            for store in _stores(node):
                alias = alias_at(store.value, scope)
                if alias is not None and self.homes.get(store.attr.value) == self.own:
                    raise CannotRewrite(store.attr.value, "is re-bound here through the module")
        return new

    def call(self, node: cst.Call, scope: Scope) -> cst.Call:
        new = rebuild(node, lambda child: self.code(child, scope))
        for index, argument in enumerate(node.args):
            alias = alias_at(argument.value, scope)
            keyword = argument.keyword.value if argument.keyword else ""
            if alias is None or keyword not in ("", "target"):
                continue
            owner = self._computed(node, index, alias, scope)
            if owner is None:
                home = self._named_with(node, index)
                owner = None if home is None else self._other(home, alias, scope)
            if owner is None:
                continue
            args = list(new.args)
            args[index] = args[index].with_changes(value=owner)
            new = new.with_changes(args=args)
        return new

    def _computed(
        self, node: cst.Call, index: int, alias: Alias, scope: Scope
    ) -> cst.BaseExpression | None:
        """What ``setattr(routes, name, ...)`` sets *name* on, if that is known to be a few names.

        Where these live in several modules, it is looked up: ``{"a": rows, "b": _shared}[name]``.
        """
        names = () if index else self.bounds.get(id(node), ())
        moved = [name for name in names if name in self.homes]
        if not moved or dotted_tail(node.func) not in _SETTERS:
            return None
        homes = [self.homes.get(name) for name in names]
        if self.own in homes:
            raise CannotRewrite(moved[0], "is named in a string in its own module")
        owners = {
            home: node.args[0].value if home is None else self._other(home, alias, scope)
            for home in dict.fromkeys(homes)
        }
        if len(owners) == 1:
            return owners[homes[0]]
        rows = [
            cst.DictElement(cst.SimpleString(f'"{name}"'), owners[home].deep_clone())
            for name, home in zip(names, homes, strict=True)
        ]
        return cst.Subscript(
            cst.Dict(rows), [cst.SubscriptElement(cst.Index(node.args[1].value.deep_clone()))]
        )

    @cached_property
    def bounds(self) -> Mapping[int, tuple[str, ...]]:
        """What names that are computed may be; see ``bounded_names``."""
        return bounded_names(self.module)

    def _named_with(self, node: cst.Call, index: int) -> str | None:
        """The one home of the names that a call mentions beside the module's object."""
        following = [row for row in node.args[index + 1 : index + 2] if row.keyword is None]
        if node.args[index].keyword is not None:
            # The name stands in a keyword of its own, wherever that is.
            following = [row for row in node.args if row.keyword and row.keyword.value in _NAMING]
        names = [
            str(argument.value.evaluated_value)
            for argument in following
            if isinstance(argument.value, cst.SimpleString)
        ]
        if not names and dotted_tail(node.func) == "multiple":
            names = [
                argument.keyword.value
                for argument in node.args
                if argument.keyword is not None and argument.keyword.value not in OPTIONS
            ]
        homes = {self.homes.get(name) for name in names}
        moved = sorted(name for name in names if name in self.homes)
        if not moved:
            return None
        if len(homes) > 1:
            raise CannotRewrite(moved[0], "is patched together with a name of another module")
        home = self.homes[moved[0]]
        if home == self.own:
            raise CannotRewrite(moved[0], "is named in a string in its own module")
        return home

    def string(self, node: cst.SimpleString, scope: Scope) -> cst.SimpleString:
        """A quoted annotation may name the module; what a string means is not guessed."""
        text = node.value
        if "." in text and _ANNOTATION.fullmatch(text):
            for name, alias in scope.visible.items():
                if alias is None or alias.rest:
                    continue
                for match in re.finditer(rf"(?<![\w.]){re.escape(name)}\.(\w+)", text):
                    if match.group(1) in self.homes and name != self.old:
                        raise CannotRewrite(match.group(1), "is named in a string annotation")
        return node

    def f_string(self, node: cst.FormattedString, scope: Scope) -> cst.FormattedString:
        parts: list[cst.BaseFormattedStringContent] = []
        for part in node.parts:
            new = rebuild(part, lambda child: self.code(child, scope))
            if new is part or not isinstance(new, cst.FormattedStringExpression) or not new.equal:
                parts.append(new)
            else:
                parts += spelled_out(part, new, node.quote)
        same = all(new is old for new, old in zip(parts, node.parts, strict=False))
        return node if same and len(parts) == len(node.parts) else node.with_changes(parts=parts)

    # ------------------------------------------------------------ scopes

    def function(self, node: cst.FunctionDef, scope: Scope) -> cst.FunctionDef:
        inside = self._inside(scope, [node.body], parameter_names(node.params))
        return _with(
            node,
            decorators=[self.code(decorator, scope) for decorator in node.decorators],
            params=self.code(node.params, scope),
            returns=node.returns and self.code(node.returns, scope),
            body=self.code(node.body, inside),
        )

    def lambda_(self, node: cst.Lambda, scope: Scope) -> cst.Lambda:
        inside = self._inside(scope, [node.body], parameter_names(node.params))
        return _with(node, params=self.code(node.params, scope), body=self.code(node.body, inside))

    def class_(self, node: cst.ClassDef, scope: Scope) -> cst.ClassDef:
        names = aliases_of([node.body], self.package, self.old)
        bound = {b.name for b in bindings(node.body)}
        hidden: dict[str, Alias | None] = dict.fromkeys(bound)
        inside = Scope({**scope.inherited, **hidden, **names}, scope.inherited, scope.locals)
        return _with(
            node,
            decorators=[self.code(decorator, scope) for decorator in node.decorators],
            bases=[self.code(base, scope) for base in node.bases],
            keywords=[self.code(keyword, scope) for keyword in node.keywords],
            body=self.code(node.body, inside),
        )

    def comprehension(self, node: cst.BaseComp, scope: Scope) -> cst.BaseComp:
        inside = scope.hiding(tuple(comprehension_names(node)))
        return rebuild(node, lambda child: self.code(child, inside))

    def _inside(self, scope: Scope, roots: Sequence[cst.CSTNode], parameters: Any) -> Scope:
        own = aliases_of(roots, self.package, self.old)
        bound = set(parameters)
        for binding in bindings(*roots):
            if binding.form.name in ("GLOBAL", "NONLOCAL"):
                if scope.inherited.get(binding.name) is not None:
                    raise CannotRewrite(binding.name, "is declared global and names the module")
                continue
            bound.add(binding.name)
        hidden: dict[str, Alias | None] = dict.fromkeys(bound)
        found = {**scope.inherited, **hidden, **own}
        return Scope(found, found, scope.locals | bound)


#: Calls that take an object, and the name of the attribute that they replace.
_SETTERS = frozenset({"setattr", "delattr", "object"})
#: Keywords that hold the name of what is replaced on a target.
_NAMING = ("attribute", "name")
_ANNOTATION = re.compile(r"""['"][\w.\[\], |]+['"]""")


def dotted_tail(node: cst.BaseExpression) -> str:
    """``multiple`` of ``mock.patch.multiple``."""
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _stores(node: cst.CSTNode) -> list[cst.Attribute]:
    """Attributes that a statement stores to or deletes."""
    found: list[cst.Attribute] = []
    stack: list[cst.CSTNode] = [getattr(node, "target", node)]
    while stack:
        target = stack.pop()
        if isinstance(target, cst.Attribute):
            found.append(target)
        elif isinstance(target, cst.Tuple | cst.List):
            stack += [element.value for element in target.elements]
        elif isinstance(target, cst.StarredElement):
            stack.append(target.value)
    return found


def _with(node: Node, **values: Any) -> Node:
    changes = {}
    for name, new in values.items():
        old = getattr(node, name)
        same = (
            len(new) == len(old) and all(a is b for a, b in zip(new, old, strict=True))
            if isinstance(new, list)
            else new is old
        )
        if not same:
            changes[name] = new
    return node.with_changes(**changes) if changes else node


_Rewrite = Callable[[_Redirector, Any, Scope], Any]
_REWRITES: dict[type[cst.CSTNode], _Rewrite] = {
    cst.Attribute: _Redirector.attribute,
    cst.AssignTarget: _Redirector.target,
    cst.AugAssign: _Redirector.target,
    cst.AnnAssign: _Redirector.target,
    cst.Del: _Redirector.target,
    cst.For: _Redirector.target,
    cst.Call: _Redirector.call,
    cst.SimpleString: _Redirector.string,
    cst.FormattedString: _Redirector.f_string,
    cst.FunctionDef: _Redirector.function,
    cst.Lambda: _Redirector.lambda_,
    cst.ClassDef: _Redirector.class_,
    cst.ListComp: _Redirector.comprehension,
    cst.SetComp: _Redirector.comprehension,
    cst.GeneratorExp: _Redirector.comprehension,
    cst.DictComp: _Redirector.comprehension,
}


class _Edits(cst.CSTTransformer):
    """Replaces import statements by the statements that stand for them now."""

    def __init__(self, tree: cst.Module, redirector: _Redirector) -> None:
        super().__init__()
        self.redirector = redirector
        self.wanted: dict[int, list[ImportNode]] = {}
        stack: list[cst.CSTNode] = [tree]
        while stack:
            node = stack.pop()
            if isinstance(node, cst.ImportFrom | cst.Import):
                new = self._instead(node)
                if new is not None:
                    self.wanted[id(node)] = new
            elif not isinstance(node, cst.BaseExpression):
                stack.extend(children(node))

    def _instead(self, node: ImportNode) -> list[ImportNode] | None:
        redirector = self.redirector
        found: list[ImportNode] = [node]
        if isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar):
            found = self._split(node, list(node.names))
        for home in redirector.company.get(id(node), ()):
            relative = isinstance(node, cst.ImportFrom) and bool(node.relative)
            handle = redirector.handles[home]
            found.append(object_import(redirector.package, home, handle, relative=relative))
        return None if len(found) == 1 and found[0] is node else found

    def _split(self, node: cst.ImportFrom, names: list[cst.ImportAlias]) -> list[ImportNode]:
        redirector = self.redirector
        if absolute(redirector.package, node) != redirector.old:
            return [node]
        groups: dict[str, list[str]] = {}
        kept: list[cst.ImportAlias] = []
        for alias in names:
            name = dotted_text(alias.name)
            home = redirector.homes.get(name)
            if home is None:
                kept.append(alias)
            elif home == redirector.own:
                if alias.asname is not None:
                    raise CannotRewrite(name, "is imported under another name in its own module")
            else:
                asname = alias.asname and cst.ensure_type(alias.asname.name, cst.Name).value
                groups.setdefault(home, []).append(f"{name} as {asname}" if asname else name)
        if len(kept) == len(names):
            return [node]
        found: list[ImportNode] = []
        if kept:
            # What followed the last name follows the one that is last now.
            kept[-1] = kept[-1].with_changes(comma=names[-1].comma)
            found.append(node.with_changes(names=kept))
        for home, rows in groups.items():
            relative = bool(node.relative)
            found.append(from_import(redirector.package, home, rows, relative=relative))
        return found

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement] | cst.RemovalSentinel:
        if not any(id(small) in self.wanted for small in original_node.body):
            return updated_node
        if len(original_node.body) == 1:
            new = self.wanted[id(original_node.body[0])]
            if not new:
                return cst.RemoveFromParent()
            first = updated_node.with_changes(body=[new[0]])
            return cst.FlattenSentinel(
                [first, *(cst.SimpleStatementLine([small]) for small in new[1:])]
            )
        return updated_node.with_changes(body=self._smalls(original_node.body))

    def leave_SimpleStatementSuite(
        self, original_node: cst.SimpleStatementSuite, updated_node: cst.SimpleStatementSuite
    ) -> cst.SimpleStatementSuite:
        if not any(id(small) in self.wanted for small in original_node.body):
            return updated_node
        return updated_node.with_changes(body=self._smalls(original_node.body))

    def _smalls(self, body: Sequence[cst.BaseSmallStatement]) -> list[cst.BaseSmallStatement]:
        small: list[cst.BaseSmallStatement] = []
        for statement in body:
            small += self.wanted.get(id(statement), [statement])
        open_ended = [
            statement.with_changes(semicolon=cst.MaybeSentinel.DEFAULT) for statement in small
        ]
        return open_ended or [cst.Pass()]

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        if updated_node.body or not original_node.body:
            return updated_node
        return updated_node.with_changes(body=[cst.SimpleStatementLine([cst.Pass()])])
