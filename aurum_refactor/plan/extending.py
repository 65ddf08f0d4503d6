"""May a module that people wrote take in the endpoints of a domain?

It may if every name means in it what it meant before, on both sides, and if it makes no
difference that the monolith executes it. What is there is never changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from aurum_refactor.model import (
    DomainModule,
    ExistingModule,
    HomeKind,
    ModuleUse,
    StatementKind,
    Survey,
)
from aurum_refactor.plan.existing_names import needed
from aurum_refactor.plan.homes import Homes
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.runs.observers import Observers

#: What a refusal says to do.
ADVICE = (
    "set beside-existing = true for a module beside it, "
    "or give the domain another name under [tool.aurum-refactor.domains]"
)


def why_closed(existing: ExistingModule, survey: Survey, again: Sequence[ModuleUse]) -> str:
    """Why nothing can be added to a module, whatever it is; "" if something may."""
    what = f"{existing.path} exists already, and nothing can be added to it"
    if existing.closed:
        return f"{what}: {existing.closed}"
    if existing.future != frozenset(survey.future):
        return f"{what}: its imports from __future__ are not those of {survey.layout.module}"
    if again:
        use = again[0]
        return f"{what}: {use.path}:{use.line} executes {survey.layout.module} again"
    return ""


def why_not_added(
    module: DomainModule,
    existing: ExistingModule,
    survey: Survey,
    names: NameTable,
    homes: Homes,
    observers: Observers,
) -> str:
    """Why these endpoints cannot be added to a module; "" if they can."""
    what = f"{existing.path} exists already"
    if module.typing_imports:
        return f"{what}, and its endpoints need names that only type checkers see"
    clash = _clash(module, existing, survey, names)
    if clash:
        return f"{what}, and {clash}"
    place = min(run.place for run in module.runs)
    late = _executed_early(module, existing, survey, names, observers, place) or _half_made(
        existing, survey, names, homes, place
    )
    return f"{what}, and {late}" if late else ""


def _clash(module: DomainModule, existing: ExistingModule, survey: Survey, names: NameTable) -> str:
    """A name that would not mean the same as before: of what moves, or of what is there."""
    ordinals = sorted([*(o for run in module.runs for o in run.ordinals), *module.owned])
    made = {
        binding.name: survey.statements[o].span.first
        for o in ordinals
        for binding in survey.statements[o].binds
    }
    for name, line in sorted(made.items(), key=lambda row: row[1]):
        if name in existing.bound:
            where = f"{existing.path}:{existing.bound[name]}"
            return f"{where} has a {name}, which line {line} of {survey.layout.path} is another"
        if name in existing.identifiers:
            return f"it reads a {name} that is not the one of line {line} of {survey.layout.path}"
    there = module.there or frozenset()
    for row in needed(module, survey):
        if row.bound in there or row.bound not in existing.identifiers:
            continue
        where = f"{existing.path}:{existing.bound.get(row.bound, 1)}"
        return f"{where} has a {row.bound} that is not the one that {survey.layout.module} has"
    bare = {
        read.name
        for o in ordinals
        for read in survey.statements[o].reads
        if read.name not in made and not names.exists(read.name)
    }
    for name in sorted(bare & existing.bound.keys()):
        where = f"{existing.path}:{existing.bound[name]}"
        return f"{where} has a {name}, which {survey.layout.module} does not have"
    return ""


def _executed_early(
    module: DomainModule,
    existing: ExistingModule,
    survey: Survey,
    names: NameTable,
    observers: Observers,
    place: int,
) -> str:
    """Who executes it above the place of its endpoints, if that matters to them."""
    early = next((o for o in existing.imported_at if o < place), place)
    if existing.imported_by:
        early, who = -1, f"the package {existing.imported_by} imports it"
    elif early == place:
        return ""
    else:
        who = f"line {survey.statements[early].span.first} of {survey.layout.path} imports it"
    needs = [*module.from_imports, *(name for _, wanted in module.neighbours for name in wanted)]
    needs += [
        row.bound
        for ordinal, wanted in module.reimports
        if ordinal >= early
        for row in survey.statements[ordinal].imports
        if row.bound in wanted
        and (row.module in survey.loud_modules or row.module in survey.looks_back)
    ]
    needs += _run_then(module, survey, names, observers, early)
    if not needs:
        return ""
    return f"{who} before {needs[0]} is there, which its endpoints need"


def _run_then(
    module: DomainModule, survey: Survey, names: NameTable, observers: Observers, early: int
) -> list[str]:
    """Names of the monolith that code reads which runs while the module is executed.

    Only those that are not there at *early*, or have another value.
    """
    foreign = [dict(survey.foreign_changes), dict(survey.foreign_looks)]
    found: set[str] = set()
    for ordinal in (*(o for run in module.runs for o in run.ordinals), *module.owned):
        met = observers.reached[ordinal] & set(module.qualified)
        for rows in foreign:
            # Those of other modules have a dot.
            met |= {name for name in rows.get(ordinal, ()) if "." not in name}
        found |= {
            name
            for name in met
            if not names.bound_before(name, early) or names.stable_between(name, ordinal)[0] > early
        }
    return sorted(found)


def _half_made(
    existing: ExistingModule, survey: Survey, names: NameTable, homes: Homes, place: int
) -> str:
    """What the module that is there imports must be there when the monolith executes it."""
    staying = {row.ordinal for row in homes.rows if row.kind in (HomeKind.ANCHORED, HomeKind.STAYS)}
    for name, line in existing.from_monolith:
        if not name:
            # Only functions may read the object of a module that is half made.
            return f"line {line} of it imports {survey.layout.module} as a whole"
        ordinals = names.bound.get(name, ())
        fixed = len(ordinals) == 1 and names.is_constant(name) and ordinals[0] < place
        if not fixed or not (
            ordinals[0] in staying or survey.statements[ordinals[0]].kind is StatementKind.IMPORT
        ):
            return (
                f"line {line} of it imports {name}, which is not surely there above line "
                f"{survey.statements[min(place, len(survey.statements) - 1)].span.first} "
                f"of {survey.layout.path}"
            )
    imported = {
        origin
        for statement in survey.statements[:place]
        for row in statement.imports
        for origin in (row.module, f"{row.module}.{row.attribute}")
    }
    other = sorted(existing.unsettling - imported)
    if other:
        return f"it imports {other[0]}, which does more than to define something"
    return ""
