"""How the statements of one new module reach the names of the monolith."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.model import (
    Access,
    NameAccess,
    Phase,
    Role,
    Statement,
    StatementKind,
    Survey,
)
from aurum_refactor.plan.names import NameTable


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything one new module binds to get at what it reads."""

    # Ordinals of import statements to repeat, each with the names wanted of it.
    reimports: tuple[tuple[int, tuple[str, ...]], ...]
    from_imports: tuple[str, ...]
    qualified: tuple[str, ...]
    # Per moved ordinal the names to qualify in it.
    qualify: tuple[tuple[int, tuple[str, ...]], ...]
    accesses: tuple[NameAccess, ...]
    # Names that only type checkers see, as for ``reimports``.
    typing_imports: tuple[tuple[int, tuple[str, ...]], ...]
    # Names imported from other new modules: (dotted module, names).
    neighbours: tuple[tuple[str, tuple[str, ...]], ...]


def reach_of(
    survey: Survey,
    ordinals: Sequence[int],
    receivers: Mapping[int, str],
    extra: Collection[str],
    place: int,
    names: NameTable,
    elsewhere: Mapping[str, str],
) -> Reach:
    """Decide, name by name, between re-import, from-import, module object and local.

    Args:
        survey: The monolith.
        ordinals: Statements that move to the new module, in order.
        receivers: By ordinal, the receiver whose look-up in the decorators is
            rewritten and needs no import; "" where decorators stay behind.
        extra: Further names needed at import (a ``route_class``).
        place: Where the monolith imports the new module: before this ordinal.
        names: History of the monolith's names.
        elsewhere: Names whose home is another new module, with that module.
    """
    extra = (*extra, *forward_names(survey, ordinals, names))
    defined = {b.name for ordinal in ordinals for b in survey.statements[ordinal].binds}
    # A router that moves is the module's own from its making on, whoever patches it later.
    routers = {row.ordinal for row in survey.receivers}
    made = {b.name for o in ordinals if o in routers for b in survey.statements[o].binds}
    # So is what is read above the first moment at which anybody could replace it.
    made |= {
        name
        for name in defined
        if len(names.bindings(name)) == 1
        and name not in names.rebound
        and _is_read_below(survey, ordinals, name, names)
    }
    at_import: dict[str, None] = dict.fromkeys(extra)
    at_call: dict[str, None] = {}
    for ordinal in ordinals:
        for read in _own_reads(survey.statements[ordinal], receivers[ordinal]):
            if names.exists(read[0]):
                (at_import if read[1] is Phase.IMPORT else at_call)[read[0]] = None
    local = {name for name in defined if names.is_constant(name)}
    near: dict[str, list[str]] = {}
    for name in dict.fromkeys((*at_import, *at_call)):
        if name not in local and name in elsewhere:
            near.setdefault(elsewhere[name], []).append(name)
    there = {name for wanted in near.values() for name in wanted}
    repeated = {
        name: names.import_ordinals(name)
        for name in (*at_import, *at_call)
        if name not in local | there and names.can_repeat(name, place)
    }
    imported = [
        name
        for name in at_import
        if name not in repeated and name not in local | there | made and names.bindings(name)
    ]
    # A name that is imported anyway and never changes needs no second way.
    direct = {name for name in imported if names.is_constant(name)}
    qualified = [
        name for name in at_call if name not in repeated and name not in local | direct | there
    ]
    per_statement = []
    for ordinal in ordinals:
        own = {
            name
            for name, phase in _own_reads(survey.statements[ordinal], receivers[ordinal])
            if phase is Phase.CALL
        } | survey.statements[ordinal].rebinds
        wanted = tuple(sorted(own & set(qualified) | survey.statements[ordinal].rebinds))
        if wanted:
            per_statement.append((ordinal, wanted))
    all_qualified = sorted({name for _, wanted in per_statement for name in wanted})
    by_statement: dict[int, list[str]] = {}
    for name, found in repeated.items():
        for ordinal in found:
            by_statement.setdefault(ordinal, []).append(name)
    every = {read.name for o in ordinals for read in survey.statements[o].reads}
    typing: dict[int, list[str]] = {}
    for statement in survey.statements:
        for row in statement.typing_imports:
            if row.bound in every and not names.exists(row.bound) and row.bound not in defined:
                typing.setdefault(statement.ordinal, []).append(row.bound)
    return Reach(
        reimports=tuple((o, tuple(by_statement[o])) for o in sorted(by_statement)),
        from_imports=tuple(sorted(imported)),
        qualified=tuple(all_qualified),
        qualify=tuple(per_statement),
        accesses=_explain(
            repeated, imported, all_qualified, local & {*at_call, *at_import}, near, names
        ),
        typing_imports=tuple((o, tuple(typing[o])) for o in sorted(typing)),
        neighbours=tuple((module, tuple(sorted(near[module]))) for module in sorted(near)),
    )


def _is_read_below(survey: Survey, ordinals: Sequence[int], name: str, names: NameTable) -> bool:
    """True if whatever reads a name at import stands below the only statement that binds it."""
    ((binder, binding),) = names.bindings(name)
    return binding.definite and all(
        ordinal > binder
        for ordinal in ordinals
        for read in survey.statements[ordinal].reads
        if read.name == name and read.phase is Phase.IMPORT
    )


def _own_reads(statement: Statement, receiver: str) -> list[tuple[str, Phase]]:
    """Names a statement reads, less the receiver of its own route decorators."""
    skip = receiver if is_rewritten_read(statement, receiver) else ""
    return [
        (read.name, read.phase)
        for read in statement.reads
        if not (read.name == skip and read.phase is Phase.IMPORT)
    ]


def forward_names(survey: Survey, ordinals: Sequence[int], names: NameTable) -> tuple[str, ...]:
    """Names inside the strings of type aliases that some statements are annotated with.

    ``Items = List["Item"]``: FastAPI before 0.123.5 evaluates the string in
    the endpoint's own module, so ``Item`` must be there too (R-18).
    """
    waiting = [
        read.name
        for ordinal in ordinals
        for read in survey.statements[ordinal].reads
        if read.role in (Role.ANNOTATION, Role.STRING)
    ]
    seen: set[str] = set()
    found: dict[str, None] = {}
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        for ordinal in names.bound.get(name, ()):
            if survey.statements[ordinal].kind is not StatementKind.ASSIGNMENT:
                continue
            for read in survey.statements[ordinal].reads:
                if read.role is Role.STRING:
                    found[read.name] = None
                if read.phase is Phase.IMPORT:
                    waiting.append(read.name)
    return tuple(name for name in found if names.bindings(name))


def is_rewritten_read(statement: Statement, receiver: str) -> bool:
    """True if a statement reads its receiver at import only as ``@receiver.verb(...)``.

    Those look-ups become another router's; any other one (``Depends(app.x)``)
    must find the receiver itself.
    """
    if not receiver:
        return False
    return all(
        read.is_route_decorator
        for read in statement.reads
        if read.name == receiver and read.phase is Phase.IMPORT
    )


def _explain(
    repeated: Collection[str],
    imported: Collection[str],
    qualified: Collection[str],
    local: Collection[str],
    near: Mapping[str, Collection[str]],
    names: NameTable,
) -> tuple[NameAccess, ...]:
    rows = [NameAccess(n, Access.REIMPORT, "imported by the monolith") for n in repeated]
    rows += [NameAccess(n, Access.FROM_IMPORT, "read while the module loads") for n in imported]
    rows += [NameAccess(n, Access.MODULE, _why_module(n, names)) for n in qualified]
    rows += [NameAccess(n, Access.NEIGHBOUR, f"now in {m}") for m in near for n in near[m]]
    rows += [NameAccess(n, Access.LOCAL, "defined in the same module") for n in local]
    return tuple(sorted(rows, key=lambda row: (row.name, row.access)))


def _why_module(name: str, names: NameTable) -> str:
    if name in names.rebound:
        return "re-bound by a function of the monolith"
    if name in names.replaced:
        return "assigned or patched from outside"
    if names.unbounded:
        return "another file may replace any name of the monolith"
    if names.reloaded:
        return "bound anew when the monolith is reloaded"
    if len(names.bindings(name)) > 1:
        return "bound more than once"
    return "stays in the monolith"
