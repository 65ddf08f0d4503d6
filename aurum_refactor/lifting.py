"""Takes factories apart before anything is planned: a module becomes one whose endpoints can move.

What stands inside functions, conditions and loops is lifted into functions of the module that
are called in the old place. Planning then sees functions, which move like any other. Nothing
of this is ever written as such: only the result of the whole extraction is, and the proof
undoes both halves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from aurum_refactor.analysis.lifting import Lifting, lifts_of, read_nested
from aurum_refactor.analysis.nested import has_top_level, may_nest
from aurum_refactor.analysis.statements import parse, statements_of
from aurum_refactor.model import Finding, Layout, LockedMonolith, Span, Survey
from aurum_refactor.plan.domains import assign, shared_by_all
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


def lift(
    source: SourceText, config: Config, locked: LockedMonolith | None, kept: Mapping[int, str]
) -> Lifted:
    """Lift every run of endpoints that can be proven to be the same in a function of its own.

    Args:
        source: The monolith.
        config: Domains by glob; endpoints to keep.
        locked: What earlier extractions recorded of it.
        kept: Lines of statements that stay where they are, with the reason.

    Raises:
        SourceError: The module cannot be parsed.
    """
    if not may_nest(source.text):
        return Lifted(source, _NOTHING, ())
    tree = parse(source)
    layout = Layout(source.path, "", "", "", False, "", False)  # noqa: FBT003 - a record's fields
    moved = frozenset[str]()
    if locked is not None:
        moved = frozenset(row.name for row in locked.endpoints if row.home != locked.module)
    nested = read_nested(source.text, tree.body, statements_of(source, tree, layout), moved)
    if not nested.suites:
        return Lifted(source, _NOTHING, ())
    rows = assign(
        nested.endpoints,
        nested.receivers,
        globs=[(rule.name, rule.globs) for rule in config.domains],
        remembered={},
        matches=match_glob,
        # What endpoints of the module's own suite do not share is not shared by all.
        shared=shared_by_all(e.reason for e in locked.endpoints)
        if locked
        else (frozenset() if has_top_level(source.text) else None),
    )
    stays = {
        endpoint.ordinal: "the configuration keeps it"
        for endpoint in nested.endpoints
        if endpoint.name in config.keep
    }
    lifting = lifts_of(
        nested,
        {row.ordinal: (row.domain, row.reason) for row in rows},
        {
            (row.name, row.routes): (row.domain, row.reason)
            for row in (locked.endpoints if locked else ())
        },
        {**kept, **stays},
    )
    if not lifting.lifts:
        return Lifted(source, lifting, ())
    text = lifted(source.text, lifting.lifts, source.newline)
    after = replace(source, text=text.text, data=encode(text.text, source))
    return Lifted(after, lifting, text.lines)


def relocated(survey: Survey, made: Lifted) -> Survey:
    """A survey of the lifted text, with the lines that people see in their editor.

    Offsets are those of the lifted text, from which everything is written.
    """
    reasons = {row.line: row for row in made.lifting.not_lifted}
    found = _moved(survey, made.lines) if made.lines else survey
    unmoved = [
        row
        if row.line not in reasons
        else replace(
            row, reason=reasons[row.line].reason, reason_line=reasons[row.line].reason_line
        )
        for row in found.unmoved
    ]
    return replace(found, unmoved=tuple(unmoved))


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
        return tuple(_relocate(item, lines, here) for item in value)
    if isinstance(value, Span):
        first = _line(value.first, lines)
        return Span(first, max(first, _line(value.last, lines)))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    if getattr(value, "path", here) != here and hasattr(value, "severity"):
        return value
    changed = {}
    for field in fields(value):
        part = getattr(value, field.name)
        if field.name in ("line", "mutated_at", "reason_line") and isinstance(part, int):
            changed[field.name] = _line(part, lines)
        elif isinstance(part, tuple | Span) or is_dataclass(part):
            changed[field.name] = _relocate(part, lines, here)
    return replace(value, **changed)


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
