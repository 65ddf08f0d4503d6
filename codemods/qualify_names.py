"""Read names of another module through that module's object: ``N`` becomes ``alias.N``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import libcst as cst

from codemods._fstrings import source, spelled_out
from codemods._globals import undeclare_in_block, undeclare_in_suite
from codemods._position import IMPORT_TIME, Position
from codemods._scopes import (
    Form,
    bindings,
    comprehension_names,
    imported_name,
    parameter_names,
    type_parameter_names,
)
from codemods._walk import Node, children, named_fields, rebuild
from codemods.errors import CannotRewrite

# The compiler gives these a meaning that no attribute has.
_COMPILER_NAMES = frozenset({"super", "__class__", "__debug__"})


def qualify_names(module: cst.Module, names: Collection[str], alias: str) -> cst.Module:
    """Make every call-time use of the module-level *names* an attribute of *alias*.

    Call time is inside function and lambda bodies; there, everything is. What
    runs while the module is imported is left alone: decorators, parameter
    defaults and annotations of top-level functions, top-level class bodies, and
    comprehensions (generators too) outside functions. Scopes are resolved as
    CPython does. A ``global N`` goes away, and what it made a store, a deletion
    or a target becomes one on ``alias.N``. String literals are never touched.

    The second pass changes nothing. *alias* is not imported here.

    Args:
        module: The tree to rewrite.
        names: Identifiers that are, or were, bound at the top level.
        alias: An identifier that *module* does not use yet, except as ``alias.N``.

    Returns:
        The new tree; *module* itself where nothing changed.

    Raises:
        CannotRewrite: *alias* is taken; or a use has no attribute form: under
            ``global N`` a walrus, import, def, class, except-as, match capture
            or type statement; a class-body read of a name that this body also
            binds; a private name in a class; the text of ``f"{N=}"`` cannot be
            kept, or *N* stands in a template string.

    Cost:
        O(size of *module*); statements that mention none of *names* are only looked at.
    """
    wanted = frozenset(names)
    if taken := wanted & (_COMPILER_NAMES | {alias}):
        raise CannotRewrite(min(taken), "cannot be read as an attribute")
    if _is_private(alias):
        raise CannotRewrite(alias, "would be mangled inside a class; take another alias")
    mentioned = [_mentions(statement, wanted, alias) for statement in module.body]
    qualifier = _Qualifier(wanted, alias)
    body = [
        qualifier.code(statement, IMPORT_TIME) if any_of_them else statement
        for statement, any_of_them in zip(module.body, mentioned, strict=True)
    ]
    if all(new is old for new, old in zip(body, module.body, strict=True)):
        return module
    return module.with_changes(body=body)


def is_mentioned(module: cst.Module, names: Collection[str]) -> bool:
    """Whether any of *names* is bound or read in *module*, or is an attribute in it."""
    stack: list[cst.CSTNode] = [module]
    while stack:
        node = stack.pop()
        if isinstance(node, cst.Name) and node.value in names:
            return True
        if isinstance(node, cst.Attribute) and node.attr.value in names:
            return True
        stack.extend(children(node, named_fields))
    return False


def _mentions(statement: cst.CSTNode, names: frozenset[str], alias: str) -> bool:
    """Whether *statement* binds or reads any of *names*; refuses if it uses *alias* otherwise."""
    found: set[str] = set()
    stack = [statement]
    while stack:
        node = stack.pop()
        if isinstance(node, cst.Name):
            found.add(node.value)
        elif isinstance(node, cst.ImportAlias):
            found.add(imported_name(node))
        elif not (isinstance(node, cst.Attribute) and _is_qualified(node, names, alias)):
            stack.extend(children(node, named_fields))
    if alias in found:
        raise CannotRewrite(alias, "is a name of this module already; take another alias")
    return not found.isdisjoint(names) or any(map(_is_private, found))


def _is_qualified(node: cst.Attribute, names: frozenset[str], alias: str) -> bool:
    return (
        isinstance(node.value, cst.Name) and node.value.value == alias and node.attr.value in names
    )


def _is_private(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")


@dataclass(frozen=True, slots=True)
class _Qualifier:
    """The rewrite of one kind of node after the other; ``code`` is the way in."""

    names: frozenset[str]
    alias: str

    def code(self, node: Node, at: Position) -> Node:
        """Rewrite *node*, which runs where *at* says."""
        rewrite = _REWRITES.get(type(node))
        if rewrite is None:
            return rebuild(node, lambda child: self.code(child, at))
        new: Node = rewrite(self, node, at)
        return new

    def name(self, node: cst.Name, at: Position) -> cst.BaseExpression:
        if not at.live:
            return node
        name = node.value
        if at.owner and _is_private(name) and {name, f"_{at.owner}{name}"} & self.names:
            raise CannotRewrite(name, "is a private name, which a class mangles")
        if name not in self.names:
            return node
        if name in at.ambiguous:
            raise CannotRewrite(name, "is read in a class body that also binds it")
        if name in at.hidden:
            return node
        return cst.Attribute(
            value=cst.Name(self.alias), attr=cst.Name(name), lpar=node.lpar, rpar=node.rpar
        )

    def target(self, node: Node, at: Position) -> Node:
        """Rewrite a target: what a class body stores to is its own, and no read."""
        if isinstance(node, cst.Name):
            return node if node.value in at.ambiguous else self.code(node, at)
        if isinstance(node, (cst.Tuple, cst.List, cst.Element, cst.StarredElement, cst.AsName)):
            return rebuild(node, lambda child: self.target(child, at))
        return self.code(node, at)

    def targeting(self, node: Node, at: Position) -> Node:
        """Rewrite a statement or clause with a target in it."""
        target: object = getattr(node, "target", None) or getattr(node, "asname", None)
        return rebuild(
            node,
            lambda child: (self.target if child is target else self.code)(child, at),
        )

    def walrus(self, node: cst.NamedExpr, at: Position) -> cst.NamedExpr:
        return _with(node, value=self.code(node.value, at))

    def function(self, node: cst.FunctionDef, at: Position) -> cst.FunctionDef:
        typed = at.annotation(self.wanted(type_parameter_names(node.type_parameters)))
        bound, declared = self.locals_of(node.body)
        inside = typed.function(bound | self.wanted(parameter_names(node.params)), declared)
        return _with(
            node,
            decorators=[self.code(decorator, at) for decorator in node.decorators],
            type_parameters=node.type_parameters and self.code(node.type_parameters, typed),
            params=self.parameters(node.params, defaults=at, annotations=typed),
            returns=node.returns and self.code(node.returns, typed),
            body=self.code(node.body, inside),
        )

    def lambda_(self, node: cst.Lambda, at: Position) -> cst.Lambda:
        bound, declared = self.locals_of(node.body)
        inside = at.function(bound | self.wanted(parameter_names(node.params)), declared)
        return _with(
            node,
            params=self.parameters(node.params, defaults=at, annotations=at),
            body=self.code(node.body, inside),
        )

    def parameters(
        self, node: cst.Parameters, *, defaults: Position, annotations: Position
    ) -> cst.Parameters:
        def parameter(child: cst.CSTNode) -> cst.CSTNode:
            return rebuild(
                child,
                lambda part: self.code(
                    part, annotations if isinstance(part, cst.Annotation) else defaults
                ),
            )

        return rebuild(node, parameter)

    def class_(self, node: cst.ClassDef, at: Position) -> cst.ClassDef:
        typed = at.annotation(self.wanted(type_parameter_names(node.type_parameters)))
        bound, declared = self.locals_of(node.body)
        if declared and not at.live:
            raise CannotRewrite(min(declared), "is declared global in a class body run at import")
        inside = typed.class_body(bound, declared, node.name.value)
        return _with(
            node,
            decorators=[self.code(decorator, at) for decorator in node.decorators],
            type_parameters=node.type_parameters and self.code(node.type_parameters, typed),
            bases=[self.code(base, typed) for base in node.bases],
            keywords=[self.code(keyword, typed) for keyword in node.keywords],
            body=self.code(node.body, inside),
        )

    def type_alias(self, node: cst.TypeAlias, at: Position) -> cst.TypeAlias:
        typed = at.annotation(self.wanted(type_parameter_names(node.type_parameters)))
        return rebuild(node, lambda child: self.code(child, typed))

    def comprehension(self, node: cst.BaseComp, at: Position) -> cst.BaseComp:
        inside = at.comprehension(self.wanted(comprehension_names(node)))

        def part(child: cst.CSTNode) -> cst.CSTNode:
            if child is node.for_in:
                # The first iterable alone is evaluated outside, before the rest runs.
                return self.clause(node.for_in, at, inside)
            return self.code(child, inside)

        return rebuild(node, part)

    def clause(self, node: cst.CompFor, outside: Position, inside: Position) -> cst.CompFor:
        rest = node.inner_for_in
        return _with(
            node,
            target=self.target(node.target, inside),
            iter=self.code(node.iter, outside),
            ifs=[self.code(test, inside) for test in node.ifs],
            inner_for_in=rest and self.clause(rest, inside, inside),
        )

    def block(self, node: cst.IndentedBlock, at: Position) -> cst.IndentedBlock:
        new = rebuild(node, lambda child: self.code(child, at))
        return undeclare_in_block(new, self.names) if at.live else new

    def suite(self, node: cst.SimpleStatementSuite, at: Position) -> cst.SimpleStatementSuite:
        new = rebuild(node, lambda child: self.code(child, at))
        return undeclare_in_suite(new, self.names) if at.live else new

    def f_string(self, node: cst.FormattedString, at: Position) -> cst.FormattedString:
        parts: list[cst.BaseFormattedStringContent] = []
        for part in node.parts:
            new = rebuild(part, lambda child: self.code(child, at))
            if new is part or not isinstance(new, cst.FormattedStringExpression) or not new.equal:
                parts.append(new)
            else:
                parts += spelled_out(part, new, node.quote)
        return _with(node, parts=parts)

    def nested_replacement(
        self, node: cst.FormattedStringExpression, at: Position
    ) -> cst.FormattedStringExpression:
        """Rewrite a replacement field inside a format specification."""
        new = rebuild(node, lambda child: self.code(child, at))
        if new is not node and node.equal:
            raise CannotRewrite(source(node), "is shown by its source text in an f-string")
        return new

    def template(self, node: cst.CSTNode, at: Position) -> cst.CSTNode:
        new = rebuild(node, lambda child: self.code(child, at))
        if new is not node:
            raise CannotRewrite(source(node), "stands in a template string, which keeps its text")
        return node

    def wanted(self, names: Iterator[str]) -> frozenset[str]:
        return self.names.intersection(names)

    def locals_of(self, body: cst.CSTNode) -> tuple[frozenset[str], frozenset[str]]:
        """The names bound in *body* and those it declares global; refuses what cannot be one."""
        found = [binding for binding in bindings(body) if binding.name in self.names]
        declared = frozenset(name for name, form in found if form is Form.GLOBAL)
        for name, form in sorted(found):
            if name in declared and form not in (Form.GLOBAL, Form.TARGET):
                raise CannotRewrite(name, f"is declared global and bound by {form}")
        outer = {name for name, form in found if form is Form.NONLOCAL}
        return frozenset(name for name, _ in found if name not in declared | outer), declared


def _with(node: Node, **values: Any) -> Node:
    """*node* with those of *values* that are new; *node* itself if none is."""
    changes = {
        field: new for field, new in values.items() if not _unchanged(new, getattr(node, field))
    }
    return node.with_changes(**changes) if changes else node


def _unchanged(new: object, old: object) -> bool:
    if isinstance(new, list) and isinstance(old, (list, tuple)):
        return len(new) == len(old) and all(a is b for a, b in zip(new, old, strict=True))
    return new is old


_Rewrite = Callable[[_Qualifier, Any, Position], Any]
_REWRITES: dict[type[cst.CSTNode], _Rewrite] = {
    cst.Name: _Qualifier.name,
    cst.For: _Qualifier.targeting,
    cst.AssignTarget: _Qualifier.targeting,
    cst.Del: _Qualifier.targeting,
    cst.WithItem: _Qualifier.targeting,
    cst.AnnAssign: _Qualifier.targeting,
    cst.NamedExpr: _Qualifier.walrus,
    cst.FunctionDef: _Qualifier.function,
    cst.Lambda: _Qualifier.lambda_,
    cst.ClassDef: _Qualifier.class_,
    cst.TypeAlias: _Qualifier.type_alias,
    cst.IndentedBlock: _Qualifier.block,
    cst.SimpleStatementSuite: _Qualifier.suite,
    cst.FormattedString: _Qualifier.f_string,
    cst.FormattedStringExpression: _Qualifier.nested_replacement,
    cst.ListComp: _Qualifier.comprehension,
    cst.SetComp: _Qualifier.comprehension,
    cst.GeneratorExp: _Qualifier.comprehension,
    cst.DictComp: _Qualifier.comprehension,
}
# Python 3.14 and 3.15; LibCST knows them from 1.9 on.
_LATER: dict[str, _Rewrite] = {
    "TemplatedStringExpression": _Qualifier.template,
    "StarredDictComp": _Qualifier.comprehension,
}
_REWRITES |= {getattr(cst, kind): rewrite for kind, rewrite in _LATER.items() if hasattr(cst, kind)}
