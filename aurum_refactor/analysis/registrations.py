"""Every registration of a module in the order in which it is executed.

What is not understood is an opaque registration at its place (semantics R-29,
R-30): it counts for order and never moves.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from aurum_refactor.analysis.bindings import is_compound
from aurum_refactor.analysis.forwarders import forwarding_calls
from aurum_refactor.analysis.nodes import children_of, nodes_of
from aurum_refactor.analysis.routes import (
    ADDERS,
    HARMLESS,
    INCLUDERS,
    VERBS,
    is_path,
    literal_strings,
    path_argument,
    route_call,
)
from aurum_refactor.analysis.views import view_routes
from aurum_refactor.graph.closure import reached_by_running
from aurum_refactor.model import (
    Endpoint,
    Form,
    Receiver,
    Registration,
    Statement,
    Unmoved,
)
from aurum_refactor.source.text import split_lines


@dataclass(frozen=True, slots=True)
class Registered:
    """What a module registers: in true order, by endpoint, and what cannot move."""

    registrations: tuple[Registration, ...]
    endpoints: tuple[Endpoint, ...]
    unmoved: tuple[Unmoved, ...]


def registrations_of(
    body: Sequence[ast.stmt],
    statements: Sequence[Statement],
    receivers: Sequence[Receiver],
    text: str,
    looks_back: frozenset[str] = frozenset(),
    registrars: frozenset[str] = frozenset(),
    moved: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Registered:
    """Read all registrations of a module.

    Args:
        body: ``ast.Module.body``.
        statements: The same statements, described.
        receivers: The module-level objects that endpoints are registered on.
        text: The module's text, for digests.
        looks_back: Modules whose import may run code that imports this one,
            and registers on its objects.
        registrars: Functions whose registrations are theirs and move with them.
        moved: Imported functions that stood here before, with the names they read.

    Returns:
        Registrations numbered from 0 in the order of execution (stacked
        decorators bottom-up), and the endpoints in source order.
    """
    names = frozenset(receiver.name for receiver in receivers)
    lines = split_lines(text)
    constants = constants_of(body, statements)
    reader = _Reader(statements, names, constants, looks_back, registrars, lines, moved)
    for node, statement in zip(body, statements, strict=True):
        reader.read(node, statement)
    ordered = tuple(
        replace(registration, position=position)
        for position, registration in enumerate(reader.registrations)
    )
    endpoints = _endpoints(body, statements, ordered, text, names)
    placed = {r.position for endpoint in endpoints for r in endpoint.registrations}
    stray = tuple(
        Unmoved(r.line, r.receiver, r.verb, r.path, r.handler, "handler is not a function here")
        for r in ordered
        if r.form in (Form.CALL, Form.ADD_ROUTE) and r.position not in placed
    )
    return Registered(ordered, endpoints, tuple(reader.unmoved) + stray)


class _Reader:
    """Reads statement after statement; holds only what it has found so far."""

    def __init__(
        self,
        statements: Sequence[Statement],
        names: frozenset[str],
        constants: Mapping[str, str],
        looks_back: frozenset[str],
        registrars: frozenset[str],
        lines: Sequence[str],
        moved: Mapping[str, frozenset[str]],
    ) -> None:
        self.lines = lines
        self.looks_back = looks_back
        self.registrars = registrars
        self.names = names
        self.constants = constants
        self.reached = reached_by_running(statements, moved=moved)
        self.registrations: list[Registration] = []
        self.unmoved: list[Unmoved] = []

    def read(self, node: ast.stmt, statement: Statement) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._function(node, statement)
        elif isinstance(node, ast.ClassDef):
            self._class(node, statement)
        elif is_compound(node):
            before = len(self.unmoved)
            self.unmoved += _inside(node, _why_compound(node))
            receivers = {found.receiver for found in self.unmoved[before:]} & self.names
            self._opaque(node, statement, also=receivers)
        elif isinstance(node, ast.Expr) and self._call(node.value, statement):
            return
        else:
            self._opaque(node, statement)

    # ------------------------------------------------------------ classes

    def _class(self, node: ast.ClassDef, statement: Statement) -> None:
        """Routes of methods; what else it does, or its decorators, is not understood."""
        routes = [route for route in view_routes(node) if route.receiver in self.names]
        for route in routes:
            handler = f"{node.name}.{route.method}"
            self._add(route.call, statement, route.receiver, Form.METHOD, route.verb, handler)
        self._opaque(node, statement)
        calls = {route.call.lineno for route in routes}
        self.unmoved += [
            row
            for row in _inside(node, "inside a class or function")
            if row.line not in calls or row.receiver not in self.names
        ]

    # ------------------------------------------------------------ functions

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, statement: Statement) -> None:
        others = []
        for index in range(len(node.decorator_list) - 1, -1, -1):
            decorator = node.decorator_list[index]
            found = route_call(decorator)
            if found is not None and found[0] in self.names:
                receiver, verb, call = found
                # A decorator below may hand on another function, with another name.
                own = node.name if index == len(node.decorator_list) - 1 else None
                own = node.name if own is None and _only_routes(node, index, self.names) else own
                self._add(call, statement, receiver, Form.DECORATOR, verb, node.name, index, own)
            else:
                others.append(decorator)
        self._opaque_decorators(others, statement)
        strangers = [
            row
            for row in _decorated(node, "receiver is not a plain name")
            if row.receiver not in self.names
        ]
        if strangers:
            # ``@ROUTERS["x"].get``: nobody knows which of the objects that is.
            for name in sorted(self.names):
                self._event(statement, strangers[0].line, name)
        self.unmoved += strangers
        self.unmoved += [
            Unmoved(d.lineno, d.func.value.id, d.func.attr, None, node.name, "path is not written")
            for d in others
            if isinstance(d, ast.Call)
            and isinstance(d.func, ast.Attribute)
            and isinstance(d.func.value, ast.Name)
            and d.func.value.id in self.names
            and d.func.attr in VERBS
        ]
        if node.name not in self.registrars:
            self.unmoved += _inside(node, "inside a function", skip_self=True)

    def _opaque_decorators(self, others: Sequence[ast.expr], statement: Statement) -> None:
        """A decorator of ours may register something itself."""
        for decorator in others:
            callee = decorator.func if isinstance(decorator, ast.Call) else decorator
            root = _root_name(callee)
            if root is None or _is_harmless_use(callee, self.names):
                continue
            for name in sorted(({root} | self.reached.get(root, frozenset())) & self.names):
                self._event(statement, decorator.lineno, name)

    # ------------------------------------------------------------ calls

    def _call(self, node: ast.expr, statement: Statement) -> bool:
        """Read ``x.get(p)(f)``, ``x.add_api_route(p, f)`` and ``x.include_router(r)``."""
        match node:
            case ast.Call(func=ast.Call() as inner, args=[ast.Name(id=handler)]):
                found = route_call(inner)
                if found is None or found[0] not in self.names:
                    return False
                receiver, verb, call = found
                self._add(call, statement, receiver, Form.CALL, verb, handler)
                return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id=receiver), attr=verb)) if (
                receiver in self.names
            ):
                if verb in ADDERS:
                    handler = handler_of(node)
                    self._add(node, statement, receiver, Form.ADD_ROUTE, verb, handler)
                    return True
                if verb in INCLUDERS:
                    self._include(node, statement, receiver, verb)
                    return True
        return False

    def _include(self, call: ast.Call, statement: Statement, receiver: str, verb: str) -> None:
        self._add(call, statement, receiver, Form.INCLUDE, verb, "")
        # An included router of ours is fixed at this moment (copied before 0.137).
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
            if isinstance(argument, ast.Name) and argument.id in self.names:
                self._event(statement, argument.lineno, argument.id)

    def _add(
        self,
        call: ast.Call,
        statement: Statement,
        receiver: str,
        form: Form,
        verb: str,
        handler: str,
        decorator: int = -1,
        own_name: str | None = None,
    ) -> None:
        self.registrations.append(
            registration_of(
                call,
                statement.ordinal,
                receiver,
                form,
                verb,
                handler,
                decorator,
                self.constants,
                own_name,
                self.lines,
            )
        )

    # ------------------------------------------------------------ what is not understood

    def _event(self, statement: Statement, line: int, receiver: str) -> None:
        self.registrations.append(
            Registration(
                position=-1,
                ordinal=statement.ordinal,
                line=line,
                receiver=receiver,
                form=Form.OPAQUE,
                verb="",
                methods=(),
                path=None,
                tags=(),
                handler="",
            )
        )

    def _opaque(
        self, node: ast.stmt, statement: Statement, also: frozenset[str] | set[str] = frozenset()
    ) -> None:
        """Assume that any unknown use of a receiver at import registers something."""
        used = set(also)
        if self.looks_back and _imports_any(node, statement, self.looks_back):
            used |= self.names
        reached: set[str] = set()
        for inner in _executed(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
                reached |= self.reached.get(inner.id, frozenset())
        for owner, child in _uses(node, self.names):
            if not _is_harmless_use(owner, self.names):
                used.add(child.id)
        used |= reached & self.names
        for name in sorted(used):
            self._event(statement, statement.span.first, name)


def registration_of(
    call: ast.Call,
    ordinal: int,
    receiver: str,
    form: Form,
    verb: str,
    handler: str,
    decorator: int,
    constants: Mapping[str, str],
    own_name: str | None = None,
    lines: Sequence[str] = (),
) -> Registration:
    """Describe one call that registers something; its position is not known yet."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    methods = VERBS.get(verb, ("GET",) if verb == "add_api_route" else ())
    if "methods" in keywords:
        methods = tuple(method.upper() for method in literal_strings(keywords["methods"]))
    path = path_argument(call)
    return Registration(
        position=-1,
        ordinal=ordinal,
        line=call.lineno,
        receiver=receiver,
        form=form,
        verb=verb,
        methods=methods,
        path=None if path is None else literal_path(path, constants),
        tags=literal_strings(keywords.get("tags")),
        handler=handler,
        decorator=decorator,
        has_operation_id="operation_id" in keywords,
        has_response_class="response_class" in keywords,
        path_names=()
        if path is None
        else tuple(n.id for n in ast.walk(path) if isinstance(n, ast.Name)),
        name=_literal_name(keywords["name"]) if "name" in keywords else own_name,
        is_plain=_is_plain(call, keywords),
        is_literal=path is not None and _is_simple(path),
        first_tag=_first_tag(call, lines) if lines else "",
        target=ast.unparse(call.args[0]) if form is Form.INCLUDE and call.args else "",
    )


# ---------------------------------------------------------------- helpers over trees


def _only_routes(
    node: ast.FunctionDef | ast.AsyncFunctionDef, index: int, names: frozenset[str]
) -> bool:
    """True if every decorator below one registers the function too, and so hands it on."""
    found = [route_call(decorator) for decorator in node.decorator_list[index + 1 :]]
    return all(row is not None and row[0] in names for row in found)


def _is_simple(node: ast.expr) -> bool:
    """True for one plain string literal: no prefix, no escapes, nothing put together."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    width = (node.end_col_offset or 0) - node.col_offset
    # Two quotation marks, and the value itself.
    return node.end_lineno == node.lineno and width == len(node.value.encode()) + 2


def _first_tag(call: ast.Call, lines: Sequence[str]) -> str:
    """The first of literal tags behind a path; "" where a comment may stand among them."""
    end = call.lineno
    if call.args:
        end = call.args[-1].end_lineno or end
    for index, keyword in enumerate(call.keywords):
        # A comment behind the last argument but one goes with the last one.
        is_last = index == len(call.keywords) - 1
        begin = end if is_last else keyword.value.lineno
        end = keyword.value.end_lineno or end
        if keyword.arg == "tags" and any("#" in line for line in lines[begin - 1 : end]):
            return ""
        match keyword:
            case ast.keyword(
                arg="tags", value=ast.List(elts=[ast.Constant(value=str(tag)) as first, *_])
            ) if _is_simple(first) and (call.args or index):
                return tag
    return ""


def _literal_name(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_plain(call: ast.Call, keywords: Mapping[str, ast.expr]) -> bool:
    """True if everything that says what a route matches is written out in its call."""
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    unpacked = any(keyword.arg is None for keyword in call.keywords)
    methods = keywords.get("methods")
    written = methods is None or (
        isinstance(methods, ast.List | ast.Tuple | ast.Set)
        and all(isinstance(item, ast.Constant) for item in methods.elts)
    )
    own = {"route_class_override", "generate_unique_id_function"} & set(keywords)
    return not starred and not unpacked and written and not own


def _imports_any(node: ast.stmt, statement: Statement, modules: frozenset[str]) -> bool:
    """True if executing a statement imports one of *modules*, in a branch of it or always."""
    if any(
        row.module in modules or f"{row.module}.{row.attribute}" in modules
        for row in statement.imports
    ):
        return True
    tails = {module.rpartition(".")[2] for module in modules}
    return is_compound(node) and not tails.isdisjoint(statement.identifiers)


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes that are executed when *node* is, without the bodies of functions."""
    yield node
    for child in children_of(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in child.decorator_list:
                yield from _executed(decorator)
        elif isinstance(child, ast.Lambda):
            # A lambda handed to a call may be run by it: count what it reads.
            yield from _executed(child.body)
        else:
            yield from _executed(child)


def _uses(node: ast.AST, names: frozenset[str]) -> Iterator[tuple[ast.AST, ast.Name]]:
    """Loads of a receiver that are executed with *node*, each with the node around it."""
    for parent in _executed(node):
        for child in children_of(parent):
            if (
                isinstance(child, ast.Name)
                and child.id in names
                and isinstance(child.ctx, ast.Load)
            ):
                yield parent, child


def _is_harmless_use(node: ast.AST, names: frozenset[str]) -> bool:
    """True for ``receiver.middleware`` and the like."""
    current = node
    while isinstance(current, ast.Attribute) and isinstance(
        current.value, ast.Attribute | ast.Call
    ):
        current = current.value.func if isinstance(current.value, ast.Call) else current.value
    return (
        isinstance(current, ast.Attribute)
        and isinstance(current.value, ast.Name)
        and current.value.id in names
        and current.attr in HARMLESS
    )


_REGISTERING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Call)


def _inside(node: ast.AST, why: str, *, skip_self: bool = False) -> list[Unmoved]:
    """Registrations written inside *node*: nested in a function, conditional, in a loop."""
    found: list[Unmoved] = []
    own = getattr(node, "decorator_list", []) if skip_self else []
    forwarded: frozenset[int] | None = None
    children = children_of(node) if skip_self else [node]
    for child in children:
        if child in own:
            continue
        for inner in nodes_of(child, _REGISTERING):
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                found += _decorated(inner, why)
            elif isinstance(inner, ast.Call) and (rows := list(_called(inner, why))):
                forwarded = forwarding_calls(node) if forwarded is None else forwarded
                found += rows if id(inner) not in forwarded else []
    return found


def _decorated(node: ast.FunctionDef | ast.AsyncFunctionDef, why: str) -> Iterator[Unmoved]:
    for decorator in reversed(node.decorator_list):
        if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
            continue
        path = path_argument(decorator)
        if decorator.func.attr in VERBS and path is not None and is_path(path):
            yield Unmoved(
                line=decorator.lineno,
                receiver=ast.unparse(decorator.func.value),
                verb=decorator.func.attr,
                path=literal_path(path, {}),
                handler=node.name,
                why=why,
            )


def _called(node: ast.Call, why: str) -> Iterator[Unmoved]:
    if isinstance(node.func, ast.Attribute) and node.func.attr in ADDERS:
        path = path_argument(node)
        yield Unmoved(
            line=node.lineno,
            receiver=ast.unparse(node.func.value),
            verb=node.func.attr,
            path=None if path is None else literal_path(path, {}),
            handler=handler_of(node),
            why=why,
        )


def _why_compound(node: ast.stmt) -> str:
    if isinstance(node, ast.For | ast.AsyncFor | ast.While):
        return "inside a loop"
    if isinstance(node, ast.With | ast.AsyncWith):
        return "inside a with block"
    return "conditional"


def handler_of(call: ast.Call) -> str:
    """Source of the handler that an ``add_api_route`` call is given; "" if there is none."""
    node: ast.expr | None = call.args[1] if len(call.args) > 1 else None
    for keyword in call.keywords:
        if keyword.arg == "endpoint":
            node = keyword.value
    return "" if node is None else ast.unparse(node)


def _root_name(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else None


def constants_of(body: Sequence[ast.stmt], statements: Sequence[Statement]) -> dict[str, str]:
    """Module-level names that are bound once, to a string literal."""
    times: dict[str, int] = {}
    for statement in statements:
        for binding in statement.binds:
            times[binding.name] = times.get(binding.name, 0) + 1
        for name in statement.rebinds:
            times[name] = times.get(name, 0) + 2
    found: dict[str, str] = {}
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if times[name] == 1:
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if (
                times[name] == 1
            ):
                pass
            case _:
                continue
        literal = literal_path(value, found)
        if literal is not None:
            found[name] = literal
    return found


def literal_path(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    """The string that a path expression gives, or None where only running it would tell."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return constants.get(name)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = literal_path(left, constants), literal_path(right, constants)
            return None if first is None or second is None else first + second
        case ast.JoinedStr(values=values):
            parts = [_literal_piece(value, constants) for value in values]
            return None if None in parts else "".join(part or "" for part in parts)
        case _:
            return None


def _literal_piece(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    if isinstance(node, ast.FormattedValue):
        if node.conversion != -1 or node.format_spec is not None:
            return None
        return literal_path(node.value, constants)
    return literal_path(node, constants)


# ---------------------------------------------------------------- endpoints


def _endpoints(
    body: Sequence[ast.stmt],
    statements: Sequence[Statement],
    registrations: Sequence[Registration],
    text: str,
    names: frozenset[str],
) -> tuple[Endpoint, ...]:
    definitions = _single_definitions(body, statements)
    rows: dict[int, list[Registration]] = {}
    for registration in registrations:
        if registration.form in (Form.DECORATOR, Form.METHOD):
            rows.setdefault(registration.ordinal, []).append(registration)
        elif registration.form in (Form.CALL, Form.ADD_ROUTE):
            ordinal = definitions.get(registration.handler)
            if ordinal is not None:
                rows.setdefault(ordinal, []).append(registration)
    found = []
    for ordinal in sorted(rows):
        node = body[ordinal]
        statement = statements[ordinal]
        if isinstance(node, ast.ClassDef):
            found.append(_view(node, statement, rows[ordinal], text))
            continue
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        found.append(
            Endpoint(
                ordinal=ordinal,
                name=node.name,
                span=statement.span,
                is_async=isinstance(node, ast.AsyncFunctionDef),
                is_generator=_is_generator(node),
                registrations=tuple(rows[ordinal]),
                other_decorators=tuple(
                    ast.unparse(decorator)
                    for decorator in node.decorator_list
                    if (call := route_call(decorator)) is None or call[0] not in names
                ),
                digest=digest_of(text[statement.start : statement.end]),
            )
        )
    return tuple(found)


def _view(
    node: ast.ClassDef, statement: Statement, rows: Sequence[Registration], text: str
) -> Endpoint:
    """A class with its routes, which is one unit."""
    methods = dict.fromkeys(row.handler.rpartition(".")[2] for row in rows)
    return Endpoint(
        ordinal=statement.ordinal,
        name=node.name,
        span=statement.span,
        is_async=False,
        is_generator=False,
        registrations=tuple(rows),
        other_decorators=tuple(ast.unparse(decorator) for decorator in node.decorator_list),
        digest=digest_of(text[statement.start : statement.end]),
        members=tuple(methods),
        is_class=True,
    )


def digest_of(text: str) -> str:
    """SHA-256 of a definition's text, whatever its line endings and outer blank lines."""
    normal = "\n".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return hashlib.sha256(normal.strip().encode("utf-8", "surrogatepass")).hexdigest()


def _single_definitions(
    body: Sequence[ast.stmt], statements: Sequence[Statement]
) -> dict[str, int]:
    """Functions whose name the module binds exactly once: name to ordinal."""
    times: dict[str, int] = {}
    for statement in statements:
        for binding in statement.binds:
            times[binding.name] = times.get(binding.name, 0) + 1
    return {
        node.name: ordinal
        for ordinal, node in enumerate(body)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and times[node.name] == 1
    }


def _is_generator(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(children_of(inner))
    return False
