"""Lift what all routes of a router share into it: ``APIRouter(prefix="/v1", tags=["eia"])``.

Source: semantics §1.1. A router's own prefix is put before the path of a route when that is
decorated, and its tags before the route's, so nothing changes but where they are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from codemods._routes import route_verb
from codemods._walk import children, named_fields
from codemods.errors import CannotRewrite

#: Starlette's own: they are registered without the prefix and the tags of the router.
_STARLETTE = frozenset({"route", "websocket_route"})


def factor_router(module: cst.Module, receiver: str, prefix: str = "", tag: str = "") -> cst.Module:
    """Give a bare router a prefix and a tag, and take them off its routes.

    Args:
        module: The tree to rewrite.
        receiver: The name of the router; one ``receiver = APIRouter(...)`` at the
            top level makes it.
        prefix: Begins with a slash and does not end with one; every path begins
            with it. "" to lift none.
        tag: The first tag of every route but WebSockets. "" to lift none.

    Returns:
        The new tree; *module* itself if the router has them already.

    Raises:
        CannotRewrite: The router is not made that way, has a prefix or tags, or is
            used otherwise than to decorate and to be included; or a route does not
            share the prefix or the tag, or does not spell them out.
    """
    if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
        raise CannotRewrite(prefix, "does not begin with a slash, or ends with one")
    places = [index for index, line in enumerate(module.body) if _made(line, receiver) is not None]
    if len(places) != 1:
        raise CannotRewrite(receiver, "is not made by one APIRouter(...) at the top level")
    line = module.body[places[0]]
    call = _made(line, receiver)
    assert call is not None  # noqa: S101 - found just now
    given = {argument.keyword.value for argument in call.args if argument.keyword}
    if given & {"prefix", "tags"}:
        if _has(call, prefix, tag):
            return module
        raise CannotRewrite(receiver, "has a prefix or tags of its own")
    if any(argument.keyword is None for argument in call.args):
        raise CannotRewrite(receiver, "is made with arguments that are not named")
    _check_uses(module, receiver, places[0])
    factored = factor_routes(module, receiver, prefix, tag)
    quote = quote_of(module, receiver)
    made = line.deep_replace(call, _with(call, prefix, tag, quote))
    return factored.with_changes(
        body=[made if index == places[0] else row for index, row in enumerate(factored.body)]
    )


def factor_routes(module: cst.Module, receiver: str, prefix: str = "", tag: str = "") -> cst.Module:
    """The half of ``factor_router`` that is about the routes: paths and tags get shorter.

    Raises:
        CannotRewrite: A route does not share the prefix or the tag, or does not
            spell them out.
    """
    return module.with_changes(
        body=[
            _factored(line, receiver, prefix, tag) if isinstance(line, cst.FunctionDef) else line
            for line in module.body
        ]
    )


def quote_of(module: cst.Module, receiver: str) -> str:
    """The quotation mark that the first route of a router writes its path with."""
    for function, decorator in _routes(module, receiver):
        path = _path(function, cst.ensure_type(decorator.decorator, cst.Call))
        return cst.ensure_type(path.value, cst.SimpleString).quote
    return '"'


# ---------------------------------------------------------------- routes


def _routes(module: cst.Module, receiver: str) -> Iterator[tuple[str, cst.Decorator]]:
    for line in module.body:
        if isinstance(line, cst.FunctionDef):
            for decorator in line.decorators:
                if route_verb(decorator, receiver):
                    yield line.name.value, decorator


def _factored(function: cst.FunctionDef, receiver: str, prefix: str, tag: str) -> cst.FunctionDef:
    decorators = []
    for decorator in function.decorators:
        verb = route_verb(decorator, receiver)
        if verb is not None:
            name = function.name.value
            if verb in _STARLETTE:
                raise CannotRewrite(name, f"is registered by {verb}, which takes no prefix")
            call = cst.ensure_type(decorator.decorator, cst.Call)
            if prefix:
                call = _without_prefix(name, call, prefix)
            if tag and verb != "websocket":
                call = _without_tag(name, call, tag)
            decorators.append(decorator.with_changes(decorator=call))
        else:
            decorators.append(decorator)
    return function.with_changes(decorators=decorators)


def _path(name: str, call: cst.Call) -> cst.Arg:
    for index, argument in enumerate(call.args):
        is_path = argument.keyword is None and index == 0 and not argument.star
        is_path = is_path or (argument.keyword is not None and argument.keyword.value == "path")
        if is_path and isinstance(argument.value, cst.SimpleString):
            text = argument.value
            # Between the quotes stands the path itself, as it is.
            if not text.prefix and len(text.quote) == 1 and text.evaluated_value == text.raw_value:
                return argument
    raise CannotRewrite(name, "does not write its path out as one plain string")


def _without_prefix(name: str, call: cst.Call, prefix: str) -> cst.Call:
    argument = _path(name, call)
    text = cst.ensure_type(argument.value, cst.SimpleString)
    rest = text.raw_value.removeprefix(prefix)
    if rest == text.raw_value or (rest and not rest.startswith("/")):
        raise CannotRewrite(name, f"has a path that does not begin with {prefix}")
    shorter = text.with_changes(value=f"{text.quote}{rest}{text.quote}")
    return call.with_changes(
        args=[a.with_changes(value=shorter) if a is argument else a for a in call.args]
    )


def _without_tag(name: str, call: cst.Call, tag: str) -> cst.Call:
    for index, argument in enumerate(call.args):
        if argument.keyword is None or argument.keyword.value != "tags":
            continue
        match argument.value:
            case cst.List(elements=[cst.Element(value=cst.SimpleString() as first), *rest]) if (
                first.evaluated_value == tag
            ):
                if not rest:
                    return _without(name, call, index)
                shorter = argument.value.with_changes(elements=rest)
                _keep_comments(name, argument.value, shorter)
                args = list(call.args)
                args[index] = argument.with_changes(value=shorter)
                return call.with_changes(args=args)
    raise CannotRewrite(name, f"does not have {tag} as its first tag")


def _without(name: str, call: cst.Call, index: int) -> cst.Call:
    """The call without one argument; what stood behind the last one stays behind the last."""
    args = list(call.args)
    gone = args.pop(index)
    if index == 0:
        raise CannotRewrite(name, "has its tags before its path")
    if index == len(args):
        args[-1] = args[-1].with_changes(
            comma=gone.comma, whitespace_after_arg=gone.whitespace_after_arg
        )
    shorter = call.with_changes(args=args)
    _keep_comments(name, call, shorter)
    return shorter


def _keep_comments(name: str, before: cst.CSTNode, after: cst.CSTNode) -> None:
    if _comments(before) != _comments(after):
        raise CannotRewrite(name, "has a comment among its tags")


def _comments(node: cst.CSTNode) -> int:
    """How many comments stand in a node; they are in its whitespace only."""
    found = int(isinstance(node, cst.Comment))
    return found + sum(_comments(child) for child in node.children)


# ---------------------------------------------------------------- the router


def _made(line: cst.CSTNode, receiver: str) -> cst.Call | None:
    match line:
        case cst.SimpleStatementLine(
            body=[
                cst.Assign(
                    targets=[cst.AssignTarget(target=cst.Name(value=name))],
                    value=cst.Call(func=cst.Name() | cst.Attribute()) as call,
                )
                | cst.AnnAssign(
                    target=cst.Name(value=name),
                    value=cst.Call(func=cst.Name() | cst.Attribute()) as call,
                )
            ]
        ) if name == receiver:
            last = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
            return call if cst.ensure_type(last, cst.Name).value == "APIRouter" else None
    return None


def _has(call: cst.Call, prefix: str, tag: str) -> bool:
    """True if a router has exactly this prefix and these tags."""
    wanted = {}
    if prefix:
        wanted["prefix"] = [prefix]
    if tag:
        wanted["tags"] = [tag]
    found: dict[str, Sequence[str | bytes | None]] = {}
    for argument in call.args:
        match argument:
            case cst.Arg(keyword=cst.Name(value="prefix" as key), value=cst.SimpleString() as text):
                found[key] = [text.evaluated_value]
            case cst.Arg(keyword=cst.Name(value="tags" as key), value=cst.List(elements=elements)):
                found[key] = [
                    e.value.evaluated_value if isinstance(e.value, cst.SimpleString) else None
                    for e in elements
                ]
    return found == wanted


def _with(call: cst.Call, prefix: str, tag: str, quote: str) -> cst.Call:
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    added = []
    if prefix:
        text = cst.SimpleString(f"{quote}{prefix}{quote}")
        added.append(cst.Arg(text, keyword=cst.Name("prefix"), equal=equal))
    if tag:
        tags = cst.List([cst.Element(cst.SimpleString(quoted(tag, quote)))])
        added.append(cst.Arg(tags, keyword=cst.Name("tags"), equal=equal))
    args = [*added, *call.args]
    last = len(added) - 1
    return call.with_changes(
        args=[
            a.with_changes(comma=comma) if i < last or (i == last and call.args) else a
            for i, a in enumerate(args)
        ]
    )


def quoted(text: str, quote: str) -> str:
    """A string literal of *text*, in the quotation marks of choice where they do."""
    if quote not in text and "\\" not in text and text.isprintable():
        return f"{quote}{text}{quote}"
    return repr(text)


def _check_uses(module: cst.Module, receiver: str, place: int) -> None:
    """A router with a prefix hands it on to everything else that is registered on it."""
    allowed = {
        id(cst.ensure_type(cst.ensure_type(d.decorator, cst.Call).func, cst.Attribute).value)
        for _, d in _routes(module, receiver)
    }
    for index, line in enumerate(module.body):
        if index == place:
            continue
        match line:
            case cst.SimpleStatementLine(
                body=[
                    cst.Expr(
                        value=cst.Call(
                            func=cst.Attribute(attr=cst.Name(value="include_router")),
                            args=[cst.Arg(value=cst.Name(value=name)), *_],
                        )
                    )
                ]
            ) if name == receiver:
                continue
        for node in _names(line):
            if node.value == receiver and id(node) not in allowed:
                raise CannotRewrite(receiver, "is used for more than to decorate and be included")


def _names(node: cst.CSTNode) -> Iterator[cst.Name]:
    if isinstance(node, cst.Name):
        yield node
    for child in children(node, named_fields):
        yield from _names(child)
