"""Names that some code ties to the monolith, and those that it asks the monolith for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aurum_refactor.analysis.escapes import words_read
from aurum_refactor.analysis.target import module_name
from aurum_refactor.locating import is_test
from aurum_refactor.model import Stay, Use
from aurum_refactor.rehoming.readings import opaque_reads_in
from aurum_refactor.rehoming.surroundings import Surrounding
from aurum_refactor.rehoming.views import called_alike, own_views
from aurum_refactor.source.text import SourceText

WRITES = frozenset({Use.ASSIGN, Use.PATCH, Use.FORWARD})


@dataclass(slots=True)
class Tied:
    """Names that stay, and names that the monolith goes on binding; they only get more."""

    # Those that stay, each with the code that ties it.
    pinned: dict[str, Stay]
    exports: set[str]

    def __len__(self) -> int:
        """How many there are, to tell whether more have come."""
        return len(self.pinned) + len(self.exports)

    def pin(self, name: str, reason: str, path: str, line: int) -> None:
        """Keep a name, unless it stays already."""
        self.pinned.setdefault(name, Stay(name, reason, path, line))

    def pass_on(self, name: str, path: str, line: int) -> None:
        """Keep a name that some code computes."""
        self.pin(name, f"{path}:{line} passes it on by name", path, line)


def tied_beforehand(
    around: Surrounding,
    touched: Mapping[str, tuple[str, SourceText]],
    held: Mapping[str, Stay],
    *,
    keep_exports: bool,
) -> Tied:
    """What is tied to the monolith whatever the plan is.

    Args:
        around: The monolith and what is around it.
        touched: The files whose references are rewritten.
        held: Names that stay without being asked.
        keep_exports: Keep every public name whose value never changes.
    """
    survey = around.survey
    tied = Tied(dict(held), set())
    bound = {b.name for s in survey.statements for b in s.binds}
    for reference in survey.references:
        # Tests may set names in a loop, which is rewritten with what it sets.
        if reference.use is Use.FORWARD and not (
            reference.path in touched and is_test(reference.path)
        ):
            tied.pass_on(reference.name, reference.path, reference.line)
    for use in survey.module_uses:
        if use.what == "beginning":
            for name in sorted(n for n in bound if n.startswith(use.detail)):
                tied.pass_on(name, use.path, use.line)
        elif use.what == "namespace" and use.detail in bound:
            tied.pass_on(use.detail, use.path, use.line)
    _note_opaque_reads(around, bound, tied)
    if keep_exports:
        public = {name for name in bound if not name.startswith("_")}
        tied.exports |= public - _replaced(around)
    return tied


def _replaced(around: Surrounding) -> set[str]:
    """Names whose value may be replaced while the program runs."""
    survey = around.survey
    found = {r.name for r in survey.references if r.use in WRITES}
    return found | {name for s in survey.statements for name in s.rebinds}


def _note_opaque_reads(around: Surrounding, bound: set[str], tied: Tied) -> None:
    """Names that may be read where the module object cannot be followed."""
    live = _replaced(around)
    rows: list[tuple[str, int, str]] = []
    escape: tuple[str, int] | None = None
    likes = called_alike(around)
    for path, (package, text) in sorted(around.others.items()):
        for line, name in opaque_reads_in(path, package, text.data, around.spellings, likes):
            if name is None:
                escape = escape or (path, line)
            elif name in bound:
                rows.append((path, line, name))
    if escape is not None:
        words = {w for _, text in around.others.values() for w in words_read(text.data)}
        rows += [(*escape, name) for name in sorted(words & bound)]
    rows += own_views(around, bound)
    for path, line, name in rows:
        if name in live:
            reason = f"{path}:{line} reads it in a way that cannot be rewritten"
            tied.pin(name, reason, path, line)
        else:
            tied.exports.add(name)


def mentioning(around: Surrounding) -> dict[str, tuple[str, SourceText]]:
    """Files whose references are rewritten: not those that the monolith itself imports."""
    root = around.survey.layout.source_root
    paths = {r.path for r in around.survey.references} | {u.path for u in around.survey.module_uses}
    return {
        path: row
        for path, row in around.others.items()
        if path in paths and module_name(path, root) not in around.survey.looks_back
    }
