"""Rewrite mode on top of an extraction: names leave, references follow; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import PurePosixPath
from typing import NamedTuple

from aurum_refactor.analysis.escapes import opaque_reads, own_view, words_read
from aurum_refactor.analysis.imports import imported_modules
from aurum_refactor.analysis.references.loose_patches import loosely_patched
from aurum_refactor.analysis.references.mentions import spellings_of
from aurum_refactor.analysis.references.reading import references_in
from aurum_refactor.analysis.references.unparsable import broken
from aurum_refactor.analysis.statements import parse, statements_of
from aurum_refactor.analysis.survey.class_names import classes_in
from aurum_refactor.analysis.survey.interesting import interesting
from aurum_refactor.analysis.target import module_name, package_of
from aurum_refactor.errors import SourceError
from aurum_refactor.holding import first_breach, held_back, sentence, with_held
from aurum_refactor.locating import is_test
from aurum_refactor.model import (
    Breach,
    Change,
    ChangeSet,
    Finding,
    Layout,
    LockedMonolith,
    NewModule,
    Proof,
    Reference,
    Rehoming,
    Statement,
    Stay,
    Survey,
    Use,
)
from aurum_refactor.pipeline import Extraction, with_lock
from aurum_refactor.plan.blockers import imports_first, is_remark
from aurum_refactor.plan.paths import dotted_name, shared_path, target_init
from aurum_refactor.plan.rehoming.decide import plan_rehoming
from aurum_refactor.plan.rehoming.leaving import LEAVES_LATER
from aurum_refactor.proof.references import prove_references
from aurum_refactor.source.mentions import mentions_of
from aurum_refactor.source.project import load_sources
from aurum_refactor.source.text import SourceText, decode
from aurum_refactor.workspace import Workspace, after, plan_of

_WRITES = frozenset({Use.ASSIGN, Use.PATCH, Use.FORWARD})


@dataclass(frozen=True, slots=True)
class Surrounding:
    """Everything around an emptied monolith, as it is before its names leave."""

    survey: Survey
    source: SourceText
    leaf: str
    leaf_path: str
    # False if a file of that name is somebody's own.
    leaf_is_free: bool
    # Modules that extractions made, with their texts by path.
    new: tuple[NewModule, ...]
    rooms: Mapping[str, SourceText]
    # Warnings of files that use the monolith and do not parse: they stay as they are.
    broken: tuple[Finding, ...]
    # Files that may mention the monolith, by path: package and text.
    others: Mapping[str, tuple[str, SourceText]]
    spellings: frozenset[str]
    # Ordinals of what domains that are still in the monolith will take along.
    waiting: frozenset[int]


def surrounding_of(
    workspace: Workspace, changed: Mapping[str, bytes | None], lock: LockedMonolith | None
) -> Surrounding:
    """Read what an extraction left behind.

    Args:
        workspace: The project as it is once *changed* is written.
        changed: Files that are not on disk yet as they are meant here.
        lock: What is recorded of this monolith.
    """
    surveyed = workspace.survey
    layout = surveyed.layout
    paths = {module_name(path, layout.source_root): path for path in workspace.files}
    leaf_path = shared_path(layout, workspace.config)
    leaf = dotted_name(leaf_path, layout.source_root)
    imported = {row.module for s in surveyed.statements for row in s.imports}
    made = ({row.home for row in lock.endpoints} if lock else set()) - {layout.module}
    spellings = spellings_of(layout.module, layout.path)
    wanted = interesting(layout.module, classes_in(workspace.source.data))
    files = dict(load_sources(workspace.root, workspace.files, wanted).files)
    known = [paths[m] for m in sorted(made | {leaf}) if m in paths]
    files |= dict(load_sources(workspace.root, known).files)
    for path, data in changed.items():
        files.pop(path, None)
        if data is not None and path.endswith(".py"):
            files[path] = data
    rooms: dict[str, SourceText] = {}
    new: list[NewModule] = []
    for module in (*sorted((made & paths.keys()) - {leaf}), leaf):
        path = paths.get(module, "")
        if path not in files:
            continue
        text = decode(path, files[path])
        if module == leaf:
            imported |= {r.module for row in new for s in row.statements for r in s.imports}
            if leaf not in imported and not is_leaf_of(layout.module, text.text):
                continue
        rooms[path] = text
        new.append(_new_module(module, path, text, surveyed, spellings))
    new.sort(key=lambda row: row.module)
    warnings = _broken(surveyed, files)
    wrong = {finding.path for finding in warnings}
    others = {
        path: (package_of(path, layout.source_root), decode(path, data))
        for path, data in files.items()
        if path not in (layout.path, *wrong) and path not in rooms and _decodes(path, data)
    }
    return Surrounding(
        # What does not parse uses nothing, and stays as it is.
        survey=replace(
            surveyed,
            references=tuple(r for r in surveyed.references if r.path not in wrong),
            module_uses=tuple(u for u in surveyed.module_uses if u.path not in wrong),
        ),
        source=workspace.source,
        leaf=leaf,
        leaf_path=leaf_path,
        leaf_is_free=leaf not in paths or paths[leaf] in rooms,
        new=tuple(new),
        rooms=rooms,
        broken=warnings,
        others=others,
        spellings=spellings,
        waiting=_waiting(workspace),
    )


def _broken(survey: Survey, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Warnings for files that use the monolith, by their outlines, and that do not parse."""
    paths = {r.path for r in survey.references} | {u.path for u in survey.module_uses}
    found = [_does_not_parse(path, files[path]) for path in sorted(paths & files.keys())]
    return tuple(finding for finding in found if finding is not None)


def _waiting(workspace: Workspace) -> frozenset[int]:
    """Endpoints of domains that have not been extracted, and what moves with them."""
    if not workspace.survey.endpoints:
        return frozenset()
    return frozenset(
        ordinal
        for module in plan_of(workspace).modules
        for ordinal in (*module.owned, *(o for run in module.runs for o in run.ordinals))
    )


def is_leaf_of(module: str, text: str) -> bool:
    """True if a file opens with the words that the shared leaf of *module* is made with."""
    head = text.lstrip("\ufeff\r\n").partition("\n")[0]
    return head.startswith('"""What ') and f" {module}" in head and "several domains" in head


# Turn by turn most files are what they were.
_references_in = lru_cache(maxsize=4096)(references_in)
_opaque_reads = lru_cache(maxsize=4096)(opaque_reads)
_loosely_patched = lru_cache(maxsize=4096)(loosely_patched)
_does_not_parse = lru_cache(maxsize=4096)(broken)


@lru_cache(maxsize=256)
def _own_view(text: SourceText, module: str) -> int:
    return own_view(parse(text), module)


@lru_cache(maxsize=256)
def _statements(text: SourceText, layout: Layout) -> tuple[Statement, ...]:
    return statements_of(text, parse(text), layout)


def _decodes(path: str, data: bytes) -> bool:
    try:
        decode(path, data)
    except SourceError:
        return False
    return True


def _new_module(
    module: str, path: str, text: SourceText, surveyed: Survey, spellings: frozenset[str]
) -> NewModule:
    package = package_of(path, surveyed.layout.source_root)
    layout = replace(surveyed.layout, path=path, module=module, package=package)
    found = _references_in(path, package, text.data, spellings).references
    return NewModule(
        module=module,
        path=path,
        statements=_statements(text, layout),
        uses=frozenset(r.name for r in found if r.use is not Use.ASSIGN),
        stores=frozenset(r.name for r in found if r.use is Use.ASSIGN),
    )


def rehomed(
    around: Surrounding,
    *,
    keep_exports: bool = False,
    tests_only: bool = False,
    held: Mapping[str, Stay] | None = None,
) -> tuple[Rehoming, ChangeSet]:
    """Plan and carry out, until nothing is left that names what is gone; *held* names stay."""
    from aurum_refactor.rewrite.rehome import Unredirected, rehome  # noqa: PLC0415 - libcst

    pinned = dict(held or {})
    exports: set[str] = set()
    touched = _mentioning(around)
    if tests_only:
        touched = {path: row for path, row in touched.items() if is_test(path)}
    for reference in around.survey.references:
        # Tests may set names in a loop, which is rewritten with what it sets.
        if reference.use is Use.FORWARD and not (
            reference.path in touched and is_test(reference.path)
        ):
            pinned.setdefault(reference.name, _stay(reference.name, reference.path, reference.line))
    for use in around.survey.module_uses:
        if use.what == "beginning":
            bound = {b.name for s in around.survey.statements for b in s.binds}
            for name in sorted(n for n in bound if n.startswith(use.detail)):
                pinned.setdefault(name, _stay(name, use.path, use.line))
    _opaque(around, pinned, exports)
    public = {b.name for s in around.survey.statements for b in s.binds}
    if keep_exports:
        exports |= {name for name in public if not name.startswith("_")} - _replaced(around)
    while True:
        plan = plan_rehoming(
            around.survey,
            around.new,
            around.leaf,
            around.leaf_path,
            pinned,
            exports,
            leaf_is_free=around.leaf_is_free,
            waiting=around.waiting,
            nothing_more=tests_only,
        )
        early = [] if tests_only else _patched_with_later(around, plan, pinned)
        if early:
            pinned |= {stay.name: stay for stay in early}
            continue
        try:
            changes = rehome(
                plan,
                around.survey,
                around.source,
                around.rooms,
                touched,
                around.spellings,
                imported_modules,
            )
        except Unredirected as error:
            if error.name not in dict(plan.homes) and error.path in touched:
                # Then the whole file is left alone, and what it names stays.
                del touched[error.path]
                continue
            reason = f"{error.path} cannot be rewritten: {error.name} {error.reason}"
            if error.name in pinned:
                raise
            pinned[error.name] = Stay(error.name, reason, error.path, 1)
            continue
        before = len(pinned) + len(exports)
        _left_over(around, plan, changes, pinned, exports)
        if before == len(pinned) + len(exports):
            return plan, changes


def _replaced(around: Surrounding) -> set[str]:
    """Names whose value may be replaced while the program runs."""
    survey = around.survey
    found = {r.name for r in survey.references if r.use in _WRITES}
    return found | {name for s in survey.statements for name in s.rebinds}


def _opaque(around: Surrounding, pinned: dict[str, Stay], exports: set[str]) -> None:
    """Names that may be read where the module object cannot be followed."""
    survey = around.survey
    live = _replaced(around)
    bound = {b.name for s in survey.statements for b in s.binds}
    rows: list[tuple[str, int, str]] = []
    escape: tuple[str, int] | None = None
    likes = _called_alike(around)
    for path, (package, text) in sorted(around.others.items()):
        for line, name in _opaque_reads(path, package, text.data, around.spellings, likes):
            if name is None:
                escape = escape or (path, line)
            elif name in bound:
                rows.append((path, line, name))
    if escape is not None:
        words = {w for _, text in around.others.values() for w in words_read(text.data)}
        rows += [(*escape, name) for name in sorted(words & bound)]
    rows += _own_views(around, bound)
    for path, line, name in rows:
        if name in live:
            reason = f"{path}:{line} reads it in a way that cannot be rewritten"
            pinned.setdefault(name, Stay(name, reason, path, line))
        else:
            exports.add(name)


def _called_alike(around: Surrounding) -> frozenset[str]:
    """Modules of the project that are called like the monolith: turn by turn the same."""
    tails = {spelling.rpartition(".")[2] for spelling in around.spellings}
    return frozenset(
        module for module in around.survey.project_modules if module.rpartition(".")[2] in tails
    )


def _own_views(around: Surrounding, bound: set[str]) -> list[tuple[str, int, str]]:
    """All names, where the monolith or a module made of it looks at the monolith as a whole."""
    module = around.survey.layout.module
    for path, text in [(around.survey.layout.path, around.source), *around.rooms.items()]:
        line = _own_view(text, module)
        if line:
            return [(path, line, name) for name in sorted(bound)]
    return []


def _mentioning(around: Surrounding) -> dict[str, tuple[str, SourceText]]:
    """Files whose references are rewritten: not those that the monolith itself imports."""
    root = around.survey.layout.source_root
    paths = {r.path for r in around.survey.references} | {u.path for u in around.survey.module_uses}
    return {
        path: row
        for path, row in around.others.items()
        if path in paths and module_name(path, root) not in around.survey.looks_back
    }


def _stay(name: str, path: str, line: int) -> Stay:
    return Stay(name, f"{path}:{line} passes it on by name", path, line)


def _patched_with_later(
    around: Surrounding, plan: Rehoming, pinned: Mapping[str, Stay]
) -> list[Stay]:
    """Names that one call patches together with some that leave later: all leave then.

    A call that was taken apart for a while would not come together again.
    """
    later = {stay.name for stay in plan.stays if stay.reason == LEAVES_LATER}
    later |= {b.name for o in around.waiting for b in around.survey.statements[o].binds}
    calls: dict[tuple[str, int], set[str]] = {}
    for row in around.survey.references if later else ():
        if row.use is Use.FORWARD or (row.use is Use.PATCH and _is_of_several(around, row)):
            calls.setdefault((row.path, row.line), set()).add(row.name)
    homes = dict(plan.homes)
    return [
        Stay(name, f"{path}:{line} patches it together with names that leave later", path, line)
        for (path, line), names in sorted(calls.items())
        if names & later
        for name in sorted(names & homes.keys() - pinned.keys())
    ]


def _is_of_several(around: Surrounding, row: Reference) -> bool:
    """True if a patch is one of those of a ``patch.multiple``."""
    _, text = around.others.get(row.path, ("", None))
    return text is not None and "multiple" in text.text.split("\n", row.line)[row.line - 1]


def _left_over(
    around: Surrounding,
    plan: Rehoming,
    changes: ChangeSet,
    pinned: dict[str, Stay],
    exports: set[str],
) -> None:
    """Names that some file still looks for in the monolith after all."""
    homes = dict(plan.homes)
    after = changes.after
    names = frozenset(homes)
    for path, (package, text) in around.others.items():
        data = after.get(path, text.data) or b""
        rows = [
            row
            for row in _references_in(path, package, data, around.spellings).references
            if row.name in homes
        ]
        for row in rows:
            if row.use is Use.FORWARD:
                pinned.setdefault(row.name, _stay(row.name, path, row.line))
            elif row.use in _WRITES or row.name in plan.live:
                reason = f"{path}:{row.line} uses it in a way that cannot be rewritten"
                pinned.setdefault(row.name, Stay(row.name, reason, path, row.line))
            else:
                exports.add(row.name)
        for name in _loosely_patched(data, names):
            reason = f"{path} may replace it on an object that is not followed"
            pinned.setdefault(name, Stay(name, reason, path, 1))


def rewritten(
    extraction: Extraction,
    *,
    keep_exports: bool = False,
    tests_only: bool = False,
    rewrite_text: bool = False,
) -> Extraction:
    """Go on from an extraction: empty the monolith, and rewrite every reference.

    Args:
        extraction: Planned and proven in keep mode; it may change nothing.
        keep_exports: Leave a re-export of every public name whose value never changes.
        tests_only: Rewrite the references of tests to what has moved, and move nothing more.
        rewrite_text: Also rewrite dotted names in files that are no Python.

    Returns:
        The extraction with the changes and the proof of both steps.
    """
    workspace = extraction.workspace
    locks = extraction.locks or workspace.locks
    module = workspace.survey.layout.module
    lock = next((row for row in locks if row.module == module), None)
    then = after(workspace, extraction.changes, locks)
    around = surrounding_of(then, extraction.changes.after, lock)
    if not around.new:
        return replace(extraction, unrewritten="nothing has moved out of the monolith yet")
    if extraction.plan.again and not extraction.plan.in_place:
        use = extraction.plan.again[0]
        reason = f"{use.path}:{use.line} executes the monolith again, and names live in it"
        return replace(extraction, unrewritten=reason)
    init = _init_of(then)
    if init is None:
        reason = (
            f"{target_init(then.survey.layout, then.config)} has code of its own above an import"
        )
        return replace(extraction, unrewritten=f"{reason} of the monolith")
    both, counts = extraction.changes, extraction.proof.counts
    plan: Rehoming | None = None
    for turn in range(_TURNS):
        ending = partial(_with_init, then, extraction, init)
        whole = turn > 0 or tests_only
        step = partial(
            _step,
            around,
            None if whole else ending,
            keep_exports=keep_exports,
            tests_only=tests_only,
        )
        found, changes, proof = _without_faults(step)
        plan = found if plan is None else _together(plan, found)
        if not changes.changes:
            break
        both = joined(both, changes)
        counts = (*counts, *proof.counts)
        if not proof.holds:
            return replace(extraction, changes=both, proof=Proof(counts, proof.breaches))
        locks = _as_left(locks, workspace, both)
        # What has left may have been all that held something else back.
        around = surrounding_of(after(workspace, both, locks), both.after, lock)
    else:
        return replace(extraction, changes=both, proof=Proof(counts, (_unsettled(module),)))
    counts = (*counts, ("G7", "changes of a second rewriting", 0))
    if workspace.held:
        both = with_lock(both, workspace, locks)
    mentions, files = mentions_of(
        workspace.root, module, {n: m for n, m in plan.homes if n in plan.gone}
    )
    if rewrite_text and not tests_only:
        texts = [Change(PurePosixPath(path), *pair) for path, pair in files.items()]
        both = ChangeSet.of((*both.changes, *texts))
    known = workspace.survey.warnings
    more = tuple(finding for finding in around.broken if finding not in known)
    survey = replace(workspace.survey, warnings=(*known, *more))
    return replace(
        extraction,
        workspace=replace(workspace, survey=survey),
        changes=both,
        proof=Proof(counts),
        locks=locks,
        rehoming=plan,
        mentions=() if tests_only else mentions,
        text_rewritten=rewrite_text,
    )


def _as_left(
    locks: tuple[LockedMonolith, ...], workspace: Workspace, changes: ChangeSet
) -> tuple[LockedMonolith, ...]:
    """The locks, with what is held back recorded for the monolith as it is left."""
    data = changes.after.get(workspace.original.path) or workspace.original.data
    path = workspace.original.path
    return tuple(with_held(row, workspace.held, data) if row.path == path else row for row in locks)


class _Step(NamedTuple):
    """One turn of rewriting as it would be."""

    plan: Rehoming
    changes: ChangeSet
    proof: Proof


def _step(
    around: Surrounding,
    ending: Callable[[ChangeSet], ChangeSet] | None,
    held: Mapping[str, Stay],
    *,
    keep_exports: bool,
    tests_only: bool,
) -> _Step:
    found, changes = rehomed(around, keep_exports=keep_exports, tests_only=tests_only, held=held)
    if ending is not None:
        changes = ending(changes)
    proof = proof_of_rehoming(around, found, changes) if changes.changes else Proof(())
    return _Step(found, changes, proof)


def _without_faults(step: Callable[[Mapping[str, Stay]], _Step]) -> _Step:
    """The turn with the names held back that the proof does not let leave."""
    first = step({})
    fault = first_breach(first.proof)
    if fault is None:
        return first
    names = [name for name, _ in first.plan.homes]

    def fault_of(leaving: Collection[str]) -> Breach | None:
        stays = {name: Stay(name, "held back", "", 0) for name in names if name not in leaving}
        return first_breach(step(stays).proof)

    out = held_back(names, fault, fault_of)
    last = step({name: _faulty(name, breach) for name, breach in out.items()})
    return last if last.proof.holds else first


def _faulty(name: str, breach: Breach) -> Stay:
    reason = f"the proof fails when it leaves, please report it: {sentence(breach)}"
    return Stay(name, reason, breach.path, breach.line)


#: Turns after which rewriting would have come to rest.
_TURNS = 6


def _unsettled(module: str) -> Breach:
    return Breach("G7", module, 1, "rewriting again and again changes something each time")


def _together(first: Rehoming, second: Rehoming) -> Rehoming:
    """What two turns did; names stay as the last one says."""
    rooms = {room.module: room for room in first.rooms}
    for room in second.rooms:
        known = rooms.get(room.module)
        leaving = room.leaving | (known.leaving if known else frozenset())
        rooms[room.module] = replace(room, leaving=leaving)
    return replace(
        second,
        rooms=tuple(rooms[module] for module in sorted(rooms)),
        homes=tuple(sorted({**dict(first.homes), **dict(second.homes)}.items())),
        gone=first.gone | second.gone,
        live=first.live | second.live,
    )


def _init_of(then: Workspace) -> tuple[str, str | None] | None:
    """Path and text of the new modules' ``__init__``; None if its own code comes first."""
    layout = then.survey.layout
    path = target_init(layout, then.config)
    data = then.existing.get(path)
    text = None if data is None else decode(path, data).text
    if text is None or imports_first(text, layout) or _is_inside(layout, path):
        return path, text
    nodes = parse(decode(path, data or b"")).body
    return (path, text) if all(is_remark(node) for node in nodes) else None


def _is_inside(layout: Layout, path: str) -> bool:
    """True if the monolith is the package around the new modules, which is always there first."""
    return layout.is_package_init and path.startswith(f"{layout.directory}/")


def _with_init(
    then: Workspace, extraction: Extraction, init: tuple[str, str | None], changes: ChangeSet
) -> ChangeSet:
    """Whoever imports a new home first finds the monolith imported, as before (G5)."""
    from aurum_refactor.rewrite.package_init import render_init  # noqa: PLC0415 - libcst

    path, text = init
    layout = then.survey.layout
    if not changes.changes or _is_inside(layout, path) or imports_first(text or "", layout):
        return changes
    plan = replace(extraction.plan, init_imports_monolith=True)
    alias = f"_{layout.module.rpartition('.')[2].strip('_')}"
    new = render_init(plan, text, alias, then.survey.newline).encode("utf-8")
    change = Change(PurePosixPath(path), then.existing.get(path), new)
    return ChangeSet.of((*changes.changes, change))


def joined(first: ChangeSet, second: ChangeSet) -> ChangeSet:
    """Two steps as one."""
    before = {str(change.path): change.before for change in first.changes}
    result = {str(change.path): change for change in first.changes}
    for change in second.changes:
        path = str(change.path)
        result[path] = Change(PurePosixPath(path), before.get(path, change.before), change.after)
    return ChangeSet.of(result.values())


def proof_of_rehoming(around: Surrounding, plan: Rehoming, changes: ChangeSet) -> Proof:
    """Hold the result against guarantee G6; the proof gets bytes and plain facts."""
    survey = around.survey
    root = survey.layout.source_root
    before = {path: text.data for path, (_, text) in around.others.items()}
    before |= {path: text.data for path, text in around.rooms.items()}
    before[survey.layout.path] = around.source.data
    after = before | {path: data for path, data in changes.after.items() if data is not None}

    bound = {b.name for s in survey.statements for b in s.binds}
    seen = {name for _, _, name in _own_views(around, bound)} | (survey.public & bound)
    if "__all__" not in bound and any(use.what == "star" for use in survey.module_uses):
        seen |= {name for name in bound if not name.startswith("_")}

    likes = _called_alike(around)

    def opaque(path: str, data: bytes) -> frozenset[str]:
        if path == survey.layout.path:
            return frozenset(seen)
        rows = _opaque_reads(path, package_of(path, root), data, around.spellings, likes)
        return frozenset(name for _, name in rows if name is not None)

    return prove_references(
        before,
        after,
        survey.layout.path,
        {*around.rooms, plan.leaf_path},
        frozenset(r.name for r in survey.references if r.use in _WRITES),
        lambda path: (module_name(path, root), package_of(path, root)),
        opaque,
        reloaded=any(use.what == "reload" for use in survey.module_uses),
    )
