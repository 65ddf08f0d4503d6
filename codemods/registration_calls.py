"""Spell route decorators out as calls: ``@app.get(…)`` becomes ``router.get(…)(endpoint)``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import libcst as cst

from codemods._dotted import dotted_name
from codemods._routes import registrations
from codemods._scopes import Form, bindings
from codemods._walk import children
from codemods.errors import CannotRewrite

_DOCSTRING = '"""Register the endpoints of this module on *{}*, in their original order."""'


def registration_calls(
    module: cst.Module, receiver: str, new_receiver: str, width: int | None = None
) -> tuple[cst.SimpleStatementLine, ...]:
    """Make a statement of every route decorator of *receiver* on a top-level function.

    Arguments are verbatim, with the comments among them and the comment behind
    the decorator. *module* is not changed: ``detach_registrations`` is the
    other half.

    Args:
        module: The tree to read.
        receiver: The identifier before the verb of the decorators.
        new_receiver: The identifier, or dotted name, that the calls are made on.
        width: In columns; a call that would be longer on its one line, four columns in,
            has its arguments on lines of their own. None: however long.

    Returns:
        Statements in the order Python runs the decorators: functions from top
        to bottom, stacked decorators from the inside out.

    Raises:
        CannotRewrite: A route decorator stands below another decorator; or a
            registered name is bound more than once in *module*, so that a call
            further down may meet another object.
    """
    bound = Counter(binding.name for binding in bindings(*module.body))
    calls: list[cst.SimpleStatementLine] = []
    for entry in registrations(module, receiver):
        name = entry.function.name.value
        if bound[name] > 1:
            raise CannotRewrite(name, "is registered and bound more than once in this module")
        for decorator in reversed(entry.decorators):
            call = _call(decorator, new_receiver, name)
            calls.append(call if width is None else _within(width, call, module))
    return tuple(calls)


def register_function(
    module: cst.Module,
    receiver: str,
    name: str = "register",
    parameter: str = "router",
    width: int | None = None,
) -> cst.FunctionDef:
    """Make ``def register(router): …`` of the route decorators of *receiver* in *module*.

    The arguments of the decorators are evaluated when the function is called,
    no longer when the module is imported.

    Args:
        module: The tree to read; it is not changed.
        receiver: The identifier before the verb of the decorators.
        name: What the function is called.
        parameter: What it calls the object that it registers on.
        width: As in ``registration_calls``.

    Returns:
        The function: a docstring, and the statements of ``registration_calls``.

    Raises:
        CannotRewrite: As ``registration_calls``; or *name* is bound in *module*;
            or the calls read *parameter*, or bind a name by a walrus, which the
            function would shadow or swallow.
    """
    calls = registration_calls(module, receiver, parameter, width)
    if any(binding.name == name for binding in bindings(*module.body)):
        raise CannotRewrite(name, "is a name of this module already; take another one")
    for line in calls:
        if any(form is Form.WALRUS for _, form in bindings(line)):
            raise CannotRewrite(name, "would swallow a walrus in the arguments of a decorator")
        if sum(1 for node in _below(line) if _is_name(node, parameter)) > 1:
            raise CannotRewrite(parameter, "is read in the arguments of a decorator")
    docstring = cst.SimpleString(_DOCSTRING.format(parameter))
    return cst.FunctionDef(
        name=cst.Name(name),
        params=cst.Parameters([cst.Param(cst.Name(parameter))]),
        body=cst.IndentedBlock([cst.SimpleStatementLine([cst.Expr(docstring)]), *calls]),
        leading_lines=[cst.EmptyLine(indent=False)] * 2,
    )


def _call(decorator: cst.Decorator, receiver: str, function: str) -> cst.SimpleStatementLine:
    route = cst.ensure_type(decorator.decorator, cst.Call)
    verb = cst.ensure_type(route.func, cst.Attribute).with_changes(value=dotted_name(receiver))
    registered = cst.Call(route.with_changes(func=verb), [cst.Arg(cst.Name(function))])
    registered = cst.ensure_type(registered.visit(_BareBlankLines()), cst.Call)
    return cst.SimpleStatementLine(
        [cst.Expr(registered)], trailing_whitespace=decorator.trailing_whitespace
    )


def _within(
    width: int, line: cst.SimpleStatementLine, module: cst.Module
) -> cst.SimpleStatementLine:
    """Break a call that is too long for its one line, the way formatters do."""
    code = module.code_for_node(line.with_changes(trailing_whitespace=cst.TrailingWhitespace()))
    indent = module.default_indent
    if len(code.splitlines()) != 1 or _columns(indent) + len(code.rstrip()) <= width:
        return line
    registered = cst.ensure_type(cst.ensure_type(line.body[0], cst.Expr).value, cst.Call)
    route = cst.ensure_type(registered.func, cst.Call)
    if not route.args:
        return line
    inner = module.code_for_node(
        route.with_changes(func=cst.Name("_"), whitespace_before_args=cst.SimpleWhitespace(""))
    )
    below = cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indent))
    back = cst.ParenthesizedWhitespace(indent=True)
    args = list(route.args)
    if _columns(indent) * 2 + len(inner) - len("_()") > width:
        comma = cst.Comma(whitespace_after=below)
        args = [arg.with_changes(comma=comma) for arg in args]
        args[-1] = args[-1].with_changes(comma=cst.Comma(whitespace_after=back))
    else:
        args[-1] = args[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=back)
    broken = route.with_changes(args=args, whitespace_before_args=below)
    return line.with_deep_changes(registered, func=broken)


def _columns(indent: str) -> int:
    return len(indent.expandtabs())


class _BareBlankLines(cst.CSTTransformer):
    """Keep blank lines among the arguments empty: in a block they would be indented."""

    def leave_EmptyLine(
        self, original_node: cst.EmptyLine, updated_node: cst.EmptyLine
    ) -> cst.EmptyLine:
        return updated_node if original_node.comment else updated_node.with_changes(indent=False)


def _below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in children(node):
        yield from _below(child)


def _is_name(node: cst.CSTNode, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name
