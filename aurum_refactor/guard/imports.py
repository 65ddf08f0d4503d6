"""AR402 and AR403: what new modules import of other domains and of the monolith."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from aurum_refactor.analysis.bindings import is_type_checking
from aurum_refactor.analysis.registered import registering_functions
from aurum_refactor.analysis.statements import absolute_module, statements_of
from aurum_refactor.guard.rules import MONOLITH, OTHER_DOMAIN, Rule
from aurum_refactor.guard.values import Kind, Marked, Monolith, NewModule
from aurum_refactor.model import Finding, Layout, Phase, Severity


@dataclass(frozen=True, slots=True)
class Imported:
    """One name or module that an import statement brings."""

    line: int
    last: int
    # ``a.b`` of ``from a.b import c``, or of ``import a.b``.
    module: str
    # ``c``; "" for a module, "*" for all of it.
    attribute: str
    bound: str
    # False inside functions.
    at_import: bool

    @property
    def targets(self) -> tuple[str, ...]:
        """Modules that it may be: the name may be one itself."""
        below = f"{self.module}.{self.attribute}"
        return (below, self.module) if self.attribute else (self.module,)


def imports_of(module: NewModule) -> tuple[Imported, ...]:
    """Every import that runs, those for type checkers apart."""
    found: list[Imported] = []
    _collect(module.tree.body, module.package, found, at_import=True)
    return tuple(found)


def _collect(
    nodes: list[ast.stmt], package: str, found: list[Imported], *, at_import: bool
) -> None:
    for node in nodes:
        match node:
            case ast.Import():
                for alias in node.names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    last = node.end_lineno or node.lineno
                    found.append(Imported(node.lineno, last, alias.name, "", bound, at_import))
            case ast.ImportFrom():
                module = absolute_module(package, node.level, node.module or "")
                last = node.end_lineno or node.lineno
                found += [
                    Imported(node.lineno, last, module, a.name, a.asname or a.name, at_import)
                    for a in node.names
                ]
            case _ if is_type_checking(node):
                _collect(getattr(node, "orelse", []), package, found, at_import=at_import)
            case _:
                inside = at_import and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                for suite in ("body", "orelse", "finalbody"):
                    _collect(getattr(node, suite, []), package, found, at_import=inside)
                for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
                    _collect(part.body, package, found, at_import=inside)


def forbidden_imports(monolith: Monolith) -> Iterator[Marked]:
    """Imports that lead from one domain into another, or too deep into the monolith."""
    by_name = {module.module: module for module in monolith.new}
    for module in monolith.new:
        # Of the monolith what is read while the module is executed.
        needed: frozenset[str] | None = None
        for row in imports_of(module):
            other = next((by_name[name] for name in row.targets if name in by_name), None)
            if other is not None:
                if other.domain and other.domain != module.domain:
                    yield _other_domain(module, other, row)
            elif monolith.module in row.targets:
                if needed is None:
                    needed = _read_at_import(module)
                message = _too_much(module, monolith, row, needed)
                if message:
                    yield _marked(MONOLITH, module, row, message, _name_of(row))


def _other_domain(module: NewModule, other: NewModule, row: Imported) -> Marked:
    who = f"the {module.kind} of {module.domain}" if module.domain else "what domains share"
    message = f"{who} imports {other.module}, which belongs to {other.domain}"
    return _marked(OTHER_DOMAIN, module, row, message, other.module)


def _too_much(module: NewModule, monolith: Monolith, row: Imported, needed: frozenset[str]) -> str:
    """Why an import of the monolith is more than a domain may have; "" if it is not."""
    if module.kind in (Kind.SERVICE, Kind.DAO):
        return f"the {module.kind} of {module.domain} imports the monolith"
    if row.module != monolith.module or not row.attribute:
        return ""
    if row.attribute == "*":
        return f"it imports everything of {monolith.module}"
    if not row.at_import or row.bound in needed:
        return ""
    last = monolith.module.rpartition(".")[2]
    return (
        f"it imports {row.attribute} of the monolith although it reads it only when called: what "
        f"is re-bound or patched there would be missed; read `_{last.strip('_')}.{row.attribute}`"
    )


def _read_at_import(module: NewModule) -> frozenset[str]:
    layout = Layout(
        path=module.path,
        module=module.module,
        package=module.package,
        directory="",
        is_package_init=False,
        source_root="",
        relative=True,
    )
    statements = statements_of(module.source, module.tree, layout)
    # ``register(router)`` runs while the monolith is imported.
    early = registering_functions(module.tree)
    return frozenset(
        read.name
        for row in statements
        for read in row.reads
        if read.phase is Phase.IMPORT or row.label in early
    )


def _name_of(row: Imported) -> str:
    return f"{row.module}:{row.attribute}" if row.attribute else row.module


def _marked(rule: Rule, module: NewModule, row: Imported, message: str, what: str) -> Marked:
    finding = Finding(
        code=rule.code,
        severity=Severity.ERROR,
        message=message,
        advice=rule.advice,
        path=module.path,
        line=row.line,
        subject=module.module,
    )
    return Marked(finding, row.last, what)
