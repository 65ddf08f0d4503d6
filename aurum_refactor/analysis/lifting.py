"""Chooses what is lifted out of functions, conditions and loops: the longest runs of one domain."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from aurum_refactor.analysis.bindings import bindings_of
from aurum_refactor.analysis.lift_judge import Judge, ModuleFacts, Problem, Verdict
from aurum_refactor.analysis.nested import Member, Nested, local_receivers, nested_in
from aurum_refactor.analysis.registrations.literal_paths import constants_of
from aurum_refactor.analysis.routes import route_call
from aurum_refactor.analysis.scopes import parameters
from aurum_refactor.analysis.segments import first_line, last_line, segments_of
from aurum_refactor.analysis.statements import literal_names_of
from aurum_refactor.analysis.suites import Function, Suite, suites_of
from aurum_refactor.model import (
    Endpoint,
    Lift,
    NotLifted,
    Phase,
    Receiver,
    Registrar,
    Span,
    Statement,
    StatementKind,
)
from aurum_refactor.source.text import split_lines

#: Domain and reason of an endpoint, by the line of its statement.
Domains = Mapping[int, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class NestedModule:
    """A module with registrations in its suites."""

    text: str
    body: Sequence[ast.stmt]
    statements: Sequence[Statement]
    suites: tuple[tuple[Suite, tuple[Nested, ...]], ...]
    # Their ordinals are lines.
    endpoints: tuple[Endpoint, ...]
    receivers: tuple[Receiver, ...]


@dataclass(frozen=True, slots=True)
class Lifting:
    """What is lifted, what is not and why, and the functions that move as they are."""

    lifts: tuple[Lift, ...]
    not_lifted: tuple[NotLifted, ...]
    # Functions that only register, as they were found and as they are made.
    registrars: tuple[Registrar, ...]


def read_nested(
    text: str,
    body: Sequence[ast.stmt],
    statements: Sequence[Statement],
    moved: frozenset[str] = frozenset(),
) -> NestedModule:
    """Find the suites of a module that register something.

    Calls that register a decorated function once more stay, and so they do when it
    is one of those that have *moved* with their decorators.
    """
    constants = constants_of(body, statements)
    decorated = frozenset(
        node.name
        for node in body
        if isinstance(node, Function) and any(route_call(d) for d in node.decorator_list)
    )
    handled = decorated | moved | _given_back(body, moved)
    suites = []
    for suite in suites_of(body):
        found = nested_in(suite, constants, handled)
        if found:
            suites.append((suite, found))
    return NestedModule(
        text=text,
        body=body,
        statements=statements,
        suites=tuple(suites),
        endpoints=tuple(n.endpoint for _, found in suites for n in found),
        receivers=local_receivers(body, statements),
    )


def _given_back(body: Sequence[ast.stmt], moved: frozenset[str]) -> frozenset[str]:
    """Endpoints that functions which have *moved* give back: ``a, b = register_items(app)``."""
    return frozenset(
        name.id
        for node in body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id in moved
        for target in node.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    )


def lifts_of(
    module: NestedModule,
    domains: Domains,
    known: Mapping[tuple[str, tuple[str, ...]], tuple[str, str]],
    kept: Mapping[int, str],
    carried: frozenset[Member] = frozenset(),
    own_methods: Mapping[Member, tuple[int, str]] | None = None,
) -> Lifting:
    """Choose the runs of a module and judge them.

    Args:
        module: As it was read.
        domains: Where each endpoint belongs.
        known: Functions that earlier extractions made, by name and routes, with domain
            and reason.
        kept: Lines of endpoints that stay, with the reason.
        carried: Methods that their class inherits, so that what registers them may go.
        own_methods: Other methods that are registered, with why they stay.
    """
    facts = replace(_facts(module), carried=carried, own_methods=own_methods or {})
    chooser = _Chooser(module, domains, kept, facts)
    registrars = []
    for suite, found in module.suites:
        registrar = _registrar(module, suite, found, domains, known, kept)
        if registrar is not None:
            registrars.append(registrar)
        else:
            chooser.read(suite, found)
    lifts = chooser.named()
    registrars += [Registrar(lift.name, lift.domain, lift.reason) for lift in lifts]
    return Lifting(lifts, tuple(chooser.not_lifted), tuple(registrars))


# ---------------------------------------------------------------- functions that only register


def _registrar(
    module: NestedModule,
    suite: Suite,
    found: Sequence[Nested],
    domains: Domains,
    known: Mapping[tuple[str, tuple[str, ...]], tuple[str, str]],
    kept: Mapping[int, str],
) -> Registrar | None:
    """The function whose body a suite is, if that does nothing else."""
    if len(suite.way) != 1 or not isinstance(suite.way[0].node, ast.FunctionDef):
        return None
    function = suite.way[0].node
    own = {argument.arg for argument in parameters(function)}
    if function.decorator_list or not _only_registers(suite, found):
        return None
    bound = {b.name for node in suite.body for b in bindings_of(node)}
    is_given = True
    for nested in found:
        for receiver in nested.receivers:
            root = receiver
            while isinstance(root, ast.Attribute):
                root = root.value
            if not isinstance(root, ast.Name) or root.id in bound:
                return None
            is_given = is_given and root.id in own
        if nested.endpoint.ordinal in kept:
            return None
    if sum(b.name == function.name for s in module.statements for b in s.binds) != 1:
        return None
    routes = tuple(route for nested in found for route in nested.endpoint.routes)
    if (row := known.get((function.name, routes))) is not None:
        return Registrar(function.name, *row)
    # One that registers on an object of the module may be the author's, and do so to be
    # read as a whole; ours is known.
    if not is_given:
        return None
    rows = [domains[nested.endpoint.ordinal] for nested in found]
    if len({domain for domain, _ in rows}) != 1:
        return None
    return Registrar(function.name, *rows[0])


def _only_registers(suite: Suite, found: Sequence[Nested]) -> bool:
    registering = {nested.index for nested in found}
    for index, node in enumerate(suite.body):
        match node:
            case ast.Expr(value=ast.Constant(value=str())) if index == 0:
                continue
            case ast.Return() if index == len(suite.body) - 1:
                continue
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                continue
            case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name()):
                continue
            case _ if index in registering:
                continue
            case _:
                return False
    return True


# ---------------------------------------------------------------- runs


class _Chooser:
    """Collects the lifts of one module, suite by suite."""

    def __init__(
        self,
        module: NestedModule,
        domains: Domains,
        kept: Mapping[int, str],
        facts: ModuleFacts,
    ) -> None:
        self.module = module
        self.domains = domains
        self.kept = kept
        self.lines = split_lines(module.text)
        self.judge = Judge(facts)
        self.segments = segments_of(module.text, module.body)
        self.lifts: list[Lift] = []
        self.not_lifted: list[NotLifted] = []

    def read(self, suite: Suite, found: Sequence[Nested]) -> None:
        """Lift what can be lifted out of one suite."""
        waiting = list(reversed(self._runs(suite, found)))
        while waiting:
            first, last = waiting.pop()
            last = self._with_followers(suite, found, first, last)
            verdict = self.judge.verdict(suite, first, last, found)
            problems = [*verdict.problems, *self._kept(found, first, last)]
            problems += self._layout(suite, first, last)
            if not problems:
                first, verdict = self._with_helpers(suite, found, first, last, verdict)
                self.lifts.append(self._lift(suite, found, first, last, verdict))
                continue
            waiting += reversed(self._around(found, first, last, problems))

    def _domain(self, nested: Nested) -> str:
        return self.domains[nested.endpoint.ordinal][0]

    def _runs(self, suite: Suite, found: Sequence[Nested]) -> list[tuple[int, int]]:
        runs: list[tuple[int, int]] = []
        previous: Nested | None = None
        for nested in found:
            joins = (
                previous is not None
                and self._domain(previous) == self._domain(nested)
                and all(
                    suite.functions and _may_go_along(suite.body[index])
                    for index in range(previous.index + 1, nested.index)
                )
            )
            if joins:
                runs[-1] = (runs[-1][0], nested.index)
            else:
                runs.append((nested.index, nested.index))
            previous = nested
        return runs

    def _kept(self, found: Sequence[Nested], first: int, last: int) -> list[Problem]:
        return [
            Problem(n.index, n.endpoint.ordinal, self.kept[n.endpoint.ordinal])
            for n in found
            if first <= n.index <= last and n.endpoint.ordinal in self.kept
        ]

    def _around(
        self, found: Sequence[Nested], first: int, last: int, problems: Sequence[Problem]
    ) -> list[tuple[int, int]]:
        """What is left of a run without the statements that cannot go; the reasons are noted."""
        reasons: dict[int, Problem] = {}
        for problem in problems:
            reasons.setdefault(problem.index, problem)
        parts: list[tuple[int, int]] = []
        joined = False
        for index in range(first, last + 1):
            nested = next((n for n in found if n.index == index), None)
            if index in reasons:
                joined = False
                if nested is not None:
                    problem = reasons[index]
                    self.not_lifted += [
                        NotLifted(row.line, problem.reason, problem.line)
                        for row in nested.endpoint.registrations
                    ]
            elif nested is not None:
                parts.append((parts.pop()[0] if joined else index, index))
                joined = True
        return parts

    def _with_followers(self, suite: Suite, found: Sequence[Nested], first: int, last: int) -> int:
        """Take along functions that stand directly below a run and only the run needs."""
        registering = {nested.index for nested in found}
        while suite.functions and last + 1 < len(suite.body) and last + 1 not in registering:
            node = suite.body[last + 1]
            if not isinstance(node, Function) or node.decorator_list:
                break
            used = {
                read.name
                for other in suite.body[first : last + 1]
                for read in self.judge.reads(other).reads
            }
            outside = self.judge.read_outside(suite, first, last + 1)
            if node.name not in used or node.name in outside:
                break
            last += 1
        return last

    def _with_helpers(
        self, suite: Suite, found: Sequence[Nested], first: int, last: int, verdict: Verdict
    ) -> tuple[int, Verdict]:
        """Take along what stands directly above a run and only the run needs."""
        if not suite.functions:
            return first, verdict
        registering = {nested.index for nested in found}
        while first > 0 and first - 1 not in registering:
            node = suite.body[first - 1]
            if not _may_go_along(node):
                break
            names = {binding.name for binding in bindings_of(node)}
            if names & self.judge.read_outside(suite, first - 1, last):
                break
            used = {
                read.name
                for other in suite.body[first : last + 1]
                for read in self.judge.reads(other).reads
            }
            wider = self.judge.verdict(suite, first - 1, last, found)
            if not names & used or wider.problems or self._layout(suite, first - 1, last):
                break
            first, verdict = first - 1, wider
        return first, verdict

    # ------------------------------------------------------------ text

    def _layout(self, suite: Suite, first: int, last: int) -> list[Problem]:
        """Every line of the run must begin with the blanks of its suite."""
        indent = self._indent(suite.body[first])
        unit = self._unit(suite)
        found = []
        for index in range(first, last + 1):
            node = suite.body[index]
            if self._shares_line(node):
                found.append(Problem(index, node.lineno, "it shares a line with another statement"))
            elif self._indent(node) != indent or (indent and not indent.startswith(unit)):
                reason = "it is indented in a way that cannot be taken back"
                found.append(Problem(index, node.lineno, reason))
        return found

    def _shares_line(self, node: ast.stmt) -> bool:
        before = self.lines[first_line(node) - 1].lstrip(" \t\f")
        starts = "@" if getattr(node, "decorator_list", ()) else ""
        column = node.col_offset if not starts else 0
        head = self.lines[first_line(node) - 1].encode()[:column].strip()
        tail = self.lines[last_line(node) - 1].encode()[node.end_col_offset or 0 :].strip()
        return bool(head) or not before.startswith(starts) or not (not tail or tail[:1] == b"#")

    def _indent(self, node: ast.stmt) -> str:
        line = self.lines[first_line(node) - 1]
        return line[: len(line) - len(line.lstrip(" \t\f"))]

    def _unit(self, suite: Suite) -> str:
        """The blanks before the body of a function at module level, as the author writes them."""
        if suite.way:
            return self._indent(_first_suite(suite)[0])
        return next(
            (
                self._indent(node.body[0])
                for node in self.module.body
                if isinstance(node, Function) and first_line(node.body[0]) > node.lineno
            ),
            "    ",
        )

    def _top(self, suite: Suite, index: int) -> int:
        """First line of a statement with the comments that stand above it."""
        top = first_line(suite.body[index])
        above = last_line(suite.body[index - 1]) if index else 0
        deep = index > 0 and hasattr(suite.body[index - 1], "body")
        indent = self._indent(suite.body[index])
        number = top - 1
        while number > above:
            line = self.lines[number - 1]
            text = line.strip()
            inner = line[: len(line) - len(line.lstrip(" \t"))]
            if text and (not text.startswith("#") or inner != indent):
                if text.startswith("#") and deep and inner.startswith(indent):
                    break
                if not text.startswith("#"):
                    break
            if text:
                top = number
            number -= 1
        return top

    def _lift(
        self, suite: Suite, found: Sequence[Nested], first: int, last: int, verdict: Verdict
    ) -> Lift:
        inside = [n for n in found if first <= n.index <= last]
        ordinal = suite.ordinal if suite.way else first
        domain, reason = self.domains[inside[0].endpoint.ordinal]
        top = self._top(suite, first)
        return Lift(
            name="",
            domain=domain,
            reason=reason,
            span=Span(top, last_line(suite.body[last])),
            place=self.segments[ordinal].start,
            indent=self._indent(suite.body[first]),
            unit=self._unit(suite),
            receivers=verdict.receivers,
            captured=verdict.captured,
            late=verdict.late,
            returned=verdict.returned,
            members=tuple(n.endpoint.name for n in inside),
            in_strings=self._in_strings(ordinal, suite, last, top),
        )

    def _in_strings(self, ordinal: int, suite: Suite, last: int, top: int) -> frozenset[int]:
        """Lines of the statements of the module around a run that begin inside a string."""
        above = min(top, self.segments[ordinal].first) - 1
        below = self.segments[ordinal if suite.way else last].last
        return in_strings("".join(self.lines[above:below]), above)

    def named(self) -> tuple[Lift, ...]:
        """All lifts in source order, each with a name that is new to the module."""
        taken = {name for s in self.module.statements for name in s.identifiers}
        taken |= {b.name for s in self.module.statements for b in s.binds}
        numbers: Counter[str] = Counter()
        found = []
        for lift in sorted(self.lifts, key=lambda lift: lift.span):
            while True:
                numbers[lift.domain] += 1
                number = numbers[lift.domain]
                suffix = "" if number == 1 else f"_{number}"
                name = f"register_{lift.domain.strip('_')}{suffix}"
                if name not in taken:
                    break
            found.append(replace(lift, name=name))
        return tuple(found)


def _first_suite(suite: Suite) -> Sequence[ast.stmt]:
    """The outermost suite that is indented."""
    return suite.way[1].body if len(suite.way) > 1 else suite.body


def _may_go_along(node: ast.stmt) -> bool:
    """Helpers and local values that may stand between endpoints."""
    match node:
        case ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
            return True
        case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name(), value=ast.expr()):
            return True
        case _:
            return False


def _facts(module: NestedModule) -> ModuleFacts:
    bound: Counter[str] = Counter()
    imported: set[str] = set()
    later: set[str] = set()
    for statement in module.statements:
        bound.update({binding.name for binding in statement.binds})
        bound.update(statement.rebinds)
        if statement.kind is StatementKind.IMPORT:
            imported |= {row.bound for row in statement.imports}
        later |= {read.name for read in statement.reads if read.phase is Phase.CALL}
    tree = ast.Module(list(module.body), [])
    return ModuleFacts(
        bound=bound,
        imported=frozenset(imported),
        literal_names=literal_names_of(tree),
        lazy=any(
            row.module == "__future__" and row.attribute == "annotations"
            for statement in module.statements
            for row in statement.imports
        ),
        read_later=frozenset(later),
    )


# Several runs of one factory ask for the same text.
@lru_cache(maxsize=8)
def in_strings(text: str, above: int = 0) -> frozenset[int]:
    """Lines that begin inside a string literal: not a character of them may change.

    Args:
        text: Whole statements of a module.
        above: How many lines stand above them.
    """
    found: set[int] = set()
    opened: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            name = tokenize.tok_name[token.type]
            if name == "FSTRING_START":
                opened.append(token.start[0])
            elif name == "FSTRING_END":
                found.update(range(above + opened.pop() + 1, above + token.end[0] + 1))
            elif token.type == tokenize.STRING:
                found.update(range(above + token.start[0] + 1, above + token.end[0] + 1))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        # It parses, so this does not happen; if it did, nothing may be touched.
        return frozenset(range(above + 1, above + text.count("\n") + 2))
    return frozenset(found)
