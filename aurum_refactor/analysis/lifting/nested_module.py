"""A module with registrations in its suites, as it is read before anything is lifted."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.analysis.lifting.verdicts import ModuleFacts
from aurum_refactor.analysis.nested import Nested, local_receivers, nested_in
from aurum_refactor.analysis.registrations.literal_paths import constants_of
from aurum_refactor.analysis.routes import route_call
from aurum_refactor.analysis.statements import literal_names_of
from aurum_refactor.analysis.suites import Function, Suite, suites_of
from aurum_refactor.model import Endpoint, Phase, Receiver, Statement, StatementKind

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


def facts_of(module: NestedModule) -> ModuleFacts:
    """What a judgement needs to know of the module; nothing of its classes."""
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
