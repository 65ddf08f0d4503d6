"""Takes factories apart before anything is planned: a module becomes one whose endpoints can move.

What stands inside functions, conditions and loops is lifted into functions of the module that
are called in the old place. Planning then sees functions, which move like any other. Nothing
of this is ever written as such: only the result of the whole extraction is, and the proof
undoes both halves.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from aurum_refactor.analysis.carrying.choose import Carrying, carriers_of, carrying_of, together
from aurum_refactor.analysis.carrying.judge import ClassJudge
from aurum_refactor.analysis.carrying.owner import Reason
from aurum_refactor.analysis.lifting.choose import Lifting, lifts_of
from aurum_refactor.analysis.lifting.nested_module import Domains, NestedModule, read_nested
from aurum_refactor.analysis.nested import Member, bound_handler, has_top_level, may_nest
from aurum_refactor.analysis.plain_imports import Plain, PlainImports
from aurum_refactor.analysis.statements import parse, statements_of
from aurum_refactor.analysis.survey.layout import layout_for
from aurum_refactor.analysis.target import module_name, package_of
from aurum_refactor.model import (
    Carrier,
    Carry,
    Finding,
    Home,
    HomeKind,
    Layout,
    LockedMonolith,
    Span,
    Survey,
)
from aurum_refactor.plan.domains import assign, shared_by_all
from aurum_refactor.rewrite.carry import carried
from aurum_refactor.rewrite.lift import lifted
from aurum_refactor.source.globs import match_glob
from aurum_refactor.source.settings import Config
from aurum_refactor.source.text import SourceText, encode

_NOTHING = Lifting((), (), ())


@dataclass(frozen=True, slots=True)
class Lifted:
    """A module before and after lifting."""

    # As it would be; the original where nothing is lifted.
    source: SourceText
    lifting: Lifting
    # Line of the original for every line of it, by index; empty where nothing is lifted.
    lines: tuple[int, ...]
    # In between: with methods in classes of their own, which nothing else was done to.
    carried: SourceText
    carries: tuple[Carry, ...] = ()
    # Classes of the module that hold the methods of one domain.
    carriers: tuple[Carrier, ...] = ()
    # Bytes of the files, by path, that say whether methods can be carried.
    relatives: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Around:
    """What lifting may ask of the project around a module."""

    files: tuple[str, ...]
    source_roots: tuple[str, ...]
    others: Mapping[str, bytes]
    hints: tuple[bytes, ...]
    # Bytes of a file by its path; None if unreadable.
    content: Callable[[str], bytes | None]
    # Files, with their bytes, in which one of some words stands.
    mentioning: Callable[[Collection[str]], Mapping[str, bytes]]


def lift(
    source: SourceText,
    config: Config,
    locked: LockedMonolith | None,
    kept: Mapping[int, str],
    around: Around,
) -> Lifted:
    """Lift every run of endpoints that can be proven to be the same in a function of its own.

    Args:
        source: The monolith.
        config: Domains by glob; endpoints to keep.
        locked: What earlier extractions recorded of it.
        kept: Lines of statements that stay where they are, with the reason.
        around: Asked only where methods are registered as endpoints.

    Raises:
        SourceError: The module cannot be parsed.
    """
    if not may_nest(source.text):
        return Lifted(source, _NOTHING, (), source)
    work = _Work(source, config, locked)
    first = work.read(source)
    if not first.suites:
        return Lifted(source, _NOTHING, (), source)
    owners = sorted(
        {
            member[0]
            for suite, found in first.suites
            for row in found
            if (member := bound_handler(suite, row.endpoint.name)) is not None
        }
    )
    if not owners:
        lifting = work.lifts(first, kept)
        return _written(source, source, lifting, (), _NOT_CARRIED, {}, locked)
    relatives: dict[str, bytes] = {}
    judge = _class_judge(source, first.body, owners, around, relatives)
    dropped: dict[Member, Reason] = {}
    while True:
        carrying = carrying_of(
            first,
            judge,
            work.domains(first),
            _kept_methods(first.body, kept) | dropped,
            lazy=work.lazy,
        )
        text = carried(source.text, carrying.rows, source.newline)
        halfway = source
        if carrying.rows:
            halfway = replace(source, text=text.text, data=encode(text.text, source))
        origin = text.lines
        module = work.read(halfway) if carrying.rows else first
        here = {n: kept[line] for n, line in enumerate(origin, 1) if line in kept}
        lifting = work.lifts(module, here, carrying)
        stuck = _not_registered(module, lifting, carrying, origin)
        if not stuck:
            return _written(source, halfway, lifting, origin, carrying, relatives, locked)
        dropped |= stuck


_NOT_CARRIED = Carrying((), {})


def _written(
    source: SourceText,
    halfway: SourceText,
    lifting: Lifting,
    origin: tuple[int, ...],
    carrying: Carrying,
    relatives: Mapping[str, bytes],
    locked: LockedMonolith | None,
) -> Lifted:
    """The text of both halves; lines are those of the original."""
    # Made now, or by an earlier extraction, after which no method is registered by its class.
    may_carry = bool(carrying.rows) or locked is not None
    if not lifting.lifts:
        carriers = carriers_of(parse(source).body, lifting.registrars) if may_carry else ()
        return Lifted(source, lifting, (), source, (), carriers, relatives)
    text = lifted(halfway.text, lifting.lifts, source.newline)
    after = replace(source, text=text.text, data=encode(text.text, source))
    carriers = carriers_of(parse(after).body, lifting.registrars) if may_carry else ()
    if not origin:
        return Lifted(after, lifting, text.lines, halfway, (), carriers)
    lifting = Lifting(
        tuple(
            replace(row, span=Span(_line(row.span.first, origin), _line(row.span.last, origin)))
            for row in lifting.lifts
        ),
        tuple(replace(row, line=_line(row.line, origin)) for row in lifting.not_lifted),
        lifting.registrars,
    )
    lines = tuple(_line(number, origin) for number in text.lines)
    return Lifted(after, lifting, lines, halfway, carrying.rows, carriers, relatives)


class _Work:
    """One module, read once as it is and once for every choice of methods."""

    def __init__(self, source: SourceText, config: Config, locked: LockedMonolith | None) -> None:
        self.source = source
        self.config = config
        self.locked = locked
        self.lazy = False

    def read(self, source: SourceText) -> NestedModule:
        tree = parse(source)
        layout = Layout(source.path, "", "", "", False, "", False)  # noqa: FBT003 - a record's fields
        moved = frozenset[str]()
        if self.locked is not None:
            home = self.locked.module
            moved = frozenset(row.name for row in self.locked.endpoints if row.home != home)
        self.lazy = any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "annotations" for alias in node.names)
            for node in tree.body
        )
        return read_nested(source.text, tree.body, statements_of(source, tree, layout), moved)

    def domains(self, nested: NestedModule) -> Domains:
        """Domain and reason of every registration, by the line of its statement."""
        rows = assign(
            nested.endpoints,
            nested.receivers,
            globs=[(rule.name, rule.globs) for rule in self.config.domains],
            remembered={},
            matches=match_glob,
            # What endpoints of the module's own suite do not share is not shared by all.
            shared=shared_by_all(e.reason for e in self.locked.endpoints)
            if self.locked
            else (frozenset() if has_top_level(self.source.text) else None),
        )
        return together(nested, {row.ordinal: (row.domain, row.reason) for row in rows})

    def lifts(
        self, nested: NestedModule, kept: Mapping[int, str], carrying: Carrying = _NOT_CARRIED
    ) -> Lifting:
        stays = {
            endpoint.ordinal: "the configuration keeps it"
            for endpoint in nested.endpoints
            if endpoint.name in self.config.keep
            or endpoint.name.rpartition(".")[2] in self.config.keep
        }
        known = self.locked.endpoints if self.locked else ()
        return lifts_of(
            nested,
            self.domains(nested),
            {(row.name, row.routes): (row.domain, row.reason) for row in known},
            {**kept, **stays},
            carrying.members,
            carrying.stays,
        )


# ---------------------------------------------------------------- methods


def _class_judge(
    source: SourceText,
    body: Sequence[ast.stmt],
    owners: Collection[str],
    around: Around,
    relatives: dict[str, bytes],
) -> ClassJudge:
    """What is known of the classes of a module; *relatives* gets every file that is read."""
    layout = layout_for(source, around.files, around.others, around.source_roots, around.hints)
    paths = {module_name(path, layout.source_root): path for path in around.files}

    def read(module: str) -> tuple[bytes, str] | None:
        data = around.content(paths[module])
        if data is None:
            return None
        relatives[paths[module]] = data
        return data, package_of(paths[module], layout.source_root)

    home = Plain(layout.module, layout.package, body)
    imports = PlainImports(home, frozenset(paths), read)
    others = {p: d for p, d in around.mentioning(owners).items() if p != source.path}
    relatives |= others
    return ClassJudge(imports, others)


def _kept_methods(body: Sequence[ast.stmt], kept: Mapping[int, str]) -> dict[Member, Reason]:
    """Methods whose own lines stay."""
    return {
        (node.name, inner.name): (inner.lineno, kept[inner.lineno])
        for node in body
        if isinstance(node, ast.ClassDef)
        for inner in node.body
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and inner.lineno in kept
    }


def _not_registered(
    module: NestedModule, lifting: Lifting, carrying: Carrying, origin: tuple[int, ...]
) -> dict[Member, Reason]:
    """Methods that were carried, but whose registration stays."""
    reasons = {row.line: row for row in lifting.not_lifted}
    found: dict[Member, Reason] = {}
    for suite, nested in module.suites:
        for row in nested:
            member = bound_handler(suite, row.endpoint.name)
            if member not in carrying.members:
                continue
            for registration in row.endpoint.registrations:
                no = reasons.get(registration.line)
                if no is not None:
                    found[member] = (_line(no.reason_line, origin), no.reason)
    return found


def relocated(survey: Survey, made: Lifted) -> Survey:
    """A survey of the lifted text, with the lines that people see in their editor.

    Offsets are those of the lifted text, from which everything is written.
    """
    reasons = {row.line: row for row in made.lifting.not_lifted}
    found = _moved(survey, made.lines) if made.lines else survey
    counted = {row.label: row.span.lines for row in survey.statements}
    statements = [
        # Its methods stood in many places: what counts is how many lines they are.
        replace(row, span=Span(row.span.first, row.span.first + counted[row.label] - 1))
        if row.label in {carrier.name for carrier in made.carriers}
        else row
        for row in found.statements
    ]
    unmoved = [
        row
        if row.line not in reasons
        else replace(
            row, reason=reasons[row.line].reason, reason_line=reasons[row.line].reason_line
        )
        for row in found.unmoved
    ]
    return replace(found, unmoved=tuple(unmoved), statements=tuple(statements))


#: Fields of the survey that speak of lines of the monolith.
_WITH_LINES = ("statements", "receivers", "registrations", "endpoints", "unmoved", "warnings")


def _moved(survey: Survey, lines: tuple[int, ...]) -> Survey:
    here = survey.layout.path
    changed: dict[str, Any] = {
        name: _relocate(getattr(survey, name), lines, here) for name in _WITH_LINES
    }
    for name in ("references", "module_uses"):
        rows = getattr(survey, name)
        changed[name] = tuple(
            sorted(_relocate(r, lines, here) if r.path == here else r for r in rows)
        )
    if survey.script_line is not None:
        changed["script_line"] = lines[survey.script_line - 1]
    return replace(survey, **changed)


def _relocate(value: Any, lines: tuple[int, ...], here: str) -> Any:
    """The same value with other lines; whatever has a field for one is a record of ours."""
    if isinstance(value, tuple):
        if len(value) == 2 and isinstance(value[0], int) and isinstance(value[1], str):  # noqa: PLR2004
            return _line(value[0], lines), value[1]
        return tuple([_relocate(item, lines, here) for item in value])
    if isinstance(value, Span):
        first = _line(value.first, lines)
        return Span(first, max(first, _line(value.last, lines)))
    names = _FIELD_NAMES[type(value)]
    if not names or (getattr(value, "path", here) != here and hasattr(value, "severity")):
        return value
    changed = {}
    for name in names:
        part = getattr(value, name)
        if name in _LINES:
            new: Any = _line(part, lines) if isinstance(part, int) else part
        elif isinstance(part, tuple | Span) or _FIELD_NAMES[type(part)]:
            new = _relocate(part, lines, here)
        else:
            continue
        if new is not part:
            changed[name] = new
    return replace(value, **changed) if changed else value


#: Fields that hold a line.
_LINES = frozenset({"line", "mutated_at", "reason_line"})


class _FieldNames(dict[type, tuple[str, ...]]):
    """Names of the fields of a record, looked up once a type; empty for everything else."""

    def __missing__(self, kind: type) -> tuple[str, ...]:
        self[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
        return self[kind]


_FIELD_NAMES = _FieldNames()


def _line(number: int, lines: tuple[int, ...]) -> int:
    return lines[number - 1] if 0 < number <= len(lines) else number


def kept_lines(refused: Mapping[str, Finding], made: Lifted) -> dict[int, str]:
    """Lines of what was lifted and is refused all the same, with the reason.

    Args:
        refused: Functions that stay, with the finding that says why.
        made: What was lifted.
    """
    found: dict[int, str] = {}
    for row in made.lifting.lifts:
        if row.name in refused:
            reason = refused[row.name].message.partition(" stays: ")[2]
            found |= dict.fromkeys(range(row.span.first, row.span.last + 1), reason)
    return found


def kept_methods(homes: Sequence[Home], made: Lifted) -> dict[int, str]:
    """Lines of methods that were carried and whose class has no home in their domain.

    Args:
        homes: Where everything goes.
        made: What was carried.
    """
    rows = {row.name: row for row in homes}
    found: dict[int, str] = {}
    for carry in made.carries:
        home = rows.get(carry.name)
        if home is None or home.kind is not HomeKind.OWNED or home.domain != carry.domain:
            reason = "its domain does not move" if home is None else home.reason
            for span in carry.spans:
                found |= dict.fromkeys(range(span.first, span.last + 1), reason)
    return found
