"""Names that a module of the domain needs, and has already where people wrote it."""

from __future__ import annotations

from aurum_refactor.model import DomainModule, ExistingModule, ImportedName, Survey


def names_there(module: DomainModule, existing: ExistingModule, survey: Survey) -> frozenset[str]:
    """Names that a module needs and that are there, bound by the same imports."""
    return frozenset(
        row.bound for row in needed(module, survey) if _same(existing.imports.get(row.bound), row)
    )


def needed(module: DomainModule, survey: Survey) -> list[ImportedName]:
    """What a module imports to reach what it reads."""
    rows = [
        row
        for ordinal, wanted in module.reimports
        for row in survey.statements[ordinal].imports
        if row.bound in wanted
    ]
    known = {row.bound for row in rows}
    sources = [(survey.layout.module, module.from_imports), *module.neighbours]
    rows += [
        ImportedName(name, origin, name, None, 0, origin)
        for origin, wanted in sources
        for name in wanted
    ]
    router = module.api_router
    if router and router not in known:
        alias = None if router == "APIRouter" else router
        rows.append(ImportedName(router, "fastapi", "APIRouter", alias, 0, "fastapi"))
    return rows


def _same(one: ImportedName | None, other: ImportedName) -> bool:
    return one is not None and (one.module, one.attribute, one.bound) == (
        other.module,
        other.attribute,
        other.bound,
    )
