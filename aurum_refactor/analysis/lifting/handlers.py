"""A registration does not go without its endpoint, unless that is another module's."""

from __future__ import annotations

import ast

from aurum_refactor.analysis.lifting.run import Run
from aurum_refactor.analysis.lifting.trees import binds_name, root_of
from aurum_refactor.analysis.nested import Nested, bound_handler
from aurum_refactor.model import Form


def judge_handler(run: Run, nested: Nested) -> None:
    """Note a registration whose endpoint stays in a function or class around."""
    root = nested.endpoint.name.partition(".")[0]
    by_call = all(row.form is not Form.DECORATOR for row in nested.endpoint.registrations)
    owner = None if root in run.binds or not by_call else run.owner(root)
    if owner is not None and not _imports(owner.function, root):
        offset = nested.index - run.first
        name = nested.endpoint.name
        member = bound_handler(run.suite, name)
        if member is not None and member in run.facts.carried:
            return
        if member is not None and member in run.facts.own_methods:
            line, reason = run.facts.own_methods[member]
            run.no(offset, f"its handler {name} stays in {member[0]}: {reason}", line)
            return
        if _is_foreign_object(run, name):
            return
        stays = (
            f"is a method of {root}, which stays" if "." in name else "stays in the function around"
        )
        run.no(offset, f"its handler {name} {stays}")


def _is_foreign_object(run: Run, handler: str) -> bool:
    """True for a method of an attribute that its class only fills by calling what it imports.

    ``self.models = ModelRoutes(lock)``: the body of ``self.models.list`` is elsewhere already.
    """
    me, _, rest = handler.partition(".")
    attribute, _, method = rest.partition(".")
    owner = run.suite.way[0].node
    if not method.isidentifier() or not isinstance(owner, ast.ClassDef):
        return False
    makers = [
        node
        for node in ast.walk(owner)
        if isinstance(node, ast.Attribute)
        and node.attr == attribute
        and not isinstance(node.ctx, ast.Load)
    ]
    made = {
        id(target): node.value
        for node in ast.walk(owner)
        if isinstance(node, ast.Assign)
        for target in node.targets
    }
    values = [made.get(id(maker)) for maker in makers]
    own = [isinstance(m.value, ast.Name) and m.value.id == me for m in makers]
    imported = run.facts.imported
    made_there = [isinstance(v, ast.Call) and root_of(v.func) in imported for v in values]
    return bool(values) and all(own) and all(made_there)


def _imports(function: ast.AST, name: str) -> bool:
    """True if nothing but imports in a function binds a name of it."""
    return all(isinstance(n, ast.alias) for n in ast.walk(function) if binds_name(n, name))
