"""The lists of statements inside a module in which endpoints are registered, and what is around.

A suite is executed in order: the body of a function, a branch of an ``if``, a loop. Moved
code may only leave a suite as one piece, and only if nothing around it can tell.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from aurum_refactor.analysis.bindings import definite
from aurum_refactor.analysis.nodes import nodes_of
from aurum_refactor.analysis.scopes import Bound, bound_in, parameters, target_names

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Step:
    """One suite on the way to a place: the statement that is entered, and by which branch."""

    body: Sequence[ast.stmt]
    index: int
    # "body", "orelse", "finalbody", or "handler 0", "case 1".
    branch: str

    @property
    def node(self) -> ast.stmt:
        """The statement that holds the next suite."""
        return self.body[self.index]


@dataclass(frozen=True, slots=True)
class Suite:
    """A list of statements and the way to it from the top of the module."""

    body: Sequence[ast.stmt]
    way: tuple[Step, ...]

    @property
    def ordinal(self) -> int:
        """The top-level statement that it stands in; -1 for the module's own suite."""
        return self.way[0].index if self.way else -1

    @property
    def functions(self) -> tuple[Function, ...]:
        """The functions around it, outermost first."""
        return tuple(step.node for step in self.way if isinstance(step.node, Function))

    @property
    def in_class(self) -> bool:
        """True if private names are mangled here."""
        return any(isinstance(step.node, ast.ClassDef) for step in self.way)

    def frames(self, first: int, last: int, memo: Memo) -> tuple[Frame, ...]:
        """The functions around statements *first* to *last*, each with the place inside it."""
        found: list[Frame] = []
        steps: list[Step] = []
        owner: Function | None = None
        for step in self.way:
            if owner is not None:
                steps.append(step)
            if isinstance(step.node, Function):
                if owner is not None:
                    found.append(Frame(owner, tuple(steps), steps[-1].index, memo))
                owner, steps = step.node, []
        if owner is not None:
            steps.append(Step(self.body, first, ""))
            found.append(Frame(owner, tuple(steps), last, memo))
        return tuple(found)


class Memo:
    """What a module's statements bind, each walked once."""

    def __init__(self) -> None:
        self._bound: dict[int, Bound] = {}
        self._nonlocals: dict[int, Mapping[str, int]] = {}
        # Nodes are told apart by their ids, which must not be given to others.
        self._kept: list[ast.AST] = []

    def of_function(self, function: Function) -> Bound:
        """What the body of a function binds."""
        return self._look(function, function.body)

    def of_statement(self, node: ast.stmt) -> Bound:
        """What one statement binds around it."""
        # A definition binds its name outside; its body is ``of_function``.
        return self._look(node, [node], of=1)

    def _look(self, key: ast.AST, body: Sequence[ast.AST], of: int = 0) -> Bound:
        number = id(key) * 2 + of
        if number not in self._bound:
            self._kept.append(key)
            self._bound[number] = bound_in(body)
        return self._bound[number]

    def unbound(self, function: Function) -> frozenset[str]:
        """Names that the function deletes somewhere, those of its exceptions included."""
        names = {
            handler.name
            for handler in nodes_of(function, (ast.ExceptHandler,))
            if isinstance(handler, ast.ExceptHandler) and handler.name is not None
        }
        return frozenset(names | self.of_function(function).deleted)

    def nonlocals(self, function: Function) -> Mapping[str, int]:
        """Names that functions inside declare nonlocal, with the line of the first."""
        if id(function) not in self._nonlocals:
            self._kept.append(function)
            found: dict[str, int] = {}
            for inner in nodes_of(function, (ast.Nonlocal,)):
                if isinstance(inner, ast.Nonlocal):
                    for name in inner.names:
                        found.setdefault(name, inner.lineno)
            self._nonlocals[id(function)] = found
        return self._nonlocals[id(function)]


@dataclass(frozen=True)
class Frame:
    """A function, and where in it something stands."""

    function: Function
    # From its own suite inwards; the last one holds the place itself.
    steps: tuple[Step, ...]
    # Index of the last statement of the place in the innermost suite.
    last: int
    memo: Memo

    @cached_property
    def local(self) -> frozenset[str]:
        """Names that are local to the function."""
        bound = self.memo.of_function(self.function)
        arguments = {argument.arg for argument in parameters(self.function)}
        return frozenset(bound.local | arguments)

    @cached_property
    def declared_global(self) -> frozenset[str]:
        """Names that the function declares global."""
        return frozenset(self.memo.of_function(self.function).declared_global)

    @cached_property
    def shared(self) -> frozenset[str]:
        """Names that the function declares global or nonlocal."""
        bound = self.memo.of_function(self.function)
        return frozenset(bound.declared_global | bound.declared_nonlocal)

    @cached_property
    def surely_bound(self) -> frozenset[str]:
        """Local names that have a value whenever the place is reached."""
        found = {argument.arg for argument in parameters(self.function)}
        for depth, step in enumerate(self.steps):
            found |= definite(step.body[: step.index])
            if depth + 1 < len(self.steps):
                found |= _bound_on_entry(step)
        return frozenset(found - self.memo.unbound(self.function))

    def rebound_by(self, name: str) -> int | None:
        """Line of a ``nonlocal`` that lets an inner function bind *name*."""
        return self.memo.nonlocals(self.function).get(name)

    def bound_later(self, name: str) -> int | None:
        """Line of a statement that may bind or delete *name* once the place has been reached."""
        return self._later.get(name, self.rebound_by(name))

    @cached_property
    def _later(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for depth, step in enumerate(self.steps):
            innermost = depth + 1 == len(self.steps)
            after = (self.last if innermost else step.index) + 1
            following = list(step.body[after:])
            if not innermost:
                following += _executed_again_or_later(step)
            for node in following:
                bound = self.memo.of_statement(node)
                for name in bound.stored | bound.deleted:
                    found.setdefault(name, node.lineno)
        return found


def _bound_on_entry(step: Step) -> set[str]:
    """Names that entering a compound statement binds."""
    match step.node:
        case ast.For(target=target) | ast.AsyncFor(target=target) if step.branch == "body":
            return {name.id for name in target_names(target)}
        case ast.With(items=items) | ast.AsyncWith(items=items):
            targets = [item.optional_vars for item in items if item.optional_vars is not None]
            return {name.id for target in targets for name in target_names(target)}
        case _:
            return set()


def _executed_again_or_later(step: Step) -> list[ast.stmt]:
    """Statements of a compound statement that may run after a branch of it was entered."""
    match step.node:
        case ast.For() | ast.AsyncFor() | ast.While() if step.branch == "body":
            return [step.node]
        case ast.Try() as node:
            later = list(node.finalbody)
            if step.branch == "body":
                later += [inner for handler in node.handlers for inner in handler.body]
                later += node.orelse
            return later
        case _:
            return []


def suites_of(body: Sequence[ast.stmt]) -> Iterator[Suite]:
    """Every suite of a module in source order, but not those of classes inside functions."""
    yield Suite(body, ())
    for index in range(len(body)):
        yield from _inside(body, index, ())


def _inside(body: Sequence[ast.stmt], index: int, way: tuple[Step, ...]) -> Iterator[Suite]:
    for branch, suite in branches(body[index]):
        step = (*way, Step(body, index, branch))
        if not isinstance(body[index], ast.ClassDef):
            yield Suite(suite, step)
        for number in range(len(suite)):
            yield from _inside(suite, number, step)


def branches(node: ast.stmt) -> Iterator[tuple[str, Sequence[ast.stmt]]]:
    """The suites of one statement, with names."""
    for name in ("body", "orelse", "finalbody"):
        suite = getattr(node, name, None)
        if isinstance(suite, list) and suite:
            yield name, suite
    for number, handler in enumerate(getattr(node, "handlers", ())):
        yield f"handler {number}", handler.body
    for number, case in enumerate(getattr(node, "cases", ())):
        yield f"case {number}", case.body


def own_expressions(node: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a compound statement that stand in none of its suites."""
    for field, value in ast.iter_fields(node):
        if field in ("body", "orelse", "finalbody"):
            continue
        for inner in value if isinstance(value, list) else [value]:
            match inner:
                case ast.expr():
                    yield inner
                case ast.withitem(context_expr=expression):
                    yield expression
                case ast.ExceptHandler(type=ast.expr() as kind):
                    yield kind
                case ast.match_case(guard=guard):
                    if guard is not None:
                        yield guard
                case _:
                    pass
