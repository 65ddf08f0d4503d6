"""Writes one new router module: header, imports, routers, and the moved endpoints."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from aurum_refactor.errors import MoveError
from aurum_refactor.model import DomainModule, Endpoint, Plan, Run, Survey, WiringKind
from aurum_refactor.rewrite.imports import monolith_names, monolith_object, reimport, repeat
from aurum_refactor.rewrite.pieces import (
    leading_blank_lines,
    piece,
    trailing_comment,
    without_outer_blanks,
)
from codemods.detach_registrations import detach_registrations
from codemods.errors import CannotRewrite
from codemods.qualify_names import qualify_names
from codemods.rebase_imports import rebase_imports
from codemods.rebind_routes import rebind_routes
from codemods.registration_calls import register_function


class Unrewritable(MoveError):
    """One endpoint whose code has no faithful form elsewhere; ``ordinal`` says which."""

    def __init__(self, ordinal: int, reason: str) -> None:
        super().__init__(reason)
        self.ordinal = ordinal
        self.reason = reason


def render(module: DomainModule, plan: Plan, survey: Survey, text: str) -> str:
    """The whole text of a new module, in the newline style of the monolith.

    Args:
        module: What moves there and how it reaches the rest.
        plan: The plan it belongs to.
        survey: The monolith it was made from.
        text: The monolith's text.

    Raises:
        Unrewritable: A codemod found no faithful form for one endpoint.
    """
    newline = survey.newline
    parts = [_docstring(module, survey)]
    if survey.future:
        parts.append(f"from __future__ import {', '.join(survey.future)}{newline}")
    imports = _imports(module, plan, survey, text)
    if imports:
        parts.append(imports)
    routers = _routers(module, survey)
    if routers:
        parts.append(routers)
    head = newline.join(parts)
    if survey.encoding != "utf-8":
        head = f"# -*- coding: {survey.encoding} -*-{newline}{head}"
    body = "".join(_run(run, module, plan, survey, text) for run in module.runs)
    return f"{head}{newline}{newline}{without_outer_blanks(body)}"


def _docstring(module: DomainModule, survey: Survey) -> str:
    """Names the domain and its endpoints, one route a line, in their true order."""
    newline = survey.newline
    ordinals = {ordinal for run in module.runs for ordinal in run.ordinals}
    title = module.domain.strip("_").replace("_", " ")
    rows = [
        f"    {row}"
        for endpoint in survey.endpoints
        if endpoint.ordinal in ordinals
        for row in _routes(endpoint)
    ]
    first = f"{title[:1].upper()}{title[1:]} endpoints."
    lines = [f'"""{first}', "", *rows, '"""', ""]
    return newline.join(lines)


def _routes(endpoint: Endpoint) -> list[str]:
    found = []
    for registration in endpoint.registrations:
        verb = ", ".join(registration.methods) or "WEBSOCKET"
        path = "(a computed path)" if registration.path is None else registration.path
        safe = path.replace("\\", "/").replace('"""', "'''")
        found.append(f"{verb} {safe}".rstrip())
    return found


def _imports(module: DomainModule, plan: Plan, survey: Survey, text: str) -> str:
    newline = survey.newline
    package = plan.target_package
    rows: list[str] = []
    for ordinal, wanted in module.reimports:
        statement = survey.statements[ordinal]
        before = leading_blank_lines(piece(text, statement))
        # Groups stay apart as the author parted them.
        if rows and before and rows[-1] != newline:
            rows.append(newline)
        comment = trailing_comment(text, statement)
        rows.append(reimport(statement, wanted, package, newline, comment))
    names = {name for _, wanted in module.reimports for name in wanted}
    if module.api_router and module.api_router not in names:
        made = "APIRouter"
        if module.api_router != made:
            made += f" as {module.api_router}"
        if rows and rows[-1] != newline:
            rows.append(newline)
        rows.append(f"from fastapi import {made}{newline}")
    own: list[str] = []
    if module.alias:
        own.append(monolith_object(plan.layout, package, module.alias, newline))
    if module.from_imports:
        own.append(monolith_names(plan.layout, package, module.from_imports, newline))
    if own and rows:
        rows.append(newline)
    typing = _typing_block(module, plan, survey)
    return "".join([*rows, *own, *typing])


def _typing_block(module: DomainModule, plan: Plan, survey: Survey) -> list[str]:
    """Names that only type checkers see stay so: bound at run time in neither module."""
    if not module.typing_imports:
        return []
    newline = survey.newline
    rows = [newline, f"from typing import TYPE_CHECKING{newline}", newline]
    rows.append(f"if TYPE_CHECKING:{newline}")
    for ordinal, wanted in module.typing_imports:
        for row in survey.statements[ordinal].typing_imports:
            if row.bound in wanted:
                rows.append("    " + repeat([row], plan.target_package, newline))
    return rows


def _routers(module: DomainModule, survey: Survey) -> str:
    rows = []
    for run in module.runs:
        if run.wiring is not WiringKind.INCLUDE:
            continue
        receiver = next(
            r
            for r in reversed(survey.receivers)
            if r.name == run.receiver and r.ordinal < run.ordinals[0]
        )
        argument = f"route_class={receiver.route_class}" if receiver.route_class else ""
        rows.append(f"{run.handle} = {module.api_router}({argument}){survey.newline}")
    return "".join(rows)


# ---------------------------------------------------------------- the moved code


def _run(run: Run, module: DomainModule, plan: Plan, survey: Survey, text: str) -> str:
    pieces = [_ended(piece(text, survey.statements[o]), survey.newline) for o in run.ordinals]
    try:
        return _rewritten("".join(pieces), run, module, plan, survey)
    except (CannotRewrite, cst.ParserSyntaxError) as error:
        _blame(pieces, run, module, plan, survey)
        raise MoveError(f"{module.module}: {error}") from error


def _ended(text: str, newline: str) -> str:
    return text if text.endswith(("\n", "\r")) else text + newline


def _rewritten(
    code: str, run: Run, module: DomainModule, plan: Plan, survey: Survey
) -> str:
    tree = cst.parse_module(code)
    if module.alias:
        tree = qualify_names(tree, module.qualified, module.alias)
    if survey.layout.package and plan.target_package != survey.layout.package:
        tree = rebase_imports(tree, survey.layout.package, plan.target_package)
    if run.wiring is WiringKind.INCLUDE:
        tree = rebind_routes(tree, run.receiver, run.handle)
    elif run.wiring is WiringKind.REGISTER:
        function = register_function(tree, run.receiver, run.handle, _parameter(module))
        tree = detach_registrations(tree, run.receiver)
        return tree.code + tree.with_changes(body=[function], header=[], footer=[]).code
    return tree.code


def _parameter(module: DomainModule) -> str:
    taken = {run.handle for run in module.runs} | {a.name for a in module.accesses}
    return "router" if "router" not in taken else "target_router"


def _blame(
    pieces: Sequence[str], run: Run, module: DomainModule, plan: Plan, survey: Survey
) -> None:
    """Find the one endpoint that cannot be rewritten."""
    for ordinal, code in zip(run.ordinals, pieces, strict=True):
        try:
            _rewritten(code, run, module, plan, survey)
        except CannotRewrite as error:
            raise Unrewritable(ordinal, str(error)) from error
        except cst.ParserSyntaxError as error:
            reason = f"LibCST cannot read it: {error.message}"
            raise Unrewritable(ordinal, reason) from error
