"""Puts runs into new modules, one per domain and as few further ones as import order needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from aurum_refactor.model import (
    WITHOUT_HANDLE,
    DomainModule,
    ExistingModule,
    HomeKind,
    Layout,
    Receiver,
    Run,
    Survey,
    WiringKind,
)
from aurum_refactor.plan.access import reach_of
from aurum_refactor.plan.existing_names import names_there
from aurum_refactor.plan.homes import Homes, names_of
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.receivers import receiver_at
from aurum_refactor.plan.runs.drafts import Draft
from aurum_refactor.plan.runs.joining import place_for


def stages_of(drafts: Sequence[Draft]) -> list[list[tuple[Draft, int]]]:
    """Split the runs of one domain into modules, each run with its place.

    A module is executed once, where its first run is wired; the later runs of
    the same module must find their names there too. The first place that
    suits most of the following runs is taken.
    """
    stages: list[list[tuple[Draft, int]]] = []
    waiting = list(drafts)
    while waiting:
        first = waiting[0]
        best: tuple[int, int] = (0, -1)
        for place in _candidates(first, waiting[1:]):
            count = _following(first, place, waiting[1:])
            if count > best[0] or best[1] < 0:
                best = (count, place)
        count, place = best
        stage = [(first, place)]
        stage += [(draft, draft.low) for draft in waiting[1 : count + 1]]
        stages.append(stage)
        waiting = waiting[count + 1 :]
    return stages


def _candidates(first: Draft, later: Sequence[Draft]) -> list[int]:
    """Places for the first run at which something becomes available to a later one."""
    lowest = place_for(first)
    if lowest is None:
        return [first.low]
    wanted = {lowest, *(need.low for draft in later for need in draft.needs)}
    return sorted(
        place
        for place in wanted
        if place >= lowest and place_for(first, (place, min(place, first.high))) == place
    )


def _following(first: Draft, place: int, later: Sequence[Draft]) -> int:
    """How many of the next runs find all their names when the module loads at *place*."""
    inside = set(first.ordinals)
    labels = list(first.labels)
    count = 0
    for draft in later:
        labels += draft.labels
        if len(set(labels)) < len(labels):
            break
        inside |= set(draft.ordinals)
        suits = all(
            need.provider in inside or need.low <= place <= need.high
            for need in draft.needs
            if not need.wires
        )
        # The run's own wiring must not come before the module's.
        if not suits or draft.low < place:
            break
        count += 1
    return count


def modules_of(
    survey: Survey,
    drafts: Sequence[Draft],
    names: NameTable,
    homes: Homes,
    leaf: str,
    occupied: Collection[str],
    path_of: Callable[[str, int], str],
    dotted: Callable[[str], str],
    read_existing: Callable[[str], ExistingModule | None],
) -> tuple[DomainModule, ...]:
    """Name every new module, its routers and its ways to the monolith.

    Args:
        survey: The monolith.
        drafts: All runs of the whole assignment.
        names: History of the monolith's names.
        homes: Where everything else goes.
        leaf: Dotted module of the shared leaf.
        occupied: Files that are there already.
        path_of: File of a (domain, stage).
        dotted: Dotted module of a file.
        read_existing: The module that stands at a path; None if none does.
    """
    reserved = {path_of(draft.domain, 1) for draft in drafts} | set(occupied)
    taken = {name for s in survey.statements for name in s.identifiers}
    taken |= {b.name for s in survey.statements for b in s.binds}
    found: list[DomainModule] = []
    for domain in sorted({draft.domain for draft in drafts}):
        own = [draft for draft in drafts if draft.domain == domain]
        number = 0
        stage = 0
        for members in stages_of(own):
            stage += 1
            while stage > 1 and path_of(domain, stage) in reserved:
                stage += 1
            reserved.add(path_of(domain, stage))
            module = dotted(path_of(domain, stage))
            runs = []
            index = 0
            for draft, place in members:
                number += 1
                index += draft.wiring not in WITHOUT_HANDLE
                runs.append(_run(draft, place, number, index, module, domain, stage, taken))
            owned = homes.owned_by(domain) if stage == 1 else ()
            elsewhere = _elsewhere(survey, names, homes, leaf)
            if stage > 1 and not names.reloaded:
                first = dotted(path_of(domain, 1))
                along = names_of(survey, homes.owned_by(domain))
                elsewhere |= dict.fromkeys(along, first)
            found.append(
                _module(
                    survey,
                    domain,
                    stage,
                    tuple(runs),
                    owned,
                    min(run.place for run in runs),
                    module,
                    path_of(domain, stage),
                    names,
                    elsewhere,
                    read_existing(path_of(domain, stage)),
                )
            )
    return tuple(found)


def shared_module(
    survey: Survey, names: NameTable, homes: Homes, leaf: str, path: str
) -> DomainModule | None:
    """The leaf that several domains import; None if nothing is shared."""
    ordinals = homes.of_kind(HomeKind.SHARED)
    if not ordinals:
        return None
    return _module(survey, "_shared", 1, (), ordinals, homes.shared_place, leaf, path, names, {})


def _elsewhere(survey: Survey, names: NameTable, homes: Homes, leaf: str) -> dict[str, str]:
    """Names that a domain finds in the shared leaf, now or since an earlier extraction.

    Where a reload may leave an old part behind, all are read through the monolith.
    """
    shared = () if names.reloaded else homes.of_kind(HomeKind.SHARED)
    found = dict.fromkeys(names_of(survey, shared), leaf)
    for statement in survey.statements:
        for row in statement.imports:
            if row.module == leaf and names.import_ordinals(row.bound) == (statement.ordinal,):
                found[row.bound] = leaf
    return found


def _run(
    draft: Draft,
    place: int,
    number: int,
    index: int,
    module: str,
    domain: str,
    stage: int,
    taken: set[str],
) -> Run:
    suffix = "" if index <= 1 else f"_{index}"
    base = domain if stage == 1 else f"{domain}_{stage}"
    if draft.wiring is WiringKind.INCLUDE:
        handle = f"router{suffix}"
        local = fresh(f"_{base}_router{suffix}".replace("__", "_"), taken)
    elif draft.wiring is WiringKind.REGISTER:
        handle = f"register{suffix}"
        local = fresh(f"_register_{base}{suffix}", taken)
    else:
        handle = local = ""
    if local:
        taken.add(local)
    return Run(
        domain=domain,
        number=number,
        receiver=draft.receiver,
        wiring=draft.wiring,
        because=draft.because,
        ordinals=draft.ordinals,
        place=place,
        module=module,
        handle=handle,
        local=local,
    )


def fresh(name: str, taken: Collection[str]) -> str:
    """*name*, or the first ``name_2``, ``name_3``, ... that nothing uses."""
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def _module(
    survey: Survey,
    domain: str,
    stage: int,
    runs: tuple[Run, ...],
    owned: tuple[int, ...],
    place: int,
    module: str,
    path: str,
    names: NameTable,
    elsewhere: Mapping[str, str],
    existing: ExistingModule | None = None,
) -> DomainModule:
    ordinals = sorted([*(o for run in runs for o in run.ordinals), *owned])
    receivers = dict.fromkeys(owned, "")
    receivers |= {
        ordinal: "" if run.wiring in WITHOUT_HANDLE else run.receiver
        for run in runs
        for ordinal in run.ordinals
    }
    extra = (*_route_classes(survey, runs), *_imported_router_class(survey, runs, names))
    reach = reach_of(survey, ordinals, receivers, extra, place, names, elsewhere)
    bound = {name for _, wanted in reach.reimports for name in wanted} | set(reach.from_imports)
    bound |= {name for _, wanted in reach.neighbours for name in wanted}
    bound |= {b.name for o in ordinals for b in survey.statements[o].binds}
    inner = {name for o in ordinals for name in survey.statements[o].identifiers}
    # Names left bare (undefined or builtin) must not be bound by accident.
    bare = {
        read.name
        for o in ordinals
        for read in survey.statements[o].reads
        if read.name not in bound and not names.exists(read.name)
    }
    others = frozenset[str]() if existing is None else existing.identifiers
    runs = tuple(_with_fresh_handle(run, bound | bare | others) for run in runs)
    taken = inner | bound | bare | others | {run.handle for run in runs}
    makes_router = any(run.wiring is WiringKind.INCLUDE for run in runs)
    alias = fresh(alias_for(survey.layout), taken) if reach.qualified else ""
    made = DomainModule(
        domain=domain,
        stage=stage,
        module=module,
        path=path,
        runs=runs,
        reimports=reach.reimports,
        from_imports=reach.from_imports,
        qualified=reach.qualified,
        qualify=reach.qualify,
        alias=alias,
        accesses=reach.accesses,
        api_router=_api_router(survey, reach.reimports, taken, existing) if makes_router else "",
        typing_imports=reach.typing_imports,
        owned=owned,
        neighbours=reach.neighbours,
        finder=fresh("import_module", taken) if alias and names.taken_out else "",
    )
    return made if existing is None else replace(made, there=names_there(made, existing, survey))


def _with_fresh_handle(run: Run, taken: Collection[str]) -> Run:
    if not run.handle or run.handle not in taken:
        return run
    return replace(run, handle=fresh(f"{run.domain}_{run.handle}", taken))


def alias_for(layout: Layout) -> str:
    """``_routes`` for ``app.routes``: how new modules name the monolith's module object."""
    return f"_{layout.module.rpartition('.')[2].strip('_')}"


def _route_classes(survey: Survey, runs: Sequence[Run]) -> tuple[str, ...]:
    found = []
    for run in runs:
        receiver = run_receiver(survey.receivers, run)
        if run.wiring is WiringKind.INCLUDE and receiver and receiver.route_class:
            found.append(receiver.route_class.split(".")[0])
    return tuple(dict.fromkeys(found))


def _imported_router_class(
    survey: Survey, runs: Sequence[Run], names: NameTable
) -> tuple[str, ...]:
    """The monolith's own import of APIRouter, so that it is repeated where it stands."""
    if all(run.wiring is not WiringKind.INCLUDE for run in runs):
        return ()
    place = min(run.place for run in runs)
    for statement in survey.statements[:place]:
        for imported in statement.imports:
            if (
                imported.attribute == "APIRouter"
                and imported.module in ("fastapi", "fastapi.routing")
                and names.import_ordinals(imported.bound) == (statement.ordinal,)
            ):
                return (imported.bound,)
    return ()


def run_receiver(receivers: Sequence[Receiver], run: Run) -> Receiver | None:
    """The object that a run's endpoints were registered on."""
    return receiver_at(receivers, run.receiver, run.ordinals[0])


def _api_router(
    survey: Survey,
    reimports: Sequence[tuple[int, tuple[str, ...]]],
    taken: Collection[str],
    existing: ExistingModule | None,
) -> str:
    """The name of APIRouter in the new module: the imported one if there is one."""
    for ordinal, wanted in reimports:
        for imported in survey.statements[ordinal].imports:
            if (
                imported.attribute == "APIRouter"
                and imported.module in ("fastapi", "fastapi.routing")
                and imported.bound in wanted
            ):
                return imported.bound
    row = None if existing is None else existing.imports.get("APIRouter")
    if row is not None and (row.module, row.attribute) == ("fastapi", "APIRouter"):
        return row.bound
    return fresh("APIRouter", taken)


def reads_monolith(modules: Sequence[DomainModule], survey: Survey) -> bool:
    """True if any new module needs the monolith to be imported before it.

    A project module that it imports may import the monolith in turn.
    """
    return any(
        module.qualified
        or module.from_imports
        or any(
            imported.module in survey.project_modules
            for ordinal, _ in module.reimports
            for imported in survey.statements[ordinal].imports
        )
        for module in modules
    )
