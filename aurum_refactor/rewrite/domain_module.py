"""Writes one new router module: header, imports, routers, and the moved endpoints."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import libcst as cst

from aurum_refactor.errors import MoveError
from aurum_refactor.model import (
    DomainModule,
    Endpoint,
    Plan,
    Run,
    StatementKind,
    Survey,
    WiringKind,
)
from aurum_refactor.rewrite.existing import extended
from aurum_refactor.rewrite.headers import headers_of
from aurum_refactor.rewrite.import_block import (
    NOWHERE,
    ImportRow,
    ImportStyle,
    arranged,
    repeated_row,
    rows_of,
)
from aurum_refactor.rewrite.import_style import paragraphs_of, style_of
from aurum_refactor.rewrite.imports import (
    monolith_found,
    monolith_module,
    monolith_object,
    monolith_object_from,
    reimport,
    relative_name,
    repeat,
)
from aurum_refactor.rewrite.pieces import (
    piece,
    trailing_comment,
    without_outer_blanks,
)
from aurum_refactor.rewrite.spacing import BELOW_HEAD, spaced
from aurum_refactor.rewrite.width import width_of
from aurum_refactor.source.text import SourceText
from codemods.detach_registrations import detach_registrations
from codemods.errors import CannotRewrite
from codemods.factor_router import factor_routes, quoted
from codemods.qualify_names import qualify_names
from codemods.rebase_imports import rebase_imports
from codemods.rebind_routes import rebind_routes
from codemods.registration_calls import register_function


class Unrewritable(MoveError):  # noqa: N818 - a refusal is an answer, not an error
    """One endpoint whose code has no faithful form elsewhere; ``ordinal`` says which."""

    def __init__(self, ordinal: int, reason: str) -> None:
        super().__init__(reason)
        self.ordinal = ordinal
        self.reason = reason


def render(
    module: DomainModule, plan: Plan, survey: Survey, text: str, there: SourceText | None = None
) -> str:
    """The whole text of a new module, in the newline style of the monolith.

    Args:
        module: What moves there and how it reaches the rest.
        plan: The plan it belongs to.
        survey: The monolith it was made from.
        text: The monolith's text.
        there: The file as it is, which is added to; None where there is none.

    Raises:
        Unrewritable: A codemod found no faithful form for one endpoint.
    """
    newline = survey.newline
    parts = [] if there is not None else [_docstring(module, plan, survey)]
    if survey.future and there is None:
        parts.append(f"from __future__ import {', '.join(survey.future)}{newline}")
    style = style_of(survey, text, _ours(module, plan))
    imports = _imports(module, plan, survey, text, style)
    if imports and there is None:
        parts.append(imports)
    constants, rest = _leading_constants(module, survey)
    pieces = spaced([*constants, *rest], plan, survey, text)
    if constants:
        code = _chunk(None, constants, module, survey, pieces)
        parts.append(without_outer_blanks(code))
    routers = _routers(module, survey, text)
    if routers:
        parts.append(routers)
    head = newline.join(parts)
    if survey.encoding != "utf-8" and there is None:
        head = f"# -*- coding: {survey.encoding} -*-{newline}{head}"
    body = without_outer_blanks(_body(module, rest, survey, pieces, style.width))
    whole = f"{head}{newline * BELOW_HEAD if head else ''}{body}" if body else head
    return whole if there is None else extended(there, imports, whole)


def package_of(module: DomainModule) -> str:
    """Dotted package of a new module."""
    return module.module.rpartition(".")[0]


def _docstring(module: DomainModule, plan: Plan, survey: Survey) -> str:
    """Names the domain and its endpoints, one route a line, in their true order."""
    newline = survey.newline
    if not module.runs:
        return f'"""What several domains of {plan.layout.module} share."""{newline}'
    ordinals = {ordinal for run in module.runs for ordinal in run.ordinals}
    # Registered by what stays, on an object that may have moved with another domain.
    called = {
        ordinal
        for run in module.runs
        if run.wiring in (WiringKind.LIFTED, WiringKind.BODY)
        for ordinal in run.ordinals
    }
    title = _title(module, plan)
    rows = [
        f"    {row}"
        for endpoint in survey.endpoints
        if endpoint.ordinal in ordinals
        for row in _routes(endpoint, survey, on_object=endpoint.ordinal not in called)
    ]
    first = f"{title[:1].upper()}{title[1:]} endpoints."
    lines = [f'"""{first}', "", *rows, '"""', ""]
    return newline.join(lines)


def _title(module: DomainModule, plan: Plan) -> str:
    """A domain as its tag spells it ("EIA"), or in words."""
    reasons = (row.reason for row in plan.assignments if row.domain == module.domain)
    tags = {match[1] for reason in reasons if (match := _PLAIN_TAG.match(reason))}
    return tags.pop() if len(tags) == 1 else module.domain.strip("_").replace("_", " ")


#: Why an endpoint is in a domain that is named after a tag; behind it may stand what all share.
_PLAIN_TAG = re.compile(r"tag ([A-Za-z0-9][A-Za-z0-9 &/+.-]*)(?:;|$)")


def _routes(endpoint: Endpoint, survey: Survey, *, on_object: bool) -> list[str]:
    """One line per route; with the prefix of its object if *on_object*."""
    found = []
    for registration in endpoint.own_registrations:
        prefix = next(
            (
                receiver.prefix
                for receiver in reversed(survey.receivers)
                if on_object
                and receiver.name == registration.receiver
                and receiver.ordinal < registration.ordinal
            ),
            "",
        )
        verb = ", ".join(registration.methods) or "WEBSOCKET"
        path = "(a computed path)" if registration.path is None else prefix + registration.path
        safe = path.replace("\\", "/").replace('"""', "'''")
        found.append(f"{verb} {safe}".rstrip())
    return found


def _ours(module: DomainModule, plan: Plan) -> set[str]:
    return {*plan.own, *(m.module for m in plan.modules), *(m for m, _ in module.neighbours)}


def _imports(
    module: DomainModule, plan: Plan, survey: Survey, text: str, style: ImportStyle
) -> str:
    newline = survey.newline
    package = package_of(module)
    paragraphs = paragraphs_of(survey, text, _ours(module, plan))
    rows: list[ImportRow] = []
    there = module.there or frozenset()
    names = {name for _, wanted in module.reimports for name in wanted}
    needs_router = bool(module.api_router) and module.api_router not in names | there
    router = "APIRouter"
    if module.api_router != router:
        router += f" as {module.api_router}"
    for ordinal, every in module.reimports:
        wanted = tuple(name for name in every if name not in there)
        if not wanted:
            continue
        statement = survey.statements[ordinal]
        comment = trailing_comment(text, statement)
        extra: tuple[str, ...] = ()
        if (
            needs_router
            and not style.one_name
            and all(row.module == "fastapi" and row.attribute for row in statement.imports)
        ):
            extra, needs_router = (router,), False
        code = reimport(statement, wanted, package, newline, comment, extra, style.width)
        paragraph = paragraphs.get(ordinal, NOWHERE)
        rows.append(repeated_row(statement, wanted, package, code, extra, paragraph))
    if needs_router:
        rows += rows_of("fastapi", [router], style, newline)
    found: list[str] = []
    if module.finder:
        found = monolith_found(plan.layout, module.alias, module.finder, newline)
        rows.append(ImportRow("importlib", (found[0].rpartition(" import ")[2].strip(),), found[0]))
        found[0] = newline
    elif module.alias:
        parent, name = monolith_object_from(plan.layout, package, module.alias)
        code = monolith_object(plan.layout, package, module.alias, newline)
        rows.append(ImportRow(parent, (name,) if name else (), code))
    sources = [(monolith_module(plan.layout, package), module.from_imports)]
    sources += [
        (relative_name(package, neighbour) if plan.layout.relative else neighbour, wanted)
        for neighbour, wanted in module.neighbours
    ]
    for spelled, wanted in sources:
        missing = [name for name in wanted if name not in there]
        if missing:
            rows += rows_of(spelled, missing, style, newline)
    typing = _typing_block(module, survey)
    return "".join([arranged(rows, style, newline), *typing, *found])


def _typing_block(module: DomainModule, survey: Survey) -> list[str]:
    """Names that only type checkers see stay so: bound at run time in neither module."""
    if not module.typing_imports:
        return []
    newline = survey.newline
    rows = [newline, f"from typing import TYPE_CHECKING{newline}", newline]
    rows.append(f"if TYPE_CHECKING:{newline}")
    for ordinal, wanted in module.typing_imports:
        rows += [
            "    " + repeat([row], package_of(module), newline)
            for row in survey.statements[ordinal].typing_imports
            if row.bound in wanted
        ]
    return rows


def _routers(module: DomainModule, survey: Survey, text: str) -> str:
    rows = []
    for run in module.runs:
        if run.wiring is not WiringKind.INCLUDE:
            continue
        receiver = next(
            r
            for r in reversed(survey.receivers)
            if r.name == run.receiver and r.ordinal < run.ordinals[0]
        )
        arguments = []
        quote = _quote(run, survey, text)
        if module.prefix:
            arguments.append(f"prefix={quoted(module.prefix, quote)}")
        if module.tag:
            arguments.append(f"tags=[{quoted(module.tag, quote)}]")
        if receiver.route_class:
            arguments.append(f"route_class={receiver.route_class}")
        line = f"{run.handle} = {module.api_router}({', '.join(arguments)})"
        rows.append(f"{line}{survey.newline}")
    return "".join(rows)


def _quote(run: Run, survey: Survey, text: str) -> str:
    """The quotation mark that the author writes the first path of a run with."""
    match = _QUOTE.search(piece(text, survey.statements[run.ordinals[0]]))
    return match[1] if match else '"'


#: The first string of a decorator, which is the path where anything is lifted.
_QUOTE = re.compile(r"""(?m)^@[^"'\n]*(?:\n[^"']*)?(["'])""")


# ---------------------------------------------------------------- the moved code


def _leading_constants(module: DomainModule, survey: Survey) -> tuple[list[int], list[int]]:
    """Values that stand above every definition of the module, and everything else."""
    ordinals = sorted([*(o for run in module.runs for o in run.ordinals), *module.owned])
    count = 0
    for ordinal in ordinals:
        if survey.statements[ordinal].kind is not StatementKind.ASSIGNMENT:
            break
        count += 1
    return ordinals[:count], ordinals[count:]


def _body(
    module: DomainModule,
    ordinals: Sequence[int],
    survey: Survey,
    pieces: Mapping[int, str],
    width: int,
) -> str:
    """Moved statements in their original order, then the register functions."""
    by_ordinal = {ordinal: run for run in module.runs for ordinal in run.ordinals}
    chunks: list[tuple[Run | None, list[int]]] = []
    for ordinal in ordinals:
        run = by_ordinal.get(ordinal)
        if chunks and chunks[-1][0] == run:
            chunks[-1][1].append(ordinal)
        else:
            chunks.append((run, [ordinal]))
    code = [_chunk(run, ordinals, module, survey, pieces) for run, ordinals in chunks]
    registers = [run for run in module.runs if run.wiring is WiringKind.REGISTER]
    code += [_register(run, module, survey, pieces, width) for run in registers]
    return "".join(code)


def _chunk(  # neighbouring statements of one run, or owned ones
    run: Run | None,
    ordinals: Sequence[int],
    module: DomainModule,
    survey: Survey,
    pieces: Mapping[int, str],
) -> str:

    def rewritten(code: str) -> str:
        if run is None and _stays_as_it_is(code, module):
            return code
        tree = _moved(code, module, survey)
        if run is not None and run.wiring is WiringKind.INCLUDE:
            tree = rebind_routes(tree, run.receiver, run.handle)
            if module.prefix or module.tag:
                tree = factor_routes(tree, run.handle, module.prefix, module.tag)
        elif run is not None and run.wiring is WiringKind.REGISTER:
            tree = detach_registrations(tree, run.receiver)
        return tree.code

    return _or_blame([pieces[o] for o in ordinals], ordinals, module, rewritten)


def _register(
    run: Run, module: DomainModule, survey: Survey, pieces: Mapping[int, str], width: int
) -> str:

    codes = [pieces[ordinal] for ordinal in run.ordinals]
    longest = width_of(codes, width)

    def rewritten(code: str) -> str:
        tree = _moved(headers_of(code), module, survey)
        function = register_function(tree, run.receiver, run.handle, _parameter(module), longest)
        return tree.with_changes(body=[function], header=[], footer=[]).code

    return _or_blame(codes, run.ordinals, module, rewritten)


def _stays_as_it_is(code: str, module: DomainModule) -> bool:
    """True if owned statements surely read nothing of the monolith, and import nothing by dots.

    LibCST gives back what it is given, and takes longer for that than for all else.
    """
    if "\f" in code or any(name in code for name in (*module.qualified, module.alias) if name):
        return False
    return "import" not in code or _DOTTED.search(code) is None


_DOTTED = re.compile(r"\bfrom\s*(?:\\\s*)*\.")


def _moved(code: str, module: DomainModule, survey: Survey) -> cst.Module:
    """The tree of some statements as their new module needs them."""
    tree = cst.parse_module(code)
    if "\f" in code and tree.code != code:
        raise CannotRewrite("a form feed", "would be lost by LibCST")
    if module.alias:
        tree = qualify_names(tree, module.qualified, module.alias)
    if survey.layout.package and package_of(module) != survey.layout.package:
        tree = rebase_imports(tree, survey.layout.package, package_of(module))
    return tree


def _or_blame(
    pieces: Sequence[str],
    ordinals: Sequence[int],
    module: DomainModule,
    rewritten: Callable[[str], str],
) -> str:
    """Rewrite all pieces at once; where that fails, find the one that is to blame."""
    try:
        return rewritten("".join(pieces))
    except (CannotRewrite, cst.ParserSyntaxError) as error:
        for ordinal, code in zip(ordinals, pieces, strict=True):
            try:
                rewritten(code)
            except CannotRewrite as blamed:
                raise Unrewritable(ordinal, str(blamed)) from blamed
            except cst.ParserSyntaxError as blamed:
                reason = f"LibCST cannot read it: {blamed.message}"
                raise Unrewritable(ordinal, reason) from blamed
        raise MoveError(f"{module.module}: {error}") from error


def _parameter(module: DomainModule) -> str:
    taken = {run.handle for run in module.runs} | {a.name for a in module.accesses}
    return "router" if "router" not in taken else "target_router"
