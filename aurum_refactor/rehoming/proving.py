"""The result held against guarantee G6; the proof gets bytes and plain facts."""

from __future__ import annotations

from aurum_refactor.analysis.target import module_name, package_of
from aurum_refactor.model import ChangeSet, Proof, Rehoming
from aurum_refactor.proof.references import prove_references
from aurum_refactor.rehoming.readings import opaque_reads_in
from aurum_refactor.rehoming.surroundings import Surrounding
from aurum_refactor.rehoming.tied import WRITES
from aurum_refactor.rehoming.views import called_alike, own_views


def proof_of_rehoming(around: Surrounding, plan: Rehoming, changes: ChangeSet) -> Proof:
    """Hold the result against guarantee G6; the proof gets bytes and plain facts."""
    survey = around.survey
    root = survey.layout.source_root
    before = {path: text.data for path, (_, text) in around.others.items()}
    before |= {path: text.data for path, text in around.rooms.items()}
    before[survey.layout.path] = around.source.data
    after = before | {path: data for path, data in changes.after.items() if data is not None}

    bound = {b.name for s in survey.statements for b in s.binds}
    seen = {name for _, _, name in own_views(around, bound)} | (survey.public & bound)
    if "__all__" not in bound and any(use.what == "star" for use in survey.module_uses):
        seen |= {name for name in bound if not name.startswith("_")}

    likes = called_alike(around)

    def opaque(path: str, data: bytes) -> frozenset[str]:
        if path == survey.layout.path:
            return frozenset(seen)
        rows = opaque_reads_in(path, package_of(path, root), data, around.spellings, likes)
        return frozenset(name for _, name in rows if name is not None)

    return prove_references(
        before,
        after,
        survey.layout.path,
        {*around.rooms, plan.leaf_path},
        frozenset(r.name for r in survey.references if r.use in WRITES),
        lambda path: (module_name(path, root), package_of(path, root)),
        opaque,
        reloaded=any(use.what == "reload" for use in survey.module_uses),
        fixed=[survey.statements[ordinal].label for ordinal, _ in survey.fixed],
    )
