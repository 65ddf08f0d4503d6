"""Names that cannot leave after all, as a plan and its result show."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.analysis.references.loose_patches import patched_behind
from aurum_refactor.model import ChangeSet, Reference, Rehoming, Stay, Use
from aurum_refactor.plan.rehoming.leaving import LEAVES_LATER
from aurum_refactor.rehoming.readings import loosely_patched_in, references_in_file
from aurum_refactor.rehoming.surroundings import Surrounding
from aurum_refactor.rehoming.tied import WRITES, Tied


def patched_with_later(
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


def note_left_over(
    around: Surrounding,
    plan: Rehoming,
    changes: ChangeSet,
    tied: Tied,
) -> None:
    """Tie names that some file still looks for in the monolith after all."""
    homes = dict(plan.homes)
    after = changes.after
    names = frozenset(homes)
    for path, (package, text) in around.others.items():
        data = after.get(path, text.data) or b""
        rows = [
            row
            for row in references_in_file(path, package, data, around.spellings).references
            if row.name in homes
        ]
        for row in rows:
            if row.use is Use.FORWARD:
                tied.pass_on(row.name, path, row.line)
            elif row.use in WRITES or row.name in plan.live:
                reason = f"{path}:{row.line} uses it in a way that cannot be rewritten"
                tied.pin(row.name, reason, path, row.line)
            else:
                tied.exports.add(row.name)
        project = around.survey.project_modules
        behind = {n for s in around.spellings for n in patched_behind(data, s, names, project)}
        for name in sorted(loosely_patched_in(data, names) | behind):
            reason = f"{path} may replace it on an object that is not followed"
            tied.pin(name, reason, path, 1)
