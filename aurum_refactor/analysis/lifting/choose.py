"""Chooses what is lifted out of functions, conditions and loops: the longest runs of one domain."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aurum_refactor.analysis.bindings import bindings_of
from aurum_refactor.analysis.lifting.judge import Judge
from aurum_refactor.analysis.lifting.lines import Lines
from aurum_refactor.analysis.lifting.nested_module import Domains, NestedModule, facts_of
from aurum_refactor.analysis.lifting.registrars import registrar_of
from aurum_refactor.analysis.lifting.strings import in_strings
from aurum_refactor.analysis.lifting.verdicts import ModuleFacts, Problem, Verdict
from aurum_refactor.analysis.nested import Member, Nested
from aurum_refactor.analysis.segments import last_line, segments_of
from aurum_refactor.analysis.suites import Function, Suite
from aurum_refactor.model import Lift, NotLifted, Registrar, Span


@dataclass(frozen=True, slots=True)
class Lifting:
    """What is lifted, what is not and why, and the functions that move as they are."""

    lifts: tuple[Lift, ...]
    not_lifted: tuple[NotLifted, ...]
    # Functions that only register, as they were found and as they are made.
    registrars: tuple[Registrar, ...]


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
    facts = replace(facts_of(module), carried=carried, own_methods=own_methods or {})
    chooser = _Chooser(module, domains, kept, facts)
    registrars = []
    for suite, found in module.suites:
        registrar = registrar_of(module, suite, found, domains, known, kept)
        if registrar is not None:
            registrars.append(registrar)
        else:
            chooser.read(suite, found)
    lifts = chooser.named()
    registrars += [Registrar(lift.name, lift.domain, lift.reason) for lift in lifts]
    return Lifting(lifts, tuple(chooser.not_lifted), tuple(registrars))


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
        self.lines = Lines(module)
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
            problems += self.lines.problems(suite, first, last)
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
            if not names & used or wider.problems or self.lines.problems(suite, first - 1, last):
                break
            first, verdict = first - 1, wider
        return first, verdict

    def _lift(
        self, suite: Suite, found: Sequence[Nested], first: int, last: int, verdict: Verdict
    ) -> Lift:
        inside = [n for n in found if first <= n.index <= last]
        ordinal = suite.ordinal if suite.way else first
        domain, reason = self.domains[inside[0].endpoint.ordinal]
        top = self.lines.top(suite, first)
        return Lift(
            name="",
            domain=domain,
            reason=reason,
            span=Span(top, last_line(suite.body[last])),
            place=self.segments[ordinal].start,
            indent=self.lines.indent(suite.body[first]),
            unit=self.lines.unit(suite),
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
        return in_strings("".join(self.lines.rows[above:below]), above)

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


def _may_go_along(node: ast.stmt) -> bool:
    """Helpers and local values that may stand between endpoints."""
    match node:
        case ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
            return True
        case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name(), value=ast.expr()):
            return True
        case _:
            return False
